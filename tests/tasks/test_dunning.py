"""The dunning step on real tables: each level once, a reason for all else."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from adv_domain.mail.render import mail_templates, render_mail
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements, insert_rows
from adv_domain.store.tables import (
    allocation,
    bank_statement,
    customer,
    dispute,
    dunning_notice,
    instalment,
    not_chased,
    outbox,
    payment,
    promise,
    task,
)
from tasks.dunning.outlook import previewed
from tests.builders import NOW, a_customer
from tests.tasks.dunning_rows import (
    DUE_ON,
    an_invoice,
    end_mails,
    end_task,
    notices,
    run_dunning,
)


def day(after):
    return DUE_ON + timedelta(days=after)


def rows_of(engine, table, *columns):
    with reading(engine) as connection:
        found = connection.execute(select(*columns).order_by(table.c.id))
        return [tuple(row) for row in found]


def reasons(engine):
    found = rows_of(
        engine,
        not_chased,
        not_chased.c.instalment_id,
        not_chased.c.reason,
        not_chased.c.until,
    )
    return {item: (reason, until) for item, reason, until in found}


def put(engine, table, **values):
    with writing(engine) as connection:
        insert_rows(connection, table, [values])


def test_a_level_due_is_one_mail_one_notice_and_a_second_run_sends_nothing(engine):
    customer_id = a_customer(engine)
    first, second = an_invoice(engine, customer_id, "F-1", parts=2)
    outcome = run_dunning(day(3))
    assert outcome.done == {"reminders": 1, "notices": 2}
    [(key, state, template, to)] = rows_of(
        engine,
        outbox,
        outbox.c.outbox_key,
        outbox.c.state,
        outbox.c.template,
        outbox.c.to_address,
    )
    assert (state, template, to) == ("queued", "reminder_friendly", "c1@example.com")
    carried = rows_of(engine, dunning_notice, dunning_notice.c.outbox_key)
    assert carried == [(key,), (key,)]
    again = run_dunning(day(3))
    assert again.done == {}
    assert again.skipped == {"awaiting_confirmation": 2}
    assert reasons(engine) == {
        first: ("awaiting_confirmation", None),
        second: ("awaiting_confirmation", None),
    }


def test_the_ladder_goes_on_from_the_confirmed_send_and_ends_with_a_person(engine):
    an_invoice(engine, a_customer(engine), "F-1")
    run_dunning(day(3))
    run_dunning(day(12))  # not confirmed: nothing moves
    end_mails(engine, state="completed", on=day(12))
    run_dunning(day(18))
    assert len(notices(engine)) == 1
    run_dunning(day(19))
    end_mails(engine, state="completed", on=day(19))
    run_dunning(day(29))
    end_mails(engine, state="completed", on=day(29))
    run_dunning(day(39))
    assert notices(engine) == [
        ("F-1", 1, "completed", 1),
        ("F-1", 2, "completed", 1),
        ("F-1", 3, "completed", 1),
        ("F-1", 4, "decided", 1),
    ]
    mails = rows_of(engine, outbox, outbox.c.template, outbox.c.in_reply_to)
    assert [template for template, _ in mails] == [
        "reminder_friendly",
        "reminder_firm",
        "reminder_final",
    ]
    assert mails[0][1] is None
    assert mails[1][1].startswith("<")
    [(key, kind)] = rows_of(engine, task, task.c.task_key, task.c.kind)
    assert kind == "refer_to_collection"
    assert end_task(engine, key, on=day(40)) == 1
    assert run_dunning(day(60)).skipped == {"all_levels_done": 1}


def test_a_failed_send_frees_the_level_and_an_unknown_one_does_not(engine):
    an_invoice(engine, a_customer(engine), "F-1")
    run_dunning(day(3))
    end_mails(engine, state="unknown", on=day(3))
    assert run_dunning(day(4)).done == {}
    with writing(engine) as connection:
        connection.execute(update(dunning_notice).values(state="failed"))
    assert run_dunning(day(4)).done == {"reminders": 1, "notices": 1}
    assert notices(engine) == [("F-1", 1, "failed", 1), ("F-1", 1, "decided", 2)]
    end_mails(engine, state="failed", on=day(4))
    # the same day again: a new attempt is a new mail, not the failed one
    assert run_dunning(day(4)).done == {"reminders": 1, "notices": 1}


def test_skipped_nights_are_not_made_up(engine):
    an_invoice(engine, a_customer(engine), "F-1")
    run_dunning(day(45))
    assert [row[1] for row in notices(engine)] == [1]
    end_mails(engine, state="completed", on=day(45))
    run_dunning(day(46))
    assert [row[1] for row in notices(engine)] == [1]


def test_customers_and_currencies_have_mails_of_their_own(engine):
    first, second = a_customer(engine, "A"), a_customer(engine, "B", language="fr")
    an_invoice(engine, first, "F-1")
    an_invoice(engine, first, "F-2", currency="JPY", amount=Decimal(5000))
    an_invoice(engine, second, "F-3")
    assert run_dunning(day(3)).done == {"reminders": 3, "notices": 3}
    found = rows_of(engine, outbox, outbox.c.language, outbox.c.context)
    assert [language for language, _ in found] == ["en", "en", "fr"]
    assert [context["items"][0]["invoice"] for _, context in found] == [
        "F-1",
        "F-2",
        "F-3",
    ]


def test_the_queued_mail_renders(engine):
    customer_id = a_customer(engine)
    an_invoice(engine, customer_id, "F-1")
    an_invoice(engine, customer_id, "A-1", amount=Decimal(-20))
    run_dunning(day(3))
    [(template, language, context)] = rows_of(
        engine, outbox, outbox.c.template, outbox.c.language, outbox.c.context
    )
    rendered = render_mail(
        mail_templates(), template=template, languages=[language], context=context
    )
    assert "80.00" in rendered.text
    assert "A-1" in rendered.text


def test_every_item_considered_has_its_reason(engine):
    customer_id = a_customer(engine)
    items = {
        name: an_invoice(engine, customer_id, name, **changes)[0]
        for name, changes in {
            "not due": {"due_on": day(20)},
            "disputed": {},
            "promised": {},
            "debit": {"item": {"means_of_payment": "direct_debit"}},
            "bill": {"item": {"means_of_payment": "bill"}},
            "small": {"amount": Decimal("4.99")},
        }.items()
    }
    put(
        engine,
        dispute,
        instalment_id=items["disputed"],
        amount=Decimal(100),
        reason="price",
        owner="sales",
        opened_on=DUE_ON,
        opened_by="ana",
    )
    put(
        engine,
        promise,
        customer_id=customer_id,
        instalment_id=items["promised"],
        amount=Decimal(100),
        promised_on=day(5),
        made_on=DUE_ON,
        made_by="ana",
        state="open",
    )
    assert run_dunning(day(3)).done == {}
    found = reasons(engine)
    assert {name: found[item] for name, item in items.items()} == {
        "not due": ("level_not_due", day(23)),
        "disputed": ("disputed", None),
        "promised": ("promised", day(8)),
        "debit": ("direct_debit", None),
        "bill": ("bill_pending", None),
        "small": ("below_minimum", None),
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"dunning_paused_until": day(9)}, ("paused", day(10))),
        ({"insolvent_on": day(-5)}, ("customer_insolvent", None)),
        ({"email": None}, ("no_address", None)),
    ],
)
def test_what_holds_for_the_customer_holds_for_his_items(engine, changes, expected):
    [item] = an_invoice(engine, a_customer(engine, **changes), "F-1")
    run_dunning(day(3))
    run_dunning(day(4))
    assert reasons(engine) == {item: expected}
    kinds = rows_of(engine, task, task.c.kind)
    assert len(kinds) == (0 if "dunning_paused_until" in changes else 1)


def test_a_reason_keeps_its_first_day_and_changes_with_its_cause(engine):
    customer_id = a_customer(engine, insolvent_on=day(-5))
    [item] = an_invoice(engine, customer_id, "F-1")
    run_dunning(day(3))
    run_dunning(day(6))
    dates = (not_chased.c.since, not_chased.c.last_on)
    assert rows_of(engine, not_chased, *dates) == [(day(3), day(6))]
    with writing(engine) as connection:
        connection.execute(update(customer).values(insolvent_on=None))
    run_dunning(day(7))
    assert reasons(engine) == {}
    with writing(engine) as connection:
        connection.execute(update(instalment).values(open_amount=Decimal(0)))
    run_dunning(day(8))
    assert reasons(engine) == {}
    assert item


def test_what_is_paid_says_so(engine):
    [item] = an_invoice(engine, a_customer(engine, insolvent_on=day(-5)), "F-1")
    run_dunning(day(3))
    with writing(engine) as connection:
        connection.execute(update(instalment).values(open_amount=Decimal(0)))
    run_dunning(day(4))
    assert reasons(engine) == {item: ("paid", None)}


def a_bank_statement(engine, to_on):
    put(
        engine,
        bank_statement,
        account="ES91",
        statement_ref=str(to_on),
        currency="EUR",
        from_on=to_on,
        to_on=to_on,
        entries=0,
        imported_at=NOW,
    )


def test_on_stale_bank_data_nobody_is_reminded_and_everything_says_why(engine):
    [item] = an_invoice(engine, a_customer(engine), "F-1")
    # due on a Monday; the fourth working day after the statement is stale
    a_bank_statement(engine, day(4))
    outcome = run_dunning(day(10))
    assert (outcome.done, outcome.skipped) == ({}, {"bank_data_stale": 1})
    assert reasons(engine) == {item: ("bank_data_stale", None)}
    a_bank_statement(engine, day(7))
    assert run_dunning(day(10)).done == {"reminders": 1, "notices": 1}


def a_payment(engine, customer_id, amount, **changes):
    values = {
        "company_id": 1,
        "kind": "bank",
        "state": "matched",
        "entry_key": f"entry {amount} {customer_id}",
        "booked_on": DUE_ON,
        "amount": amount,
        "currency": "EUR",
        "customer_id": customer_id,
        "unapplied_amount": amount,
        "recorded_at": NOW,
    }
    put(engine, payment, **(values | changes))


def test_unapplied_money_is_netted_and_covers(engine):
    customer_id = a_customer(engine)
    [item] = an_invoice(engine, customer_id, "F-1")
    a_payment(engine, customer_id, Decimal(98))
    assert run_dunning(day(3)).skipped == {"covered_by_credit": 1}
    with writing(engine) as connection:
        connection.execute(update(payment).values(unapplied_amount=Decimal(30)))
    assert run_dunning(day(4)).done == {"reminders": 1, "notices": 1}
    [(context,)] = rows_of(engine, outbox, outbox.c.context)
    assert "70.00" in context["total"]
    assert item not in reasons(engine)


def test_a_returned_direct_debit_is_chased(engine):
    customer_id = a_customer(engine)
    [item] = an_invoice(
        engine, customer_id, "F-1", item={"means_of_payment": "direct_debit"}
    )
    a_payment(engine, customer_id, Decimal(100), unapplied_amount=Decimal(0))
    put(
        engine,
        allocation,
        payment_id=1,
        instalment_id=item,
        amount=Decimal(100),
        allocated_on=DUE_ON,
        evidence="test",
        made_by="test",
        made_at=NOW,
        reversed_on=day(2),
    )
    assert run_dunning(day(3)).done == {"reminders": 1, "notices": 1}


def test_who_never_got_the_invoice_is_not_chased(engine):
    posted = {
        "origin": "posted",
        "number": 1,
        "hash": "x",
        "chain_position": 1,
        "order_id": None,
    }
    [item] = an_invoice(engine, a_customer(engine), "F-1", **posted)
    run_dunning(day(3))
    assert reasons(engine) == {item: ("invoice_not_sent", None)}
    put(
        engine,
        outbox,
        outbox_key="invoice:F-1",
        kind="invoice",
        state="failed",
        to_address="x@example.com",
        template="invoice",
        language="en",
        context={},
        attachments=[],
        message_id="<1@x>",
        entity="invoice",
        entity_id=1,
        business_date=DUE_ON,
        queued_at=NOW,
    )
    for state, expected in (
        ("queued", {item: ("invoice_not_sent", None)}),
        ("failed", {item: ("invoice_mail_failed", None)}),
        ("unknown", {item: ("invoice_mail_unknown", None)}),
        ("sent", {}),
    ):
        with writing(engine) as connection:
            connection.execute(update(outbox).values(state=state))
        run_dunning(day(3))
        assert reasons(engine) == expected


def test_the_level_of_another_system_is_gone_on_from(engine):
    an_invoice(
        engine,
        a_customer(engine),
        "F-1",
        item={"legacy_level": 2, "legacy_level_on": day(12)},
    )
    run_dunning(day(21))
    assert notices(engine) == []
    run_dunning(day(22))
    assert notices(engine) == [("F-1", 3, "decided", 1)]


def test_interest_is_shown_from_its_level_and_the_invoice_stays(engine):
    [item] = an_invoice(
        engine,
        a_customer(engine),
        "F-1",
        amount=Decimal(1000),
        item={"legacy_level": 2, "legacy_level_on": day(10)},
    )
    run_dunning(day(20))
    columns = (
        dunning_notice.c.amount,
        dunning_notice.c.interest,
        dunning_notice.c.fee,
    )
    # 1,000 x 11.15 % x 20 / 365, and 40 euro
    assert rows_of(engine, dunning_notice, *columns) == [
        (Decimal(1000), Decimal("6.11"), Decimal(40))
    ]
    amounts = rows_of(engine, instalment, instalment.c.id, instalment.c.open_amount)
    assert amounts == [(item, Decimal(1000))]


def test_a_dry_run_and_the_preview_list_what_the_run_does_and_write_nothing(engine):
    for code in "ABC":
        an_invoice(engine, a_customer(engine, code), f"F-{code}")
    from flows.direct import run_directly

    [dry] = run_directly("dunning", on=day(3), dry_run=True)
    assert dry.outcome.done == {"reminders": 3, "notices": 3}
    preview = [
        (each.item.invoice, each.level.level)
        for decision in previewed(day(3))
        for each in decision.notices
    ]
    assert notices(engine) == []
    assert reasons(engine) == {}
    run_dunning(day(3))
    assert preview == [(row[0], row[1]) for row in notices(engine)]


def test_a_poisoned_customer_does_not_stop_the_others(engine, monkeypatch):
    import tasks.dunning.step

    for code in "ABC":
        an_invoice(engine, a_customer(engine, code), f"F-{code}")
    decide = tasks.dunning.step.decision_of

    def poisoned(record, ground):
        if record.debtor.code == "B":
            raise ValueError("cannot decide B")
        return decide(record, ground)

    monkeypatch.setattr(tasks.dunning.step, "decision_of", poisoned)
    outcome = run_dunning(day(3))
    assert outcome.done == {"reminders": 2, "notices": 2}
    assert [each.document for each in outcome.failed] == ["customer B"]
    monkeypatch.undo()
    assert [row[0] for row in notices(engine)] == ["F-A", "F-C"]


def statements_of(engine, customers, prefix):
    for number in range(customers):
        customer_id = a_customer(engine, f"{prefix}{number}")
        an_invoice(engine, customer_id, f"{prefix}{number}", parts=2)
    with counted_statements(engine) as seen:
        outcome = run_dunning(day(3))
    assert outcome.done["notices"] == 2 * customers
    return len(seen)


def test_statements_do_not_grow_with_the_batch(engine):
    few = statements_of(engine, 5, "S")
    with writing(engine) as connection:
        connection.execute(update(instalment).values(open_amount=Decimal(0)))
    many = statements_of(engine, 60, "M")
    assert many <= few + 1  # the settled items of the first run are noted as paid
    with reading(engine) as connection:
        mails = connection.execute(select(func.count()).select_from(outbox)).scalar()
    assert mails == 65


def test_dates_are_those_of_the_run(engine):
    an_invoice(engine, a_customer(engine), "F-1")
    run_dunning(day(3))
    decided_on = rows_of(engine, dunning_notice, dunning_notice.c.decided_on)
    assert decided_on == [(date(2025, 3, 6),)]
