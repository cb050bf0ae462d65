"""Login sessions as rows: begun at a login, listed as devices, revoked; what is revoked is dead on the next request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from core.db import AUDITED, session
from core.foundation.accounts.events import tell
from core.foundation.accounts.identity import acting_as
from core.foundation.accounts.models import LoginSession, User
from core.foundation.accounts.tokens import hash_token, new_token
from core.foundation.limits.services import limits
from core.foundation.tenants.context import current_tenant
from core.types import now

#: How long a login holds at most, and how long it holds where the user said to keep it on this device.
HOLDS: Final = timedelta(days=14)
KEPT: Final = timedelta(days=30)
#: A login that is not kept ends after so long without a request.
IDLE: Final = timedelta(hours=12)
#: How long ended sessions stay, for questions about who was logged in from where.
REMEMBERED: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Device:
    """A login session in force, as its user sees it."""

    id: int
    #: ``Firefox · Windows``, or nothing where the browser does not say.
    name: str
    address: str
    created_at: datetime
    last_used_at: datetime
    is_current: bool


def start_session(
    user_id: int, *, password_hash: str, keep: bool, user_agent: str = "", address: str = ""
) -> str | None:
    """Begin a login session and return its token, which nothing but the cookie holds.

    The token is new whatever cookie came with the request: nobody can fix a session beforehand.

    :param password_hash: What the password was compared with; ``None`` is returned where the user was disabled or the
        password changed since.
    :param keep: Keep it on this device: 30 days, also when idle.
    """
    user = session().get(User, user_id)
    if user is None or not user.is_active or user.password_hash != password_hash:
        return None
    _forget_old(user_id)
    token = new_token()
    session().add(
        LoginSession(
            user_id=user_id,
            token_hash=hash_token(token),
            expires_at=now() + (KEPT if keep else HOLDS),
            is_kept=keep,
            user_agent=_printable(user_agent)[:200],
            address=_printable(address)[:45],
        )
    )
    session().flush()
    with acting_as(user.name, user_id=user.id):
        tell("logged_in", user)
    return token


def end_session(token: str) -> None:
    """Revoke the login session of ``token``, if there is one."""
    found = (
        session().scalars(select(LoginSession).where(LoginSession.token_hash == hash_token(token))).first()
    )
    if found is not None and found.revoked_at is None:
        found.revoked_at = now()
        session().flush()


def revoke_sessions(user_id: int, *, keep: int | None = None) -> int:
    """Revoke the login sessions of a user, except ``keep``; return how many."""
    rows = session().scalars(
        select(LoginSession).where(LoginSession.user_id == user_id, LoginSession.revoked_at.is_(None))
    )
    return _revoke([row for row in rows if row.id != keep])


def revoke_device(user_id: int, session_id: int) -> bool:
    """Revoke one login session of a user; ``False`` where this user has none of this id."""
    found = session().get(LoginSession, session_id)
    if found is None or found.user_id != user_id:
        return False
    _revoke([found])
    return True


def list_devices(user_id: int, *, current: int | None = None) -> list[Device]:
    """Return the login sessions of a user that are in force, the last used first."""
    statement = select(LoginSession).where(
        LoginSession.user_id == user_id,
        LoginSession.revoked_at.is_(None),
        LoginSession.expires_at > now(),
    )
    rows = session().scalars(statement).all()
    used = limits().stamps([use_key(row.token_hash) for row in rows]) if rows else {}
    devices = []
    for row in rows:
        stamp = used.get(use_key(row.token_hash))
        last = max(row.created_at, datetime.fromtimestamp(stamp, UTC)) if stamp else row.created_at
        if row.is_kept or last > now() - IDLE or row.id == current:
            name = describe_browser(row.user_agent)
            devices.append(Device(row.id, name, row.address, row.created_at, last, row.id == current))
    return sorted(devices, key=lambda device: (device.is_current, device.last_used_at), reverse=True)


def use_key(token_hash: str) -> str:
    """Return the key under which the last use of a login session is stamped."""
    return f"session:{current_tenant().id}:{token_hash[:40]}"


def describe_browser(user_agent: str) -> str:
    """Return browser and system of a User-Agent header in two words, as far as it names known ones."""
    browsers = (
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("Chrome", "Chrome"),
        ("CriOS", "Chrome"),
        ("Safari", "Safari"),
    )
    systems = (
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    found = [next((name for mark, name in marks if mark in user_agent), "") for marks in (browsers, systems)]
    return " · ".join(filter(None, found))


def _revoke(rows: list[LoginSession]) -> int:
    alive = [row for row in rows if row.revoked_at is None]
    for row in alive:
        row.revoked_at = now()
    session().flush()
    return len(alive)


def _forget_old(user_id: int) -> None:
    """Remove sessions of the user that ended long ago; the audit trail keeps the logins."""
    session().execute(
        delete(LoginSession).where(
            LoginSession.user_id == user_id, LoginSession.expires_at < now() - REMEMBERED
        ),
        execution_options={AUDITED: True},
    )


def _printable(text: str) -> str:
    """Return ``text`` without what PostgreSQL or a page could not keep."""
    return "".join(letter for letter in text if letter.isprintable())
