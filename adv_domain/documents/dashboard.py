"""How do the facts of a day become the one page that managers open first?

The page is a single offline HTML file: no script, no font, no picture to load.
"""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from adv_domain.documents.dashboard_data import Dashboard
from adv_domain.documents.dashboard_view import dashboard_view

LANGUAGES = ("es", "en", "fr")
_FALLBACK = "en"
_FOLDER = "dashboard"
_PAGE = "page.html.j2"


def dashboard_labels(language: str, *, folders: tuple[Path, ...]) -> dict[str, Any]:
    """Return the page's catalogue in the language, English where there is none.

    The company's own folder stands before the bundled one. Raises
    FileNotFoundError where no folder has the catalogue.
    """
    known = language if language in LANGUAGES else _FALLBACK
    for folder in folders:
        path = folder / _FOLDER / f"labels.{known}.toml"
        if path.is_file():
            return tomllib.loads(path.read_text(encoding="utf-8"))
    raise FileNotFoundError(f"no {_FOLDER}/labels.{known}.toml in the templates")


def render_dashboard(page: Dashboard, *, folders: tuple[Path, ...]) -> str:
    """Return the page as HTML in its language."""
    labels = dashboard_labels(page.language, folders=folders)
    view = dashboard_view(page, labels=labels)
    return _environment(folders).get_template(_PAGE).render(view)


@lru_cache(maxsize=4)
def _environment(folders: tuple[Path, ...]) -> SandboxedEnvironment:
    """Compile the templates once a process: it costs as much as the page itself."""
    return SandboxedEnvironment(
        loader=FileSystemLoader([folder / _FOLDER for folder in folders]),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
