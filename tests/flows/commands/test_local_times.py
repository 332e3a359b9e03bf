"""Do people read the company's clock, and programs UTC?"""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from click.testing import CliRunner
from sqlalchemy import update

from adv_domain.store.engine import writing
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.tables import event
from flows.cli import cli
from tests.builders import a_customer, a_product, an_order

LATE = datetime(2026, 1, 6, 22, 30, tzinfo=UTC)


def test_a_history_shows_the_companys_clock_and_json_utc(engine, monkeypatch):
    monkeypatch.setenv("ADV_TIME_ZONE", "Pacific/Auckland")
    order_id = an_order(
        engine, customer_id=a_customer(engine), product_id=a_product(engine)
    )
    happening = Happening("order", order_id, "asked", "Ana")
    with writing(engine) as connection:
        record_events(connection, [happening], business_date=LATE.date(), now=LATE)
        connection.execute(update(event).values(at=LATE))
    local = LATE.astimezone(ZoneInfo("Pacific/Auckland"))
    told = CliRunner().invoke(cli, ["order", "O1"]).stdout
    assert f"{local:%Y-%m-%d %H:%M}  asked by Ana" in told
    shown = json.loads(CliRunner().invoke(cli, ["order", "O1", "--json"]).stdout)
    assert shown["timeline"][-1]["at"] == "2026-01-06T22:30:00+00:00"
