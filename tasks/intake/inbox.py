"""Which files in an inbox folder are complete, and where do they go when taken?

Nothing is ever deleted: a file ends in archive or quarantine, by business date and
kind, with a report beside it. Names are made harmless before they become paths.
"""

import os
import re
import shutil
import stat
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import sleep, time

from adv_domain.bundled import bundled_path
from adv_domain.files.report import FileReport, Words, report_csv, report_html

MAPPING_NAME = "mapping.toml"
REPORT_CSV = ".report.csv"
REPORT_HTML = ".report.html"
_UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload")
_HARMLESS = re.compile(r"[^\w .()+-]")
_LONGEST_NAME = 180
_SETTLED_SECONDS = 2.0
_LOOK_AGAIN_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Arrival:
    """An entry of an inbox folder; is_file is false for folders, links, pipes."""

    path: Path
    size: int
    changed_ns: int
    is_file: bool

    def is_unchanged(self) -> bool:
        """Tell whether the file is still the one that was listed."""
        try:
            now = os.lstat(self.path)
        except OSError:
            return False
        return (now.st_size, now.st_mtime_ns) == (self.size, self.changed_ns)


def arrivals(folder: Path, *, besides: Collection[str] = ()) -> list[Arrival]:
    """List what has come into the folder completely, by name.

    Hidden and unfinished names and the named ones are passed over; so is a file that
    still grows while it is looked at.
    """
    if not folder.is_dir():
        return []
    found = [
        arrival
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name)
        if entry.name not in (MAPPING_NAME, *besides)
        and not entry.name.startswith(".")
        and not entry.name.lower().endswith(_UNFINISHED)
        and (arrival := _arrival(Path(entry.path))) is not None
    ]
    fresh = {
        each.path
        for each in found
        if each.is_file and time() - each.changed_ns / 1e9 < _SETTLED_SECONDS
    }
    if fresh:
        sleep(_LOOK_AGAIN_SECONDS)
    return [each for each in found if each.path not in fresh or each.is_unchanged()]


def _arrival(path: Path) -> Arrival | None:
    try:
        known = os.lstat(path)
    except FileNotFoundError:
        return None
    is_file = stat.S_ISREG(known.st_mode)
    return Arrival(path, known.st_size, known.st_mtime_ns, is_file)


def safe_name(name: str) -> str:
    """Return the name without anything that could lead out of a folder or astray."""
    plain = name.encode("utf-8", "replace").decode("utf-8")
    # the ending of our own reports is kept for them
    plain = _HARMLESS.sub("_", plain).lstrip(". -").replace(".report.", "_report.")
    stem, dot, ending = plain.rpartition(".")
    if len(plain) > _LONGEST_NAME and dot:
        plain = stem[: _LONGEST_NAME - len(ending[:10])] + dot + ending[:10]
    return plain[: _LONGEST_NAME + 11] or "file"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the files of one kind go on a business date; root is the home folder."""

    home: Path
    kind: str
    on: date

    def place_for(self, name: str, *, state: str) -> Path:
        """Return a free path in archive or quarantine for a file of this name."""
        folder = "archive" if state == "archived" else "quarantine"
        parent = self.home / folder / self.on.isoformat() / self.kind
        parent.mkdir(parents=True, exist_ok=True)
        return free_path(parent / safe_name(name))

    def relative(self, place: Path) -> str:
        return place.relative_to(self.home).as_posix()


def free_path(wanted: Path) -> Path:
    """Return the path, or the next numbered one where something lies there."""
    place = wanted
    count = 1
    while place.exists():
        count += 1
        place = wanted.with_name(f"{wanted.stem}-{count}{wanted.suffix}")
    return place


def write_reports(place: Path, report: FileReport) -> Path:
    """Write the report as CSV and HTML beside the file's place; return the HTML's."""
    folder = bundled_path("templates") / "report"
    frame = (folder / "file.html").read_text(encoding="utf-8")
    words = report_words(report.language)
    page = place.with_name(place.name + REPORT_HTML)
    _write_whole(page, report_html(report, words, frame=frame))
    _write_whole(place.with_name(place.name + REPORT_CSV), report_csv(report, words))
    return page


def report_words(language: str) -> Words:
    """Read the words of the language, English where there are none."""
    folder = bundled_path("templates") / "report"
    path = folder / f"{language}.toml"
    if not path.is_file():
        path = folder / "en.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def move(source: Path, place: Path) -> None:
    """Move the file to its place, also across file systems; nothing is overwritten."""
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(source, free_path(place))


def _write_whole(path: Path, data: bytes) -> None:
    unfinished = path.with_name(path.name + ".tmp")
    unfinished.write_bytes(data)
    unfinished.replace(path)
