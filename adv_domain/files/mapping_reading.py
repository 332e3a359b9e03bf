"""What does a section of a mapping file say, and which mistakes does it hold?"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reading:
    """A mapping file on its way in, with the mistakes seen so far.

    fields are the names of ours that it may use; none means any.
    """

    content: dict[str, Any]
    fields: tuple[str, ...]
    mistakes: list[str]

    def section(self, name: str) -> dict[str, Any]:
        """Return the table of this name, empty where it is absent or no table."""
        value = self.content.get(name, {})
        if isinstance(value, dict):
            return value
        self.mistakes.append(f"{name} must be a table: [{name}]")
        return {}

    def of_fields(self, name: str) -> dict[str, str]:
        """Return a table of texts by names of ours."""
        found = self.texts(name, self.section(name))
        self.known(name, tuple(found))
        return found

    def known(self, name: str, used: tuple[str, ...]) -> None:
        """Note each name that is no column of ours."""
        for key in used:
            if self.fields and key not in self.fields:
                listed = ", ".join(self.fields)
                self.mistakes.append(f"{name}.{key} is no column of ours ({listed})")

    def expect(self, name: str, section: dict[str, Any], *keys: str) -> None:
        """Note each key that a section does not know."""
        for key in section:
            if key not in keys:
                listed = ", ".join(keys)
                self.mistakes.append(f"{name}.{key} is not known; known are {listed}")

    def texts(self, name: str, section: dict[str, Any]) -> dict[str, str]:
        """Return the values of a section as texts."""
        found = {}
        for key, value in section.items():
            if isinstance(value, dict | list):
                self.mistakes.append(f"{name}.{key} must be a text or a number")
            else:
                found[key] = as_text(value)
        return found

    def several(self, name: str, value: Any) -> tuple[str, ...]:
        """Return a text, or each text of a list."""
        listed = value if isinstance(value, list) else [value]
        if listed and all(isinstance(each, str) for each in listed):
            return tuple(listed)
        self.mistakes.append(f"{name} must be a text or a list of texts")
        return ()


def as_text(value: object) -> str:
    """Return a value of TOML as a cell would hold it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
