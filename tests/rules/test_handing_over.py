from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.stock.handing_over import (
    Answer,
    Patience,
    Receipt,
    answer_to,
    ending_of,
)

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
NO_WAIT = timedelta(0)
PATIENCE = Patience(4, timedelta(seconds=60), timedelta(hours=24))


def end(receipt, *, tried=1, patience=PATIENCE, wait=NO_WAIT):
    answer = Answer(receipt, "why", wait)
    return ending_of(answer, key="S1/1", tried=tried, at=AT, patience=patience)


@pytest.mark.parametrize(
    ("status", "receipt"),
    [
        (200, Receipt.ACKNOWLEDGED),
        (201, Receipt.ACKNOWLEDGED),
        (202, Receipt.TAKEN),
        (204, Receipt.ACKNOWLEDGED),
        (400, Receipt.REFUSED),
        (408, Receipt.NOT_NOW),
        (409, Receipt.NOT_NOW),
        (422, Receipt.REFUSED),
        (429, Receipt.NOT_NOW),
        (500, Receipt.NOT_NOW),
        (503, Receipt.NOT_NOW),
    ],
)
def test_a_status_says_whether_the_message_arrived(status, receipt):
    assert answer_to(status, detail="", wait=NO_WAIT).receipt is receipt


def test_a_message_that_was_taken_is_to_be_acknowledged_in_time():
    assert end(Receipt.TAKEN).acknowledge_by == AT + timedelta(hours=24)
    assert end(Receipt.ACKNOWLEDGED).state == "acknowledged"
    nobody = Patience(4, timedelta(seconds=60), None)
    assert end(Receipt.TAKEN, patience=nobody).acknowledge_by is None


def test_attempts_come_later_and_later_and_then_wait_for_a_person():
    waits = [end(Receipt.NOT_NOW, tried=tried).next_attempt_at for tried in (1, 2, 3)]
    assert waits == sorted(waits)
    assert AT < waits[0] <= AT + timedelta(seconds=60)
    last = end(Receipt.NOT_NOW, tried=4)
    assert (last.state, last.next_attempt_at) == ("failed", None)
    assert last.error == "given up after 4 attempts: why"


def test_what_is_refused_is_not_tried_again():
    assert end(Receipt.REFUSED).state == "failed"


@given(st.integers(1, 3), st.integers(0, 86_400))
def test_a_receiver_that_asks_for_time_gets_it(tried, seconds):
    wait = timedelta(seconds=seconds)
    ending = end(Receipt.NOT_NOW, tried=tried, wait=wait)
    assert ending.next_attempt_at >= AT + wait


MOODS = {
    "die": (Receipt.NOT_NOW, False),
    "take and die": (Receipt.NOT_NOW, True),
    "later": (Receipt.TAKEN, True),
    "yes": (Receipt.ACKNOWLEDGED, True),
    "no": (Receipt.REFUSED, False),
}


@given(st.lists(st.sampled_from(sorted(MOODS)), min_size=1, max_size=12))
def test_invariant_18_no_message_is_lost_and_none_counts_twice(moods):
    """Whatever a receiver does: what we call taken it has, what it has not is tried
    again or is a person's, and it knows a repetition by the key."""
    has: set[str] = set()
    tried, state = 0, "queued"
    for mood in moods:
        receipt, keeps = MOODS[mood]
        tried += 1
        has |= {"S1/1"} if keeps else set()
        state = end(receipt, tried=tried).state
        if state != "queued":
            break
    assert len(has) <= 1
    assert tried <= PATIENCE.attempts
    if state in ("sent", "acknowledged"):
        assert has
    if state == "queued":
        assert tried == len(moods) < PATIENCE.attempts
