"""How did the steps of a flow run end, read from the state that it left?"""

from typing import Any

from prefect.client.schemas.objects import State

from tasks.catalogue import StepEnd
from tasks.step import Outcome


class DocumentsFailed(Exception):
    """Documents were set aside, or steps broke; everything else was done."""

    def __init__(self, message: str, *, ends: list[StepEnd]) -> None:
        super().__init__(message)
        self.ends = ends


def ends_of(name: str, state: State[Any]) -> list[StepEnd]:
    """Return how each step of a finished run ended; raises the error that broke it."""
    left = state.result(raise_on_failure=False)
    match left:
        case DocumentsFailed():
            return left.ends
        case BaseException():
            raise left
        case list():
            return left
        case _:
            said = state.message or state.name or "ended without a word"
            return [StepEnd(step=name, outcome=Outcome(), error=said)]
