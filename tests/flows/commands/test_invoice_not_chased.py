"""Row 75: `adv invoice` says why an item is not reminded of, as it stands now."""

import json
from datetime import date

from click.testing import CliRunner
from sqlalchemy import update

from adv_domain.store.engine import writing
from adv_domain.store.tables import outbox
from flows.commands.invoice import invoice
from flows.direct import run_directly
from tests.builders import a_customer, a_delivery, a_product, an_order

ON = date(2026, 1, 31)
NUMBER = "F-2026-000001"


def reasons():
    told = CliRunner().invoke(invoice, [NUMBER, "--json"]).output
    return [one["reason"] for one in json.loads(told)["not_chased"]]


def test_row_75_who_has_his_invoice_is_not_said_to_lack_it(engine):
    """A night reminds before it mails: its reason is overtaken by its own mail."""
    order_id = an_order(
        engine, customer_id=a_customer(engine), product_id=a_product(engine)
    )
    a_delivery(engine, order_id)
    for step in ("invoicing", "documents", "dunning"):
        run_directly(step, on=ON)
    assert reasons() == ["invoice_not_sent"]
    [end] = run_directly("mail", on=ON)
    assert end.outcome.done["sent"] == 1
    assert reasons() == []
    screen = CliRunner().invoke(invoice, [NUMBER]).output
    assert "not chased" not in screen and ": sent " in screen
    with writing(engine) as connection:
        connection.execute(update(outbox).values(state="failed"))
    assert reasons() == ["invoice_not_sent"]
