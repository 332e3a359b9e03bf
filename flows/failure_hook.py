"""Who is told when a flow run fails?

Operations get one mail per failed run, through the same outbox as all mail. A subflow
is reported by its parent. A notification that fails never fails the run.
"""

import logging
from datetime import date
from typing import Any

from prefect import Flow, runtime
from prefect.client.schemas.objects import FlowRun, State

from adv_domain.policy_file import InvalidPolicy
from flows.directory import short_name
from flows.engine_moments import plain_moment
from tasks.mail.failure import FailedFlow, queue_failure_mail
from tasks.resources import business_day, resources

_log = logging.getLogger("adv.runs")


def tell_operations(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Queue the mail about a failed or crashed run.

    Who is told, and as of which day, stands in the policy: without it nobody is.
    """
    if flow_run.parent_task_run_id is not None:
        return
    try:
        _ = resources().policy
    except InvalidPolicy as error:
        _log.error("nobody is told of run %s: %s", flow_run.id, error)
        return
    try:
        queue_failure_mail(_failed(flow, flow_run, state))
    except Exception:
        _log.exception("the mail about run %s could not be queued", flow_run.id)


def _failed(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> FailedFlow:
    given = flow_run.parameters.get("business_date")
    started_at = flow_run.start_time or flow_run.expected_start_time
    scheduled_at = plain_moment(flow_run.expected_start_time)
    return FailedFlow(
        name=short_name(flow.name),
        run_key=f"{flow_run.id}:{flow_run.run_count}",
        on=date.fromisoformat(str(given)) if given else business_day(scheduled_at),
        started_at=plain_moment(started_at),
        message=state.message or state.name or "",
        run_url=runtime.flow_run.ui_url or "",
    )
