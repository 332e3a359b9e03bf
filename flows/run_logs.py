"""Which lines of log does an operator see on a run's page?"""

import logging

from adv_domain.policy_file import InvalidPolicy
from flows.ends import DocumentsFailed
from tasks.dates import DateAhead

_SAYS_ENOUGH = (DocumentsFailed, InvalidPolicy, DateAhead)


def prepare_logs() -> None:
    """Let our own lines through, and leave out Prefect's stack trace of a Failed end.

    The engine logs "exited with unexpected exception" with 40 lines of its own code
    when a flow returns Failed; the state's message and the report say what failed. So
    does the message of a mistake in the policy or the date.
    """
    logging.getLogger("adv").setLevel(logging.INFO)
    logging.getLogger("prefect.flow_runs").addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, _SAYS_ENOUGH)
