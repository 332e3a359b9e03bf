"""Without a mail server a person can read every mail in the folder."""

import json
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from adv_domain.mail import eml_folder
from adv_domain.mail.eml_folder import EmlFolder
from adv_domain.mail.message import Draft, build
from adv_domain.mail.outcome import Ending
from adv_domain.mail.render import mail_templates

TEMPLATES = mail_templates()


def a_message(number: int = 1, *, subject: str = "Aviso", html: str = "<p>Hi</p>"):
    return build(
        Draft(
            message_id=f"<{number:02d}{'0' * 38}@adv.invalid>",
            dated_at=datetime(2026, 3, 10, 6, 0, tzinfo=UTC),
            business_date=date(2026, 3, number),
            sender="adv@example.com",
            to=("a@example.com",),
            subject=subject,
            text="Hi <there>\n",
            html=html,
            kind="reminder",
        )
    )


def a_folder(path: Path) -> EmlFolder:
    return EmlFolder(path / "mail", templates=TEMPLATES, language="en")


def test_each_mail_is_a_file_with_a_page_beside_it_and_a_line_in_the_index(
    tmp_path: Path,
) -> None:
    with a_folder(tmp_path) as folder:
        result = folder.send(a_message(1))
        folder.send(a_message(2, subject="Zweite"))
    assert result.ending is Ending.SENT
    read = message_from_bytes(
        Path(str(result.path)).read_bytes(), policy=policy.default
    )
    assert read["Subject"] == "Aviso"
    index = (tmp_path / "mail" / "index.html").read_text(encoding="utf-8")
    assert index.index("2026-03-02") < index.index("2026-03-01")
    for name in (".eml", ".html"):
        assert (tmp_path / "mail" / f"reminder-01{'0' * 22}").with_suffix(name).exists()


def test_a_mail_written_again_replaces_itself(tmp_path: Path) -> None:
    for _ in range(2):
        with a_folder(tmp_path) as folder:
            folder.send(a_message())
    index = (tmp_path / "mail" / "index.html").read_text(encoding="utf-8")
    assert index.count(".eml</a>") == 1
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1


def test_the_index_holds_no_markup_of_a_subject(tmp_path: Path) -> None:
    with a_folder(tmp_path) as folder:
        folder.send(a_message(subject="<img src=x onerror=alert(1)>"))
    index = (tmp_path / "mail" / "index.html").read_text(encoding="utf-8")
    assert "<img" not in index
    assert "&lt;img" in index


def test_a_mail_without_html_is_shown_as_escaped_text(tmp_path: Path) -> None:
    with a_folder(tmp_path) as folder:
        folder.send(a_message(html=""))
    [page] = [
        path for path in (tmp_path / "mail").glob("*.html") if "index" not in path.name
    ]
    assert "Hi &lt;there&gt;" in page.read_text(encoding="utf-8")


def test_the_index_is_written_once_however_many_mails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []
    real = eml_folder.write_index

    def _counted(folder: Path, **words: object) -> Path:
        written.append(folder)
        return real(folder, **words)  # type: ignore[arg-type]

    monkeypatch.setattr(eml_folder, "write_index", _counted)
    with a_folder(tmp_path) as folder:
        for number in range(1, 20):
            folder.send(a_message(number))
    assert len(written) == 1
    with a_folder(tmp_path):
        pass
    assert len(written) == 1


def test_a_line_cut_off_by_a_kill_spoils_only_itself(tmp_path: Path) -> None:
    with a_folder(tmp_path) as folder:
        folder.send(a_message(1))
    lines = tmp_path / "mail" / "index.jsonl"
    lines.write_text(lines.read_text() + '\n{"date": "2026-0')
    with a_folder(tmp_path) as folder:
        folder.send(a_message(2))
    index = (tmp_path / "mail" / "index.html").read_text(encoding="utf-8")
    assert index.count(".eml</a>") == 2
    good = [line for line in lines.read_text().splitlines() if line.endswith("}")]
    assert {json.loads(line)["date"] for line in good} == {"2026-03-01", "2026-03-02"}
