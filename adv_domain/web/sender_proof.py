"""Does a message that came over HTTP come from one who knows our secret?

Either the secret itself in Authorization: Bearer, or a signature in the form that
standardwebhooks.com describes: HMAC-SHA256 over id, moment and body. A signature of an
old moment proves nothing: somebody may have kept it.
"""

import base64
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from adv_domain.web.signature import key_of

ID, MOMENT, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE_SECONDS = 300
_BEARER = "bearer "
_VERSION = "v1,"


def keys_of(secrets: str) -> tuple[bytes, ...]:
    """Return the keys of secrets separated by spaces: while one replaces another, each
    is good. Raises SecretUnusable."""
    return tuple(map(key_of, secrets.split()))


def shows_secret(headers: Mapping[str, str], secrets: str) -> bool:
    """Tell whether the message brings one of the secrets itself."""
    given = headers.get("authorization", "")
    if not given.lower().startswith(_BEARER):
        return False
    shown = given[len(_BEARER) :].strip().encode()
    return _is_among(shown, [secret.encode() for secret in secrets.split()])


def claims_signature(headers: Mapping[str, str]) -> bool:
    """Tell whether the message has all that a signature needs."""
    return all(headers.get(name) for name in (ID, MOMENT, SIGNATURE))


def is_signed(
    headers: Mapping[str, str], body: bytes, *, keys: Sequence[bytes], at: datetime
) -> bool:
    """Tell whether one of the signatures is by one of the keys, and not an old one."""
    moment = headers.get(MOMENT, "")
    if not claims_signature(headers) or not _is_recent(moment, at):
        return False
    content = b".".join((headers[ID].encode(), moment.encode(), body))
    wanted = [base64.b64encode(hmac.digest(key, content, sha256)) for key in keys]
    given = (one for one in headers[SIGNATURE].split() if one.startswith(_VERSION))
    found = [_is_among(one.removeprefix(_VERSION).encode(), wanted) for one in given]
    return any(found)


def _is_recent(moment: str, at: datetime) -> bool:
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 12):
        return False
    return abs(int(at.timestamp()) - int(moment)) <= TOLERANCE_SECONDS


def _is_among(given: bytes, known: Sequence[bytes]) -> bool:
    """Compare in a time that tells nothing of where they differ."""
    return any(hmac.compare_digest(given, one) for one in known)
