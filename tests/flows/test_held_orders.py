"""Does the Prefect UI show who must answer for which held order?"""

import asyncio
from datetime import date
from decimal import Decimal

import pytest

from tasks.resources import resources
from tests.builders import a_customer, a_product, an_order

TODAY = date(2026, 1, 6)


@pytest.fixture
def shop(sqlite_home, prefect_server):
    a_customer(resources().engine, name="Talleres | Sur")
    a_product(resources().engine)


def received(no, **line):
    an_order(
        resources().engine,
        customer_id=None,
        product_id=None,
        no=no,
        customer_code="C1",
        state="received",
        net=None,
        line={"product_code": "P1", "unit_price": None, "asked_price": None} | line,
    )


def artifact():
    """Return the current page of the key, as the UI does."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey

    async def _read():
        async with get_client() as client:
            found = await client.read_latest_artifacts(
                artifact_filter=ArtifactFilter(
                    key=ArtifactFilterKey(any_=["held-orders"])
                )
            )
        return found[0]

    return asyncio.run(_read())


def test_validation_and_the_forms_show_the_current_list(shop):
    from flows.actions.release_order import release_order
    from flows.order_validation import order_validation

    received("O1", asked_price=Decimal(20))
    received("O2", qty=Decimal(4), requested_on=date(2026, 1, 5))
    order_validation(business_date=TODAY, return_state=True)
    page = artifact().data
    assert "| sales | 1 | 1 | 60.00 |" in page
    assert "| O1 | Talleres \\| Sur | 60.00 EUR | sales |" in page
    assert "price (sales): line 1: the price is 10.00 above" in page
    release_order(order="O1", by="Ana", reason="agreed", return_state=True)
    assert "| O1 |" not in artifact().data


def test_an_empty_list_is_said_to_be_empty(shop):
    from flows.order_validation import order_validation

    order_validation(business_date=TODAY, return_state=True)
    shown = artifact()
    assert "No order is held." in shown.data
    assert shown.description == "0 held, 0 overdue"


def test_a_long_list_is_cut_and_counted_and_says_whom_silence_went_on_to(sqlite_home):
    from datetime import UTC, datetime

    from flows.held_orders import held_orders_page
    from tasks.orders.work_list import TeamPart, WorkItem

    at = datetime(2026, 1, 6, 9, tzinfo=UTC)
    part = TeamPart("sales", at, at, Decimal(9), Decimal("1.5"), ("Eve",), "")
    items = [
        WorkItem(f"O{n}", "C1", None, TODAY, "sales", "EUR", None, None, (part,), ())
        for n in range(230)
    ]
    page = held_orders_page(items, [])
    assert "… and 30 more: `adv holds`." in page
    assert (
        "| O1 | C1 |  | sales | 9 | **2026-01-06 10:00**, 1.5 h ago, told: Eve |"
        in page
    )
    assert "| sales | 230 | 230 | 0.00 + 230 unknown | 9 |" in page
