"""What does this process work with: settings, database, policy, clock?"""

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError

from adv_domain.policies import Policy, load_policy
from adv_domain.policy_file import WHOLE_FILE, InvalidPolicy, PolicyMistake
from adv_domain.rules.business_day import business_date
from adv_domain.settings import (
    DATABASE_REMEDY,
    Settings,
    SettingWrong,
    read_settings,
)
from adv_domain.store.engine import open_engine


@dataclass(frozen=True, slots=True)
class Resources:
    """The settings, the open database and, once it is asked for, the policy."""

    settings: Settings
    engine: Engine

    @property
    def policy(self) -> Policy:
        """Return the policy, read anew when its file changes; raises InvalidPolicy."""
        return _policy(self.settings)


def resources() -> Resources:
    """Return this process's resources, opened once per setting; raises SettingWrong."""
    settings = read_settings(os.environ)
    return Resources(
        settings=settings,
        engine=_engine(settings.database_url, os.getpid()),
    )


def now() -> datetime:
    """Read the clock: the only place of tasks that does."""
    return datetime.now(UTC)


def business_day(moment: datetime) -> date:
    """Return the business day of the moment by the company's zone and cut-off."""
    known = resources()
    return business_date(
        scheduled_at=moment,
        time_zone=known.settings.time_zone,
        cut_off_hour=known.policy.close.cut_off_hour,
    )


def newest_day(on: date) -> date:
    """Return the last day whose news can be in the inbox: today, if an old day closes.

    A close of last Tuesday meets the files of this morning; they are no slips.
    """
    return max(on, business_day(now()))


@lru_cache(maxsize=8)
def _engine(url: str, _process: int) -> Engine:
    """Open the database once per process; a forked child opens its own."""
    try:
        return open_engine(url)
    except (ArgumentError, ValueError) as error:
        kind = url.partition("://")[0]
        raise SettingWrong(
            name="DATABASE_URL", value=f"{kind}://…", remedy=DATABASE_REMEDY
        ) from error


def _policy(settings: Settings) -> Policy:
    path = settings.policy_file
    if path is None:
        return _read_policy(None, 0)
    return _read_policy(str(path), path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read_policy(path: str | None, _changed: int) -> Policy:
    try:
        return load_policy(Path(path) if path else None)
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        mistake = PolicyMistake(key=WHOLE_FILE, message=reason)
        raise InvalidPolicy((mistake,), path=Path(str(path))) from error
