"""`adv`: every command of the product, each loaded only when it is called."""

import os
import sys
from importlib import import_module
from typing import Any

import click

_COMMANDS = {
    "amendment": "flows.commands.amendments:amendment",
    "amendments": "flows.commands.amendments:amendments",
    "audit": "flows.commands.audit:audit",
    "bank": "flows.commands.bank:bank",
    "bench": "flows.commands.bench:bench",
    "bill": "flows.commands.bill:bill",
    "cancel": "flows.commands.order_acts:cancel",
    "confirm-run": "flows.commands.confirm_run:confirm_run",
    "correct": "flows.commands.correct:correct",
    "credit-note": "flows.commands.credit_note:credit_note",
    "customer": "flows.commands.customer:customer",
    "delays": "flows.commands.delays:delays",
    "demo": "flows.commands.demo:demo",
    "doctor": "flows.commands.doctor:doctor",
    "documents": "flows.commands.documents:documents",
    "dunning": "flows.commands.dunning:dunning",
    "failures": "flows.commands.failures:failures",
    "holds": "flows.commands.holds:holds",
    "import": "flows.commands.import_:import_file",
    "init": "flows.commands.init:init",
    "invoice": "flows.commands.invoice:invoice",
    "kpi": "flows.commands.kpi:kpi",
    "mail": "flows.commands.mail:mail",
    "milestones": "flows.commands.milestones:milestones",
    "notices": "flows.commands.notices:notices",
    "order": "flows.commands.order:order",
    "orders": "flows.commands.orders:orders",
    "outbox": "flows.commands.outbox:outbox",
    "payment": "flows.commands.payments:payment",
    "policy": "flows.commands.policy:policy",
    "price": "flows.commands.price:price",
    "rebates": "flows.commands.rebates:rebates",
    "rebill": "flows.commands.undo:rebill",
    "receive": "flows.commands.receive:receive",
    "reject": "flows.commands.order_acts:reject",
    "release": "flows.commands.order_acts:release",
    "review": "flows.commands.review:review",
    "run": "flows.commands.run:run",
    "send-order-book": "flows.commands.send_order_book:send_order_book",
    "stock": "flows.commands.stock:stock",
    "stop-mail": "flows.commands.mail:stop_mail",
    "tasks": "flows.commands.worklist:tasks",
    "terms": "flows.commands.terms:terms",
    "undo-run": "flows.commands.undo:undo_run",
    "unbilled": "flows.commands.unbilled:unbilled",
    "up": "flows.commands.up:up",
}


class _Lazy(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        target = _COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, _, attribute = target.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the command line; --help writes while it is read."""
        from flows.commands.faults import end_quietly_on_a_closed_pipe

        make = super().make_context
        return end_quietly_on_a_closed_pipe(lambda: make(*args, **extra))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command before click sees a closed pipe, which it ends with 1."""
        from flows.commands.faults import end_quietly_on_a_closed_pipe

        invoke = super().invoke
        return end_quietly_on_a_closed_pipe(lambda: invoke(ctx))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="adv-order-to-cash")
@click.option("--home", help="The installation's folder (default ./adv-home).")
def cli(home: str | None) -> None:
    """Order-to-cash for a sales administration: orders in, cash in, figures out."""
    if home:
        os.environ["ADV_HOME"] = home


def main() -> None:
    """Run adv; known faults end with one line, 1 for business and 2 for usage."""
    from flows.commands.faults import told

    with told():
        cli(prog_name="adv")
    sys.exit(0)


if __name__ == "__main__":
    main()
