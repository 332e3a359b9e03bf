"""How is an XML document put together so that what has no content leaves no trace?"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from lxml import etree

Element = etree._Element  # noqa: SLF001  # lxml has no public name for it
Part = Element | str | Decimal | date | None
Maker = Callable[..., Element | None]
# what XML 1.0 cannot hold, were it in a customer's name
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def maker(namespace: str) -> Maker:
    """Return the function that makes elements of a namespace.

    It takes the name, the content (elements, or one value as text) and attributes;
    without any content it returns None, and None is left out of its parent.
    """
    prefix = f"{{{namespace}}}"

    def make(name: str, *content: Part, **attributes: str) -> Element | None:
        kept = [part for part in content if part is not None and part != ""]
        if not kept:
            return None
        element = etree.Element(prefix + name, attributes)
        for part in kept:
            if isinstance(part, Element):
                element.append(part)
            else:
                element.text = _text(part)
        return element

    return make


def written(root: Element) -> bytes:
    """Return the document's bytes, indented for people who look into it."""
    etree.indent(root, space="  ")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _text(value: str | Decimal | date) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return _UNWRITABLE.sub("", value)
