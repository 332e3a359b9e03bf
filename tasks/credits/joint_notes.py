"""How does a person credit several invoices, or a period's rebate, by one document?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Connection

from adv_domain.rules.credits.credit_reasons import REBATE
from adv_domain.rules.credits.creditable import Creditable, CreditRefused
from adv_domain.rules.credits.crediting import is_cancelled
from adv_domain.rules.credits.joint_credits import (
    JointCredit,
    JointNote,
    draft_joint_note,
)
from adv_domain.rules.credits.joint_parts import CreditPart, can_be_joined
from adv_domain.rules.credits.rebates import RebateAgreement, agreements, standing
from adv_domain.rules.money import ZERO, plain_amount
from adv_domain.store.billing.billable import closed_on
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.credits.cancelling import Decision
from adv_domain.store.credits.credit_parts import write_parts
from adv_domain.store.credits.crediting import (
    InvoiceUnknown,
    lock_orders,
    read_creditables,
)
from adv_domain.store.credits.rebates import (
    invoices_of_period,
    read_rebates,
    read_turnovers,
    rebate_given,
)
from adv_domain.store.engine import writing
from adv_domain.store.rows import among
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.tables import invoice
from tasks.billing.books import read_books
from tasks.billing.posting import Posted, post_drafts
from tasks.credits.credit_notes import check_credit_role
from tasks.credits.credit_posting import CreditedBy, set_against, told_of_credit
from tasks.credits.credit_reasons import check_goods, known_reason, reason_of
from tasks.credits.rebilling import Rebilling, note_cancelled, note_for
from tasks.resources import now, resources


@dataclass(frozen=True, slots=True)
class RebatePeriod:
    """A customer's invoices of a period, both days included, in one currency."""

    customer_code: str
    first_on: date
    last_on: date
    currency: str | None = None

    @property
    def name(self) -> str:
        return f"the period {self.first_on} to {self.last_on} of {self.customer_code}"


def credit_together(*, invoice_nos: Sequence[str], asked: JointCredit, by: str) -> str:
    """Post one credit note over the invoices, set against each; returns its number.

    No quantity of them counts as given back. Raises InvoiceUnknown, BeyondAuthority
    and CreditRefused: it never exceeds any of them, at any tax rate.
    """
    with writing(resources().engine) as connection:
        wanted = among(connection, invoice.c.invoice_no, invoice_nos)
        found = _read(connection, wanted)
        for number in invoice_nos:
            if number not in {one.invoice_no for one in found}:
                raise InvoiceUnknown(number)
        return _post(connection, found, asked, by=by)


def credit_period(*, period: RebatePeriod, asked: JointCredit, by: str) -> str:
    """Post a rebate over all that was invoiced in a period, which the note names.

    Without an amount it is what the customer's agreement for just that period has
    accrued, less what was given of it before. An agreement's period may be named by its
    dates in the file, too. Otherwise like credit_together.
    """
    if asked.reason_code != REBATE:
        raise CreditRefused(
            invoice_no=period.name,
            why="only a rebate may name a period; name the invoices",
        )
    _check_days(period, on=asked.on)
    with writing(resources().engine) as connection:
        period = _as_agreed(connection, period, on=asked.on)
        wanted = invoices_of_period(
            period.customer_code, first_on=period.first_on, last_on=period.last_on
        )
        found = [one for one in _read(connection, wanted) if can_be_joined(one)]
        found = _of_one_currency(found, period)
        if asked.gross is None and asked.net is None:
            accrued = _accrued(connection, period, found[0].currency, on=asked.on)
            asked = replace(asked, net=accrued)
        asked = replace(asked, period=(period.first_on, period.last_on))
        return _post(connection, found, asked, by=by)


def _check_days(period: RebatePeriod, *, on: date) -> None:
    if period.last_on < period.first_on:
        raise CreditRefused(invoice_no=period.name, why="it ends before it begins")
    if period.last_on > on:
        raise CreditRefused(
            invoice_no=period.name, why=f"it has not ended by {on}, the day of the note"
        )


def _as_agreed(
    connection: Connection, period: RebatePeriod, *, on: date
) -> RebatePeriod:
    """Return the period of the agreement whose valid_to was given for its last day."""
    last_days = [
        one.last_on
        for one in _agreed(connection, period, on=on)
        if one.valid_from == period.first_on and one.valid_to == period.last_on
    ]
    return replace(period, last_on=last_days[0]) if last_days else period


