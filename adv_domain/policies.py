"""What has this company decided about how its order-to-cash chain behaves?

One TOML file, one section per step; every key has a default, so an empty file is
a valid policy. Amounts are decimals or strings, never floats; rates are fractions
(0.01 is one percent). The dataclasses are plain, so that reading a policy in a
command costs nothing; pydantic is imported only when there is a file to check.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge, Le

from adv_domain.policy_amounts import Amounts
from adv_domain.policy_availability import Availability
from adv_domain.policy_brake import Brake
from adv_domain.policy_company import Company, Documents
from adv_domain.policy_credit_reasons import CreditReasons
from adv_domain.policy_dunning import Dunning, as_rule
from adv_domain.policy_file import (
    Amount,
    Count,
    Days,
    InvalidPolicy,
    Name,
    Section,
    read_toml,
)
from adv_domain.policy_holds import Holds
from adv_domain.policy_validation import Validation
from adv_domain.rules.dunning import policy as dunning_policy
from adv_domain.rules.stock.progress import Progress

Hour = Annotated[int, Ge(0), Le(24)]
Action = Literal["release", "credit_note", "waiver", "confirm_run"]


@dataclass(frozen=True, slots=True)
class Close(Section):
    """Which day a nightly run closes: the one that began this many hours ago."""

    cut_off_hour: Annotated[int, Ge(0), Le(23)] = 6


@dataclass(frozen=True, slots=True)
class Intake(Section):
    """What becomes of doubtful files and of a reference seen before."""

    duplicate_reference: Literal["reject", "hold", "allow", "amend"] = "hold"
    broken_file: Literal["good_rows", "nothing"] = "nothing"
    answer_files: Literal["always", "faults", "never"] = "faults"
    answer_customers: bool = False
    default_payment_terms: Name = "net30"


@dataclass(frozen=True, slots=True)
class Credit(Section):
    """Which classes of money count towards a limit, and when arrears are told."""

    count_open_items: bool = True
    count_unapplied: bool = True
    count_unbilled: bool = True
    count_accepted_orders: bool = True
    advance_payment_passes: bool = True
    default_limit: Amount | None = None
    rate_age_days: Days = 31
    overdue_days: Days | None = 60
    overdue_minimum: Amount = Decimal(50)
    count_promised: bool = False
    limit_notice_days: Days = 14


@dataclass(frozen=True, slots=True)
class Handoff(Section):
    """When and how the stock department is told, and how long it has to answer."""

    shipping: Literal["partial", "complete", "after_payment"] = "partial"
    pending_demand: bool = True
    adapter: Literal["folder", "http", "table"] = "folder"
    attempts: Count = 8
    first_wait_seconds: Count = 60
    acknowledge_within_hours: Days = 24
    answer_days: Days = 1


@dataclass(frozen=True, slots=True)
class Delivery(Section):
    """What customers hear of their orders under way, and whom they may ask.

    tell are the events for customers that say nothing else; what is older than
    history_days when it comes in is not told; contact_name, _phone and _email fall
    back on the company's.
    """

    tell: tuple[Progress, ...] = (
        Progress.CONFIRMATION,
        Progress.SHIPMENT,
        Progress.PART_SHIPMENT,
        Progress.DELAY,
        Progress.CANCELLATION,
    )
    notify: bool = True
    delay_threshold_days: Days = 2
    stale_hours: Count = 24
    history_days: Days = 60
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""


@dataclass(frozen=True, slots=True)
class OrderBook(Section):
    """On which weekday customers get their open-order book, and what if it is empty."""

    weekday: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun", "none"] = "none"
    when_empty: Literal["nothing", "mail"] = "nothing"


@dataclass(frozen=True, slots=True)
class Invoicing(Section):
    """When deliveries are invoiced (rules billing.schedules) for customers without a
    schedule of their own, the series that documents are numbered in, and what becomes
    of a due date that the buyer's law does not allow: brought forward, or the order
    set aside; what comes back after its invoice, or is never delivered, is credited
    when a person says so, or at once, and so is an early-payment discount that was
    taken; and how many days a customer has to pay in advance."""

    schedule: str = "shipment"
    invoice_series: Name = "F"
    credit_note_series: Name = "A"
    fiscal_year_starts_in: Annotated[int, Ge(1), Le(12)] = 1
    terms_over_cap: Literal["shorten", "set_aside"] = "shorten"
    credit_returns: Literal["ask", "credit"] = "ask"
    credit_undelivered: Literal["ask", "credit"] = "ask"
    early_discount_note: Literal["ask", "issue"] = "ask"
    advance_days: Annotated[int, Ge(0), Le(365)] = 10


@dataclass(frozen=True, slots=True)
class Payments(Section):
    """Which bank files are trusted, and how old bank data may be.

    accounts are those whose statements are taken, besides the company's iban; with
    none listed, every account's are.
    """

    accept_unbalanced: bool = False
    accounts: tuple[Name, ...] = ()
    stale_days: Days = 3
    promise_grace_days: Days = 2
    clearing_days: Days = 0


@dataclass(frozen=True, slots=True)
class Mail(Section):
    """Who writes, when mail may leave, and how long a failing one is retried."""

    sender: Name = "ADV <adv@example.com>"
    reply_to: str = ""
    operations: tuple[Name, ...] = ("operations@example.com",)
    send_from_hour: Hour = 0
    send_until_hour: Hour = 24
    send_on_weekends: bool = True
    per_minute: Count | None = None
    give_up_after_days: Count = 5


@dataclass(frozen=True, slots=True)
class Kpis(Section):
    """How far back figures are recomputed, and from how many answers on."""

    recompute_days: Count = 35
    smallest_sample: Count = 10


@dataclass(frozen=True, slots=True)
class Owners(Section):
    """Which team answers for documents that a step set aside; no entry: the default."""

    default: Name = "adv"
    steps: dict[Name, Name] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Role(Section):
    """Who has the role, and up to which amount he may decide; no entry: any."""

    people: tuple[Name, ...] = ()
    limits: dict[Action, Amount] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policy(Section):
    """All that a company tunes."""

    company: Company = field(default_factory=Company)
    owners: Owners = field(default_factory=Owners)
    close: Close = field(default_factory=Close)
    intake: Intake = field(default_factory=Intake)
    validation: Validation = field(default_factory=Validation)
    holds: Holds = field(default_factory=Holds)
    credit: Credit = field(default_factory=Credit)
    availability: Availability = field(default_factory=Availability)
    handoff: Handoff = field(default_factory=Handoff)
    delivery: Delivery = field(default_factory=Delivery)
    order_book: OrderBook = field(default_factory=OrderBook)
    invoicing: Invoicing = field(default_factory=Invoicing)
    credit_reasons: dict[Name, CreditReasons] = field(default_factory=dict)
    brake: Brake = field(default_factory=Brake)
    amounts: Amounts = field(default_factory=Amounts)
    documents: Documents = field(default_factory=Documents)
    payments: Payments = field(default_factory=Payments)
    dunning: Dunning = field(default_factory=Dunning)
    mail: Mail = field(default_factory=Mail)
    kpis: Kpis = field(default_factory=Kpis)
    roles: dict[Name, Role] = field(default_factory=dict)

    def owner_of_step(self, step: str) -> str:
        """Name the team that answers for what the step sets aside."""
        return self.owners.steps.get(step, self.owners.default)


def load_policy(path: Path | None = None) -> Policy:
    """Read a policy file; without one, return the defaults.

    Checks what it says against the world too (adv_domain/policy_checks.py). Raises
    InvalidPolicy with all mistakes, OSError where the file can't be read.
    """
    if path is None:
        return Policy()
    # the checks need libraries that only a policy file's owner pays for
    from adv_domain.policy_checks import policy_mistakes

    try:
        policy = read_policy(path.read_bytes())
        mistakes = policy_mistakes(policy, home=path.parent)
    except InvalidPolicy as error:
        raise InvalidPolicy(error.mistakes, path=path) from error
    if mistakes:
        raise InvalidPolicy(mistakes, path=path)
    return policy


def read_policy(data: bytes) -> Policy:
    """Check the text of a policy file; raises InvalidPolicy with all mistakes."""
    return read_toml(data, Policy)


def dunning_policies(policy: Policy) -> tuple[dunning_policy.DunningPolicy, ...]:
    """Return the dunning policies in the form that the rules read, default first."""
    return tuple(
        as_rule(
            each,
            promise_grace_days=policy.payments.promise_grace_days,
            clearing_days=policy.payments.clearing_days,
        )
        for each in policy.dunning.policies
    )
