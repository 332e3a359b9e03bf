"""How does a mail read: subject, text and HTML from templates and a flat context?

Templates lie in email/<language>/<template>/{subject.txt, body.txt, body.html}. The
first folder given wins file by file, so a company can lay its own wording over ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from traceback import extract_tb
from typing import Any

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from adv_domain.bundled import bundled_path

LAST_LANGUAGE = "en"
# what a template of a company's own can raise, whatever it tries to do
_BROKEN = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError)


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

    def __init__(self, *, file: str, line: int | None, cause: Exception) -> None:
        """Name the file, the line where it is known, and what is wrong with it."""
        self.file = file
        self.line = line
        where = f"{file}, line {line}" if line else file
        super().__init__(f"mail template {where}: {cause}")


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
        except _BROKEN:  # it is there: rendering it says what is wrong
            return language
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
    folder = f"{language}/{template}"
    subject = _rendered(templates, f"{folder}/subject.txt", known)
    text = _rendered(templates, f"{folder}/body.txt", known)
    html = _rendered(templates, f"{folder}/body.html", {**known, "subject": subject})
    return RenderedMail(
        language=language, subject=subject, text=_spaced(text), html=f"{html}\n"
    )


def _rendered(templates: Environment, name: str, context: Mapping[str, Any]) -> str:
    try:
        return templates.get_template(name).render(context).strip()
    except _BROKEN as fault:
        file, line = _place_of(fault, templates=templates, name=name)
        raise TemplateFault(file=file, line=line, cause=fault) from fault


def _place_of(
    fault: Exception, *, templates: Environment, name: str
) -> tuple[str, int | None]:
    """Return the file and line at fault: of a part that is included, where it is one.

    Jinja writes a template's own lines into the traceback.
    """
    if isinstance(fault, TemplateSyntaxError):
        return fault.filename or name, fault.lineno
    folders = template_folders(templates)
    for frame in reversed(extract_tb(fault.__traceback__)):
        if any(Path(frame.filename).is_relative_to(folder) for folder in folders):
            return frame.filename, frame.lineno
    found = (folder / name for folder in folders if (folder / name).is_file())
    return str(next(found, name)), None


def template_folders(templates: Environment) -> list[Path]:
    """Return where the templates lie, the company's own first."""
    loader = templates.loader
    paths = loader.searchpath if isinstance(loader, FileSystemLoader) else []
    return [Path(path) for path in paths]


def _spaced(text: str) -> str:
    """Leave at most one empty line between paragraphs; optional parts leave gaps."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines) + "\n"
