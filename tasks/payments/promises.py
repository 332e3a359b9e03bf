"""How do promises to pay end: kept, partly kept or broken?"""

from collections import Counter

from adv_domain.rules.money import plain_amount
from adv_domain.rules.payments.promises import promise_state
from adv_domain.store.engine import writing
from adv_domain.store.leases import keep_lease
from adv_domain.store.payments.promises import (
    OpenPromise,
    open_promises,
    write_promise_ends,
)
from adv_domain.store.runs import Happening, record_events
from tasks.resources import now, resources
from tasks.step import Outcome, RunRef


def decide_promises(run: RunRef) -> Outcome:
    """Decide on the open promises whose money came or whose day has passed.

    One transaction of a constant number of statements: promises are made one by
    one on the phone, so that few stand open. Key: the promise's state.
    """
    known = resources()
    grace_days = known.policy.payments.promise_grace_days
    with writing(known.engine) as connection:
        keep_lease(connection, run.lease, now=now())
        ends = [
            (one, state)
            for one in open_promises(connection, on=run.on, grace_days=grace_days)
            if (state := promise_state(one.facts, on=run.on, grace_days=grace_days))
        ]
        write_promise_ends(
            connection, [(one.promise_id, str(state)) for one, state in ends], on=run.on
        )
        happenings = [
            Happening(
                entity="invoice",
                entity_id=one.invoice_id,
                what=f"promise {state}",
                actor=run.actor,
                reason=_what_came(one),
            )
            for one, state in ends
        ]
        record_events(
            connection, happenings, business_date=run.on, now=now(), run_id=run.run_id
        )
    done = Counter(f"promises {state}" for _, state in ends)
    return Outcome(done=dict(done))


def _what_came(one: OpenPromise) -> str:
    promised = plain_amount(one.facts.amount, one.currency)
    came = plain_amount(one.facts.paid, one.currency)
    return f"{promised} was promised for {one.facts.promised_on}, {came} came"
