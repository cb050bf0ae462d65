"""The cookie by which a browser is known to the accounts that have logged in from it; it logs nobody in."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import flask
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from core.foundation.tenants.context import current_tenant

#: As long as browsers keep a cookie at most.
KEPT: Final = timedelta(days=400)
#: Users that one browser is known to, the last ones.
MOST_USERS: Final = 20


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A browser, and the users who have logged in from it."""

    id: str
    users: tuple[int, ...] = ()

    def known_to(self, user_id: int | None) -> str | None:
        """Return the name under which tries on this device at this account are counted, ``None`` where it is unknown."""
        return f"{self.id}:{user_id}" if user_id is not None and user_id in self.users else None

    def with_user(self, user_id: int) -> KnownDevice:
        """Return the device as it is once ``user_id`` has logged in from it."""
        others = tuple(known for known in self.users if known != user_id)
        return KnownDevice(self.id, (*others, user_id)[-MOST_USERS:])


def read_device() -> KnownDevice:
    """Return the device of the request; a new one where the cookie is missing, was made for another tenant, or forged."""
    try:
        found: Any = _serializer().loads(flask.request.cookies.get(_name(), ""))
    except BadSignature:
        return KnownDevice(secrets.token_hex(16))
    return KnownDevice(found["id"], tuple(found["users"]))


def remember_device(response: Response, device: KnownDevice) -> None:
    """Let the browser keep ``device``."""
    tenant = current_tenant()
    response.set_cookie(
        _name(),
        _serializer().dumps({"id": device.id, "users": device.users}),
        max_age=KEPT,
        path=f"{tenant.root}/",
        secure=tenant.is_secure,
        httponly=True,
        samesite="Lax",
    )


def _name() -> str:
    return f"wm_device_{current_tenant().id}"


def _serializer() -> URLSafeSerializer:
    """Sign with a salt of the tenant's own: user 7 of one tenant is not user 7 of another."""
    return URLSafeSerializer(
        str(flask.current_app.secret_key),
        salt=f"device-{current_tenant().id}",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )
