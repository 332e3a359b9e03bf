"""How does a mail read: subject, text and HTML from templates and a flat context?

Templates lie in email/<language>/<template>/{subject.txt, body.txt, body.html}. The
first folder given wins file by file, so a company can lay its own wording over ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from adv_domain.bundled import bundled_path

LAST_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """The three texts of a mail and the language they came out in."""

    language: str
    subject: str
    text: str
    html: str


class TemplateMissing(Exception):
    """No language tried has the template."""

    def __init__(self, *, template: str, languages: Sequence[str]) -> None:
        """Name the template and the languages tried."""
        self.template = template
        self.languages = tuple(languages)
        super().__init__(f"no mail template {template!r} in {', '.join(languages)}")


class TemplateFault(Exception):
    """A template cannot be rendered with the context of a mail."""

    def __init__(self, *, template: str, language: str, cause: Exception) -> None:
        """Name the template and what is wrong with it."""
        self.template = template
        self.language = language
        super().__init__(f"mail template {language}/{template}: {cause}")


@lru_cache(maxsize=8)
def mail_templates(home: Path | None = None) -> Environment:
    """Return the environment of the mail templates; home/templates goes first.

    Sandboxed, undefined names are errors, and .html files are escaped: a customer's
    name can bring neither markup nor code into a mail.
    """
    folders = [bundled_path("templates") / "email"]
    if home is not None:
        folders.insert(0, home / "templates" / "email")
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders),
        undefined=StrictUndefined,
        autoescape=lambda name: name is not None and name.endswith(".html"),
        trim_blocks=True,
        lstrip_blocks=True,
    )


def template_language(
    templates: Environment, *, template: str, languages: Sequence[str]
) -> str:
    """Return the first language that has the template, English last.

    Raises TemplateMissing.
    """
    tried = [language[:2].lower() for language in languages if language]
    for language in [*tried, LAST_LANGUAGE]:
        try:
            templates.get_template(f"{language}/{template}/subject.txt")
        except TemplateNotFound:
            continue
        return language
    raise TemplateMissing(template=template, languages=[*tried, LAST_LANGUAGE])


def render_mail(
    templates: Environment,
    *,
    template: str,
    languages: Sequence[str],
    context: Mapping[str, Any],
) -> RenderedMail:
    """Render a mail in the first language that has the template.

    languages: the customer's, then the company's; English is always tried last.
    Raises TemplateMissing, TemplateFault.
    """
    language = template_language(templates, template=template, languages=languages)
    known = {**context, "language": language}
    try:
        subject = _rendered(templates, f"{language}/{template}/subject.txt", known)
        return RenderedMail(
            language=language,
            subject=subject,
            text=_spaced(
                _rendered(templates, f"{language}/{template}/body.txt", known)
            ),
            html=_rendered(
                templates,
                f"{language}/{template}/body.html",
                {**known, "subject": subject},
            )
            + "\n",
        )
    except (TemplateError, TypeError) as fault:
        raise TemplateFault(
            template=template, language=language, cause=fault
        ) from fault


def _rendered(templates: Environment, name: str, context: Mapping[str, Any]) -> str:
    return templates.get_template(name).render(context).strip()


def _spaced(text: str) -> str:
    """Leave at most one empty line between paragraphs; optional parts leave gaps."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines) + "\n"
