"""Which order document is attached to a PDF?

Nothing of the PDF is drawn or run, only its attachments are listed. Whatever the
library stumbles over is a broken file.
"""

import logging
from io import BytesIO

from adv_domain.files.text import FileRefused, refused

_ORDER_X = ("order-x.xml", "orderx.xml")
_SHOWN = 120


def attached_xml(name: str, data: bytes) -> bytes:
    """Return the XML that the PDF carries as its order.

    Raises FileRefused for a PDF that is broken, protected or carries no XML.
    """
    from pypdf import PdfReader  # costs 90 ms at start-up, and few orders come so

    # the library tells of each oddity on the error stream, which is the operator's
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(BytesIO(data), strict=False)
        if reader.is_encrypted:
            message = "is protected by a password; send it without, or its XML alone"
            raise refused(name, "encrypted", message)
        attached = reader.attachments
        title = _order_among(list(attached))
        found = attached[title] if title else []
    except FileRefused:
        raise
    except Exception as error:  # any: a broken file leads the library anywhere
        told = (str(error) or type(error).__name__).splitlines()[0][:_SHOWN]
        message = f"is no sound PDF, damaged or cut off ({told}); send it again, whole"
        raise refused(name, "not_pdf", message) from error
    if not found:
        message = (
            "is a PDF without an order in it (Order-X has one attached as order-x.xml);"
            " enter it by hand or ask for the order as a file"
        )
        raise refused(name, "no_order_inside", message)
    return bytes(found[0])


def _order_among(titles: list[str]) -> str | None:
    """Return the attachment that is the order: by its name, else the only XML."""
    by_name = [title for title in titles if title.lower() in _ORDER_X]
    xml = [title for title in titles if title.lower().endswith(".xml")]
    if by_name:
        return by_name[0]
    return xml[0] if len(xml) == 1 else None
