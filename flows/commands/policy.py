"""`adv policy`: does the company's policy say what can be done?"""

from pathlib import Path

import click

from flows.commands.output import fail, home_option, json_option, say_json


@click.group()
def policy() -> None:
    """The company's policy, one TOML file."""


@policy.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@home_option
@json_option
def check(file: Path | None, as_json: bool) -> None:
    """Explain every mistake in a policy FILE (default: the home's policy.toml).

    A warning is no mistake: what it tells of can be meant. Exit status 1 where there
    are mistakes, 2 where the file cannot be read.
    """
    # pydantic loads only when a policy is read, so that `adv --help` stays quick
    from adv_domain.policies import load_policy
    from adv_domain.policy_checks import policy_warnings
    from adv_domain.policy_file import InvalidPolicy

    path = file or _policy_of_home()
    mistakes: tuple[dict[str, str], ...] = ()
    warnings: tuple[dict[str, str], ...] = ()
    try:
        warnings = tuple(
            {"key": one.key, "message": one.message}
            for one in policy_warnings(load_policy(path))
        )
    except InvalidPolicy as error:
        mistakes = tuple(
            {"key": one.key, "message": one.message, "value": one.value}
            for one in error.mistakes
        )
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror or error}")
    _tell(path, mistakes, warnings, as_json=as_json)
    raise SystemExit(1 if mistakes else 0)


def _policy_of_home() -> Path | None:
    import os

    from adv_domain.settings import read_settings

    return read_settings(os.environ).policy_file


def _tell(
    path: Path | None,
    mistakes: tuple[dict[str, str], ...],
    warnings: tuple[dict[str, str], ...],
    *,
    as_json: bool,
) -> None:
    if as_json:
        file = None if path is None else str(path)
        say_json(
            {
                "file": file,
                "valid": not mistakes,
                "mistakes": list(mistakes),
                "warnings": list(warnings),
            }
        )
        return
    for one in warnings:
        click.echo(f"warning: {one['key']}: {one['message']}")
    for one in mistakes:
        value = f" (is {one['value']!r})" if one["value"] else ""
        key = path if one["key"] == "(file)" else one["key"]
        click.echo(f"{key}: {one['message']}{value}")
    if not mistakes:
        click.echo(f"{path or 'the built-in policy'}: no mistakes")
