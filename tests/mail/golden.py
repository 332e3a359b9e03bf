"""What a mail reads like is kept in golden files; one switch writes them anew."""

import os
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "golden" / "mail"


def wants_update(config: pytest.Config) -> bool:
    """Tell whether --update-golden or ADV_UPDATE_GOLDEN=1 was given."""
    asked = config.getoption("--update-golden", default=False)
    return bool(asked) or os.environ.get("ADV_UPDATE_GOLDEN") == "1"


def assert_golden(name: str, text: str, config: pytest.Config) -> None:
    """Compare the text with its golden file, or write it when asked to."""
    path = FOLDER / name
    if wants_update(config):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
