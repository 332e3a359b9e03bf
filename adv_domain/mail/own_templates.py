"""Which mail templates of the company's own cannot work, before a mail needs them?"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from pathlib import Path

from jinja2 import Environment, TemplateNotFound, TemplateSyntaxError, meta, nodes

from adv_domain.bundled import bundled_path
from adv_domain.mail.labels import FILE_NAME, read_labels
from adv_domain.mail.render import LAST_LANGUAGE, TemplateFault, mail_templates

_MOST_LISTED = 30
_SUFFIXES = frozenset({".txt", ".html"})
_OURS = bundled_path("templates") / "email"
_ALWAYS_KNOWN = frozenset({"language", "subject"})


class UnknownName(ValueError):
    """A template asks for what its mail does not bring."""

    def __init__(self, name: str, *, known: frozenset[str]) -> None:
        listed = f"; there are: {', '.join(sorted(known))}"
        few = len(known) <= _MOST_LISTED
        super().__init__(f"{name} is nothing that it brings{listed if few else ''}")


def own_template_faults(home: Path) -> list[TemplateFault]:
    """Return what is wrong with each file under templates/email of the home.

    A mail brings what our own template of it uses, in whichever of its three files; a
    part that several mails include, and a mail that we have not, may use all there is.
    """
    folder = home / "templates" / "email"
    files = (path for path in sorted(folder.rglob("*")) if path.suffix in _SUFFIXES)
    own = mail_templates(home)
    return [
        *(
            fault
            for file in files
            for fault in _faults(file, inside=file.relative_to(folder), own=own)
        ),
        *(
            fault
            for file in sorted(folder.glob(f"*/{FILE_NAME}"))
            for fault in _label_faults(file)
        ),
    ]


def _faults(file: Path, *, inside: Path, own: Environment) -> Iterator[TemplateFault]:
    try:
        tree = own.parse(file.read_text(encoding="utf-8"), str(inside), str(file))
    except TemplateSyntaxError as error:
        yield TemplateFault(file=str(file), line=error.lineno, cause=error)
        return
    except UnicodeDecodeError as error:
        yield TemplateFault(file=str(file), line=None, cause=error)
        return
    known = _known(inside)
    unknown = meta.find_undeclared_variables(tree) - known
    for name in tree.find_all(nodes.Name):
        if name.name in unknown:
            cause = UnknownName(name.name, known=known)
            yield TemplateFault(file=str(file), line=name.lineno, cause=cause)
    for part, line in _parts(tree):
        try:
            own.get_template(part)
        except TemplateNotFound as error:
            yield TemplateFault(file=str(file), line=line, cause=error)
        except TemplateSyntaxError:
            continue  # told of the file that it stands in


def _label_faults(file: Path) -> Iterator[TemplateFault]:
    try:
        tables = read_labels(file)
    except TemplateFault as fault:
        yield fault
        return
    for name, entries in tables.items():
        if not isinstance(entries, dict):
            cause = ValueError(f"{name} must be a table of words")
            yield TemplateFault(file=str(file), line=None, cause=cause)


def _known(inside: Path) -> frozenset[str]:
    """Return the names that the mail of this file brings, or our own file of its name.

    A file of a language and a mail has both folders above it.
    """
    mail = inside.parent.name if len(inside.parts) > 2 else ""
    same = (_OURS / inside).is_file()
    return _brought(mail) | (_names_of(inside.as_posix()) if same else frozenset())


@lru_cache(maxsize=256)
def _brought(mail: str) -> frozenset[str]:
    """Return what our templates of a mail use; those of all mails where it has none."""
    folder = _OURS / LAST_LANGUAGE
    looked_in = folder / mail if (folder / mail).is_dir() else folder
    files = [path for path in looked_in.rglob("*") if path.suffix in _SUFFIXES]
    names = (_names_of(path.relative_to(_OURS).as_posix()) for path in files)
    return _ALWAYS_KNOWN.union(*names)


@lru_cache(maxsize=1024)
def _names_of(template: str) -> frozenset[str]:
    """Return the names that a template of ours uses, and all that it is made of."""
    tree = mail_templates().parse((_OURS / template).read_text(encoding="utf-8"))
    parts = (_names_of(part) for part, _ in _parts(tree))
    return frozenset(meta.find_undeclared_variables(tree)).union(*parts)


def _parts(tree: nodes.Template) -> Iterator[tuple[str, int]]:
    """Yield the templates that one is made of, and the line that names them."""
    kinds = nodes.Include, nodes.Extends, nodes.Import
    for node in chain.from_iterable(tree.find_all(kind) for kind in kinds):
        template = getattr(node, "template", None)  # jinja types no common parent
        if isinstance(template, nodes.Const):
            yield str(template.value), node.lineno
