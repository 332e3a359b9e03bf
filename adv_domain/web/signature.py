"""How does a receiver know that a message is ours and whole, and not an old one?

By the form that standardwebhooks.com describes: HMAC-SHA256 over id, moment and body.
"""

import base64
import hmac
from datetime import datetime
from hashlib import sha256

_ENCODED = "whsec_"


class SecretUnusable(ValueError):
    """The secret begins like an encoded one and is none."""

    def __init__(self) -> None:
        super().__init__(f"what follows {_ENCODED} is not base64")


def signed_headers(
    *, secrets: str, message_id: str, at: datetime, body: bytes
) -> dict[str, str]:
    """Return the headers that name and sign a message.

    secrets may hold several, separated by spaces: while a secret is changed, each
    signs, and the receiver needs to know one. Raises SecretUnusable.
    """
    moment = str(int(at.timestamp()))
    content = b".".join((message_id.encode(), moment.encode(), body))
    signatures = (
        base64.b64encode(hmac.digest(key_of(secret), content, sha256)).decode()
        for secret in secrets.split()
    )
    return {
        "webhook-id": message_id,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{one}" for one in signatures),
    }


def key_of(secret: str) -> bytes:
    """Take a secret as it stands, or decoded where it says that it is encoded.

    Raises SecretUnusable.
    """
    if not secret.startswith(_ENCODED):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_ENCODED), validate=True)
    except ValueError as error:
        raise SecretUnusable from error