def _agreed(
    connection: Connection, period: RebatePeriod, *, on: date
) -> list[RebateAgreement]:
    return [
        one
        for one in agreements(read_rebates(connection, on=on))
        if one.customer_code == period.customer_code
        and period.currency in (None, one.currency)
    ]


def _read(connection: Connection, wanted: ColumnElement[bool]) -> list[Creditable]:
    lock_orders(connection, wanted)
    found = read_creditables(connection, wanted)
    return sorted(found, key=lambda one: (one.issued_on, one.invoice_id))


def _of_one_currency(
    found: Sequence[Creditable], period: RebatePeriod
) -> list[Creditable]:
    chosen = [one for one in found if period.currency in (None, one.currency)]
    if not chosen:
        raise CreditRefused(
            invoice_no=period.name, why="nothing invoiced in it is left to credit"
        )
    currencies = sorted({one.currency for one in chosen})
    if len(currencies) > 1:
        raise CreditRefused(
            invoice_no=period.name,
            why=f"it was invoiced in {', '.join(currencies)}: say which (--currency)",
        )
    return chosen


def _accrued(
    connection: Connection, period: RebatePeriod, currency: str, *, on: date
) -> Decimal:
    """Return what is still to be given of the rebate agreed for the period, net."""
    known = _agreed(connection, replace(period, currency=currency), on=on)
    agreed = [
        one
        for one in known
        if (one.valid_from, one.last_on) == (period.first_on, period.last_on)
    ]
    if not agreed:
        others = ", ".join(f"{one.valid_from} to {one.last_on}" for one in known)
        raise CreditRefused(
            invoice_no=period.name,
            why="no rebate is agreed for just that period (agreed: "
            f"{others or 'none'}; see: adv rebates); say how much: --net or --amount",
        )
    [agreement] = agreed
    turnover = read_turnovers(connection, agreed, on=on)[agreement]
    earned = standing(agreement, turnover, as_of_on=on).earned.amount
    given = rebate_given(connection, agreement)
    if earned - given <= ZERO:
        raise CreditRefused(
            invoice_no=period.name,
            why=f"{plain_amount(earned, currency)} of rebate are earned, and "
            f"{plain_amount(given, currency)} were given before",
        )
    return earned - given


def _post(
    connection: Connection,
    invoices: Sequence[Creditable],
    asked: JointCredit,
    *,
    by: str,
) -> str:
    named = ", ".join(one.invoice_no for one in invoices)
    reason = known_reason(asked.reason_code, invoice_no=named)
    note = draft_joint_note(invoices, asked)
    check_goods(connection, reason, note.draft, invoice_no=named)
    check_credit_role(connection, note.draft, by=by, on=asked.on)
    if closed_on(connection, COMPANY_ID, asked.on):
        raise CreditRefused(
            invoice_no=invoices[0].invoice_no,
            why=f"{asked.on} lies in a closed period; use a later day, in an open one",
        )
    [posted] = post_drafts(
        connection,
        [note.draft],
        books=read_books(connection, [note.draft.customer_id]),
        on=asked.on,
        run_id=None,
    )
    _write(connection, invoices, note, posted, credited=CreditedBy(by, asked.on))
    return posted.invoice_no


def _write(
    connection: Connection,
    invoices: Sequence[Creditable],
    note: JointNote,
    posted: Posted,
    *,
    credited: CreditedBy,
) -> None:
    """Write the parts, set each against its invoice, and tell it in the histories."""
    given = [
        (one, part)
        for one, part in zip(invoices, note.parts, strict=True)
        if part.is_given
    ]
    write_parts(connection, posted.invoice_id, [part for _, part in given])
    set_against(
        connection,
        [(one.invoice_id, posted, part.payable) for one, part in given],
        by=credited.person,
    )
    record_events(
        connection,
        _told([one for one, _ in given], posted, by=credited.person),
        business_date=credited.on,
        now=now(),
    )
    note_cancelled(
        connection,
        [
            note_for(one, posted.invoice_id)
            for one, part in given
            if _is_cancelled(one, part, posted)
        ],
        Decision(
            Rebilling.ASKED, credited.person, posted.draft.reason or "", credited.on
        ),
    )


def _is_cancelled(one: Creditable, part: CreditPart, posted: Posted) -> bool:
    rebills = reason_of(posted.draft.reason_code).rebills
    return is_cancelled(one, gross=part.gross, rebills=rebills)


def _told(
    invoices: Sequence[Creditable], posted: Posted, *, by: str
) -> list[Happening]:
    told = [one for each in invoices for one in told_of_credit(each, posted, by=by)]
    return list(dict.fromkeys(told))
