"""What does one credit note over several invoices, or over a period, give back of each?

The amount is split over the tax rates of all of them together, and each rate's part
over the invoices by what is left of it, with the largest remainder: no invoice gives
more than is left of it, at any rate. A rebate may name its period instead of the
invoices (Spain: RD 1619/2012 art. 15).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from adv_domain.rules.billing.covered import Covers
from adv_domain.rules.billing.invoicing import (
    InvoiceAmounts,
    InvoiceLineInput,
)
from adv_domain.rules.billing.issued_documents import EarlierDocument
from adv_domain.rules.billing.posting import CompanyTax, Draft
from adv_domain.rules.credits.creditable import Creditable, CreditRefused
from adv_domain.rules.credits.credited_amounts import company_tax_back
from adv_domain.rules.credits.credited_sums import (
    GroupLeft,
    amounts_of_net,
    amounts_of_sum,
    lines_of_sum,
)
from adv_domain.rules.credits.crediting import check_correction
from adv_domain.rules.credits.joint_parts import (
    CreditPart,
    can_be_joined,
    merged_groups,
    parted,
    parts_hash,
)
from adv_domain.rules.money import ZERO, plain_amount, rounded_to_minor
from adv_domain.rules.tax import TaxMeaning

_Computed = tuple[tuple[InvoiceLineInput, ...], InvoiceAmounts]


@dataclass(frozen=True, slots=True)
class JointCredit:
    """What is asked for: an amount with tax, one before tax, or all that is left.

    period is what the note names in place of its invoices, both days included.
    """

    reason_code: str
    reason: str
    on: date
    gross: Decimal | None = None
    net: Decimal | None = None
    period: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class JointNote:
    """A credit note decided, and its parts in the order of the invoices."""

    draft: Draft
    parts: tuple[CreditPart, ...]


def draft_joint_note(invoices: Sequence[Creditable], asked: JointCredit) -> JointNote:
    """Decide one credit note over the invoices, oldest first; raises CreditRefused."""
    named = ", ".join(one.invoice_no for one in invoices)
    for one in invoices:
        check_correction(one, asked.on)
        _check_alone(one)
    _check_together(invoices, named)
    groups = merged_groups(invoices)
    inputs, amounts = _amounts(groups, asked, invoices[0].currency, named)
    parts = parted(invoices, amounts)
    rounding = sum([one.rounding for one in parts], ZERO)
    amounts = InvoiceAmounts(
        amounts.line_nets,
        amounts.taxes,
        amounts.net,
        amounts.tax,
        amounts.gross,
        rounding=rounded_to_minor(rounding, invoices[0].currency),
    )
    return JointNote(_draft(invoices, asked, inputs, amounts, parts), parts)


def _check_alone(invoice: Creditable) -> None:
    """Refuse what only a note of its own can correct."""
    why = None
    if invoice.is_advance:
        why = "it is an advance invoice"
    elif not any(one.gross > ZERO for one in invoice.stated.groups_left):
        why = "nothing of it is left to credit"
    elif not can_be_joined(invoice):
        why = "one of its tax rates is below zero"
    if why:
        raise CreditRefused(
            invoice_no=invoice.invoice_no, why=f"{why}; leave it out of this note"
        )


def _check_together(invoices: Sequence[Creditable], named: str) -> None:
    unlike: dict[str, set[Any]] = {
        "customer": {one.customer_id for one in invoices},
        "currency": {one.currency for one in invoices},
        "rate into your currency": {
            (one.stated.company_currency, one.stated.company_rate) for one in invoices
        },
    }
    for name, values in unlike.items():
        if len(values) > 1:
            raise CreditRefused(
                invoice_no=named,
                why=f"they are not of one {name}; make a note for each",
            )
    groups = merged_groups(invoices)
    if len({(one.category, one.rate) for one in groups}) < len(groups):
        raise CreditRefused(
            invoice_no=named,
            why="a tax rate has a surcharge on some of them only; make a note for each",
        )
    known: dict[str, TaxMeaning] = {}
    for category, meaning in _meanings(invoices):
        if known.setdefault(category, meaning) != meaning:
            raise CreditRefused(
                invoice_no=named,
                why=f"they are exempt ({category}) for different reasons; make a note "
                "for each",
            )


def _meanings(invoices: Sequence[Creditable]) -> Iterator[tuple[str, TaxMeaning]]:
    for one in invoices:
        yield from one.stated.meanings.items()


def _amounts(
    groups: Sequence[GroupLeft], asked: JointCredit, currency: str, named: str
) -> _Computed:
    gross_left = sum([one.gross for one in groups], ZERO)
    base_left = sum([one.base for one in groups], ZERO)
    is_net = asked.net is not None
    left = base_left if is_net else gross_left
    amount = asked.net if asked.net is not None else asked.gross
    if amount is None:
        amount = left
    if amount != rounded_to_minor(amount, currency) or amount <= ZERO:
        raise CreditRefused(
            invoice_no=named, why=f"{amount:f} is no amount in {currency}"
        )
    if amount > left:
        raise CreditRefused(
            invoice_no=named,
            why=f"{plain_amount(left, currency)} is left"
            f"{' before tax' * is_net}, not {amount:f}",
        )
    if is_net:
        return amounts_of_net(amount, groups, currency)
    return amounts_of_sum(amount, groups, currency)


def _draft(
    invoices: Sequence[Creditable],
    asked: JointCredit,
    inputs: tuple[InvoiceLineInput, ...],
    amounts: InvoiceAmounts,
    parts: Sequence[CreditPart],
) -> Draft:
    first, last = _days(invoices, asked)
    orders = dict.fromkeys(one.order_id for one in invoices)
    return Draft(
        kind="credit_note",
        customer_id=invoices[0].customer_id,
        order_ids=tuple(one for one in orders if one is not None),
        currency=invoices[0].currency,
        payment_terms=invoices[-1].payment_terms,
        ordered_on=min(one.issued_on for one in invoices),
        first_supplied_on=first,
        supplied_on=last,
        covers=_covers(invoices, asked, first=first, last=last),
        lines=lines_of_sum(inputs, asked.reason),
        inputs=inputs,
        amounts=amounts,
        meanings=dict(_meanings(invoices)),
        tax_reasons=tuple(
            dict.fromkeys(why for one in invoices for why in one.stated.tax_reasons)
        ),
        company_tax=_company_tax(invoices, parts),
        parts_hash=parts_hash(parts),
        reason_code=asked.reason_code,
        reason=asked.reason,
    )


def _days(invoices: Sequence[Creditable], asked: JointCredit) -> tuple[date, date]:
    if asked.period:
        return asked.period
    supplied = [one.supplied_on for one in invoices]
    begun = [one.covers.supplied_from or one.supplied_on for one in invoices]
    return min(begun), max(supplied)


def _covers(
    invoices: Sequence[Creditable], asked: JointCredit, *, first: date, last: date
) -> Covers:
    """Name the invoices, or the period in their place."""
    kinds = {one.covers.supply for one in invoices}
    supply = kinds.pop() if len(kinds) == 1 else "mixed"
    if asked.period:
        return Covers(supply=supply, supplied_from=first)
    places = {one.covers.destination for one in invoices}
    return Covers(
        orders=tuple(
            dict.fromkeys(order for one in invoices for order in one.covers.orders)
        ),
        destination=places.pop() if len(places) == 1 else None,
        supply=supply,
        supplied_from=first if first != last else None,
        corrects=tuple(
            EarlierDocument(number=one.invoice_no, issued_on=one.issued_on)
            for one in invoices
        ),
    )


def _company_tax(
    invoices: Sequence[Creditable], parts: Sequence[CreditPart]
) -> CompanyTax | None:
    """Sum up the tax in the company's currency, at the invoices' own rate."""
    given = [
        company_tax_back(one.stated, sum([group.tax for group in part.taxes], ZERO))
        for one, part in zip(invoices, parts, strict=True)
    ]
    known = [one for one in given if one is not None]
    if not known:
        return None
    last = known[-1]
    total = sum([one.amount for one in known], ZERO)
    return CompanyTax(last.currency, total, last.rate, last.dated_on)
