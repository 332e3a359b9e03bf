"""Which texts, numbers and lists stand in an object of a JSON order file?"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from adv_domain.files.orders.stated import Given
from adv_domain.rules.faults import FileFault
from adv_domain.rules.orders.incoming import DocumentKind


class JsonValues:
    """Reads the values of one object; what is no text or number is a fault."""

    def __init__(self, name: str, row: int, faults: list[FileFault]) -> None:
        self.name = name
        self.row = row
        self.faults = faults

    def fault(self, path: str, code: str, message: str, value: str = "") -> None:
        where = path.rpartition(".")[2]
        self.faults.append(
            FileFault(self.name, self.row, path, code, f"{where} {message}", value[:80])
        )

    def given(self, found: Mapping[str, Any], key: str, path: str) -> Given | None:
        value = found.get(key)
        if value is None:
            return None
        at = f"{path}.{key}"
        if not isinstance(value, str):
            message = "must be a text or a number; correct it and send it again"
            self.fault(at, "not_a_text", message, json.dumps(value)[:80])
            return None
        if any("\ud800" <= each <= "\udfff" for each in value):
            self.fault(at, "not_a_text", "holds half a character; correct it")
            return None
        return Given(value.strip(), self.row, at)

    def kind(self, found: Mapping[str, Any], path: str) -> DocumentKind:
        given = self.given(found, "document", path)
        try:
            return DocumentKind(given.text.lower() if given else DocumentKind.ORDER)
        except ValueError:
            listed = ", ".join(DocumentKind)
            message = f"must be one of {listed}"
            text = given.text if given else ""
            self.fault(f"{path}.document", "not_allowed", message, text)
            return DocumentKind.ORDER

    def objects(
        self, found: Mapping[str, Any], key: str, path: str
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        value = found.get(key)
        if value is None:
            return
        if not isinstance(value, list):
            self.fault(f"{path}.{key}", "not_a_list", "must be a list in brackets")
            return
        for at, one in enumerate(value, start=1):
            where = f"{path}.{key}[{at}]"
            if isinstance(one, dict):
                yield where, one
            else:
                self.fault(where, "not_an_object", "must be an object in braces")
