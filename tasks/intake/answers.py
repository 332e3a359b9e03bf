"""How does the sender of a file hear what became of it?

One mail a file, decided in the transaction that puts its end on record; the key is
the file's hash. The report as CSV goes with it, so that what has to be corrected can be
sorted and sent again alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from adv_domain.files.mapping_partner import Partner
from adv_domain.files.report import FileReport
from adv_domain.rules.file_answers import AnswerFiles, is_answered
from adv_domain.store.intake.customers import MailedCustomer, mailed_customer
from adv_domain.store.outbox import OutboxMail, queue_mails
from tasks.intake.inbox import REPORT_CSV, report_words
from tasks.intake.tally import Tally
from tasks.resources import now, resources
from tasks.step import RunRef

KIND = "file_answer"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a file, and what he calls the columns of ours."""

    partner: Partner | None = None
    their_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def language(self) -> str:
        """The language that he reads, else the company's."""
        own = self.partner.language if self.partner else ""
        return own or resources().policy.company.language


@dataclass(frozen=True, slots=True)
class AnsweredFile:
    """A file that was taken: its record, its hash, its report and where that lies."""

    file_id: int
    digest: str
    report: FileReport
    stored_as: str


@dataclass(frozen=True, slots=True)
class _Recipient:
    """Who is answered, in which language; a customer by his id too."""

    name: str
    email: str
    language: str
    customer_id: int | None = None


def queue_answer(
    connection: Connection,
    run: RunRef,
    file: AnsweredFile,
    sender: Sender,
    tally: Tally,
) -> int:
    """Queue the answer to the sender, where the policy wants one and an address is
    known; return how many mails are new."""
    policy = resources().policy
    if not is_answered(tally.faults, policy=AnswerFiles(policy.intake.answer_files)):
        return 0
    recipient = _recipient(connection, sender, tally)
    if recipient is None:
        return 0
    return queue_mails(
        connection,
        [_mail(file, recipient, tally)],
        business_date=run.on,
        now=now(),
        run_id=run.run_id,
    )


def _recipient(
    connection: Connection, sender: Sender, tally: Tally
) -> _Recipient | None:
    """Return the partner of the mapping, else the customer whose orders all are."""
    partner = sender.partner
    if partner is not None and partner.email:
        return _Recipient(partner.name, partner.email, sender.language)
    if not resources().policy.intake.answer_customers or len(tally.customers) != 1:
        return None
    [code] = tally.customers
    customer: MailedCustomer | None = mailed_customer(connection, code)
    if customer is None or not customer.email:
        return None
    return _Recipient(customer.name, customer.email, customer.language, customer.id)


def _mail(file: AnsweredFile, recipient: _Recipient, tally: Tally) -> OutboxMail:
    # the mail's views load babel, which only a file that is answered needs
    from adv_domain.file_fault_wording import said_fault
    from adv_domain.mail.file_answer_view import (
        FileAnswer,
        ToldFault,
        file_answer_view,
    )
    from tasks.mail.letterheads import letterhead_to

    policy = resources().policy
    language = recipient.language
    words = report_words(language)
    report = file.report
    answer = FileAnswer(
        file_name=report.name,
        kind=words["kind"].get(report.kind, report.kind),
        is_taken=report.outcome == "archived",
        rejected=tally.rejected,
        counts=[
            (words["counts"][name], count)
            for name, count in report.counts.items()
            if count
        ],
        faults=[
            ToldFault(
                row=str(fault.row or ""),
                field=report.their_names.get(fault.field, fault.field),
                value=fault.value,
                wrong=said.wrong,
                todo=said.todo,
            )
            for fault in report.faults
            for said in (said_fault(fault, language=language),)
        ],
    )
    return OutboxMail(
        outbox_key=f"{KIND}:{report.kind}:{file.digest}",
        kind=KIND,
        to_address=recipient.email,
        template=KIND,
        language=language,
        context=file_answer_view(
            answer,
            letterhead=letterhead_to(recipient.name, language=language, policy=policy),
        ),
        customer_id=recipient.customer_id,
        entity="source_file",
        entity_id=file.file_id,
        reply_to=policy.mail.reply_to or None,
        attachments=(f"{file.stored_as}{REPORT_CSV}",) if report.faults else (),
    )
