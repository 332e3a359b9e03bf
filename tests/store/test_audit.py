"""A sound database has no violation, and each check sees the row that breaks it."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, insert, text, update

from adv_domain.store.audit import audit
from adv_domain.store.engine import reading, writing
from adv_domain.store.payments.settling import Giving, allocate
from adv_domain.store.rows import counted_statements, insert_rows
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.tables import (
    allocation,
    chain_head,
    delay_notice,
    delivery_line,
    dunning_notice,
    event,
    handoff_message,
    instalment,
    invoice,
    invoice_line,
    invoice_tax,
    order_book,
    order_line,
    outbox,
    payment,
    sales_order,
    series,
)
from flows.commands.audit import audit as audit_command
from flows.direct import run_directly
from tests.builders import DAY, NOW, a_customer, a_delivery, a_product, an_order

LATER = DAY + timedelta(days=60)


@pytest.fixture
def sound(engine):
    """Three invoiced orders, one part paid and reminded, one slip told."""
    customer_id, product_id = a_customer(engine), a_product(engine)
    orders = [
        an_order(engine, customer_id=customer_id, product_id=product_id, no=f"O{no}")
        for no in (1, 2, 3)
    ]
    _log_orders(engine, orders, ["received", "accepted", "handed_off"])
    for order_id in orders:
        a_delivery(engine, order_id, no=f"D{order_id}")
        _tell_stock(engine, order_id)
    _log_orders(engine, orders, ["in_fulfilment", "fulfilled"], before="handed_off")
    [end] = run_directly("invoicing", on=DAY)
    assert end.outcome.done, end.outcome.message
    _pay(engine, customer_id)
    _remind(engine, customer_id)
    _slip(engine, orders[0], customer_id)
    return engine


def _log_orders(engine, orders, states, before=None):
    with writing(engine) as connection:
        for order_id in orders:
            known = before
            for state in states:
                happening = Happening("order", order_id, state, "test", known, state)
                record_events(connection, [happening], business_date=DAY, now=NOW)
                known = state


def _put(engine, table, **values):
    with writing(engine) as connection:
        insert_rows(connection, table, [values])


def _tell_stock(engine, order_id):
    _put(
        engine,
        handoff_message,
        order_id=order_id,
        version=1,
        kind="order",
        message_key=f"order {order_id}",
        state="sent",
        sent_at=NOW,
        payload={},
        decided_on=DAY,
    )


def _pay(engine, customer_id):
    _put(
        engine,
        payment,
        company_id=1,
        kind="bank",
        state="matched",
        entry_key="entry 1",
        booked_on=DAY,
        amount=Decimal(20),
        currency="EUR",
        customer_id=customer_id,
        unapplied_amount=Decimal(5),
        recorded_at=NOW,
    )
    giving = Giving(1, Decimal(15), DAY, "test", payment_id=1)
    with writing(engine) as connection:
        allocate(connection, [giving], by="test", at=NOW)


def _remind(engine, customer_id):
    _put(
        engine,
        outbox,
        outbox_key="reminder 1",
        kind="reminder",
        state="sent",
        to_address="x@example.com",
        template="reminder_friendly",
        language="en",
        context={},
        attachments=[],
        message_id="<1@x>",
        customer_id=customer_id,
        business_date=DAY,
        queued_at=NOW,
        sent_at=NOW,
    )
    _put(
        engine,
        order_book,
        customer_id=customer_id,
        book_key="book 1",
        kind="asked",
        due_on=DAY,
        made_on=DAY,
        line_count=0,
        lines=[],
        outbox_key="reminder 1",
        made_at=NOW,
    )
    for level, on in ((1, DAY), (2, DAY + timedelta(days=7))):
        _put(engine, dunning_notice, **_notice(customer_id, level, on))


def _notice(customer_id, level, on, **changes):
    return {
        "customer_id": customer_id,
        "instalment_id": 1,
        "level": level,
        "policy": "default",
        "channel": "email",
        "tone": "friendly",
        "effect": "none",
        "state": "completed",
        "decided_on": on,
        "completed_on": on,
        "amount": Decimal(20),
        "interest": Decimal(0),
        "fee": Decimal(0),
        "currency": "EUR",
        "outbox_key": "reminder 1",
        **changes,
    }


def _slip(engine, order_id, customer_id):
    _put(
        engine,
        delay_notice,
        order_line_id=1,
        order_id=order_id,
        customer_id=customer_id,
        told_on=DAY,
        old_on=DAY,
        new_on=DAY + timedelta(days=5),
        days_late=5,
    )


def broken_checks(engine):
    with reading(engine) as connection:
        return {check.name: check for check in audit(connection) if check.violations}


def unguarded(engine, table, constraint, *statements):
    """Run the statements with a constraint of the table out of the way."""
    with writing(engine) as connection:
        if engine.dialect.name == "sqlite":
            # a partial unique index can be dropped, a check only be ignored
            connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        elif constraint.startswith("ck_"):
            connection.execute(
                text(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
            )
        if constraint.startswith("uq_"):
            connection.execute(text(f"DROP INDEX {constraint}"))
        for statement in statements:
            connection.execute(statement)
        if engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA ignore_check_constraints = OFF"))


def test_a_sound_database_has_no_violation_and_every_check_looked(sound):
    with reading(sound) as connection:
        checks = audit(connection)
    assert {check.name: check.first for check in checks if check.violations} == {}
    unseen = {check.name for check in checks if not check.rows}
    assert unseen <= {
        "credit_notes_within_their_invoice",
        # over several invoices: tests/tasks/test_joint_notes.py
        "credit_parts_make_their_note",
        "credit_parts_are_as_posted",
        "credit_note_not_before_its_invoice",
        "confirmed_lines_keep_their_first_date",
        # these look at changes of orders: tests/store/test_audit_amendments.py
        "amendment_transitions_are_listed",
        "amendment_state_is_its_last_event",
        "amended_orders_say_so",
        "stock_is_asked_once_at_a_time",
        # these at what stock did otherwise: tests/store/test_audit_deliveries.py
        "returned_within_delivered",
        "over_shipments_are_asked_about",
        "first_confirmed_dates_stand",
        # these at held ones: tests/store/test_audit_holds.py
        "open_holds_are_of_held_orders",
        "held_orders_have_open_holds",
        # these at money paid ahead: tests/tasks/test_advances.py
        "advances_are_never_overdrawn",
        "deductions_have_an_advance",
        "requests_have_received_their_money",
        "requests_are_as_asked",
        "advance_invoices_are_of_their_money",
        # these at corrections: tests/store/test_audit_tampering.py
        "credit_parts_are_of_their_customer",
        "cancelled_invoices_have_their_note",
        "cancelled_deliveries_are_as_chosen",
        # this at orders billed as ordered: tests/store/test_audit_billable.py
        "invoiced_and_open_are_what_was_ordered",
    }
    assert len({check.name for check in checks}) == len(checks)


def test_each_check_says_what_to_do(sound):
    with reading(sound) as connection:
        assert all(len(check.hint) > 40 for check in audit(connection))


def of(table, row_id, **values):
    return update(table).where(table.c.id == row_id).values(**values)


BREAKS = [
    (
        "instalments_sum_to_total",
        of(instalment, 3, amount=Decimal("36.31"), open_amount=Decimal("36.31")),
    ),
    (
        "instalments_have_the_invoice_sign",
        of(instalment, 3, amount=Decimal(-1), open_amount=Decimal(-1)),
    ),
    ("lines_sum_to_net", of(invoice_line, 2, net=Decimal("30.01"))),
    ("lines_sum_to_tax_bases", of(invoice_line, 2, tax_rate=Decimal("0.1"))),
    ("line_net_is_quantity_times_price", of(invoice_line, 2, qty=Decimal(4))),
    ("taxes_sum_to_tax", of(invoice_tax, 2, tax=Decimal("6.31"))),
    ("tax_is_base_times_rate", of(invoice_tax, 2, tax=Decimal("6.31"))),
    (
        "credit_note_not_before_its_invoice",
        of(invoice, 3, corrects_id=2, issued_on=DAY - timedelta(days=1)),
    ),
    ("series_without_gap", of(invoice, 2, number=9)),
    ("series_without_gap", of(series, 1, last_number=4)),
    ("series_dates_not_falling", of(invoice, 3, issued_on=date(2025, 12, 1))),
    ("hash_chain", of(invoice, 2, hash="0" * 64)),
    ("hash_chain", of(invoice, 2, previous_hash="0" * 64)),
    ("hash_chain", of(invoice, 2, record="Huella=")),
    ("hash_chain", of(invoice, 2, invoice_no="F-other")),
    ("hash_chain", of(invoice, 2, chain_position=9)),
    ("chain_head_is_last_document", update(chain_head).values(hash="0" * 64)),
    ("chain_head_is_last_document", update(chain_head).values(position=2)),
    ("money_in_is_allocated_or_unapplied", of(payment, 1, amount=Decimal(21))),
    (
        "money_in_is_allocated_or_unapplied",
        of(payment, 1, unapplied_amount=Decimal(4)),
    ),
    (
        "money_in_is_allocated_or_unapplied",
        of(allocation, 1, reversed_on=DAY),
    ),
    ("open_is_amount_less_allocations", of(instalment, 2, open_amount=Decimal(1))),
    ("open_is_amount_less_allocations", of(allocation, 1, reversed_on=DAY)),
    ("settled_items_have_nothing_open", of(instalment, 2, settled_on=DAY)),
    ("money_keeps_its_currency", of(payment, 1, currency="USD")),
    (
        "order_state_is_its_last_event",
        of(sales_order, 2, state="cancelled"),
    ),
    ("shipped_within_ordered", of(order_line, 1, qty=Decimal(2))),
    ("shipped_is_what_deliveries_say", of(delivery_line, 1, qty=Decimal(2))),
    ("shipped_is_what_deliveries_say", of(order_line, 1, qty_over=Decimal(1))),
    ("invoiced_is_what_invoices_say", of(order_line, 1, qty_invoiced=Decimal(2))),
    ("to_invoice_is_what_deliveries_say", of(sales_order, 1, to_invoice=True)),
    (
        "to_invoice_is_what_deliveries_say",
        of(delivery_line, 1, invoice_line_id=None),
    ),
    ("levels_completed_in_order", of(dunning_notice, 2, completed_on=DAY)),
    ("levels_completed_in_order", of(dunning_notice, 2, completed_on=None)),
    ("completed_notices_were_sent", of(outbox, 1, state="failed")),
    ("one_handoff_message_per_version", of(handoff_message, 1, version=2)),
    (
        "handed_orders_have_a_message",
        delete(handoff_message).where(handoff_message.c.id == 1),
    ),
    (
        "handoff_messages_say_where_they_are",
        of(handoff_message, 1, state="acknowledged"),
    ),
    ("handoff_messages_say_where_they_are", of(handoff_message, 1, sent_at=None)),
    ("handoff_messages_say_where_they_are", of(handoff_message, 1, state="failed")),
    ("one_delay_notice_per_slip", of(delay_notice, 1, new_on=DAY)),
    ("told_dates_have_their_mail", of(delay_notice, 1, outbox_key="nowhere")),
    ("confirmed_lines_keep_their_first_date", of(order_line, 1, confirmed_on=DAY)),
    ("order_books_have_their_mail", of(order_book, 1, outbox_key="another")),
    ("order_books_have_their_mail", of(order_book, 1, made_on=date(2025, 12, 1))),
    ("mails_have_one_ending", of(outbox, 1, sent_at=None)),
    ("mails_have_one_ending", of(outbox, 1, state="failed")),
]
"""What breaks one row, by the check that must see it."""


def test_each_check_sees_the_row_that_breaks_it(sound):
    # one database for all: each break is rolled back before the next
    for check, statement in BREAKS:
        with sound.connect() as connection, connection.begin() as transaction:
            connection.execute(statement)
            found = {each.name: each for each in audit(connection)}
            transaction.rollback()
        assert found[check].violations, f"{check} does not see {statement}"
        assert found[check].first
    assert broken_checks(sound) == {}


def test_a_total_that_does_not_add_up_is_seen(sound):
    unguarded(
        sound,
        "invoice",
        "ck_invoice_gross_is_net_plus_tax",
        of(invoice, 2, gross=Decimal(40)),
    )
    assert "gross_is_net_plus_tax" in broken_checks(sound)


def test_a_negative_open_amount_is_seen(sound):
    unguarded(
        sound,
        "instalment",
        "ck_instalment_open_within_amount",
        of(instalment, 2, open_amount=Decimal(-1)),
    )
    assert "open_amount_within_amount" in broken_checks(sound)


def test_a_second_standing_notice_of_a_level_is_seen(sound):
    twice = _notice(1, 1, DAY, attempt=2)
    unguarded(
        sound,
        "dunning_notice",
        "uq_dunning_notice_standing",
        insert(dunning_notice).values(**twice),
    )
    found = broken_checks(sound)["one_notice_per_item_and_level"]
    assert found.violations == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [("closed", "received"), ("received", "closed"), (None, "accepted")],
)
def test_a_transition_that_is_not_listed_is_seen(sound, before, after):
    happening = Happening("order", 1, after, "test", before, after)
    with writing(sound) as connection:
        record_events(connection, [happening], business_date=DAY, now=NOW)
    assert broken_checks(sound)["order_transitions_are_listed"].violations == 1


def test_an_event_that_changes_no_state_is_no_transition(sound):
    at = datetime(2026, 2, 1, tzinfo=UTC)
    with writing(sound) as connection:
        connection.execute(
            insert(event).values(
                entity="order",
                entity_id=1,
                at=at,
                business_date=DAY,
                what="looked at again",
                actor="test",
            )
        )
    assert broken_checks(sound) == {}


def test_credit_notes_beyond_their_invoice_are_seen(sound):
    with writing(sound) as connection:
        connection.execute(of(invoice, 3, corrects_id=2))
        connection.execute(
            of(
                invoice,
                3,
                net=Decimal("-30.01"),
                tax=Decimal("-6.30"),
                gross=Decimal("-36.31"),
            )
        )
    assert "credit_notes_within_their_invoice" in broken_checks(sound)


def test_statements_do_not_grow_with_the_documents(sound):
    def counted():
        with counted_statements(sound) as seen, reading(sound) as connection:
            audit(connection)
        return len(seen)

    before = counted()
    customer_id, product_id = a_customer(sound, "C2"), a_product(sound, "P2")
    for no in range(4, 12):
        order_id = an_order(
            sound, customer_id=customer_id, product_id=product_id, no=f"O{no}"
        )
        a_delivery(sound, order_id, no=f"D{order_id}")
        _tell_stock(sound, order_id)
    run_directly("invoicing", on=DAY)
    assert counted() == before


def test_a_held_line_that_asks_less_than_nothing_breaks_nothing(sound):
    held = {"customer_id": 1, "product_id": 1, "state": "held", "qty": Decimal(-5)}
    order_id = an_order(sound, no="O9", **held)
    assert broken_checks(sound) == {}
    shipped = update(order_line).where(order_line.c.order_id == order_id)
    with writing(sound) as connection:
        connection.execute(shipped.values(qty_shipped=Decimal(1)))
    assert "shipped_within_ordered" in broken_checks(sound)


def test_the_command_tells_what_is_broken_and_ends_1(sound):
    fine = CliRunner().invoke(audit_command, ["--json"])
    assert fine.exit_code == 0, fine.output
    checks = json.loads(fine.stdout)["checks"]
    assert all(check["violations"] == 0 for check in checks)
    with writing(sound) as connection:
        connection.execute(of(invoice_line, 2, net=Decimal("30.01")))
    result = CliRunner().invoke(audit_command, ["--json"])
    assert result.exit_code == 1
    by_name = {check["name"]: check for check in json.loads(result.stdout)["checks"]}
    assert by_name["lines_sum_to_net"]["violations"] == 1
    told = CliRunner().invoke(audit_command, []).stdout
    assert (
        f"BROKEN  lines_sum_to_net: 1 of 3: {by_name['lines_sum_to_net']['first'][0]}\n"
        "        what to do: see documents_are_as_posted" in told
    )
    assert by_name["lines_sum_to_net"]["hint"]
    assert by_name["series_without_gap"]["hint"] == ""
