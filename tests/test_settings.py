"""Is a wrong setting told with what to write, and a secret never?"""

import pytest

from adv_domain.settings import SettingWrong, read_settings
from tests.first_day import adv


@pytest.mark.parametrize("url", ["mysql://me:secret@x/adv", "x", "sqlite+aio:///x"])
def test_a_database_of_another_kind_is_refused_without_its_secret(url):
    with pytest.raises(SettingWrong, match="use sqlite:///FILE or post") as caught:
        read_settings({"ADV_DATABASE_URL": url})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "1e9"])
def test_a_port_is_a_port(port):
    given = {"ADV_SMTP_HOST": "smtp.example.com", "ADV_SMTP_PORT": port}
    with pytest.raises(SettingWrong, match="at least 1 and at most 65535"):
        read_settings(given)
    assert read_settings(given | {"ADV_SMTP_PORT": "65535"}).smtp.port == 65535


@pytest.mark.parametrize(
    "url", ["mysql://x", "postgresql://host:port/adv", "postgresql://"]
)
@pytest.mark.parametrize("command", ["holds", "init"])
def test_a_wrong_database_address_is_one_line(tmp_path, command, url):
    code, out, err = adv(tmp_path, command, ADV_DATABASE_URL=url)
    assert "Traceback" not in err
    assert out == ""
    assert len(err.splitlines()) == 1
    assert code == 2 or url == "postgresql://"


@pytest.mark.parametrize("command", [["init"], ["holds"], ["run", "mail", "--direct"]])
def test_a_home_that_is_a_file_is_told_with_its_path(tmp_path, command):
    (tmp_path / "home").write_text("")
    code, out, err = adv(tmp_path, *command)
    assert (code, out) == (2, "")
    assert str(tmp_path / "home") in err and "--home" in err
    assert len(err.splitlines()) == 1


def test_a_home_below_a_file_cannot_be_set_up(tmp_path):
    (tmp_path / "file").write_text("")
    code, _, err = adv(tmp_path, "--home", "file/home", "init")
    assert code == 2
    assert "Not a directory" in err and "--home" in err


def test_an_address_of_stock_needs_its_secret_and_is_not_repeated_in_a_fault():
    with pytest.raises(SettingWrong, match="ADV_STOCK_SECRET"):
        read_settings({"ADV_STOCK_URL": "https://adv:password@wms.example.com/x"})
    with pytest.raises(SettingWrong) as wrong:
        read_settings({"ADV_STOCK_URL": "ftp://adv:password@wms.example.com"})
    assert "password" not in str(wrong.value)
    known = read_settings(
        {"ADV_STOCK_URL": "https://adv:password@wms.example.com/x"}
        | {"ADV_STOCK_SECRET": "between-us"}
    )
    assert "password" not in repr(known)
    assert "between-us" not in repr(known)
