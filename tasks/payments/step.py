"""The payment-monitoring step: which money came in, and what does it settle?"""

from tasks.payments.bank_inbox import take_bank_inbox
from tasks.payments.matching import match_waiting_money
from tasks.payments.promises import decide_promises
from tasks.step import Call, Outcome, RunRef, StepFlow, step


@step(name="watch payments", retries=3, run_name="payments {run.on}")
def watch_payments(run: RunRef) -> Outcome:
    """Take the bank files of the inbox, match all money that waits, judge promises.

    Unit of retry: a bank file, then a batch of payments; keys: the bank entry's
    key, and the state of the payment.
    """
    return take_bank_inbox(run) + match_waiting_money(run) + decide_promises(run)


PAYMENTS = StepFlow(
    name="payments", plan=lambda run: [Call(watch_payments, {"run": run})]
)
