"""Which mail and which work for a person does a dunning decision become?"""

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from adv_domain.mail.views import (
    BankDetails,
    CreditEntry,
    Letterhead,
    OpenEntry,
    ReminderFigures,
    pre_due_view,
    reminder_view,
)
from adv_domain.rules.dunning.outcome import (
    DunningTask,
    ListedItem,
    Notice,
    Reminder,
    TaskKind,
)
from adv_domain.rules.money import ZERO, Money, plain_amount
from adv_domain.store.dunning.debtors import DebtorRecord
from adv_domain.store.outbox import OutboxMail, message_id_of
from adv_domain.store.worklist import PersonTask
from tasks.dunning.ground import Ground

_COURTESY = "courtesy"
_LANGUAGES = ("es", "en", "fr")
_MOST_NAMED = 10
_WORDS = {
    TaskKind.LETTER: "Send a letter",
    TaskKind.CALL: "Call",
    TaskKind.COLLECTION: "Refer to collection",
    TaskKind.HOLD_ORDERS: "Decide whether to hold new orders",
    TaskKind.STOP_DELIVERIES: "Decide whether to stop deliveries",
    TaskKind.ADDRESS: "Find a mail address for reminders",
    TaskKind.INSOLVENT: "File a claim: the customer is insolvent",
}


def reminder_mail(mail: Reminder, record: DebtorRecord, ground: Ground) -> OutboxMail:
    """Build the one mail of a customer, currency and run."""
    tone = mail.level.tone
    earlier = _last_outbox_key(mail, record)
    return OutboxMail(
        outbox_key=mail_key(mail, record, ground),
        kind="reminder",
        to_address=record.email or "",
        template="pre_due_courtesy" if tone == _COURTESY else f"reminder_{tone}",
        language=_language(record, ground),
        context={**_context(mail, record, ground), "listed": _listed(mail)},
        customer_id=record.debtor.customer_id,
        entity="customer",
        entity_id=record.debtor.customer_id,
        in_reply_to=message_id_of(earlier) if earlier else None,
    )


def mail_key(mail: Reminder, record: DebtorRecord, ground: Ground) -> str:
    """Name the mail by customer, currency, day, and the levels that it carries.

    A second run makes the same key; a new attempt after a failed send another.
    """
    code, on = record.debtor.code, ground.facts.on
    return f"reminder:{code}:{mail.currency}:{on}:{_digest(mail.notices, record)}"


def task_key(task: DunningTask, record: DebtorRecord, ground: Ground) -> str:
    """Name the work by what it is about; standing work is not asked for every day."""
    kind, code = task.kind.value, record.debtor.code
    if not task.level:
        first = min(item.instalment_id for item in task.items)
        return f"{kind}:{code}:{task.currency}:{first}"
    digest = _digest(task.notices, record)
    return f"{kind}:{code}:{task.currency}:{task.level}:{ground.facts.on}:{digest}"


def person_task(
    task: DunningTask, record: DebtorRecord, ground: Ground, *, team: str
) -> PersonTask:
    """Build the work for a person, told in one sentence."""
    invoices = sorted({item.invoice for item in task.items})
    named = ", ".join(invoices[:_MOST_NAMED])
    more = len(invoices) - _MOST_NAMED
    tail = f" and {more} more" if more > 0 else ""
    return PersonTask(
        task_key=task_key(task, record, ground),
        kind=task.kind.value,
        team=team,
        text=(
            f"{_WORDS[task.kind]}: {record.name} ({record.debtor.code}), "
            f"{plain_amount(task.amount, task.currency)} {task.currency} open "
            f"on {named}{tail}"
        ),
        customer_id=record.debtor.customer_id,
        entity="customer",
        entity_id=record.debtor.customer_id,
        amount=task.amount,
        currency=task.currency,
    )


def attempt_of(notice: Notice, record: DebtorRecord) -> int:
    """Return which try this notice is at its level of its item."""
    paper = record.paper(notice.item.instalment_id)
    return paper.attempts.get(notice.level.level, 0) + 1


