"""Which lines of log does an operator see on a run's page?"""

import logging

from flows.ends import DocumentsFailed


def prepare_logs() -> None:
    """Let our own lines through, and leave out Prefect's stack trace of a Failed end.

    The engine logs "exited with unexpected exception" with 40 lines of its own code
    when a flow returns Failed; the state's message and the report say what failed.
    """
    logging.getLogger("adv").setLevel(logging.INFO)
    logging.getLogger("prefect.flow_runs").addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, DocumentsFailed)
