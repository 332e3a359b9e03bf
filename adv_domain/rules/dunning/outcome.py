"""What has a dunning run decided: notices, mails, tasks, and items left out?"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from adv_domain.rules.dunning.items import ChasedItem, Debtor, NotChasedReason
from adv_domain.rules.dunning.policy import Channel, DunningLevel
from adv_domain.rules.money import ZERO


class TaskKind(StrEnum):
    """What a person is asked to do; the first three complete their notices."""

    LETTER = "dunning_letter"
    CALL = "dunning_call"
    COLLECTION = "refer_to_collection"
    HOLD_ORDERS = "hold_orders"
    STOP_DELIVERIES = "stop_deliveries"
    ADDRESS = "missing_address"
    INSOLVENT = "insolvent_with_open_items"


COMPLETING = (TaskKind.LETTER, TaskKind.CALL, TaskKind.COLLECTION)


@dataclass(frozen=True, slots=True)
class Notice:
    """A level that an item reaches in this run.

    interest is None where the level shows none, and where the rates do not reach;
    then is_interest_held says so. fee is the policy's, compensation the law's.
    """

    item: ChasedItem
    level: DunningLevel
    channel: Channel
    amount: Decimal
    interest: Decimal | None
    fee: Decimal
    compensation: Decimal = ZERO
    is_interest_held: bool = False


@dataclass(frozen=True, slots=True)
class ListedItem:
    """A line of a mail: an overdue item at the amount that is claimed now."""

    item: ChasedItem
    amount: Decimal
    notice: Notice | None


@dataclass(frozen=True, slots=True)
class Reminder:
    """One mail: level gives its tone; total is what is listed, less the credit.

    Interest, fees and compensation are shown by item and stay outside the total.
    """

    currency: str
    level: DunningLevel
    notices: tuple[Notice, ...]
    listed: tuple[ListedItem, ...]
    credit: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class DunningTask:
    """Work for a person; a task with notices completes them when it is done."""

    kind: TaskKind
    currency: str
    level: int
    notices: tuple[Notice, ...]
    items: tuple[ChasedItem, ...]
    amount: Decimal


@dataclass(frozen=True, slots=True)
class NotChased:
    """An item, or its withheld part, that is left out, and until when if known."""

    item: ChasedItem
    amount: Decimal
    reason: NotChasedReason
    until: date | None


@dataclass(frozen=True, slots=True)
class Decision:
    """All that one run decides for one customer."""

    debtor: Debtor
    notices: tuple[Notice, ...]
    reminders: tuple[Reminder, ...]
    tasks: tuple[DunningTask, ...]
    not_chased: tuple[NotChased, ...]
