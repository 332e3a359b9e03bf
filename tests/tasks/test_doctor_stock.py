"""The doctor tells whether messages can reach stock."""

import socket

import pytest

from tasks.doctor import examine


def stock_check():
    [found] = [one for one in examine() if one.name == "stock"]
    return found.grade, found.detail, found.remedy


@pytest.mark.parametrize(
    ("way", "where"), [("folder", "outbox/stock"), ("table", "the table wms_message")]
)
def test_the_way_is_told(sqlite_home, way, where):
    (sqlite_home / "policy.toml").write_text(f'[handoff]\nadapter = "{way}"\n')
    assert stock_check()[:2] == ("ok", f"messages go to {where}")


def test_an_address_that_is_not_set_or_where_nobody_listens_is_bad(
    sqlite_home, monkeypatch
):
    (sqlite_home / "policy.toml").write_text('[handoff]\nadapter = "http"\n')
    assert stock_check()[0] == "bad"
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        monkeypatch.setenv("ADV_STOCK_URL", f"http://127.0.0.1:{port}/handoff")
        monkeypatch.setenv("ADV_STOCK_SECRET", "secret")
        grade, detail, remedy = stock_check()
        assert (grade, remedy) == ("bad", "check ADV_STOCK_URL, or the network")
        assert detail.startswith(f"127.0.0.1:{port}: ")
        nobody.listen()
        assert stock_check()[:2] == ("ok", f"127.0.0.1:{port}")
