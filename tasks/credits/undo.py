"""How is a whole invoicing run taken back? Its mails stop, each invoice is credited.

Harmless to repeat and resumed by anyone: what is left to undo is what no credit note
has taken back, and the reason is the one that the undoing was begun with.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from sqlalchemy import Connection

from adv_domain.rules.billing.posting import Draft
from adv_domain.rules.credits.credit_reasons import ReasonUnknown
from adv_domain.rules.credits.creditable import AskedCredit, Creditable
from adv_domain.rules.credits.crediting import draft_credit_note
from adv_domain.rules.money import ZERO
from adv_domain.store.billing.billable import closed_on
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.credits import undoing as store
from adv_domain.store.credits.cancelling import (
    Decision,
    may_have_arrived,
    withdraw_mails,
)
from adv_domain.store.credits.crediting import lock_orders, read_creditables
from adv_domain.store.credits.leftovers import (
    AskedAgain,
    Leftover,
    asked_of_run,
    leftovers,
)
from adv_domain.store.credits.undoing import Undo
from adv_domain.store.engine import reading, writing
from adv_domain.store.leases import release_lease, take_lease
from adv_domain.store.rows import among
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.tables import invoice
from tasks.authority import check_role, in_company_currency
from tasks.batches import BatchResult, Claimed, decided, work_through
from tasks.billing.posting import Posted
from tasks.conduct import Execute, conduct
from tasks.credits.credit_posting import CreditedBy, post_credit_notes
from tasks.credits.credit_reasons import known_reason
from tasks.credits.rebilling import note_cancelled, note_for
from tasks.resources import now, resources
from tasks.step import Call, Outcome, RunRef, StepFlow, step

_STEP = "undo-run"
_INVOICING = "invoicing"


class UndoRefused(ValueError):
    """The run cannot be undone; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Undone:
    """How an undoing ended, for which reason, what is out of its reach, and what it
    asks a person; begun is how somebody began it before, None where nobody had."""

    undo: Undo
    outcome: Outcome
    leftovers: Sequence[Leftover]
    asked: Sequence[AskedAgain] = ()
    begun: Undo | None = None


def undo_run(wish: Undo, *, execute: Execute) -> Undone:
    """Stop the unsent mails of an invoicing run and credit each of its invoices once.

    A second call goes on with what is left, for the first one's reason and with its
    choice (Undone.begun says so); what was chosen is changed by rebill_named. Raises
    UndoRefused, BeyondAuthority, LeaseHeld.
    """
    undo, begun = _begun(wish)
    flow = StepFlow(
        name=_STEP, plan=lambda run: [Call(_undo_invoices, {"run": run, "undo": undo})]
    )
    outcome = conduct(flow, on=undo.on, execute=execute)
    with reading(resources().engine) as connection:
        left = leftovers(connection, undo.run_id)
        asked = asked_of_run(connection, undo.run_id)
    return Undone(undo, outcome, left, asked, begun)


def _begun(wish: Undo) -> tuple[Undo, Undo | None]:
    """Check the wish, note it once, and stop all mails of the run at once."""
    with writing(resources().engine) as connection:
        _check_run(connection, wish.run_id)
        _check_reason(wish)
        begun = store.begun_undo(connection, wish.run_id)
        undo = wish if begun is None else replace(begun, by=wish.by, on=wish.on)
        _check(connection, undo)
        if begun is None:
            store.begin_undo(connection, undo, now=now())
        of_run = invoice.c.run_id == undo.run_id
        stopped = withdraw_mails(connection, of_run, why=_why(undo))
        _tell_stopped(connection, stopped, undo=undo)
    return undo, begun


def _check_run(connection: Connection, run_id: int) -> None:
    row = store.find_run(connection, run_id)
    if row is None or row.step != _INVOICING:
        raise UndoRefused(f"{run_id} is no run of {_INVOICING}; see: adv undo-run list")
    if row.state != "running":
        return
    # a killed run still says that it is running: its lease is free to take
    held = take_lease(connection, step=_INVOICING, shard=0, owner=_STEP, now=now())
    release_lease(connection, held, now=now())
    store.mark_crashed(connection, run_id, now=now())


def _check_reason(wish: Undo) -> None:
    try:
        reason = known_reason(wish.reason_code, invoice_no=f"run {wish.run_id}")
    except ReasonUnknown as error:
        raise UndoRefused(str(error)) from error
    if reason.needs_goods:
        raise UndoRefused(
            f"{reason.code} credits goods that came back, not a whole run; give "
            "another reason (adv credit-note reasons)"
        )


