"""Tokens that only their holder knows: 256 random bits outside, their SHA-256 in the database."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """Return a fresh token, safe in addresses and cookies."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Return what the database keeps of ``token``; a fast hash is enough where nothing can be guessed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
