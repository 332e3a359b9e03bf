"""Does a step under Prefect end as told, and does a retry do only what is left?"""

from datetime import date

import pytest
from sqlalchemy import select, update

from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import document, invoice, outbox, run
from tests.builders import a_customer
from tests.tasks.issued_rows import SELLER, a_posted_document

pytestmark = pytest.mark.usefixtures("prefect_server")
DAY = date(2026, 1, 31)


def run_documents():
    from flows.documents import documents

    return documents(business_date=DAY, return_state=True)


def rows(engine, table):
    with reading(engine) as connection:
        return connection.execute(select(table).order_by(table.c.id)).all()


def test_run_is_completed_with_its_counts_and_then_has_nothing_to_do(engine):
    a_posted_document(engine, customer_id=a_customer(engine), no="F1")
    first = run_documents()
    assert first.is_completed()
    assert first.message == "1 document; 1 mail queued"
    second = run_documents()
    assert second.is_completed()
    assert second.message == "nothing to do"


def test_run_with_a_new_failure_is_failed_then_waiting_then_done(engine):
    customer_id = a_customer(engine)
    a_posted_document(engine, customer_id=customer_id, no="F1")
    broken = a_posted_document(
        engine, customer_id=customer_id, no="F2", seller={"country": "ES"}
    )

    first = run_documents()
    assert first.is_failed()
    assert "1 document" in first.message
    assert "1 failed (F2" in first.message

    unchanged = run_documents()
    assert unchanged.is_completed()
    assert unchanged.message == "1 waiting"

    with writing(engine) as connection:
        connection.execute(
            update(invoice).where(invoice.c.id == broken).values(seller=SELLER)
        )
    mended = run_documents()
    assert mended.is_completed()
    assert mended.message == "1 document; 1 mail queued"
    assert len(rows(engine, document)) == 2


def test_failed_run_queues_one_mail_to_operations(engine):
    a_posted_document(
        engine, customer_id=a_customer(engine), no="F2", seller={"country": "ES"}
    )
    run_documents()
    [mail] = [one for one in rows(engine, outbox) if one.kind == "failure"]
    assert mail.to_address == "operations@example.com"
    assert mail.context["can_wait"] is True
    assert mail.context["command"] == "adv run documents --date 2026-01-31"
    assert [one["document"] for one in mail.context["failures"]] == ["F2"]


def test_notification_that_fails_leaves_the_run_as_it_was(engine, monkeypatch):
    import flows.failure_hook

    def broken(_failed):
        raise RuntimeError("the outbox is gone")

    monkeypatch.setattr(flows.failure_hook, "queue_failure_mail", broken)
    a_posted_document(
        engine, customer_id=a_customer(engine), no="F2", seller={"country": "ES"}
    )
    state = run_documents()
    assert state.is_failed()
    assert "1 failed (F2" in state.message


def test_step_that_breaks_ends_failed_with_its_cause(engine, home):
    folder = home / "documents"
    folder.rmdir()
    folder.write_text("a file in the way", encoding="utf-8")
    a_posted_document(engine, customer_id=a_customer(engine), no="F1")
    state = run_documents()
    assert state.is_failed()
    assert "documents" in state.message
    assert [one.state for one in rows(engine, run)] == ["crashed"]


def test_flow_run_is_named_by_flow_and_business_day(engine):
    from prefect.client.orchestration import get_client

    state = run_documents()
    with get_client(sync_client=True) as client:
        flow_run = client.read_flow_run(state.state_details.flow_run_id)
    assert flow_run.name == "documents 2026-01-31"
    assert [one.engine for one in rows(engine, run)] == ["prefect"]
    assert [one.engine_run for one in rows(engine, run)] == [str(flow_run.id)]
