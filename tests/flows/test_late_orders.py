"""Does the Prefect UI show which orders are late and why, and which will be?"""

import asyncio
from datetime import date
from decimal import Decimal

from adv_domain.rules.stock.risk import WaitingLine
from adv_domain.store.engine import reading
from adv_domain.store.figures.late_lines import late_lines
from flows.late_orders import KEY, late_orders_page
from tasks.figures.late_orders import delays_by_cause
from tasks.resources import resources
from tests.builders import a_customer, a_product, an_order

ON = date(2026, 1, 26)
PROMISED = date(2026, 1, 20)


def a_late_order(engine, no="O1", now=date(2026, 2, 3)):
    an_order(
        engine,
        no=no,
        customer_id=a_customer(engine, f"C {no}", name="Talleres | Sur"),
        product_id=a_product(engine, f"P {no}"),
        state="handed_off",
        line={"first_confirmed_on": PROMISED, "confirmed_on": now},
    )


def artifact():
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey

    async def _read():
        async with get_client() as client:
            found = await client.read_latest_artifacts(
                artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=[KEY]))
            )
        return found[0]

    return asyncio.run(_read())


def test_the_notices_and_the_digest_show_the_current_list(sqlite_home, prefect_server):
    from flows.delay_notices import delay_notices
    from flows.digest import digest

    a_late_order(resources().engine)
    delay_notices(business_date=ON, return_state=True)
    shown = artifact()
    assert shown.description == "1 line late, 0 at risk"
    assert "| O1 | Talleres \\| Sur | 1 of 1 | 3 C62 | 2026-01-20 | 2026-02-03 |" in (
        shown.data
    )
    assert "Every line that is due soon has its goods." in shown.data
    a_late_order(resources().engine, "O2", now=PROMISED)
    digest(business_date=ON, return_state=True)
    assert "| stock | 2 | 2 | 1 | 60.00 |" in artifact().data
    assert "**2026-01-20 passed**" in artifact().data


def test_the_page_of_a_company_without_late_orders_says_so(engine):
    page = late_orders_page([], [], [], on=ON)
    assert "No open line is late." in page


def test_the_page_lists_what_is_at_risk_and_how_much_it_leaves_out(engine):
    a_late_order(engine)
    line = WaitingLine(
        order_id=1,
        order_no="O9",
        customer_id=1,
        customer_code="C1",
        customer_name="Customer",
        line_id=1,
        line_no=2,
        product_code="P1",
        qty=Decimal(3),
        qty_waiting=Decimal(2),
        first_confirmed_on=ON,
        confirmed_on=ON,
        is_said=False,
        available_on=None,
        receipt_ref=None,
        expected_on=None,
        waits_since=ON,
    )
    with reading(engine) as connection:
        delays = delays_by_cause(connection, on=ON)
        late = late_lines(connection, on=ON)
    page = late_orders_page(delays, late[:0], [line] * 201, on=ON)
    assert "… and 1 more: `adv delays`." in page
    assert "| O9 | Customer | 2 P1 | 2 of 3 | 2026-01-26 | not on their way |" in page
    assert "… and 1 more: `adv stock back-orders --at-risk`." in page
