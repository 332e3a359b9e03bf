"""How do commands speak: one JSON document for machines, plain lines for people?"""

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

_F = TypeVar("_F", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A calendar day written 2026-11-23."""

    name = "date"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day like 2026-11-23", param, ctx)


def json_option(command: _F) -> _F:
    """Add --json: one JSON document on standard output."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON.")(
        command
    )


def home_option(command: _F) -> _F:
    """Add --home: the folder of this installation (also ADV_HOME)."""

    def _set(_ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
        if value:
            os.environ["ADV_HOME"] = value

    return click.option(
        "--home",
        callback=_set,
        expose_value=False,
        help="The installation's folder (default ADV_HOME or ./adv-home).",
    )(command)


def language_option(command: _F) -> _F:
    """Add --language: what the reader is told faults in (also ADV_LANGUAGE)."""

    def _set(_ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
        if value:
            os.environ["ADV_LANGUAGE"] = value

    return click.option(
        "--language",
        type=click.Choice(("en", "es", "fr")),
        callback=_set,
        expose_value=False,
        help="Language of what is wrong (default ADV_LANGUAGE or en).",
    )(command)


def yes_future_option(command: _F) -> _F:
    """Add --yes-future for acts on documents that bear a day to come by mistake."""
    return click.option(
        "--yes-future",
        is_flag=True,
        help="The date given is to come, and meant: documents were dated then.",
    )(command)


def say_json(document: Any) -> None:
    """Print one JSON document; decimals and dates become strings."""
    click.echo(json.dumps(document, default=_plain, ensure_ascii=False))


def fail(message: str, *, status: int = 2) -> NoReturn:
    """End with a message on standard error: 1 business failures, 2 usage."""
    say_failure(message, status=status)
    raise SystemExit(status)


def say_failure(message: str, *, status: int) -> None:
    """Tell why a command ends; with --json, status 1 has its one JSON document too."""
    if status == 1 and _wants_json():
        say_json({"error": message})
    click.echo(f"adv: {message}", err=True)


def _wants_json() -> bool:
    context = click.get_current_context(silent=True)
    if context is None:
        return "--json" in sys.argv
    return bool(context.params.get("as_json"))


def local_minute(moment: datetime) -> str:
    """Write a moment as the company's clock shows it; JSON keeps UTC."""
    from tasks import office_hours

    return office_hours.local_minute(moment)


def said(fault: Any) -> str:
    """Say what an order fault says, in the language of ADV_LANGUAGE."""
    from adv_domain.fault_wording import fault_text
    from tasks.resources import resources

    language = resources().settings.language
    return fault_text(fault.message, fault.clash, language=language)


def said_source(line: Any) -> str:
    """Say where the price of an order line comes from, in the same language."""
    from adv_domain.fault_wording import price_source_text
    from tasks.resources import resources

    language = resources().settings.language
    return price_source_text(line.price_source or "", language=language)


def said_agreement(name: str) -> str:
    """Say which agreement it is, in the same language."""
    from adv_domain.fault_wording import agreement_text
    from tasks.resources import resources

    return agreement_text(name, language=resources().settings.language)


def need_home() -> None:
    """End with status 2 unless the database is set up at this version."""
    from adv_domain.store.engine import reading
    from adv_domain.store.schema import SchemaOutdated, check_schema
    from tasks.resources import resources

    known = resources()
    home = known.settings.home
    if home.exists() and not home.is_dir():
        fail(f"{home} is a file, no folder; name the installation's with --home")
    path = known.engine.url.database
    if known.engine.dialect.name == "sqlite" and not Path(str(path)).is_file():
        fail(f"there is no database in {home}; begin with: adv init")
    try:
        with reading(known.engine) as connection:
            check_schema(connection)
    except SchemaOutdated as error:
        fail(str(error))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
