import json
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adv_domain.store.engine import reading
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import (
    delivery_line,
    failure,
    file_fault,
    order_line,
    sales_order,
    source_file,
)
from flows.cli import cli
from flows.direct import run_directly
from tasks.stock.delivery import import_feedback
from tests.builders import a_customer, a_product, an_order
from tests.tasks.feedback_runs import news

ON = date(2026, 1, 6)
SHIPPED = "M1,shipment,O1,,,2026-01-05"


@pytest.fixture
def ordered(engine):
    """Make orders of a known customer that stock was told of."""
    known = {"customer_id": a_customer(engine), "product_id": a_product(engine)}

    def _order(no="O1", lines=2):
        return an_order(engine, no=no, lines=lines, state="handed_off", **known)

    return _order


def put(home, name, text):
    path = home / "inbox/deliveries" / name
    path.write_text(text)
    return path


def track():
    [end] = run_directly("delivery", on=ON)
    return end.outcome


def rows(engine, table, *columns):
    chosen = [table.c[name] for name in columns]
    with reading(engine) as connection:
        return [
            tuple(row)
            for row in connection.execute(select(*chosen).order_by(chosen[0]))
        ]


def below(home, folder):
    return sorted(
        path.relative_to(home / folder).as_posix()
        for path in (home / folder).rglob("*")
        if path.is_file()
    )


def test_a_file_is_booked_archived_with_its_report_and_nothing_is_left_to_do(
    home, engine, ordered
):
    ordered()
    put(home, "news.csv", news(SHIPPED))
    assert track().done == {"shipments": 1, "files": 1}
    assert track().message == "nothing to do"
    assert below(home, "inbox/deliveries") == []
    assert below(home, "archive") == [
        "2026-01-06/deliveries/news.csv",
        "2026-01-06/deliveries/news.csv.report.csv",
        "2026-01-06/deliveries/news.csv.report.html",
    ]
    assert rows(engine, source_file, "state", "rows_read", "accepted") == [
        ("archived", 1, 1)
    ]
    assert rows(engine, sales_order, "state", "to_invoice") == [("fulfilled", True)]


def test_the_same_content_again_books_nothing_and_is_archived_too(
    home, engine, ordered
):
    ordered()
    put(home, "news.csv", news(SHIPPED))
    track()
    put(home, "again.csv", news(SHIPPED))
    outcome = track()
    assert outcome.done == {"files": 1}
    assert outcome.skipped == {"already booked": 1}
    assert rows(engine, delivery_line, "qty") == [(3,)] * 2
    assert "2026-01-06/deliveries/again.csv" in below(home, "archive")
    assert len(rows(engine, source_file, "id")) == 1


def test_json_is_booked_like_csv(home, engine, ordered):
    ordered()
    message = {
        "message_id": "M1",
        "kind": "shipment",
        "order_no": "O1",
        "date": "2026-01-05",
        "lines": [{"line": 1, "quantity": "3"}, {"line": 2, "quantity": "1"}],
    }
    put(home, "news.json", json.dumps({"messages": [message]}))
    assert track().done == {"shipments": 2, "files": 1}
    assert rows(engine, order_line, "line_no", "qty_shipped") == [(1, 3), (2, 1)]


def test_what_is_wrong_in_a_file_is_named_and_mended_by_a_corrected_one(
    home, engine, ordered
):
    ordered()
    put(home, "news.csv", news("M1,shipment,O1,1,x,2026-01-05", "M2,shipment,O1,2,1,"))
    [failed] = track().failed
    assert failed.document == "deliveries/news.csv"
    assert "2 of 2 rows rejected, first row 2" in failed.message
    assert below(home, "quarantine")[0] == "2026-01-06/deliveries/news.csv"
    assert rows(engine, file_fault, "row", "field") == [(2, "quantity"), (3, "date")]
    put(home, "news.csv", news("M1,shipment,O1,1,3,2026-01-05"))
    assert track().failed == ()
    with reading(engine) as connection:
        [resolved_at] = connection.execute(select(failure.c.resolved_at)).scalars()
    assert resolved_at is not None


def test_an_entry_that_was_refused_is_mended_by_the_same_message_corrected(
    home, engine, ordered
):
    ordered()
    put(home, "news.csv", news("M1,shipment,O1,9,3,2026-01-05", SHIPPED))
    [failed] = track().failed
    assert failed.document == "M1 order O1 line 9"
    assert rows(engine, source_file, "accepted", "rejected") == [(1, 1)]
    assert rows(engine, file_fault, "row", "code") == [(2, "unknown_line")]


