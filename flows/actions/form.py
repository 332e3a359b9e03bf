"""What do the forms of operators' acts have in common?

Amounts are text, since a Decimal shows as a switch of types in Prefect's forms; an
empty one means all. Whoever acts gives a name and a reason.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal, ParamSpec

from prefect import Flow, flow
from prefect.client.schemas.objects import State
from prefect.states import Completed
from pydantic import Field

from flows.form_fields import described

By = Annotated[str, Field(min_length=1, description="Your name, for the record.")]
Reason = Annotated[str, Field(min_length=1, description="Why, for the record.")]
OrderName = Annotated[
    str, Field(min_length=1, description="Order number, or the customer's reference.")
]
RuleCodes = Annotated[
    str,
    Field(
        description="Codes of the rules to waive, such as price, duplicate_reference; "
        "empty: all that hold it."
    ),
]
InvoiceNo = Annotated[str, Field(min_length=1, description="Invoice number.")]
CreditedInvoices = Annotated[
    str,
    Field(
        description="Invoice number; several of one customer with commas; empty for a "
        "rebate's period."
    ),
]
CreditedLines = Annotated[
    str,
    Field(
        description="Of one invoice, LINE=QTY with commas, such as 2=5, 3=1; empty: "
        "all lines (adv credit-note --line)."
    ),
]
LoweredLines = Annotated[
    str,
    Field(
        description="Of one invoice, LINE=AMOUNT before tax with commas, such as "
        "2=15.00; no quantity counts as given back (--line-net)."
    ),
]
NetAmount = Annotated[
    str, Field(description="The same before tax, such as 20.00 (--net).")
]
RebateCustomer = Annotated[
    str,
    Field(
        description="In place of invoices: code of the customer who gets a rebate on "
        "all of a period (--customer)."
    ),
]
RebateFrom = Annotated[
    str,
    Field(description="First day of the rebate's period, such as 2026-01-01 (--from)."),
]
RebateTo = Annotated[
    str,
    Field(description="Last day of the rebate's period, such as 2026-12-31 (--to)."),
]
RebateCurrency = Annotated[
    str, Field(description="Where the period was invoiced in several (--currency).")
]
MailKey = Annotated[
    str, Field(min_length=1, description="The mail's key, as in: adv outbox list.")
]
MessageKey = Annotated[
    str,
    Field(min_length=1, description="The message's key, as in: adv stock messages."),
]
Shipping = Annotated[
    Literal["as before", "partial", "complete", "after_payment"],
    Field(description="How the order may leave."),
]
Priority = Annotated[
    int, Field(ge=0, le=9, description="1 goes first, 9 last; 0: as before.")
]
AdvancePercent = Annotated[
    int,
    Field(ge=0, le=100, description="What is paid in advance; 0: nothing."),
]
ReturnNo = Annotated[
    str, Field(min_length=1, description="The return's number, as in R0000001.")
]
LineNo = Annotated[int, Field(ge=1, description="The line, as in: adv order NO.")]
ReturnedQty = Annotated[
    str, Field(min_length=1, description="How much comes back, such as 3 or 2.5.")
]
ExpectedOn = Annotated[date, Field(description="The day on which it should come.")]
TaskKey = Annotated[
    str, Field(min_length=1, description="The task's key, as in: adv tasks.")
]
PaymentId = Annotated[
    int, Field(ge=1, description="The payment's number, as in: adv review list.")
]
StockLineNo = Annotated[
    int, Field(ge=1, description="The line that stock gave up, as in: adv order NO.")
]
RestChoice = Annotated[
    Literal["recreate", "drop"],
    Field(description="Ask stock anew, or give up what stock gave up."),
]
AmendmentNo = Annotated[
    int, Field(ge=1, description="The change's number, as in: adv amendments.")
]
Amount = Annotated[
    str, Field(description="Amount such as 1210.00; empty: all that is open.")
]
CreditedAmount = Annotated[
    str,
    Field(
        description="With tax, such as 24.20, split over the tax rates; empty: all "
        "that is left (--amount)."
    ),
]
ReceivedAmount = Annotated[
    str, Field(min_length=1, description="Amount such as 1210.00, customer's currency.")
]
Reference = Annotated[
    str, Field(min_length=1, description="What identifies it, such as a cheque number.")
]
CustomerCode = Annotated[str, Field(min_length=1, description="Customer code.")]
Team = Annotated[str, Field(min_length=1, description="The team that settles it.")]
DisputeCode = Annotated[
    str, Field(min_length=1, description="Short code, such as price or damage.")
]
PauseUntil = Annotated[
    date | None, Field(description="The last day of the pause; None: the pause ends.")
]
PromisedOn = Annotated[date, Field(description="The day by which it will be paid.")]
ReceivedOn = Annotated[date, Field(description="The day on which the money came in.")]
RunDate = Annotated[date, Field(description="The business date of the stopped run.")]
BrakedStep = Annotated[
    Literal["invoicing", "dunning"], Field(description="The step that stopped.")
]
RunNo = Annotated[
    int, Field(ge=1, description="The invoicing run's number, as in: adv run list.")
]
Rebilling = Annotated[
    Literal["asked", "recreate", "ignore"],
    Field(
        description="What becomes of the deliveries: a person is asked, they are "
        "billed anew, or never."
    ),
]
WasSent = Annotated[bool, Field(description="Tick if the mail arrived.")]
Result = Annotated[str, Field(min_length=1, description="How it ended.")]
Invoices = Annotated[
    list[str], Field(min_length=1, description="Invoice numbers, settled in order.")
]
CreditReason = Annotated[
    str,
    Field(
        min_length=1,
        description="What kind of correction it is: price, deadline, quantity, "
        "customer, product, address, terms, duplicate, currency or tax (mistakes of "
        "order entry, which count back to the order's day), return, late_delivery, "
        "not_delivered, rebate, early_discount, cancellation, or one of your policy's "
        "([credit_reasons]; adv credit-note reasons).",
    ),
]
_P = ParamSpec("_P")


class NoAmount(ValueError):
    """A text in an amount's field cannot be read."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is no amount; write it like 1210.00")
        self.text = text


class NoDay(ValueError):
    """A text in a day's field cannot be read."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is no day; write it like 2026-12-31")
        self.text = text


def action(
    name: str, *, run_name: str
) -> Callable[[Callable[_P, State]], Flow[_P, State]]:
    """Make an operator's act a flow; run_name is a str.format of its parameters."""
    made = flow(name=name, flow_run_name=run_name, persist_result=False)
    return lambda function: made(described(function))


def done(message: str) -> State:
    """End an act as Completed, with what it did."""
    return Completed(message=message)


def listed(text: str) -> tuple[str, ...]:
    """Read a list written with commas; an empty text is an empty list."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def amount_of(text: str) -> Decimal:
    """Read an amount; raises NoAmount, also for an empty text."""
    amount = amount_or_all(text)
    if amount is None:
        raise NoAmount(text)
    return amount


def amount_or_all(text: str) -> Decimal | None:
    """Read an amount; None for an empty text. Raises NoAmount."""
    if not text.strip():
        return None
    try:
        amount = Decimal(text.strip())
    except InvalidOperation as error:
        raise NoAmount(text) from error
    if not amount.is_finite():
        raise NoAmount(text)
    return amount


def day_or_none(text: str) -> date | None:
    """Read a day, as text since one that may be empty shows as a switch of types.

    None for an empty text. Raises NoDay.
    """
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise NoDay(text) from error
