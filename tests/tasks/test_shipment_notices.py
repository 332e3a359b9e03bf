"""Does a customer hear, once, what left and what is still to come?"""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from adv_domain.store.engine import reading
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import delay_notice, outbox
from flows.direct import run_directly
from tasks.orders.acts.ending import cancel_order
from tests.builders import a_customer, a_product, an_order
from tests.tasks.feedback_runs import book, news

ON = date(2026, 1, 6)
CONFIRMED = "M1,confirmation,O1,,,2026-01-09"


@pytest.fixture
def ordered(engine):
    product_id = a_product(engine)

    def _order(no="O1", code="C1", lines=1, **customer):
        customer_id = a_customer(engine, code, **customer)
        return an_order(
            engine,
            no=no,
            lines=lines,
            state="handed_off",
            customer_id=customer_id,
            product_id=product_id,
        )

    return _order


def tell(on=ON):
    [end] = run_directly("notices", on=on)
    return end.outcome


def mails(engine):
    with reading(engine) as connection:
        return connection.execute(select(outbox).order_by(outbox.c.id)).all()


def notices(engine):
    with reading(engine) as connection:
        chosen = select(
            delay_notice.c.old_on, delay_notice.c.new_on, delay_notice.c.outbox_key
        )
        return [tuple(row) for row in connection.execute(chosen)]


def test_what_left_whole_is_told_once(engine, ordered):
    order_id = ordered(language="fr")
    book(CONFIRMED, "M2,shipment,O1,,,2026-01-06,,,DN-1")
    assert tell().done == {"shipment mails queued": 1}
    assert tell().message == "nothing to do"
    [mail] = mails(engine)
    assert (mail.kind, mail.language, mail.entity_id) == ("shipment", "fr", order_id)
    [left] = mail.context["deliveries"]
    assert (left["delivery_no"], left["shipped_on"]) == ("DN-1", "6 janv. 2026")
    assert mail.context["lines"][0]["qty"] == "3"
    assert not mail.context["is_late"]
    assert notices(engine) == []


def test_row_22_a_part_is_told_with_the_exact_rest_and_its_date(engine, ordered):
    ordered(lines=2)
    book(CONFIRMED, "M2,shipment,O1,1,2,2026-01-06")
    tell()
    [part] = mails(engine)
    assert part.kind == "part_shipment"
    assert [(one["qty"], one["new_on"]) for one in part.context["rest"]] == [
        ("1", "9 Jan 2026"),
        ("3", "9 Jan 2026"),
    ]
    book("M3,shipment,O1,,,2026-01-07")
    tell(date(2026, 1, 7))
    assert [mail.kind for mail in mails(engine)] == ["part_shipment", "shipment"]


def test_a_rest_that_stock_refused_has_a_date_to_follow(engine, ordered):
    ordered(lines=2)
    book(CONFIRMED, "M2,shipment,O1,1,3,2026-01-06", "M3,refusal,O1,2,,2026-01-06")
    tell()
    [part] = mails(engine)
    assert [(one["qty"], one["new_on"]) for one in part.context["rest"]] == [("3", "")]


def test_what_leaves_for_a_cancelled_order_is_not_told_as_its_completion(
    engine, ordered
):
    ordered()
    book(CONFIRMED)
    cancel_order(name="O1", by="ana", reason="customer asked", on=ON)
    book("M2,shipment,O1,1,3,2026-01-06")
    assert tell().skipped == {"left for a cancelled order": 1}
    assert tell().message == "nothing to do"
    assert [mail.kind for mail in mails(engine)] == ["cancellation"]


def test_several_deliveries_of_a_run_make_one_mail_for_the_order(engine, ordered):
    ordered()
    book("M2,shipment,O1,1,1,2026-01-06,,,D1", "M3,shipment,O1,1,2,2026-01-06,,,D2")
    tell()
    [mail] = mails(engine)
    assert [one["delivery_no"] for one in mail.context["deliveries"]] == ["D1", "D2"]
    assert [one["qty"] for one in mail.context["lines"]] == ["3"]


def test_the_rest_that_slipped_is_told_as_a_delay_once_it_has_stood(engine, ordered):
    ordered()
    book(CONFIRMED, "M2,shipment,O1,1,1,2026-01-06", "M3,new_date,O1,,,2026-01-20")
    tell()
    [part] = mails(engine)
    assert [one["new_on"] for one in part.context["rest"]] == [""]
    assert tell(date(2026, 1, 7)).done == {"delays told": 1, "mails queued": 1}


def test_what_left_late_before_it_was_told_is_told_with_the_goods(engine, ordered):
    ordered()
    book(CONFIRMED)
    book("M2,shipment,O1,,,2026-01-13", on=date(2026, 1, 13))
    assert tell(date(2026, 1, 13)).done == {
        "shipment mails queued": 1,
        "delays told": 1,
    }
    [mail] = mails(engine)
    assert mail.context["is_late"]
    assert mail.context["lines"][0]["late_from"] == "9 Jan 2026"
    told = (date(2026, 1, 9), date(2026, 1, 13), mail.outbox_key)
    assert notices(engine) == [told]


def test_a_delay_that_was_told_is_not_told_again_with_the_goods(engine, ordered):
    ordered()
    book(CONFIRMED)
    for day in (10, 12):
        tell(date(2026, 1, day))
    book("M2,shipment,O1,,,2026-01-13", on=date(2026, 1, 13))
    tell(date(2026, 1, 13))
    silent, left = mails(engine)
    assert (silent.kind, left.kind) == ("delay_notice", "shipment")
    assert not left.context["is_late"]
    assert notices(engine) == []


@pytest.mark.parametrize(
    ("wants", "kinds"),
    [
        ("none", []),
        ("delay", []),
        ("part_shipment", ["part_shipment"]),
        ("shipment", ["shipment"]),
    ],
)
def test_a_customer_hears_of_the_shipments_that_he_chose(engine, ordered, wants, kinds):
    ordered(progress_mails=wants)
    book(CONFIRMED, "M2,shipment,O1,1,1,2026-01-06")
    tell()
    book("M3,shipment,O1,,,2026-01-13", on=date(2026, 1, 13))
    tell(date(2026, 1, 13))
    assert [mail.kind for mail in mails(engine)] == kinds
    assert notices(engine) == []


def test_goods_of_long_ago_are_history(engine, ordered):
    ordered()
    book("M2,shipment,O1,,,2026-01-06")
    assert tell(date(2026, 6, 6)).skipped == {"left too long ago to be told": 1}
    assert tell(date(2026, 6, 6)).message == "nothing to do"


def test_more_than_ordered_is_told_as_it_left(engine, ordered):
    ordered()
    book("M2,shipment,O1,1,5,2026-01-06")
    tell()
    [mail] = mails(engine)
    assert mail.context["lines"][0]["qty"] == "5"
    assert Decimal(mail.context["lines"][0]["qty"]) > 3


def test_statements_do_not_grow_with_the_orders(engine, ordered):
    seen = []
    for first, count in ((0, 2), (10, 20)):
        numbers = range(first, first + count)
        for number in numbers:
            ordered(f"O{number}", f"C{number}")
        book(text=news(*(f"S{n},shipment,O{n},,,2026-01-06" for n in numbers)))
        with counted_statements(engine) as statements:
            tell()
        seen.append(len(statements))
    assert seen[0] == seen[1]
