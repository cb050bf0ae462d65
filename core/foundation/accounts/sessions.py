"""The login of a request: the cookie, the user behind it by one statement, and the stamp of the last use.

The cookie holds 256 random bits, the database their hash. User, roles, locations and flags are read for every request, so that a
revoked login, a disabled user and a changed role hold on the very next one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any, Final

import flask
import structlog
from sqlalchemy import Row, String, Text, bindparam, cast, func, select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from core.db import end_reading, session
from core.errors import WorkmanagerError
from core.foundation.accounts.devices import IDLE, KEPT, start_session, use_key
from core.foundation.accounts.identity import CurrentUser
from core.foundation.accounts.models import LoginSession, Role, User, UserLocation, UserRole
from core.foundation.accounts.permissions import RoleGrant, effective_permissions
from core.foundation.accounts.tokens import hash_token
from core.foundation.limits.services import STAMP_EVERY, limits
from core.foundation.tenants.context import current_tenant
from core.types import UtcDateTime, now

#: Longer cookies were never ours.
LONGEST_TOKEN: Final = 100
#: Login sessions whose last use one process keeps in mind.
REMEMBERED: Final = 20_000

log = structlog.get_logger(__name__)

_ROLES = (
    select(
        func.aggregate_strings(Role.key + "\t" + func.coalesce(cast(Role.permissions, Text), "null"), "\n")
    )
    .select_from(UserRole)
    .join(Role, Role.id == UserRole.role_id)
    .where(UserRole.user_id == User.id)
    .correlate(User)
    .scalar_subquery()
)
_LOCATIONS = (
    select(func.aggregate_strings(cast(UserLocation.location_id, String), ","))
    .where(UserLocation.user_id == User.id)
    .correlate(User)
    .scalar_subquery()
)
#: Everything about the user of a request, in one statement.
_STATEMENT = (
    select(
        LoginSession.id.label("session_id"),
        LoginSession.created_at.label("logged_in_at"),
        LoginSession.is_kept,
        User.id,
        User.email,
        User.name,
        User.language,
        User.theme,
        User.nav_narrow,
        User.single_key_shortcuts,
        User.own_tickets_only,
        _ROLES.label("roles"),
        _LOCATIONS.label("locations"),
    )
    .join(User, User.id == LoginSession.user_id)
    .where(
        LoginSession.token_hash == bindparam("token_hash"),
        LoginSession.revoked_at.is_(None),
        LoginSession.expires_at > bindparam("now", type_=UtcDateTime),
        User.is_active,
    )
)


#: What others read along with the user of every request; see ``ride_along``.
_RIDERS: Final[dict[str, Any]] = {}


def ride_along(name: str, subquery: Any) -> None:  # noqa: ANN401 - a scalar subquery
    """Read ``subquery`` along with the user of every request; ``ridden(name)`` is what it said.

    For a stamp by which a process knows whether what it keeps still holds: a value and no rows, found in next to no time.
    """
    _RIDERS[name] = subquery
    _statement.cache_clear()


def ridden(name: str) -> Any:  # noqa: ANN401 - whatever the subquery says
    """Return what the subquery ``name`` said when the request began, ``None`` where nobody is logged in or it holds no more."""
    return flask.g.get("_ridden", {}).get(name) if flask.has_app_context() else None


def forget_ridden(name: str) -> None:
    """Say that what the subquery ``name`` said no longer holds in this request."""
    flask.g.get("_ridden", {}).pop(name, None)


@cache
def _statement() -> Any:  # noqa: ANN401 - a statement of mixed columns
    return _STATEMENT.add_columns(*(one.label(f"rides_{name}") for name, one in _RIDERS.items()))


def authenticate() -> None:
    """Set ``g.user`` to the user of the request's login, ``None`` where there is none in force."""
    token = request_token()
    flask.g.user = None if token is None else _load(hash_token(token))


