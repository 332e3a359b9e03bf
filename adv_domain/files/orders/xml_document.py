"""What stands where in an XML document of a partner, read without any trust in it?

Document types, entities and the network are off: none of the order formats needs them
and each is a way to attack. Lines are handed out while the document streams by.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from adv_domain.files.orders.stated import Given
from adv_domain.files.text import FileRefused
from adv_domain.rules.faults import FileFault

Element = Any
"""An lxml element: lxml ships no types of its own."""

_SHOWN = 120


class Node:
    """An element and the path by which a person finds it in the document."""

    __slots__ = ("element", "path")

    def __init__(self, element: Element, path: str) -> None:
        self.element = element
        self.path = path

    @property
    def row(self) -> int:
        """The line of the file on which the element starts."""
        return int(self.element.sourceline or 0)

    @property
    def name(self) -> str:
        """The element's name without its namespace."""
        return str(self.element.tag).rpartition("}")[2]

    def child(self, *names: str) -> "Node | None":
        """Return the first descendant along the path of local names."""
        found = self.element
        for name in names:
            found = next(found.iterchildren("{*}" + name), None)
            if found is None:
                return None
        return Node(found, f"{self.path}/{'/'.join(names)}")

    def children(self, name: str) -> "list[Node]":
        """Return the children of the name, numbered in their paths."""
        return [
            Node(one, f"{self.path}/{name}[{at}]")
            for at, one in enumerate(self.element.iterchildren("{*}" + name), start=1)
        ]

    def given(self, *names: str) -> Given | None:
        """Return the text at the path, None where the element is absent."""
        found = self.child(*names) if names else self
        if found is None:
            return None
        return Given((found.element.text or "").strip(), found.row, found.path)

    def text(self, *names: str) -> str:
        """Return the text at the path, empty where there is none."""
        found = self.given(*names)
        return "" if found is None else found.text

    def attribute(self, name: str) -> str:
        """Return the attribute's text, empty where there is none."""
        return str(self.element.get(name) or "").strip()


@dataclass(frozen=True, slots=True)
class Lines:
    """Which elements are a document's lines: their name and depth below the root."""

    name: str
    depth: int


def read_xml(
    name: str, data: bytes, lines: Lines, take: Callable[[Node], None]
) -> Node:
    """Stream the document: each of its lines goes to take and is then let go.

    Returns the root with all that is left of it. Raises FileRefused for what is no
    sound XML or declares a document type.
    """
    from lxml import etree  # costs 40 ms at start-up, and most commands read no XML

    with _told(name, etree):
        return _streamed(name, _events(etree, data), lines, take)


def root_of(name: str, data: bytes) -> tuple[str, str]:
    """Return namespace and name of the root; raises FileRefused as read_xml does."""
    from lxml import etree  # costs 40 ms at start-up, and most commands read no XML

    with _told(name, etree):
        _, element = next(_events(etree, data))
        root = _checked_root(name, element).element
    namespace, _, plain = str(root.tag).rpartition("}")
    return namespace.removeprefix("{"), plain


@contextmanager
def _told(name: str, etree: Any) -> Iterator[None]:
    """Say what is wrong with XML that cannot be read, and where."""
    try:
        yield
    except (etree.XMLSyntaxError, LookupError, UnicodeError) as error:
        row = int(getattr(error, "lineno", 0) or 0)
        told = str(error)[:_SHOWN]
        message = f"is no sound XML, damaged or cut off ({told}); send it again, whole"
        raise _refused(name, "not_xml", message, row) from error


def _events(etree: Any, data: bytes) -> Iterator[tuple[str, Element]]:
    events: Iterator[tuple[str, Element]] = etree.iterparse(
        BytesIO(data),
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    return events


def _streamed(
    name: str,
    events: Iterator[tuple[str, Element]],
    lines: Lines,
    take: Callable[[Node], None],
) -> Node:
    _, first = next(events)
    root = _checked_root(name, first)
    depth = count = 0
    ending = "}" + lines.name
    for event, element in events:
        if event == "start":
            depth += 1
            continue
        if depth == lines.depth and element.tag.endswith(ending):
            count += 1
            take(Node(element, f"{lines.name}[{count}]"))
            _let_go(element)
        depth -= 1
    return root


def _checked_root(name: str, element: Element) -> Node:
    tree = element.getroottree()
    if tree.docinfo.doctype or tree.docinfo.internalDTD is not None:
        message = (
            "declares a document type, which these documents never do and attacks use; "
            "send it without"
        )
        raise _refused(name, "document_type", message)
    return Node(element, str(element.tag).rpartition("}")[2])


def _let_go(element: Element) -> None:
    """Free what was read: a file of a hundred thousand lines needs no more memory."""
    before = element.getprevious()
    if before is not None and before.tag == element.tag:
        element.getparent().remove(before)
    element.clear()


def _refused(name: str, code: str, message: str, row: int = 0) -> FileRefused:
    return FileRefused(FileFault(name, row, "", code, f"the file {message}"))
