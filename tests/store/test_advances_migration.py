"""Row 41: advances that one payment paid before several could are still there."""

from sqlalchemy import select, text

from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import advance_payment, payment_request
from adv_domain.store.upgrade import upgrade
from tests.store.test_migrations import _back_to

_BEFORE = (
    (
        "INSERT INTO company (id, code, name, country, tax_territory, currency, "
        "language) VALUES (1, 'A', 'A', 'ES', 'ES', 'EUR', 'en')"
    ),
    *(
        "INSERT INTO sales_order (id, company_id, order_no, customer_code, "
        "customer_ref, ordered_on, currency, state, channel, shipping_policy, "
        f"content_hash, received_at) VALUES ({at}, 1, 'O{at}', 'C', 'R{at}', "
        "'2026-01-05', 'EUR', 'accepted', 'file', 'partial', 'x', '2026-01-05')"
        for at in (1, 2)
    ),
    (
        "INSERT INTO payment (id, company_id, kind, state, entry_key, booked_on, "
        "amount, currency, unapplied_amount, recorded_at) VALUES (7, 1, 'bank', "
        "'matched', 'K', '2026-01-08', 3000, 'EUR', 3000, '2026-01-08')"
    ),
    *(
        "INSERT INTO payment_request (id, order_id, request_no, reference, state, "
        "rate, amount, currency, bases, order_gross, asked_on, due_on, payment_id, "
        f"paid_on) VALUES ({at}, {at}, 1, 'RF{at}', '{state}', 1, 3000, 'EUR', '[]', "
        f"{gross}, '2026-01-05', '2026-01-15', {payment}, {paid_on})"
        for at, state, gross, payment, paid_on in (
            (1, "paid", "9000", "7", "'2026-01-08'"),
            (2, "open", "NULL", "NULL", "NULL"),
        )
    ),
)


def test_row_41_an_advance_paid_before_the_upgrade_keeps_its_payment(engine):
    _back_to(engine, "0036")
    with writing(engine) as connection:
        for statement in _BEFORE:
            connection.execute(text(statement))
    upgrade(engine)
    with reading(engine) as connection:
        paid, waiting = connection.execute(
            select(payment_request).order_by(payment_request.c.id)
        ).all()
        [came] = connection.execute(select(advance_payment)).all()
    assert (paid.received, paid.order_total) == (paid.amount, paid.order_gross)
    assert (waiting.received, waiting.order_total) == (0, waiting.amount)
    # each was told in the transaction that made it
    assert {paid.told_on, waiting.told_on} == {paid.asked_on}
    assert (came.request_id, came.payment_id) == (1, 7)
    assert (came.amount, came.invoice_id) == (paid.amount, None)
    assert came.paid_on == paid.paid_on