def request_token() -> str | None:
    """Return what the login cookie of this tenant holds, ``None`` where it cannot be a token."""
    token = flask.request.cookies.get(current_tenant().cookie)
    return token if token and len(token) <= LONGEST_TOKEN else None


def set_login_cookie(response: Response, token: str, *, keep: bool) -> None:
    """Give the browser the login; unless it is kept, it ends with the browser."""
    tenant = current_tenant()
    response.set_cookie(
        tenant.cookie,
        token,
        max_age=KEPT if keep else None,
        path=f"{tenant.root}/",
        secure=tenant.is_secure,
        httponly=True,
        samesite="Lax",
    )


def drop_login_cookie(response: Response) -> None:
    """Take the login away from the browser."""
    tenant = current_tenant()
    response.delete_cookie(
        tenant.cookie,
        path=f"{tenant.root}/",
        secure=tenant.is_secure,
        httponly=True,
        samesite="Lax",
    )


def note_use(error: BaseException | None = None) -> None:
    """Stamp the last use of the request's login, at most once a minute, after everything else of the request.

    The read-only transaction is ended first: a stamp never waits inside a snapshot. A stamp that fails is logged and no more.
    """
    del error
    key = flask.g.get("_used_login")
    if key is None or time.time() - _uses().get(key, 0) < STAMP_EVERY:
        return
    try:
        end_reading()
        limits().stamp(key)
    except (WorkmanagerError, SQLAlchemyError):
        log.warning("last use not stamped", exc_info=True)
        return
    _remember(key)


def _load(token_hash: str) -> CurrentUser | None:
    row = session().execute(_statement(), {"token_hash": token_hash, "now": now()}).first()
    if row is None:
        return None
    key = use_key(token_hash)
    if not row.is_kept and _is_idle(key, row.logged_in_at):
        return None
    flask.g._ridden = {name: getattr(row, f"rides_{name}") for name in _RIDERS}  # noqa: SLF001 - flask.g is a namespace
    flask.g._used_login = key  # noqa: SLF001 - flask.g is a namespace
    return _snapshot(row)


def _snapshot(row: Row[*tuple[Any, ...]]) -> CurrentUser:
    grants = tuple(_grants(row.roles))
    return CurrentUser(
        id=row.id,
        email=row.email,
        name=row.name,
        language=row.language,
        theme=row.theme,
        nav_narrow=row.nav_narrow,
        shortcuts=row.single_key_shortcuts,
        roles=frozenset(key for key, _own in grants),
        permissions=effective_permissions(grants, current_tenant().states),
        location_ids=frozenset(int(number) for number in (row.locations or "").split(",") if number),
        own_tickets_only=row.own_tickets_only,
        session_id=row.session_id,
    )


def _grants(roles: str | None) -> Iterator[RoleGrant]:
    """Read the roles as the statement joins them: key, tab, permissions in JSON, one role a line."""
    for line in (roles or "").split("\n"):
        key, tab, text = line.partition("\t")
        if tab:
            own = json.loads(text)
            yield key, None if own is None else frozenset(own)


def _is_idle(key: str, logged_in_at: datetime) -> bool:
    """Tell whether a login was last used too long ago; what other processes stamped counts too."""
    earliest = now() - IDLE
    if logged_in_at > earliest or _uses().get(key, 0) > earliest.timestamp():
        return False
    return limits().stamps([key]).get(key, 0) <= earliest.timestamp()


def _uses() -> dict[str, float]:
    """Return when this process last stamped each login; spares a look into the store on most requests."""
    uses: dict[str, float] = flask.current_app.extensions.setdefault("wm_uses", {})
    return uses


def _remember(key: str) -> None:
    uses = _uses()
    if len(uses) >= REMEMBERED:
        uses.clear()
    uses[key] = time.time()


__all__ = [
    "authenticate",
    "drop_login_cookie",
    "note_use",
    "request_token",
    "set_login_cookie",
    "start_session",
]
