"""Stock's news over HTTP: who may send it, what is answered, and that it is a file."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adv_domain.receiver_settings import ReceiverSettings, read_receiver_settings
from adv_domain.settings import SettingWrong
from adv_domain.store.engine import reading
from adv_domain.store.tables import order_line
from flows.commands.receive import receive as receive_command
from flows.direct import run_directly
from flows.local_prefect import receiver
from flows.prefect_home import prefect_folder
from flows.receiver import receiver_app
from tasks.resources import now, resources
from tasks.stock.receiving import Receipt, receive
from tests.builders import a_customer, a_product, an_order
from tests.files.test_despatch_advice import an_advice

ROOT = Path(__file__).resolve().parents[2]
SECRET = "between stock and us".replace(" ", "-")
BEARER = {"authorization": f"Bearer {SECRET}"}
MESSAGE = {
    "messages": [
        {
            "message_id": "M1",
            "kind": "shipment",
            "order_no": "O1",
            "date": "2026-01-05",
            "lines": [{"line": 1, "quantity": "2"}],
        }
    ]
}
BODY = json.dumps(MESSAGE).encode()


@pytest.fixture
def home(sqlite_home):
    return sqlite_home


def inbox(home):
    folder = home / "inbox/deliveries"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def post(body=BODY, headers=BEARER, *, path="/stock/feedback", method="POST", **limits):
    app = receiver_app(ReceiverSettings(f"{SECRET} the-one-to-come-next", **limits))

    async def _post():
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as to:
            return await to.request(method, path, content=body, headers=headers)

    return asyncio.run(_post())


def signed(body=BODY, *, key=SECRET, message_id="M1", at=None):
    moment = str(int((at or now()).timestamp()))
    content = f"{message_id}.{moment}.".encode() + body
    digest = hmac.new(key.encode(), content, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v0,old v1,{base64.b64encode(digest).decode()}",
    }


def an_order_at_stock():
    engine = resources().engine
    known = {"customer_id": a_customer(engine), "product_id": a_product(engine)}
    an_order(engine, state="handed_off", **known)


def shipped():
    with reading(resources().engine) as connection:
        return list(connection.execute(select(order_line.c.qty_shipped)).scalars())


def test_a_message_becomes_a_file_that_the_delivery_step_books(home):
    an_order_at_stock()
    answer = post(headers=BEARER | {"idempotency-key": "M1"})
    assert answer.status_code == 202
    [name] = inbox(home)
    assert name.startswith("http-M1-") and name.endswith(".json")
    assert (home / "inbox/deliveries" / name).read_bytes() == BODY
    [end] = run_directly("delivery", on=date(2026, 1, 5))
    assert end.outcome.done == {"shipments": 1, "files": 1}
    assert (shipped(), inbox(home)) == ([2], [])


def test_the_same_again_is_told_as_taken_before_waiting_or_booked(home):
    an_order_at_stock()
    key = {"idempotency-key": "M1"}
    statuses = [post(headers=BEARER | key).status_code for _ in range(2)]
    assert statuses == [202, 200]
    run_directly("delivery", on=date(2026, 1, 5))
    assert post(headers=BEARER | key).status_code == 200
    assert post(headers=BEARER | {"idempotency-key": "M7"}).status_code == 200
    assert inbox(home) == []


def test_a_message_of_which_rows_were_refused_can_be_sent_again(home):
    assert post().status_code == 202
    [end] = run_directly("delivery", on=date(2026, 1, 5))
    assert [one.code for one in end.outcome.failed] == ["unknown_order"]
    an_order_at_stock()
    assert post().status_code == 202
    run_directly("delivery", on=date(2026, 1, 5))
    assert shipped() == [2]


def test_other_content_under_an_id_that_waits_is_refused(home):
    key = BEARER | {"idempotency-key": "M1"}
    assert post(headers=key).status_code == 202
    answer = post(BODY + b"\n", headers=key)
    assert answer.status_code == 409
    assert "id of its own" in answer.json()["message"]
    assert len(inbox(home)) == 1


@pytest.mark.parametrize("key", [SECRET, "the-one-to-come-next"])
def test_a_signature_by_one_of_the_secrets_is_enough(home, key):
    assert post(headers=signed(key=key)).status_code == 202


def _old():
    return signed(at=now().replace(year=2020))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer"},
        {"authorization": "Bearer wrong"},
        {"authorization": f"Basic {SECRET}"},
        {"authorization": f"Bearer {SECRET} the-one-to-come-next"},
        signed(key="another-secret"),
        signed(b"other body"),
        _old(),
        signed() | {"webhook-timestamp": "soon"},
        signed() | {"webhook-id": "M2"},
        signed() | {"webhook-signature": "v1,"},
        signed() | {"webhook-signature": ""},
    ],
)
def test_who_cannot_prove_that_he_is_stock_is_turned_away(home, headers):
    answer = post(headers=headers)
    assert answer.status_code == 401
    assert SECRET not in answer.text
    assert answer.headers["www-authenticate"] == "Bearer"
    assert inbox(home) == []


async def _in_pieces():
    for _ in range(100):
        yield b"x" * 1000


def test_more_than_the_limit_is_refused_announced_or_not(home):
    for body in (b"x" * 2000, _in_pieces()):
        answer = post(body, max_bytes=1999)
        assert answer.status_code == 413
        assert "split it" in answer.json()["message"]
    assert post(b"x" * 1999, max_bytes=1999).status_code == 202


@pytest.mark.parametrize(
    ("body", "headers"),
    [(b"", {}), (b" \n", {}), (BODY, {"idempotency-key": "x" * 201})],
)
def test_an_empty_or_nameless_message_is_told(home, body, headers):
    answer = post(body, headers=BEARER | headers)
    assert answer.status_code == 400
    assert inbox(home) == []


def test_other_paths_and_ways_are_told_what_is_right(home):
    assert post(path="/").status_code == 404
    refused = post(method="GET")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert post(b"", {}, path="/health", method="GET").status_code == 200


@pytest.mark.parametrize("name", ["../../policy", "/etc/passwd", ".hidden", "a\\b:c"])
def test_no_id_leads_out_of_the_inbox(home, name):
    assert post(headers=BEARER | {"idempotency-key": name}).status_code == 202
    [file] = inbox(home)
    assert file.startswith("http-") and "/" not in file


def test_ids_that_look_alike_as_file_names_stay_apart(home):
    for name in ("M/1", "M:1", "M_1"):
        assert receive(name.encode(), message_id=name) is Receipt.TAKEN
    assert len(inbox(home)) == 3


def test_csv_and_ubl_keep_their_kind(home):
    receive(b"message_id,kind\n", message_id="a")
    receive(an_advice().encode(), message_id="b")
    assert [Path(name).suffix for name in inbox(home)] == [".csv", ".xml"]


def test_of_many_at_once_one_is_taken(home):
    barrier = threading.Barrier(8)

    def _send(_number):
        barrier.wait()
        return receive(BODY, message_id="M1")

    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(_send, range(8)))
    assert sorted(receipts) == [Receipt.AGAIN] * 7 + [Receipt.TAKEN]
    assert len(inbox(home)) == 1


def test_what_cannot_be_kept_is_to_be_sent_again(home, monkeypatch):
    def _full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tasks.stock.receiving.drop_file", _full)
    answer = post()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")


@pytest.mark.parametrize(
    ("environment", "wrong"),
    [
        ({"ADV_FEEDBACK_SECRET": "short"}, "16 characters"),
        ({"ADV_FEEDBACK_SECRET": f"{SECRET} short"}, "16 characters"),
        ({"ADV_FEEDBACK_SECRET": "whsec_" + "ä" * 20}, "base64"),
        (
            {"ADV_FEEDBACK_SECRET": SECRET, "ADV_FEEDBACK_MAX_BYTES": "8MB"},
            "whole number",
        ),
    ],
)
def test_a_wrong_setting_is_told_without_the_secret(environment, wrong):
    with pytest.raises(SettingWrong, match=wrong) as caught:
        read_receiver_settings(environment)
    assert environment["ADV_FEEDBACK_SECRET"] not in str(caught.value)


def test_without_a_secret_nothing_is_taken(home, monkeypatch):
    monkeypatch.delenv("ADV_FEEDBACK_SECRET", raising=False)
    ended = CliRunner().invoke(receive_command, ["--home", str(home)])
    assert ended.exit_code == 2
    assert "ADV_FEEDBACK_SECRET is not set" in ended.stderr


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(url):
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False


def test_adv_up_serves_it_until_it_is_stopped(home):
    port = _free_port()
    environment = {
        **os.environ,
        "ADV_HOME": str(home),
        "ADV_FEEDBACK_SECRET": SECRET,
        "PYTHONPATH": str(ROOT),
    }
    prefect_folder(home).mkdir(parents=True)
    with receiver(home=home, port=port, environment=environment) as part:
        until = time.monotonic() + 60
        while not _answers(f"http://127.0.0.1:{port}/health"):
            part.check()
            assert time.monotonic() < until
            with suppress(subprocess.TimeoutExpired):
                part.process.wait(0.1)
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/stock/feedback",
            data=BODY,
            headers=BEARER | {"Idempotency-Key": "M1"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 202
    assert part.process.returncode in (0, -signal.SIGINT)
    told = part.log.read_text(encoding="utf-8")
    assert f"http://127.0.0.1:{port}/stock/feedback" in told
    assert "Traceback" not in told
    assert SECRET not in told
    assert len(inbox(home)) == 1


def test_the_endpoint_needs_no_engine():
    probe = "import sys, flows.receiver; print('prefect' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", probe],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"
