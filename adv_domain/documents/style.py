"""How does a company's paper look: whose templates, which logo, which colour?"""

import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

OUR_COLOUR = "#1f4e79"
LOGO_SUFFIXES = (".png", ".jpg", ".jpeg", ".svg")
FRAME = "_frame.typ"
_PREFIX = "adv-documents-"
_FORGOTTEN_AFTER = 24 * 60 * 60
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass(frozen=True, slots=True)
class DocumentStyle:
    """template_folders: the company's own first, ours last; logo: an image file."""

    template_folders: tuple[Path, ...]
    logo: Path | None = None
    colour: str = OUR_COLOUR


class LogoUnusable(Exception):
    """The policy names a logo that cannot be put on a page."""

    def __init__(self, logo: Path, *, why: str) -> None:
        super().__init__(
            f"policy, documents.logo: {logo} {why}; put an image there, or leave the "
            "key out"
        )


def is_colour(text: str) -> bool:
    """Tell whether the text is a colour such as #1f4e79."""
    return _COLOUR.fullmatch(text) is not None


def is_image_name(name: str) -> bool:
    """Tell whether a file of this name may be a logo."""
    return Path(name).suffix.lower() in LOGO_SUFFIXES


def check_logo(logo: Path) -> None:
    """Raise LogoUnusable where the file is missing or no image that we can place."""
    if not is_image_name(logo.name):
        raise LogoUnusable(logo, why=f"is none of {', '.join(LOGO_SUFFIXES)}")
    if not logo.is_file():
        raise LogoUnusable(logo, why="is not there")


class Desk:
    """A folder with all that a page is laid out from, one file over another.

    Where both have a file of the same name the company's lies on top, save the frame,
    which puts the e-invoice in. The compiler sees this folder and nothing else.
    """

    def __init__(self, style: DocumentStyle) -> None:
        """Lay the files out; raises LogoUnusable."""
        self._folder = tempfile.TemporaryDirectory(prefix=_PREFIX)
        self.path = Path(self._folder.name)
        _put_away_forgotten(self.path)
        self._sources: dict[str, Path] = {}
        for folder in reversed(style.template_folders):
            self._lay(folder / "document")
        self._place(style.template_folders[-1] / "document" / FRAME, name=FRAME)
        self.logo = self._lay_logo(style.logo)

    def put_away(self) -> None:
        """Remove the folder; nothing can be drawn on it any more."""
        self._folder.cleanup()

    def source_of(self, file: str) -> Path:
        """Return where the file came from that the compiler found on the desk."""
        found = Path(file).resolve()
        name = found.relative_to(self.path.resolve()).as_posix()
        return self._sources.get(name, found)

    def without_path(self, text: str) -> str:
        """Leave the desk's own path, which means nothing to anybody, out of a text."""
        return re.sub(rf"\S*{re.escape(self.path.name)}/", "", text)

    def _lay(self, folder: Path) -> None:
        for file in sorted(folder.rglob("*")):
            inside = file.relative_to(folder)
            if file.is_file() and inside.parts[0] != "fonts":
                self._place(file, name=inside.as_posix())

    def _lay_logo(self, logo: Path | None) -> str:
        if logo is None:
            return ""
        check_logo(logo)
        name = f"_logo{logo.suffix.lower()}"
        self._place(logo, name=name)
        return name

    def _place(self, file: Path, *, name: str) -> None:
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        self._sources[name] = file


def _put_away_forgotten(fresh: Path) -> None:
    """Remove the desks of killed runs: those a day older than a fresh one.

    A run that is killed cannot put its desk away, and no run draws for a day.
    """
    newest = fresh.stat().st_mtime
    for desk in fresh.parent.glob(f"{_PREFIX}*"):
        try:
            is_forgotten = newest - desk.stat().st_mtime > _FORGOTTEN_AFTER
        except OSError:  # another run has just put it away
            continue
        if is_forgotten:
            shutil.rmtree(desk, ignore_errors=True)
