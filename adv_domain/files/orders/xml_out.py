"""How is an XML document of a standard put together, branch by branch?"""

import re
from typing import Any

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Branch:
    """An element under construction; names are written as prefix:name."""

    __slots__ = ("_element", "_spaces")

    def __init__(self, element: Any, spaces: dict[str, str]) -> None:
        self._element = element
        self._spaces = spaces

    def branch(self, name: str) -> "Branch":
        """Add an element that holds others."""
        return Branch(self._added(name), self._spaces)

    def leaf(self, name: str, text: object | None, **attributes: str | None) -> None:
        """Add an element with a text; nothing for None."""
        if text is None:
            return
        leaf = self._added(name)
        leaf.text = _NO_XML.sub("\ufffd", str(text))
        for key, value in attributes.items():
            if value is not None:
                leaf.set(key, value)

    def _added(self, name: str) -> Any:
        from lxml import etree  # costs 40 ms at start-up

        prefix, _, local = name.partition(":")
        return etree.SubElement(self._element, f"{{{self._spaces[prefix]}}}{local}")

    def written(self) -> bytes:
        """Return the document; branches in which nothing stands are left out."""
        from lxml import etree  # costs 40 ms at start-up

        _prune(self._element)
        return bytes(
            etree.tostring(
                self._element, xml_declaration=True, encoding="UTF-8", pretty_print=True
            )
        )


def document(name: str, spaces: dict[str, str], *, default: str = "") -> Branch:
    """Begin a document; default names the prefix whose names stand without it."""
    from lxml import etree  # costs 40 ms at start-up

    shown: Any = {None if key == default else key: uri for key, uri in spaces.items()}
    prefix, _, local = name.partition(":")
    root = etree.Element(f"{{{spaces[prefix]}}}{local}", nsmap=shown)
    return Branch(root, spaces)


def _prune(element: Any) -> None:
    for child in list(element):
        _prune(child)
        if not len(child) and not child.text:
            element.remove(child)
