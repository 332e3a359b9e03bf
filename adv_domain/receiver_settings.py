"""Who may send stock's news over HTTP, and how much? By ADV_FEEDBACK_ variables."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from adv_domain.settings import SettingWrong
from adv_domain.web.sender_proof import keys_of
from adv_domain.web.signature import SecretUnusable

_LEAST_SECRET = 16
_DEFAULT_BYTES = 8 * 1024 * 1024
_MOST_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReceiverSettings:
    """The secrets that senders know, separated by spaces, and how much one may send."""

    secrets: str = field(repr=False)
    max_bytes: int = _DEFAULT_BYTES


def read_receiver_settings(environment: Mapping[str, str]) -> ReceiverSettings | None:
    """Read the settings, None where nothing is taken over HTTP; raises SettingWrong."""
    secrets = environment.get("ADV_FEEDBACK_SECRET", "").strip()
    if not secrets:
        return None
    if any(len(one) < _LEAST_SECRET for one in secrets.split()):
        remedy = f"use at least {_LEAST_SECRET} characters that nobody can guess"
        raise SettingWrong(name="FEEDBACK_SECRET", value="…", remedy=remedy)
    try:
        keys_of(secrets)
    except SecretUnusable as error:
        raise SettingWrong(
            name="FEEDBACK_SECRET", value="…", remedy=str(error)
        ) from error
    return ReceiverSettings(secrets, _max_bytes(environment))


def _max_bytes(environment: Mapping[str, str]) -> int:
    given = environment.get("ADV_FEEDBACK_MAX_BYTES") or str(_DEFAULT_BYTES)
    if not (given.isascii() and given.isdigit() and 1 <= int(given) <= _MOST_BYTES):
        remedy = f"use a whole number from 1 to {_MOST_BYTES}"
        raise SettingWrong(name="FEEDBACK_MAX_BYTES", value=given[:20], remedy=remedy)
    return int(given)
