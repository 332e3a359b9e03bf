"""`adv audit`: does the whole database hold together?"""

from typing import TYPE_CHECKING

import click

from flows.commands.faults import told
from flows.commands.output import home_option, json_option, need_home, say_json

if TYPE_CHECKING:
    from adv_domain.store.audit import CheckResult


@click.command()
@click.option(
    "--files/--no-files",
    default=True,
    show_default=True,
    help="Read every file of documents and hold it against its hash, too.",
)
@json_option
@home_option
def audit(*, files: bool, as_json: bool) -> None:
    """Check every invariant over the whole database and the files of its documents;
    nothing is written.

    Exit status 1 where a check is broken: the first documents are named, and what is
    to be done.
    """
    with told():
        need_home()
        checks = _checked(files=files)
    if as_json:
        say_json({"checks": [_row(check) for check in checks]})
    else:
        for check in checks:
            click.echo(_line(check))
    if any(check.violations for check in checks):
        raise SystemExit(1)


def _checked(*, files: bool) -> "list[CheckResult]":
    # the database loads only where there is one to check
    from adv_domain.store.audit import audit as audited
    from adv_domain.store.engine import reading
    from tasks.documents.filed import files_check
    from tasks.resources import resources

    known = resources()
    with reading(known.engine) as connection:
        checks = audited(connection)
        if files:
            checks.append(files_check(connection, home=known.settings.home))
        return checks


def _row(check: "CheckResult") -> dict[str, object]:
    return {
        "name": check.name,
        "rows": check.rows,
        "violations": check.violations,
        "first": list(check.first),
        "hint": check.hint if check.violations else "",
    }


def _line(check: "CheckResult") -> str:
    if not check.violations:
        return f"ok      {check.name}: {check.rows} rows"
    named = "; ".join(check.first)
    more = check.violations - len(check.first)
    tail = f" and {more} more" if more else ""
    return (
        f"BROKEN  {check.name}: {check.violations} of {check.rows}: {named}{tail}\n"
        f"        what to do: {check.hint}"
    )