@pytest.mark.parametrize("text", ["", "nothing,here\n1,2\n", "%PDF-1.7", "{}"])
def test_a_file_of_another_kind_is_quarantined_whole(home, engine, ordered, text):
    put(home, "odd.csv", text)
    outcome = track()
    assert [one.code for one in outcome.failed] == ["quarantined"]
    assert below(home, "quarantine")[0] == "2026-01-06/deliveries/odd.csv"
    assert rows(engine, source_file, "state") == [("quarantined",)]


def test_a_crash_in_the_middle_of_a_file_leaves_only_the_rest_to_the_next_run(
    home, engine, ordered, monkeypatch
):
    monkeypatch.setenv("ADV_BATCH_SIZE", "2")
    for number in range(5):
        ordered(f"O{number}", lines=1)
    text = news(*(f"M{n},shipment,O{n},,,2026-01-05" for n in range(5)))
    path = put(home, "news.csv", text)
    with monkeypatch.context() as patched:
        patched.setattr("tasks.stock.feedback.write_lines", _killed_at(3))
        with pytest.raises(KeyboardInterrupt):
            track()
    assert path.exists()
    assert rows(engine, source_file, "state") == [("taking",)]
    outcome = track()
    assert outcome.done["shipments"] == 1
    assert outcome.skipped == {"already booked": 4}
    assert rows(engine, order_line, "id", "qty_shipped")[4][1] == 3
    assert len(rows(engine, delivery_line, "id")) == 5
    assert track().message == "nothing to do"


def _killed_at(batch):
    from adv_domain.store.stock.feedback import write_lines

    seen = []

    def _write(connection, lines):
        seen.append(1)
        if len(seen) == batch:
            raise KeyboardInterrupt
        write_lines(connection, lines)

    return _write


def test_a_crash_between_record_and_move_only_moves_the_file(
    home, engine, ordered, monkeypatch
):
    ordered()
    put(home, "news.csv", news(SHIPPED))
    with monkeypatch.context() as patched:
        patched.setattr("tasks.stock.feedback_intake.move", _died)
        with pytest.raises(KeyboardInterrupt):
            track()
    assert track().done == {"files": 1}
    assert below(home, "inbox/deliveries") == []
    assert below(home, "archive")[0] == "2026-01-06/deliveries/news.csv"


def _died(source, place):
    raise KeyboardInterrupt


def test_an_import_books_the_file_where_it_lies_and_the_second_time_nothing(
    home, engine, ordered, tmp_path
):
    ordered()
    path = tmp_path / "partner.csv"
    path.write_text("nr;art;auftrag;tag\n1;shipment;O1;05.01.2026\n")
    mapping = tmp_path / "partner.toml"
    mapping.write_text(
        '[columns]\nmessage_id = "nr"\nkind = "art"\norder_no = "auftrag"\n'
        'date = "tag"\n[formats]\ndate = "%d.%m.%Y"\n'
    )
    first = import_feedback(path, mapping=mapping, on=ON)
    second = import_feedback(path, mapping=mapping, on=ON)
    assert first.as_dict() == {
        "read": 1,
        "accepted": 1,
        "duplicate": 0,
        "rejected": 0,
        "faults": [],
    }
    assert (second.accepted, second.duplicate) == (0, 1)
    assert path.exists()


def test_statements_do_not_grow_with_the_news(home, engine, ordered):
    seen = []
    for first, count in ((0, 3), (10, 40)):
        numbers = range(first, first + count)
        for number in numbers:
            ordered(f"O{number}")
        text = news(*(f"M{n},shipment,O{n},,,2026-01-05" for n in numbers))
        put(home, f"{first}.csv", text)
        with counted_statements(engine) as statements:
            track()
        seen.append(len(statements))
    assert seen[0] == seen[1]


def test_an_import_says_what_was_shipped_beyond_the_order(
    home, engine, ordered, tmp_path
):
    ordered()
    path = tmp_path / "news.csv"
    path.write_text(news("M1,shipment,O1,1,92,2026-01-05"))
    words = ["import", "deliveries", str(path)]
    told = CliRunner().invoke(cli, words)
    said = "1 over-shipped: 89 too many on order O1 line 1; see: adv tasks"
    assert said in told.stdout.splitlines()
    again = json.loads(CliRunner().invoke(cli, [*words, "--json"]).stdout)
    assert (again["duplicate"], again["over_shipped"]) == (1, [])
