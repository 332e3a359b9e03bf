"""Which bank files wait in the inbox, and where do they go when they are booked?"""

from tasks.step import Outcome, RunRef


def take_bank_inbox(run: RunRef) -> Outcome:
    return Outcome()
