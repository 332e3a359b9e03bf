"""What does each field of a flow's form in the Prefect UI say?

Prefect takes a field's help from the docstring's Args section and overlooks what an
annotation says (3.8); here the annotation says it, once for all flows.
"""

import inspect
from collections.abc import Callable, Iterator
from datetime import date
from typing import Annotated, Any, TypeVar, get_type_hints

from pydantic import Field
from pydantic.fields import FieldInfo

BusinessDate = Annotated[
    date | None,
    Field(description="The business day; None: the day of the scheduled start."),
]
_F = TypeVar("_F", bound=Callable[..., Any])


def described(function: _F) -> _F:
    """Copy the annotations' descriptions to where Prefect looks for them."""
    lines = [f"    {name}: {text}" for name, text in _descriptions(function)]
    if lines:
        said = inspect.getdoc(function) or ""
        function.__doc__ = "\n".join([said, "", "Args:", *lines])
    return function


def _descriptions(function: Callable[..., Any]) -> Iterator[tuple[str, str]]:
    for name, hint in get_type_hints(function, include_extras=True).items():
        for each in getattr(hint, "__metadata__", ()):
            if isinstance(each, FieldInfo) and each.description:
                yield name, each.description
