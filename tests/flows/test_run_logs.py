"""Does a run's page show what an operator needs, and no stack trace for a set-aside?"""

import logging

from flows.ends import DocumentsFailed
from flows.run_logs import prepare_logs


def logged(caplog, error):
    logger = logging.getLogger("prefect.flow_runs")
    with caplog.at_level(logging.INFO, logger="prefect.flow_runs"):
        handler = caplog.handler
        logger.addHandler(handler)
        try:
            raise error
        except Exception:
            logger.exception("Engine execution exited with unexpected exception")
        finally:
            logger.removeHandler(handler)
    return [record.message for record in caplog.records]


def test_failed_documents_leave_no_stack_trace(caplog):
    prepare_logs()
    assert logged(caplog, DocumentsFailed("2 failed", ends=[])) == []


def test_error_of_another_kind_is_shown(caplog):
    prepare_logs()
    assert logged(caplog, RuntimeError("the disk is full")) != []


def test_our_own_lines_are_shown():
    prepare_logs()
    assert logging.getLogger("adv.batches").isEnabledFor(logging.INFO)
