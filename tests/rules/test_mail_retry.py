"""A mail put off comes back ever later, at a time that its key decides."""

from datetime import UTC, datetime, timedelta

import pytest

from adv_domain.rules.mail_retry import is_given_up, next_attempt_at

AT = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)


def _wait(*, attempts: int, key: str = "k", first: int = 900) -> timedelta:
    return (
        next_attempt_at(
            key=key,
            attempts=attempts,
            failed_at=AT,
            first_wait=timedelta(seconds=first),
        )
        - AT
    )


@pytest.mark.parametrize(
    ("attempts", "longest"),
    [
        pytest.param(1, timedelta(minutes=15), id="first"),
        pytest.param(2, timedelta(minutes=30), id="doubled"),
        pytest.param(3, timedelta(hours=1), id="doubled again"),
        pytest.param(9, timedelta(hours=6), id="never beyond six hours"),
        pytest.param(400, timedelta(hours=6), id="however often"),
    ],
)
def test_the_wait_doubles_less_at_most_a_quarter(
    attempts: int, longest: timedelta
) -> None:
    assert longest * 3 / 4 <= _wait(attempts=attempts) <= longest


def test_the_same_key_waits_the_same_and_others_spread() -> None:
    assert _wait(attempts=1) == _wait(attempts=1)
    assert len({_wait(attempts=1, key=f"k{number}") for number in range(50)}) > 25


def test_a_first_wait_beyond_six_hours_is_kept() -> None:
    day = 24 * 3600
    assert _wait(attempts=3, first=day) >= timedelta(hours=18)


def test_no_wait_stays_no_wait() -> None:
    assert _wait(attempts=5, first=0) == timedelta(0)


def test_a_mail_is_given_up_after_its_days_and_not_before() -> None:
    days = timedelta(days=5)
    assert is_given_up(queued_at=AT, failed_at=AT + days, days=5)
    almost = AT + days - timedelta(seconds=1)
    assert not is_given_up(queued_at=AT, failed_at=almost, days=5)