def _digest(notices: Iterable[Notice], record: DebtorRecord) -> str:
    carried = sorted(
        (each.item.instalment_id, each.level.level, attempt_of(each, record))
        for each in notices
    )
    return hashlib.sha256(repr(carried).encode()).hexdigest()[:12]


def _listed(mail: Reminder) -> list[tuple[int, str]]:
    """Name what the mail claims, so that it is withdrawn when a balance changes."""
    return [(line.item.instalment_id, str(line.amount)) for line in mail.listed]


def _context(mail: Reminder, record: DebtorRecord, ground: Ground) -> dict[str, object]:
    letterhead, bank = _letterhead(record, ground), _bank(mail, record, ground)
    has_several = len(_references(mail, record)) > 1
    entries = [
        OpenEntry(
            invoice=line.item.invoice,
            issued_on=record.paper(line.item.instalment_id).issued_on,
            due_on=line.item.due_on,
            open_amount=line.amount,
            days_overdue=max((ground.facts.on - line.item.due_on).days, 0),
            reference=_reference_of(line, record) if has_several else "",
        )
        for line in mail.listed
    ]
    if mail.level.tone == _COURTESY:
        total = Money(mail.total, mail.currency)
        return pre_due_view(entries, total=total, letterhead=letterhead, bank=bank)
    figures = _figures(mail, record, ground, entries)
    return reminder_view(figures, letterhead=letterhead, bank=bank)


def _figures(
    mail: Reminder, record: DebtorRecord, ground: Ground, entries: list[OpenEntry]
) -> ReminderFigures:
    sent = [record.paper(line.item.instalment_id).last_sent_on for line in mail.listed]
    costs = sum((each.fee + each.compensation for each in mail.notices), ZERO)
    interest = sum((each.interest or ZERO for each in mail.notices), ZERO)
    return ReminderFigures(
        currency=mail.currency,
        items=entries,
        credits=[
            CreditEntry(each.document, each.dated_on, each.amount)
            for each in record.credits
            if each.currency == mail.currency
        ],
        total_overdue=mail.total + mail.credit,
        credit_total=mail.credit,
        total=mail.total,
        pay_by_on=ground.facts.on + timedelta(days=ground.pay_within_days),
        as_of_on=ground.facts.on,
        last_reminder_on=max((day for day in sent if day), default=None),
        interest=_shown(interest),
        compensation=_shown(costs),
    )


def _shown(amount: Decimal) -> Decimal | None:
    return amount or None


def _letterhead(record: DebtorRecord, ground: Ground) -> Letterhead:
    company = ground.company
    town = " ".join(part for part in (company.postal_code, company.city) if part)
    return Letterhead(
        language=_language(record, ground),
        customer_name=record.name,
        company_name=company.name,
        contact_email=company.email or "",
        contact_phone=company.phone or "",
        company_lines=(company.address or "", town, company.vat_id or ""),
    )


def _bank(mail: Reminder, record: DebtorRecord, ground: Ground) -> BankDetails:
    references = _references(mail, record)
    only = references.pop() if len(references) == 1 else None
    return BankDetails(
        holder=ground.company.name,
        iban=ground.company.iban or "",
        bic=ground.company.bic or "",
        payment_reference=only or record.debtor.code,
    )


def _references(mail: Reminder, record: DebtorRecord) -> set[str]:
    return {_reference_of(line, record) for line in mail.listed}


def _reference_of(line: ListedItem, record: DebtorRecord) -> str:
    """Return the creditor reference of an item's invoice, empty for a legacy one."""
    return record.paper(line.item.instalment_id).rf_reference or ""


def _language(record: DebtorRecord, ground: Ground) -> str:
    """Return the customer's language, then the company's, then English."""
    wanted = (record.language, ground.company.language)
    return next((each for each in wanted if each in _LANGUAGES), "en")


def _last_outbox_key(mail: Reminder, record: DebtorRecord) -> str | None:
    papers = [record.paper(line.item.instalment_id) for line in mail.listed]
    sent = [
        (paper.last_sent_on, paper.last_outbox_key)
        for paper in papers
        if paper.last_sent_on and paper.last_outbox_key
    ]
    return max(sent)[1] if sent else None
