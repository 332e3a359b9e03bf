"""How do a document's amounts come about: its tax, discounts, charges, rounding?"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Literal

from annotated_types import Gt, MinLen

from adv_domain.policy_file import Amount, Name, Rate, Section
from adv_domain.rules.billing.charges import DocumentConditions, FixedCharge
from adv_domain.rules.billing.rounding import Rounding
from adv_domain.rules.money import ZERO

Step = Annotated[Decimal, Gt(0)]


@dataclass(frozen=True, slots=True)
class Charge(Section):
    """A charge put on each document of its currency, the company's where none is said.

    Without a tax class it bears the tax of the goods.
    """

    description: Name
    amount: Amount
    currency: str = ""
    tax_class: str = ""
    free_from: Amount | None = None


@dataclass(frozen=True, slots=True)
class CustomerAmounts(Section):
    """What holds for some customers, by code or by group; for all where none is named.

    A key that is left out is as for everybody; cash_step = 0 rounds nothing.
    """

    customers: tuple[Name, ...] = ()
    groups: tuple[Name, ...] = ()
    tax_rounding: Literal["document", "line"] | None = None
    cash_step: Amount | None = None
    discount_rate: Rate = ZERO
    charges: tuple[Charge, ...] = ()


@dataclass(frozen=True, slots=True)
class Amounts(Section):
    """How tax is decided and rounded, what cash rounds to, and for whom otherwise.

    The first entry of customers that names a customer holds for him, those that name
    his code before those that name his group.
    """

    tax_decided_by: Literal["supply", "customer"] = "supply"
    distance_sales: Literal["origin", "destination"] = "origin"
    tax_rounding: Literal["document", "line"] = "document"
    cash_steps: dict[Annotated[str, MinLen(3)], Step] = field(default_factory=dict)
    customers: tuple[CustomerAmounts, ...] = ()


def conditions_of(
    amounts: Amounts,
    *,
    customer_code: str,
    group: str | None,
    currency: str,
    company_currency: str,
) -> DocumentConditions:
    """Return what holds for a customer's documents of a currency."""
    own = _entry(amounts.customers, customer_code, group) or CustomerAmounts()
    step = amounts.cash_steps.get(currency) if own.cash_step is None else own.cash_step
    return DocumentConditions(
        rounding=Rounding(own.tax_rounding or amounts.tax_rounding, step or None),
        discount_rate=own.discount_rate,
        charges=tuple(
            FixedCharge(
                one.description, one.amount, currency, one.tax_class, one.free_from
            )
            for one in own.charges
            if (one.currency or company_currency) == currency
        ),
    )


def _entry(
    entries: Iterable[CustomerAmounts], customer_code: str, group: str | None
) -> CustomerAmounts | None:
    """Return the entry that names the customer, else his group, else everybody."""
    by_rank = sorted(entries, key=_rank)
    return next(
        (
            one
            for one in by_rank
            if customer_code in one.customers
            or (group is not None and group in one.groups)
            or not (one.customers or one.groups)
        ),
        None,
    )


def _rank(entry: CustomerAmounts) -> int:
    if entry.customers:
        return 0
    return 1 if entry.groups else 2
