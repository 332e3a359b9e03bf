"""Which words stand on a document in this language?"""

import tomllib
from pathlib import Path
from typing import Any

LANGUAGES = ("es", "en", "fr")
FALLBACK_LANGUAGE = "en"


def document_file(name: str, *, folders: tuple[Path, ...]) -> Path:
    """Return the first folder's document/<name>; raises FileNotFoundError.

    The company's own folder stands before the bundled one, so that it may replace
    the layout or one language's words and keep the rest.
    """
    for folder in folders:
        candidate = folder / "document" / name
        if candidate.is_file():
            return candidate
    tried = ", ".join(str(folder) for folder in folders)
    raise FileNotFoundError(f"no document/{name} in {tried}")


def labels(language: str, *, folders: tuple[Path, ...]) -> dict[str, Any]:
    """Return the catalogue of the language, English where there is none."""
    known = language if language in LANGUAGES else FALLBACK_LANGUAGE
    path = document_file(f"labels.{known}.toml", folders=folders)
    return tomllib.loads(path.read_text(encoding="utf-8"))
