"""Access codes and unlock codes: what a ticket keeps secret, and how.

A code is stored as an HMAC, by which it is found, and encrypted, so that it can be printed again. Both keys come from the installation's
secret key.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from typing import Final

import flask
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask_babel import gettext as _

from core.config import Config
from core.errors import DomainError

#: 32 letters and digits that nobody takes for one another: neither I, O, 0 nor 1.
ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
#: 12 of 32 characters are 60 bits.
CODE_LENGTH: Final = 12
GROUP: Final = 4
_NONCE: Final = 12


def new_access_code() -> str:
    """Return a fresh access code of 60 random bits, without separators."""
    return "".join(secrets.choice(ALPHABET) for _place in range(CODE_LENGTH))


def shown_code(code: str) -> str:
    """Return ``code`` in groups of four, as it is printed: ``K7QM-4XPR-2HDT``."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def read_code(text: str) -> str | None:
    """Return the access code that somebody typed in any spelling, ``None`` where it can be none."""
    code = "".join(letter for letter in text.upper() if letter.isalnum())
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else None


def code_digest(code: str) -> str:
    """Return the HMAC of an access code, in hexadecimal digits: what a ticket is found by."""
    return hmac.new(_key("access-code"), code.encode("ascii"), hashlib.sha256).hexdigest()


def encrypt(text: str, *, purpose: str) -> bytes:
    """Return ``text`` encrypted (AES-256-GCM) for one ``purpose``, which decrypting must name again."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_key("ticket-secret")).encrypt(nonce, text.encode(), purpose.encode())


def decrypt(stored: bytes, *, purpose: str) -> str:
    """Return what was encrypted for ``purpose``.

    :raises DomainError: the installation's secret key has changed since, or the row was tampered with.
    """
    try:
        return (
            AESGCM(_key("ticket-secret")).decrypt(stored[:_NONCE], stored[_NONCE:], purpose.encode()).decode()
        )
    except InvalidTag as error:
        raise DomainError(
            _("This was encrypted with another secret key. Ask whoever runs this installation.")
        ) from error


def _key(use: str) -> bytes:
    """Derive the 32-byte key of one ``use``, so that no key serves two."""
    config: Config = flask.current_app.extensions["wm_config"]
    return hmac.new(config.secret_key.encode(), f"workmanager:{use}".encode(), hashlib.sha256).digest()
