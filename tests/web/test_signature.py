"""A receiver knows by the signature that a message is ours: standardwebhooks.com."""

import base64
import hashlib
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from adv_domain.web.signature import SecretUnusable, signed_headers

AT = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
BODY = '{"order":"Müller"}'.encode()


def _by_hand(key, content):
    """HMAC-SHA256 as RFC 2104 writes it, without the library that signed."""
    padded = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(one ^ 0x36 for one in padded) + content).digest()
    outer = bytes(one ^ 0x5C for one in padded)
    return hashlib.sha256(outer + inner).digest()


def _headers(secrets):
    return signed_headers(secrets=secrets, message_id="S1/1", at=AT, body=BODY)


def test_the_signature_is_over_id_moment_and_body():
    headers = _headers("s3cret")
    assert headers["webhook-id"] == "S1/1"
    assert headers["webhook-timestamp"] == "1767605400"
    content = b"S1/1.1767605400." + BODY
    version, _, value = headers["webhook-signature"].partition(",")
    assert version == "v1"
    assert base64.b64decode(value) == _by_hand(b"s3cret", content)
    check = HMAC(b"s3cret", hashes.SHA256())
    check.update(content)
    check.verify(base64.b64decode(value))


def test_two_secrets_sign_while_one_replaces_the_other():
    both = _headers("old new")["webhook-signature"].split()
    assert both == [
        _headers("old")["webhook-signature"],
        _headers("new")["webhook-signature"],
    ]


def test_a_secret_may_come_encoded():
    encoded = "whsec_" + base64.b64encode(b"s3cret").decode()
    assert _headers(encoded) == _headers("s3cret")


def test_a_secret_that_is_not_what_it_says_is_refused():
    with pytest.raises(SecretUnusable):
        _headers("whsec_äöü")