def _check(connection: Connection, undo: Undo) -> None:
    last = store.last_day_of_run(connection, undo.run_id)
    if last is None:
        raise UndoRefused(f"run {undo.run_id} posted no invoice")
    if undo.on < last:
        raise UndoRefused(
            f"{undo.on} is before its invoices; use {last} or a later day (--date; "
            "one that is still to come is meant with --yes-future)"
        )
    if closed_on(connection, COMPANY_ID, undo.on):
        raise UndoRefused(
            f"{undo.on} lies in a closed period; use a day in an open one"
        )
    check_role(
        resources().policy,
        person=undo.by,
        action="credit_note",
        amount=_whole(connection, undo),
    )


def _whole(connection: Connection, undo: Undo) -> Decimal | None:
    """Return what the run comes to in the company's currency, None if unknown."""
    whole = ZERO
    for currency, gross in store.gross_of_run(connection, undo.run_id).items():
        amount = in_company_currency(
            connection,
            gross,
            currency=currency,
            policy=resources().policy,
            on=undo.on,
        )
        if amount is None:
            return None
        whole += amount
    return whole


@step(name="undo invoices", run_name="undo run {undo.run_id}")
def _undo_invoices(run: RunRef, undo: Undo) -> Outcome:
    """Credit what is left of each invoice; unit of retry: a batch of invoices.

    Advance invoices last: what the run's other invoices deduct of them is theirs again.
    """
    handle = partial(_handle, run, undo)
    plain, advances = (partial(_claim, undo.run_id, one) for one in (False, True))
    return work_through(run, claim=plain, handle=handle) + work_through(
        run, claim=advances, handle=handle
    )


def _claim(
    run_id: int,
    is_advance: bool,  # bound by partial, the rest is a claim
    connection: Connection,
    *,
    after: int | None,
    limit: int,
) -> list[Claimed]:
    rows = store.invoices_to_undo(
        connection, run_id, is_advance=is_advance, after=after, limit=limit
    )
    return [Claimed(key=row.id, name=row.invoice_no) for row in rows]


def _handle(
    run: RunRef, undo: Undo, connection: Connection, claimed: Sequence[Claimed]
) -> BatchResult:
    result = BatchResult()
    these = among(connection, invoice.c.id, [one.key for one in claimed])
    lock_orders(connection, these)
    found = read_creditables(connection, these)
    stopped = withdraw_mails(connection, these, why=_why(undo))
    _tell_stopped(connection, stopped, undo=undo)
    left = [one for one in found if not one.is_used_up]
    pairs = decided(
        left,
        partial(_draft, undo),
        name_of=lambda one: one.invoice_no,
        result=result,
    )
    posted = post_credit_notes(
        connection, pairs, credited=CreditedBy(undo.by, run.on, run.run_id)
    )
    _note(connection, pairs, posted, undo=undo)
    result.done["credit notes"] += len(posted)
    result.skipped["already credited"] += len(found) - len(left)
    return result


def _draft(undo: Undo, one: Creditable) -> Draft:
    asked = AskedCredit(undo.reason_code, undo.reason, undo.on, rebills=True)
    return draft_credit_note(one, asked)


def _note(
    connection: Connection,
    pairs: Sequence[tuple[Creditable, Draft]],
    posted: Sequence[Posted],
    *,
    undo: Undo,
) -> None:
    """Note which are cancelled, and do with their deliveries as was decided."""
    arrived = may_have_arrived(connection, [one.invoice_id for one, _ in pairs])
    notes = [
        note_for(one, note.invoice_id, was_sent=one.invoice_id in arrived)
        for (one, _), note in zip(pairs, posted, strict=True)
        if one.is_untouched or not one.is_advance
    ]
    decision = Decision(undo.choice, undo.by, undo.reason, undo.on)
    note_cancelled(connection, notes, decision)


def _why(undo: Undo) -> str:
    return f"run {undo.run_id} was undone: {undo.reason}"


def _tell_stopped(
    connection: Connection, mail_ids: Sequence[int], *, undo: Undo
) -> None:
    happenings = [
        Happening(
            "outbox", one, "mail_withdrawn", undo.by, None, "withdrawn", _why(undo)
        )
        for one in mail_ids
    ]
    record_events(connection, happenings, business_date=undo.on, now=now())
