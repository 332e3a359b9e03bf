"""What do the checks of master data look at, row by row?"""

from collections.abc import Collection, Mapping
from typing import Any

CheckedRow = tuple[Mapping[str, Any], Collection[str]]
"""A row as it would be written, and the columns that its file gave."""
