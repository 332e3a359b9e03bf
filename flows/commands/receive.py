"""`adv receive`: take stock's news over HTTP until Ctrl-C."""

import logging
import os
from typing import TYPE_CHECKING

import click

from flows.commands.output import fail, home_option, need_home

if TYPE_CHECKING:
    from adv_domain.receiver_settings import ReceiverSettings

_LOOPBACK = "127.0.0.1"
_MOST_AT_ONCE = 64


@click.command()
@click.option(
    "--host",
    default=_LOOPBACK,
    show_default=True,
    help="Address to listen on; beyond this machine only behind a proxy with TLS.",
)
@click.option("--port", default=4210, show_default=True, help="Port to listen on.")
@home_option
def receive(*, host: str, port: int) -> None:
    """Take stock's news over HTTP: POST /stock/feedback, as CSV, JSON or UBL.

    Each message becomes a file in inbox/deliveries, which the delivery step books.
    ADV_FEEDBACK_SECRET holds what senders must know: as Authorization: Bearer, or as
    the key of a signature (standardwebhooks.com). `adv up` starts this by itself where
    the secret is set.
    """
    need_home()
    settings = _settings()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    # the server loads only for the command that serves
    import uvicorn

    from flows.receiver import PATH, receiver_app

    click.echo(
        f"Stock's news is taken at http://{host}:{port}{PATH}; stop with Ctrl-C."
    )
    uvicorn.run(
        receiver_app(settings),
        host=host,
        port=port,
        limit_concurrency=_MOST_AT_ONCE,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=10,
        access_log=False,
        server_header=False,
        lifespan="off",
        log_level="warning",
    )


def _settings() -> "ReceiverSettings":
    from adv_domain.receiver_settings import read_receiver_settings

    settings = read_receiver_settings(os.environ)
    if settings is None:
        fail(
            "ADV_FEEDBACK_SECRET is not set: nobody could prove that his news is "
            "stock's; set at least 16 characters that nobody can guess"
        )
    return settings
