"""How users and roles are called in the history of changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core.db import session
from core.foundation.accounts.forms import THEME_NAMES
from core.foundation.accounts.models import Role, User
from core.foundation.accounts.permissions import all_permissions
from core.foundation.tenants.context import current_tenant
from core.foundation.tenants.services import LANGUAGE_NAMES
from core.foundation.ui.records import RecordNames, names_in


def role_names(ids: Collection[int]) -> Mapping[int, str]:
    """Return what roles are called, those of the product in the reader's language."""
    return {role.id: str(role.title) for role in session().scalars(select(Role).where(Role.id.in_(ids)))}


def tell_user(label: str, column: str, value: object) -> str | None:
    """Say a user's language and colours in words."""
    del label
    titles: Mapping[str, Any] = {"language": LANGUAGE_NAMES, "theme": dict(THEME_NAMES)}.get(column, {})
    return str(titles[value]) if isinstance(value, str) and value in titles else None


def tell_role(label: str, column: str, value: object) -> str | None:
    """Say permissions in words; those of a plugin that is off by their names."""
    del label
    if column != "permissions" or not isinstance(value, list):
        return None
    titles = {one.name: one.title for one in all_permissions(current_tenant().states)}
    return "; ".join(str(titles.get(name, name)) for name in value)


_USERS: Final = names_in(User.id, User.name)
RECORDS: Final = (
    RecordNames(
        "user",
        _USERS,
        tell=tell_user,
        actions={
            "invited": _l("invited"),
            "logged_in": _l("logged in"),
            "logins_ended": _l("logged out everywhere"),
            "reset_link_made": _l("given a link for a new password"),
        },
    ),
    RecordNames("role", role_names, tell=tell_role),
    # An entry of these bears the id of the user.
    RecordNames("user_role", _USERS),
    RecordNames("user_location", _USERS),
)
