"""Which words stand on a document in this language?

A catalogue of the company's own, templates/document/labels.<language>.toml in its
home, is laid over ours: it holds only what it says otherwise.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from string import Formatter
from typing import Any, NoReturn

from adv_domain.documents.template_faults import TemplateBroken

LANGUAGES = ("es", "en", "fr")
FALLBACK_LANGUAGE = "en"
_OPEN_TABLES = frozenset({"units", "schemes"})
_LINE_OF_MISTAKE = re.compile(r" \(at line (\d+), .*\)$")


def document_file(name: str, *, folders: tuple[Path, ...]) -> Path:
    """Return the first folder's document/<name>; raises FileNotFoundError."""
    for folder in folders:
        candidate = folder / "document" / name
        if candidate.is_file():
            return candidate
    tried = ", ".join(str(folder) for folder in folders)
    raise FileNotFoundError(f"no document/{name} in {tried}")


def labels(language: str, *, folders: tuple[Path, ...]) -> dict[str, dict[str, str]]:
    """Return the catalogue of the language, English where there is none.

    folders: the company's own first, ours last. Raises TemplateBroken for a catalogue
    laid over ours that cannot be read or says what nobody asks for.
    """
    known = language if language in LANGUAGES else FALLBACK_LANGUAGE
    name = f"labels.{known}.toml"
    *own, ours = folders
    words = _read(document_file(name, folders=(ours,)))
    for folder in reversed(own):
        path = folder / "document" / name
        if path.is_file():
            words = _overlaid(words, path)
    return words


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        found = _LINE_OF_MISTAKE.search(str(error))
        line = int(found[1]) if found else None
        why = f"not readable as TOML: {_LINE_OF_MISTAKE.sub('', str(error))}"
        raise TemplateBroken(file=path, line=line, why=why) from error
    except UnicodeDecodeError as error:
        raise TemplateBroken(file=path, line=None, why="is not UTF-8") from error


def _overlaid(ours: Mapping[str, Mapping[str, str]], path: Path) -> dict[str, Any]:
    words = {table: dict(entries) for table, entries in ours.items()}
    for table, entries in _read(path).items():
        if not isinstance(entries, dict) or table not in words:
            known = ", ".join(words)
            _refuse(path, table, f"{table!r} is no table of labels; there are: {known}")
        for key, text in entries.items():
            _check(path, words[table], key, text, is_open=table in _OPEN_TABLES)
            words[table][key] = text
    return words


def _check(
    path: Path, ours: Mapping[str, str], key: str, text: object, *, is_open: bool
) -> None:
    if not isinstance(text, str):
        _refuse(path, key, f"{key} must be a text in quotes")
    if is_open:
        return
    if key not in ours:
        _refuse(path, key, f"{key} is no label that a document asks for")
    unknown = _placeholders(path, key, text) - _placeholders(path, key, ours[key])
    if unknown:
        named = ", ".join(sorted(unknown))
        _refuse(path, key, f"{key} has the unknown placeholder {named}")


def _placeholders(path: Path, key: str, text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:
        _refuse(path, key, f"{key}: {error}")


def _refuse(path: Path, key: str, why: str) -> NoReturn:
    """Raise TemplateBroken at the line that the key stands on."""
    pattern = re.compile(rf'^\s*\[?\s*"?{re.escape(key)}"?\s*[=\]]')
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    found = (at for at, line in enumerate(lines, start=1) if pattern.match(line))
    raise TemplateBroken(file=path, line=next(found, None), why=why)
