"""What is a code called in a language? From labels.toml beside the mail templates."""

import tomllib
from collections.abc import Mapping

from jinja2 import Environment, TemplateNotFound

from adv_domain.mail.render import LAST_LANGUAGE

Labels = Mapping[str, Mapping[str, str]]


def labels_of(templates: Environment, language: str) -> Labels:
    """Read the catalogue of the language, or English where there is none."""
    loader = templates.loader
    if loader is None:
        return {}
    for tried in (language, LAST_LANGUAGE):
        try:
            source, _, _ = loader.get_source(templates, f"{tried}/labels.toml")
        except TemplateNotFound:
            continue
        return tomllib.loads(source)
    return {}


def word(labels: Labels, section: str, code: str) -> str:
    """Return the word for a code, or the code itself where the catalogue lacks it."""
    return labels.get(section, {}).get(code, code)
