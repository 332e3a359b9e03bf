"""Where can a person read the mails when no mail server is set?

Each message becomes an .eml file, with its body beside it as .html to be read in a
browser. The index page is written once, when the folder is closed, from one small
line per message in index.jsonl: a thousand mails cost a thousand short writes.
"""

import html
import json
import os
import re
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from jinja2 import Environment

from adv_domain.mail.labels import labels_of
from adv_domain.mail.message import DAY_HEADER, KIND_HEADER, bare_addresses
from adv_domain.mail.outcome import Ending, SendResult

_INDEX = "index.html"
_LINES = "index.jsonl"
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
Line = dict[str, str]


class EmlFolder:
    """The folder home/outbox/mail while messages are written to it."""

    repeatable = True

    def __init__(self, folder: Path, *, templates: Environment, language: str) -> None:
        """Name the folder, made when it is opened, and the language of its index."""
        self._folder = folder
        self._templates = templates
        self._language = language
        self._lines: TextIO | None = None

    def __enter__(self) -> Self:
        """Make the folder."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lines = (self._folder / _LINES).open("a", encoding="utf-8")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write the index page, over the messages of earlier runs too."""
        if self._lines is not None:
            self._lines.close()
            self._lines = None
        if _is_older(self._folder / _INDEX, self._folder / _LINES):
            write_index(
                self._folder, templates=self._templates, language=self._language
            )

    def send(self, message: EmailMessage) -> SendResult:
        """Write the message; written again, it replaces itself."""
        if self._lines is None:
            raise ValueError("the mail folder is not open")
        name = _file_name(message)
        path = self._folder / f"{name}.eml"
        _replace(path, message.as_bytes())
        _replace(self._folder / f"{name}.html", _readable(message).encode())
        # the line break goes first: a line cut off by a kill spoils only itself
        self._lines.write("\n" + json.dumps(_line(message, name), ensure_ascii=False))
        self._lines.flush()
        return SendResult(Ending.SENT, path=str(path))


def write_index(folder: Path, *, templates: Environment, language: str) -> Path:
    """Write index.html over every message noted in the folder, newest first."""
    path = folder / _INDEX
    page = templates.get_template("_index.html").render(
        mails=_noted(folder / _LINES),
        language=language,
        labels=labels_of(templates, language)["index"],
    )
    _replace(path, page.encode())
    return path


def _noted(lines: Path) -> Sequence[Line]:
    newest: dict[str, Line] = {}
    for text in lines.read_text(encoding="utf-8").splitlines():
        try:
            line: Line = json.loads(text)
        except ValueError:
            continue
        newest[line["name"]] = line
    return sorted(
        newest.values(), key=lambda line: (line["date"], line["name"]), reverse=True
    )


def _is_older(path: Path, than: Path) -> bool:
    if not path.exists():
        return than.stat().st_size > 0
    return path.stat().st_mtime_ns < than.stat().st_mtime_ns


def _line(message: EmailMessage, name: str) -> Line:
    return {
        "date": str(message[DAY_HEADER] or _sent_on(message)),
        "to": ", ".join(bare_addresses(message, "To")),
        "subject": str(message["Subject"]),
        "kind": str(message[KIND_HEADER] or ""),
        "name": name,
    }


def _sent_on(message: EmailMessage) -> str:
    return parsedate_to_datetime(message["Date"]).date().isoformat()


def _file_name(message: EmailMessage) -> str:
    kind = _UNSAFE.sub("-", str(message[KIND_HEADER] or "mail"))
    digest = _UNSAFE.sub("-", str(message["Message-ID"]).strip("<>").split("@")[0])
    return f"{kind}-{digest[:24]}"


def _readable(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("html", "plain"))
    if body is None:
        return ""
    text = str(body.get_content())
    if body.get_content_subtype() == "html":
        return text
    return f"<!doctype html><meta charset=utf-8><pre>{html.escape(text)}</pre>"


def _replace(path: Path, content: bytes) -> None:
    waiting = path.with_name(path.name + ".part")
    waiting.write_bytes(content)
    os.replace(waiting, path)
