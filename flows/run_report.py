"""What did this run do? One Markdown artifact per run, for the Prefect UI."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from prefect.artifacts import create_markdown_artifact

from tasks.catalogue import StepEnd
from tasks.resources import resources
from tasks.step import Outcome

_LISTED = 100
_NAMED = 10
_REMEDY = (
    "**What to do:** mend the causes, then retry this run or run the step's own "
    "deployment: only what is left is done, nothing twice."
)


def publish_step_report(name: str, *, on: date, outcome: Outcome) -> None:
    """Attach what one step did to its flow run."""
    create_markdown_artifact(
        key=f"{name}-report",
        markdown=step_report(
            name, on=on, outcome=outcome, owner=resources().policy.owner_of_step(name)
        ),
        description=f"{name} for {on.isoformat()}: {outcome.message[:200]}",
    )


def publish_chain_report(name: str, *, on: date, ends: Sequence[StepEnd]) -> None:
    """Attach what each step of a chain did to the parent's flow run."""
    create_markdown_artifact(
        key=f"{name}-report",
        markdown=chain_report(name, on=on, ends=ends),
        description=f"{name} for {on.isoformat()}, step by step",
    )


def step_report(name: str, *, on: date, outcome: Outcome, owner: str) -> str:
    """Write one step's done, skipped, waiting and failed documents as Markdown."""
    parts = [f"# {name}, {on.isoformat()}"]
    if outcome.message == Outcome().message:
        parts.append("Nothing to do.")
    parts += _counts("Done", outcome.done)
    parts += _counts("Skipped, with the reason", outcome.skipped)
    if outcome.waiting:
        parts.append(
            f"**{outcome.waiting} waiting**: set aside earlier, the cause stands and "
            f"{owner} owns it. Nothing else is held up."
        )
    if outcome.failed:
        parts += _failed(name, outcome, owner)
    return "\n\n".join(parts)


def chain_report(name: str, *, on: date, ends: Sequence[StepEnd]) -> str:
    """Write how each step of a chain ended as a Markdown table."""
    rows = [f"| {end.step} | {_word(end)} | {cell(_said(end))} |" for end in ends]
    table = ["| step | ended | what it says |", "|---|---|---|", *rows]
    parts = [f"# {name}, {on.isoformat()}", "\n".join(table)]
    causes = [f"- {end.step}, {cause}" for end in ends for cause in _causes(end)]
    if causes:
        parts += [
            "## What failed",
            "\n".join(causes),
            _REMEDY,
        ]
    return "\n\n".join(parts)


def cell(text: str) -> str:
    """Keep a text from breaking out of its table cell."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")


def _counts(title: str, counts: Mapping[str, int]) -> list[str]:
    rows = [f"| {cell(word)} | {count} |" for word, count in counts.items() if count]
    return ["\n".join([f"| {title} | |", "|---|---:|", *rows])] if rows else []


def _failed(name: str, outcome: Outcome, owner: str) -> list[str]:
    rows = [
        f"| {cell(one.document)} | {cell(one.code)} | {cell(one.message)} |"
        for one in outcome.failed[:_LISTED]
    ]
    left_out = len(outcome.failed) - _LISTED
    what_to_do = (
        f"**What to do:** mend the causes named above, then run `{name}` again (retry "
        "this run, its own deployment, or `adv run`): it takes up only these. Left as "
        "they are, they count as waiting and hold up nothing else."
    )
    return [
        f"## {len(outcome.failed)} failed, for {owner}",
        "\n".join(["| document | code | cause |", "|---|---|---|", *rows]),
        *([f"… and {left_out} more."] if left_out > 0 else []),
        what_to_do,
    ]


def _word(end: StepEnd) -> str:
    if end.kept_by:
        return "not run"
    if end.error:
        return "**broke**"
    return "**failed**" if end.outcome.failed else "completed"


def _said(end: StepEnd) -> str:
    if end.kept_by:
        return f"{end.kept_by} broke, and this step would work on its old data"
    if end.error:
        return "see below"
    outcome = end.outcome
    if not outcome.failed:
        return outcome.message
    rest = replace(outcome, failed=(), details=())
    others = f"{rest.message}; " if rest != Outcome() else ""
    return f"{others}{len(outcome.failed)} failed"


def _causes(end: StepEnd) -> list[str]:
    """Name what broke or failed, a line each; a step's own report lists them all."""
    if end.error:
        return [f"broke: {end.error}"]
    failed = end.outcome.failed
    named = [f"{one.document}: {one.message}" for one in failed[:_NAMED]]
    left_out = len(failed) - _NAMED
    more = [f"and {left_out} more, in its own report"] if left_out > 0 else []
    return named + more
