"""The rules on users (R92): who may be added, changed, disabled, and that a firm always has an owner.

Everything here runs inside a unit of work. ``by`` is the user who asks; ``None`` is the command line or the product itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from core.db import AUDITED, check_version, session
from core.errors import InvalidInputError, NotFoundError
from core.foundation.accounts.devices import revoke_sessions
from core.foundation.accounts.errors import LastOwnerError
from core.foundation.accounts.identity import CurrentUser
from core.foundation.accounts.links import void_links
from core.foundation.accounts.models import EMAIL_LENGTH, NAME_LENGTH, Role, User, UserLocation, UserRole
from core.foundation.accounts.presets import OWNER
from core.foundation.accounts.reach import (
    check_may_grant,
    check_may_manage,
    check_may_place,
    check_not_oneself,
)
from core.foundation.tenants.services import LANGUAGES
from core.foundation.ui.checks import Checks
from core.foundation.ui.parsing import check_length, clean_text, one_blank, parse_email
from core.types import now

THEMES: Final = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class UserFacts:
    """What is said of a user: on making one, and on every change."""

    email: str
    name: str
    #: Keys of the roles.
    roles: Collection[str]
    #: Empty means all locations.
    location_ids: frozenset[int] = frozenset()
    own_tickets_only: bool = False


def create_user(
    facts: UserFacts,
    *,
    password_hash: str | None = None,
    language: str | None = None,
    by: CurrentUser | None = None,
) -> User:
    """Add a user; without ``password_hash`` they are invited and cannot log in until they have set one.

    :param password_hash: From ``passwords.hash_password()``, made before the unit of work.
    :raises InvalidInputError: a field is wrong, or the e-mail address is taken.
    :raises BeyondReachError: more is handed out than ``by`` has.
    """
    facts = _cleaned(facts, user_id=None)
    roles = _roles(facts.roles)
    check_may_grant(roles, by)
    check_may_place(facts.location_ids, by, own_tickets_only=facts.own_tickets_only, before=None)
    user = User(
        email=facts.email,
        name=facts.name,
        password_hash=password_hash,
        language=language if language in LANGUAGES else None,
        own_tickets_only=facts.own_tickets_only,
        roles=roles,
        locations=[UserLocation(location_id=number) for number in sorted(facts.location_ids)],
    )
    session().add(user)
    session().flush()
    return user


def change_user(
    user: User, facts: UserFacts, *, version: int | None = None, by: CurrentUser | None = None
) -> None:
    """Change a user; what their roles permit holds from their next request on.

    :param version: The version that the form showed.
    :raises InvalidInputError: a field is wrong, or the e-mail address is taken.
    :raises ConflictError: somebody else changed the user since ``version``.
    :raises BeyondReachError: the user, or what is handed out, is above ``by``.
    :raises LastOwnerError: the firm would have no owner.
    """
    check_version(user.version, version)
    facts = _cleaned(facts, user_id=user.id)
    roles = _roles(facts.roles)
    check_may_manage(user, by)
    check_not_oneself(
        user, by, roles=roles, location_ids=facts.location_ids, own_tickets_only=facts.own_tickets_only
    )
    check_may_grant([role for role in roles if role not in user.roles], by)
    check_may_place(facts.location_ids, by, own_tickets_only=facts.own_tickets_only, before=user)
    if user.is_owner and not any(role.key == OWNER for role in roles):
        _require_other_owner(user)
    user.email, user.name, user.own_tickets_only = facts.email, facts.name, facts.own_tickets_only
    if user.location_ids != facts.location_ids or {role.id for role in user.roles} != {
        role.id for role in roles
    }:
        # Roles and locations are other tables: touch the row, so that its version tells of them too.
        user.updated_at = now()
    user.roles = roles
    user.locations = [
        *(row for row in user.locations if row.location_id in facts.location_ids),
        *(UserLocation(location_id=number) for number in sorted(facts.location_ids - user.location_ids)),
    ]
    session().flush()


def set_roles(user: User, roles: Collection[str], *, by: CurrentUser | None = None) -> None:
    """Give ``user`` the roles with these keys in place of the present ones.

    :raises InvalidInputError: there is no such role, or none is named.
    :raises LastOwnerError: the firm would have no owner.
    """
    change_user(
        user, UserFacts(user.email, user.name, roles, user.location_ids, user.own_tickets_only), by=by
    )


def disable_user(user: User, *, by: CurrentUser | None = None) -> None:
    """Shut ``user`` out from the next request on; what they did stays under their name.

    :raises LastOwnerError: the firm would have no owner.
    """
    check_may_manage(user, by)
    if not user.is_active:
        return
    if user.is_owner:
        _require_other_owner(user)
    user.is_active = False
    void_links(user)
    revoke_sessions(user.id)


def enable_user(user: User, *, by: CurrentUser | None = None) -> None:
    """Let a disabled user in again; ended logins stay ended."""
    check_may_manage(user, by)
    if user.is_active:
        return
    user.is_active = True
    session().flush()


def keep_rehash(user_id: int, *, old: str, new: str) -> None:
    """Replace a hash by one of the same password with today's parameters; nothing that a person would call a change."""
    session().execute(
        update(User).where(User.id == user_id, User.password_hash == old).values(password_hash=new),
        execution_options={AUDITED: True},
    )


