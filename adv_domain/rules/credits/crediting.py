"""What does a credit note give back, and is that still possible?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from adv_domain.rules.advances.paid_ahead import deducted_gross
from adv_domain.rules.billing.invoicing import InvoiceAmounts, InvoiceLineInput
from adv_domain.rules.billing.posting import BillableLine, Draft
from adv_domain.rules.billing.rounding import Rounding
from adv_domain.rules.credits.credit_reasons import CANCELLATION, NOT_DELIVERED
from adv_domain.rules.credits.creditable import AskedCredit, Creditable
from adv_domain.rules.credits.credited_amounts import (
    company_tax_back,
    credited_amounts,
    is_all_deducted,
)
from adv_domain.rules.credits.credited_lines import (
    CreditedLine,
    can_give_back_quantities,
    is_all_that_is_left,
    lines_by_group,
    lines_of_nets,
    lines_of_quantities,
    refused,
)
from adv_domain.rules.credits.credited_sums import amounts_of_sum, lines_of_sum
from adv_domain.rules.money import ZERO, plain_amount, rounded_to_minor
from adv_domain.rules.plain_numbers import plain_number

_Parts = tuple[tuple[BillableLine, ...], tuple[InvoiceLineInput, ...], InvoiceAmounts]


def draft_credit_note(invoice: Creditable, asked: AskedCredit) -> Draft:
    """Decide the credit note of lines, of an amount, or of all that is left.

    An amount with tax is split over the rates. Where quantities no longer come to what
    is left, all that is left is an amount too. Raises CreditRefused where the document
    is no invoice, the day lies before it, more is asked for than is left of a line, a
    tax rate or the whole, or nothing is left (Directive 2006/112/EC art. 219 names the
    corrected invoice).
    """
    check_correction(invoice, asked.on)
    lines, inputs, amounts = _parts(invoice, asked)
    _check_left(invoice, amounts)
    if -amounts.gross == invoice.gross_left:
        back = rounded_to_minor(-invoice.stated.rounding_left, invoice.currency)
        amounts = replace(amounts, rounding=back)
    return Draft(
        kind="credit_note",
        customer_id=invoice.customer_id,
        order_ids=() if invoice.order_id is None else (invoice.order_id,),
        currency=invoice.currency,
        payment_terms=invoice.payment_terms,
        ordered_on=invoice.issued_on,
        first_supplied_on=invoice.supplied_on,
        supplied_on=invoice.supplied_on,
        covers=invoice.covers.without_deliveries(),
        lines=lines,
        inputs=inputs,
        amounts=amounts,
        meanings=invoice.stated.meanings,
        tax_rounding=invoice.stated.tax_rounding,
        tax_reasons=invoice.stated.tax_reasons,
        company_tax=company_tax_back(invoice.stated, amounts.tax),
        is_advance=_gives_back_advance(invoice, asked, amounts),
        deducted=_deducted_back(invoice, amounts),
        corrects_id=invoice.invoice_id,
        reason_code=asked.reason_code,
        reason=asked.reason,
    )


def _gives_back_advance(
    invoice: Creditable, asked: AskedCredit, amounts: InvoiceAmounts
) -> bool:
    """Tell whether less of an advance or milestone is left to be deducted.

    So where it is given back: its order was cancelled or comes to less, or all that is
    left of it was as if it had never been. What is credited of it for another reason
    (a price, damage) stays the customer's: the order's next invoice deducts it whole.
    """
    if not invoice.is_advance:
        return False
    left = sum([one.base for one in invoice.stated.groups_left if one.base > 0], ZERO)
    is_whole = asked.rebills and -amounts.net == left
    return is_whole or asked.reason_code in (CANCELLATION, NOT_DELIVERED)


def _deducted_back(invoice: Creditable, amounts: InvoiceAmounts) -> Decimal:
    """Return what is given back of deductions, with tax, below zero; the last of it
    takes what is left."""
    if is_all_deducted(invoice.stated, amounts.charges):
        return rounded_to_minor(-invoice.stated.deducted_left, invoice.currency)
    return deducted_gross(
        amounts.charges,
        currency=invoice.currency,
        rounding=Rounding(invoice.stated.tax_rounding),
    )


def check_correction(invoice: Creditable, on: date) -> None:
    """Refuse what is no invoice, and a day before it."""
    if invoice.kind != "invoice":
        raise refused(invoice, "it is itself a credit note")
    if on < invoice.issued_on:
        raise refused(
            invoice,
            f"{on} is before its own date; use {invoice.issued_on} or a later day "
            "(--date; one that is still to come is meant with --yes-future)",
        )


def _check_left(invoice: Creditable, amounts: InvoiceAmounts) -> None:
    """Refuse what exceeds the invoice, or what is left of one of its tax rates."""
    if invoice.gross_credited - amounts.gross > invoice.gross:
        raise refused(
            invoice,
            f"its credit notes would exceed it: {_left(invoice)} is left",
        )
    left = {(one.category, one.rate): one.base for one in invoice.stated.groups_left}
    for group in amounts.taxes:
        known = left.get((group.category, group.rate))
        if group.kind == "vat" and known is not None and -group.base > max(known, ZERO):
            raise refused(
                invoice,
                f"{plain_amount(known, invoice.currency)} net is left at "
                f"{plain_number(group.rate * 100)} per cent, "
                f"not {plain_amount(-group.base, invoice.currency)}",
            )


def _left(invoice: Creditable) -> str:
    return plain_amount(invoice.gross_left, invoice.currency)


def _parts(invoice: Creditable, asked: AskedCredit) -> _Parts:
    if asked.amount is not None:
        return _of_amount(invoice, asked.amount, asked.reason)
    if asked.nets is not None:
        return _of_lines(invoice, lines_of_nets(invoice, asked))
    if asked.quantities is None and not can_give_back_quantities(invoice):
        return _of_amount(invoice, invoice.gross_left, asked.reason)
    return _of_lines(invoice, lines_of_quantities(invoice, asked.quantities))


def _of_lines(invoice: Creditable, lines: Sequence[CreditedLine]) -> _Parts:
    inputs = tuple(one.given for one in lines)
    amounts = credited_amounts(
        invoice.stated,
        inputs,
        by_group=lines_by_group(invoice.lines),
        is_all_that_is_left=is_all_that_is_left(invoice, lines),
        currency=invoice.currency,
    )
    return tuple(one.line for one in lines), inputs, amounts


def _of_amount(invoice: Creditable, amount: Decimal, reason: str) -> _Parts:
    if invoice.gross_left <= ZERO:
        raise refused(invoice, "nothing of it is left to credit")
    if amount != rounded_to_minor(amount, invoice.currency) or amount <= ZERO:
        raise refused(invoice, f"{amount:f} is no amount in {invoice.currency}")
    if amount > invoice.gross_left:
        raise refused(invoice, f"{_left(invoice)} is left, not {amount:f}")
    inputs, amounts = amounts_of_sum(
        amount, invoice.stated.groups_left, invoice.currency
    )
    return lines_of_sum(inputs, reason), inputs, amounts


def is_cancelled(
    invoice: Creditable, *, gross: Decimal, rebills: bool, deducted: Decimal = ZERO
) -> bool:
    """Tell whether a note's gross takes the last of the invoice back, as if it had
    never been.

    Its deliveries are then to be billed anew, or never: somebody must say. The reason
    tells (rebills): goods that came back and what is given for service are no such
    case. deducted is what the note gives back of deductions: while any of them stands,
    so does the invoice.
    """
    left, ahead = invoice.gross_left, invoice.stated.deducted_left
    if not invoice.is_untouched and (invoice.is_advance or not (left or ahead)):
        return False
    return rebills and gross == -left and deducted == -ahead


def credit_shares(open_amounts: Sequence[Decimal], credit: Decimal) -> list[Decimal]:
    """Share a credit over the open instalments of what it corrects, oldest first.

    What is left over stays as the customer's unapplied credit.
    """
    shares = []
    for amount in open_amounts:
        share = min(amount, credit)
        shares.append(share)
        credit -= share
    return shares
