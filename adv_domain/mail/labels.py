"""What is a code called in a language? From labels.toml beside the mail templates.

A catalogue of the company's own is laid over ours: it holds only what it says
otherwise.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment

from adv_domain.mail.render import LAST_LANGUAGE, TemplateFault, template_folders

Labels = Mapping[str, Mapping[str, str]]
FILE_NAME = "labels.toml"
_LINE_OF_MISTAKE = re.compile(r"at line (\d+)")


def labels_of(templates: Environment, language: str) -> Labels:
    """Read the catalogue of the language, or English where there is none.

    Raises TemplateFault for one that cannot be read.
    """
    for tried in (language, LAST_LANGUAGE):
        found = [
            read_labels(folder / tried / FILE_NAME)
            for folder in reversed(template_folders(templates))
            if (folder / tried / FILE_NAME).is_file()
        ]
        if found:
            return _laid_over(found)
    return {}


def read_labels(path: Path) -> Labels:
    """Read one catalogue; raises TemplateFault with its line."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        said = _LINE_OF_MISTAKE.search(str(error))
        line = int(said[1]) if said else None
        raise TemplateFault(file=str(path), line=line, cause=error) from error
    except UnicodeDecodeError as error:
        raise TemplateFault(file=str(path), line=None, cause=error) from error


def word(labels: Labels, section: str, code: str) -> str:
    """Return the word for a code, or the code itself where the catalogue lacks it."""
    return labels.get(section, {}).get(code, code)


def _laid_over(catalogues: list[Labels]) -> Labels:
    """Lay each catalogue over those before it, table by table."""
    words: dict[str, dict[str, str]] = {}
    for catalogue in catalogues:
        for table, entries in catalogue.items():
            words.setdefault(table, {}).update(entries)
    return words