def change_profile(user: User, *, name: str, version: int | None = None) -> None:
    """Change one's own name.

    :raises InvalidInputError: it is empty or too long.
    :raises ConflictError: somebody else changed the user since ``version``.
    """
    check_version(user.version, version)
    checks = Checks()
    cleaned = checks.text("name", one_blank(name), NAME_LENGTH, required=True)
    checks.finish(_("Check the marked fields."))
    user.name = cleaned
    session().flush()


def change_preferences(user_id: int, **choices: Any) -> None:  # noqa: ANN401 - one type for each choice
    """Change how the product looks to a user: ``language``, ``theme``, ``nav_narrow``, ``single_key_shortcuts``.

    No version, no audit: it is nobody else's business, and must not disturb who edits this user at the moment.

    :raises InvalidInputError: a value is none of those offered.
    """
    if choices.get("language") not in {None, *LANGUAGES} or choices.get("theme", "auto") not in THEMES:
        raise InvalidInputError(_("Choose one of the list."))
    if choices:
        session().execute(
            update(User).where(User.id == user_id).values(**choices), execution_options={AUDITED: True}
        )


def get_user(user_id: int) -> User:
    """Return the user ``user_id``.

    :raises NotFoundError: there is none.
    """
    found = session().get(User, user_id)
    if found is None:
        raise NotFoundError(_("There is no such user."))
    return found


def get_user_by_email(email: str) -> User:
    """Return the user with this e-mail address.

    :raises NotFoundError: there is none.
    """
    address = clean_email(email)
    found = session().scalars(select(User).where(User.email == address)).first() if address else None
    if found is None:
        raise NotFoundError(_("There is no user with the e-mail address %(email)s.", email=email))
    return found


def list_users() -> list[User]:
    """Return all users: those who work here first, by name."""
    return list(
        session().scalars(select(User).order_by(User.is_active.desc(), func.lower(User.name), User.id))
    )


def clean_email(email: str) -> str | None:
    """Return ``email`` as it is kept and compared, ``None`` where it can be nobody's."""
    try:
        return _read_email(email)
    except ValueError:
        return None


def _read_email(email: str) -> str:
    return check_length(parse_email(clean_text(email)).lower(), EMAIL_LENGTH)


def _cleaned(facts: UserFacts, *, user_id: int | None) -> UserFacts:
    checks = Checks()
    name = checks.text("name", one_blank(facts.name), NAME_LENGTH, required=True)
    email = checks.read("email", lambda: _read_email(facts.email), "")
    if session().scalars(select(User.id).where(User.email == email, User.id != (user_id or 0))).first():
        checks.refuse("email", _("Another user has this e-mail address."))
    if not facts.roles:
        checks.refuse("roles", _("Choose at least one role."))
    checks.finish(_("Check the marked fields."))
    return replace(facts, email=email, name=name)


def _roles(keys: Iterable[str]) -> list[Role]:
    wanted = set(keys)
    # A firm has a handful of roles; what was sent does not reach the database.
    found = [role for role in session().scalars(select(Role).order_by(Role.id)) if role.key in wanted]
    unknown = wanted - {role.key for role in found}
    if unknown:
        message = _("There is no role %(role)s.", role=", ".join(sorted(unknown)))
        raise InvalidInputError(message, field="roles")
    return found


def _require_other_owner(user: User) -> None:
    """Refuse unless somebody else is an owner who can log in; two who ask at once come one after the other."""
    session().execute(select(Role.id).where(Role.key == OWNER).with_for_update())
    others = (
        select(func.count())
        .select_from(UserRole)
        .join(Role, Role.id == UserRole.role_id)
        .join(User, User.id == UserRole.user_id)
        .where(Role.key == OWNER, User.is_active, User.password_hash.is_not(None), User.id != user.id)
    )
    if not session().scalars(others).one():
        raise LastOwnerError(
            _("%(name)s is the last owner who can log in. Make somebody else an owner first.", name=user.name)
        )
