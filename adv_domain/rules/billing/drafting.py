"""What does the invoice of an order's billable quantities say and come to?

Decided before the series is locked: prices, the tax of each line by where the goods
go, discounts and charges on the whole, rounding.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from adv_domain.rules.advances.paid_ahead import deductions, gross_taken
from adv_domain.rules.billing.charges import (
    PLAIN,
    DocumentConditions,
    OrderChargeDue,
    TaxedAt,
    amounts_due,
    bases_by_tax,
    document_charges,
)
from adv_domain.rules.billing.draft_refusals import (
    BuyerVatIdMissing,
    ChargeTaxUnknown,
    CompanyTaxUnknown,
    NegativeTotal,
    NothingBillable,
    PriceUnknown,
)
from adv_domain.rules.billing.invoicing import (
    ChargeInput,
    InvoiceLineInput,
    invoice_amounts,
    line_nets,
)
from adv_domain.rules.billing.posting import (
    BillableLine,
    BillableOrder,
    CompanyTax,
    Draft,
)
from adv_domain.rules.billing.supplies import Seller, TaxDecision, decided_tax
from adv_domain.rules.exchange import ExchangeRates, NoExchangeRate, conversion
from adv_domain.rules.money import ZERO
from adv_domain.rules.tax import (
    TaxMeaning,
    TaxRate,
    TaxTable,
    rate_of,
    surcharge_of,
)


@dataclass(frozen=True, slots=True)
class TaxBook:
    """Who sells and at which dated rates, read once a batch."""

    rates: TaxTable
    seller: Seller


@dataclass(slots=True)
class _Taxes:
    """The tax of one order, decided once for each nature and product class."""

    book: TaxBook
    order: BillableOrder
    found: dict[tuple[str, str], TaxedAt] = field(default_factory=dict)
    meanings: dict[str, TaxMeaning] = field(default_factory=dict)
    decisions: dict[str, TaxDecision] = field(default_factory=dict)

    def at(self, product_class: str, nature: str = "goods") -> TaxedAt:
        key = (product_class, nature)
        known = self.found.get(key)
        if known is None:
            known = self.found[key] = self._taxed(product_class, self.decided(nature))
        return known

    @property
    def reasons(self) -> tuple[str, ...]:
        """Say why; of one decision the very object, which the store writes once."""
        first, *others = self.decisions.values()
        if not others:
            return first.reasons
        return tuple(reason for one in (first, *others) for reason in one.reasons)

    def decided(self, nature: str) -> TaxDecision:
        known = self.decisions.get(nature)
        if known is None:
            known = self.decisions[nature] = decided_tax(
                self.book.seller,
                self.order.buyer,
                nature=nature,
                place=self.order.place,
            )
        return known

    def at_rate(self, rate: Decimal | None, description: str) -> TaxedAt | None:
        """Return the tax of a charge by the rate it states; None follows the goods.

        Where the whole supply bears a tax of its own, a charge follows it too.
        """
        decision = next(iter(self.decisions.values()))
        if rate is None or decision.category is not None:
            return None
        for entries in self.book.rates.values():
            for entry in entries:
                if entry.territory in decision.rates_of and _is_taxed_at(
                    entry, rate, self.order.supplied_on
                ):
                    return self._entered(entry, decision)
        raise ChargeTaxUnknown(self.order, charge=description, rate=rate)

    def _taxed(self, product_class: str, decision: TaxDecision) -> TaxedAt:
        entry = rate_of(
            self.book.rates,
            decision.rates_of,
            category=decision.category_of(product_class),
            on=self.order.supplied_on,
        )
        return self._entered(entry, decision)

    def _entered(self, entry: TaxRate, decision: TaxDecision) -> TaxedAt:
        self.meanings[entry.category] = entry.meaning
        if entry.meaning.vat_code in _BY_VAT_ID and not self.order.buyer.vat_id:
            raise BuyerVatIdMissing(self.order, entry.category)
        surcharge = surcharge_of(entry) if decision.has_surcharge else ZERO
        return TaxedAt(entry.category, entry.rate, surcharge)


# UNCL 5305: intra-Community supply; for a reverse charge another registration does too
_BY_VAT_ID = frozenset({"K"})
_TAXED_CODES = frozenset({"S", "AA", "L", "M", "Z"})


def _is_taxed_at(entry: TaxRate, rate: Decimal, on: date) -> bool:
    return (
        entry.rate == rate
        and entry.meaning.vat_code in _TAXED_CODES
        and entry.valid_from <= on
        and (entry.valid_to is None or on < entry.valid_to)
    )


def draft_invoice(
    order: BillableOrder, *, book: TaxBook, conditions: DocumentConditions = PLAIN
) -> Draft:
    """Decide the invoice of an order's billable quantities.

    Raises NothingBillable, PriceUnknown, MissingTaxRate, AmbiguousTaxRate,
    MissingSurcharge, BuyerVatIdMissing, ChargeTaxUnknown and NegativeTotal.
    """
    if not order.lines:
        raise NothingBillable(order.order_no)
    taxes = _Taxes(book, order)
    inputs = tuple(_input(order, line, taxes) for line in order.lines)
    charges = _charges(order, inputs, taxes, conditions)
    ahead = deductions(order.advances, inputs, charges, order.currency)
    charges += ahead
    amounts = invoice_amounts(
        inputs, order.currency, charges=charges, rounding=conditions.rounding
    )
    if amounts.gross < 0:
        raise NegativeTotal(order, amounts.gross)
    return Draft(
        kind="invoice",
        customer_id=order.customer_id,
        order_ids=order.order_ids,
        currency=order.currency,
        payment_terms=order.payment_terms,
        ordered_on=order.ordered_on,
        first_supplied_on=order.first_supplied_on,
        supplied_on=order.supplied_on,
        covers=order.covers,
        lines=order.lines,
        inputs=inputs,
        amounts=amounts,
        meanings=taxes.meanings,
        tax_rounding=conditions.rounding.tax,
        tax_reasons=taxes.reasons,
        is_before_supply=order.is_before_supply,
        deducted=gross_taken(
            order.advances, ahead, currency=order.currency, rounding=conditions.rounding
        ),
    )


def with_company_tax(
    draft: Draft, *, name: str, currency: str, rates: ExchangeRates
) -> Draft:
    """State the tax in the company's currency where the document has another.

    By the rate of the day of supply (Directive 2006/112/EC art. 91 and 230). Without
    tax there is nothing to state. Raises CompanyTaxUnknown.
    """
    if draft.currency == currency or not draft.amounts.tax:
        return draft
    try:
        found = conversion(draft.currency, currency, on=draft.supplied_on, rates=rates)
    except NoExchangeRate as error:
        raise CompanyTaxUnknown(name, error) from error
    stated = CompanyTax(
        currency, found.worth(draft.amounts.tax), found.rate, found.dated_on
    )
    return replace(draft, company_tax=stated)


def _input(order: BillableOrder, line: BillableLine, taxes: _Taxes) -> InvoiceLineInput:
    if line.unit_price is None:
        raise PriceUnknown(order_no=order.order_no, product_code=line.product_code)
    return InvoiceLineInput(
        line.qty,
        line.unit_price,
        line.discount_rate,
        *taxes.at(line.tax_class, line.nature),
    )


def _charges(
    order: BillableOrder,
    inputs: tuple[InvoiceLineInput, ...],
    taxes: _Taxes,
    conditions: DocumentConditions,
) -> tuple[ChargeInput, ...]:
    if not order.charges and not conditions.has_amounts:
        return ()
    fixed: Mapping[str, TaxedAt] = {
        one.tax_class: taxes.at(one.tax_class)
        for one in conditions.charges
        if one.tax_class
    }
    return document_charges(
        bases_by_tax(inputs, line_nets(inputs, order.currency)),
        conditions=conditions,
        fixed=fixed,
        of_order=_of_order(order, taxes),
        currency=order.currency,
    )


def _of_order(order: BillableOrder, taxes: _Taxes) -> Iterator[OrderChargeDue]:
    for charges in order.charges:
        for number, description, amount, rate in amounts_due(charges, order.currency):
            yield OrderChargeDue(
                charges.order_id,
                number,
                description,
                amount,
                taxes.at_rate(rate, description),
            )
