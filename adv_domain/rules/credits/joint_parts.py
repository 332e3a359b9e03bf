"""Which part of a credit note over several invoices is given back of each of them?"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from adv_domain.rules.billing.chain import text_hash
from adv_domain.rules.billing.invoicing import InvoiceAmounts, TaxGroup
from adv_domain.rules.credits.creditable import Creditable, CreditRefused
from adv_domain.rules.credits.credited_sums import GroupLeft
from adv_domain.rules.money import ZERO, plain_amount, shared_out

_Parts = dict[int, list[TaxGroup]]


@dataclass(frozen=True, slots=True)
class CreditPart:
    """What the note gives back of one invoice; amounts below zero, as on the note."""

    invoice_id: int
    taxes: tuple[TaxGroup, ...]
    rounding: Decimal = ZERO

    @property
    def gross(self) -> Decimal:
        base = sum([one.base for one in self.taxes if one.kind == "vat"], ZERO)
        return base + sum([one.tax for one in self.taxes], ZERO)

    @property
    def is_given(self) -> bool:
        """Tell whether the note gives anything of this invoice back."""
        return bool(self.taxes or self.rounding)

    @property
    def payable(self) -> Decimal:
        """Return what of the note's credit is for this invoice."""
        return self.gross + self.rounding


def parts_hash(parts: Sequence[CreditPart]) -> str:
    """Return a hash over all that the parts say; the note carries it under its seal."""
    said = sorted(
        f"{one.invoice_id};{_plain(one.gross)};{_plain(one.rounding)};"
        + ";".join(sorted(_group_text(group) for group in one.taxes))
        for one in parts
        if one.is_given
    )
    return text_hash("\n".join(said))


def _group_text(group: TaxGroup) -> str:
    # a category is the one free text here: its length stands before it
    return (
        f"{group.kind},{len(group.category)}:{group.category},{_plain(group.rate)},"
        f"{_plain(group.base)},{_plain(group.tax)}"
    )


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize() if amount else ZERO:f}"


def can_be_joined(invoice: Creditable) -> bool:
    """Tell whether an invoice of a period has anything that a rebate could lower."""
    left = invoice.stated.groups_left
    return (
        not invoice.is_advance
        and any(one.gross > ZERO for one in left)
        and not any(one.base < ZERO or one.tax < ZERO for one in left)
    )


def merged_groups(invoices: Sequence[Creditable]) -> list[GroupLeft]:
    """Sum up what is left of each rate over the invoices."""
    found: dict[tuple[str, Decimal, Decimal], GroupLeft] = {}
    for one in (one for invoice in invoices for one in invoice.stated.groups_left):
        key = (one.category, one.rate, one.surcharge_rate)
        known = found.get(key, GroupLeft(*key, ZERO, ZERO, ZERO))
        found[key] = GroupLeft(
            *key,
            known.base + one.base,
            known.tax + one.tax,
            known.surcharge + one.surcharge,
        )
    return [found[key] for key in sorted(found)]


def parted(
    invoices: Sequence[Creditable], amounts: InvoiceAmounts
) -> tuple[CreditPart, ...]:
    """Share each tax group of the note over the invoices that have it."""
    found: _Parts = {one.invoice_id: [] for one in invoices}
    for group in amounts.taxes:
        _share_out(group, invoices, found)
    return tuple(_part(one, tuple(found[one.invoice_id])) for one in invoices)


def _share_out(group: TaxGroup, invoices: Sequence[Creditable], found: _Parts) -> None:
    holders = [
        (invoice, one)
        for invoice in invoices
        for one in invoice.stated.groups_left
        if one.category == group.category
        and group.rate == (one.rate if group.kind == "vat" else one.surcharge_rate)
    ]
    currency = invoices[0].currency
    bases = shared_out(-group.base, [one.base for _, one in holders], currency)
    owed = [one.tax if group.kind == "vat" else one.surcharge for _, one in holders]
    taxes = shared_out(-group.tax, owed, currency) if any(owed) else [ZERO] * len(owed)
    for (invoice, _), base, tax in zip(holders, bases, taxes, strict=True):
        if base or tax:
            found[invoice.invoice_id].append(
                TaxGroup(group.category, group.rate, -base, -tax, group.kind)
            )


def _part(invoice: Creditable, taxes: tuple[TaxGroup, ...]) -> CreditPart:
    """Give the cash rounding back with the last of the invoice."""
    part = CreditPart(invoice.invoice_id, taxes)
    if -part.gross > invoice.gross_left:
        raise CreditRefused(
            invoice_no=invoice.invoice_no,
            why=f"{plain_amount(invoice.gross_left, invoice.currency)} is left and "
            "rounding would take more; credit "
            "all that is left, or some cents less",
        )
    if -part.gross == invoice.gross_left:
        return CreditPart(part.invoice_id, taxes, -invoice.stated.rounding_left)
    return part
