"""The rules on roles: presets that may be edited and set back, roles of the shop's own, and the owner's, which stays.

Everything here runs inside a unit of work. ``by`` is the user who asks; ``None`` is the command line or the product itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select

from core.db import check_version, session
from core.errors import InvalidInputError, NotFoundError
from core.foundation.accounts.errors import OwnerRoleError, RoleInUseError
from core.foundation.accounts.identity import CurrentUser
from core.foundation.accounts.models import Role, UserRole
from core.foundation.accounts.permissions import all_permissions, preset_permissions
from core.foundation.accounts.presets import OWNER, PRESETS
from core.foundation.accounts.reach import check_may_permit, permissions_of
from core.foundation.tenants.context import current_tenant
from core.foundation.ui.checks import Checks
from core.foundation.ui.parsing import one_blank

NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class RoleSummary:
    """A role in the list of roles."""

    role: Role
    users: int
    permissions: int


def add_presets() -> None:
    """Add the roles that every tenant starts with, where they are missing."""
    present = set(session().scalars(select(Role.key)))
    session().add_all(Role(key=key) for key in PRESETS if key not in present)
    session().flush()


def list_roles() -> list[Role]:
    """Return all roles, presets first."""
    return list(session().scalars(select(Role).order_by(Role.id)))


def summarise_roles() -> list[RoleSummary]:
    """Return all roles with the number of their users, in two statements."""
    rows = session().execute(select(UserRole.role_id, func.count()).group_by(UserRole.role_id))
    users = {row[0]: row[1] for row in rows}
    return [RoleSummary(role, users.get(role.id, 0), len(permissions_of([role]))) for role in list_roles()]


def get_role(role_id: int) -> Role:
    """Return the role ``role_id``.

    :raises NotFoundError: there is none.
    """
    found = session().get(Role, role_id)
    if found is None:
        raise NotFoundError(_("There is no such role."))
    return found


def add_role(name: str, permissions: Collection[str], *, by: CurrentUser | None = None) -> Role:
    """Add a role of the shop's own.

    :raises InvalidInputError: the name is empty, too long or taken, or a permission is unknown.
    :raises BeyondReachError: ``by`` lacks one of ``permissions``.
    """
    name = _clean_name(name, role_id=None)
    wanted = _known(permissions)
    check_may_permit(wanted, by)
    role = Role(key=_new_key(name), name=name, permissions=sorted(wanted))
    session().add(role)
    session().flush()
    return role


def change_role(
    role: Role,
    *,
    name: str,
    permissions: Collection[str],
    version: int | None = None,
    by: CurrentUser | None = None,
) -> None:
    """Change name and permissions of a role; they hold from the next request of its users on.

    What the role lists of plugins that are off stays listed: switching one on again finds it.

    :raises OwnerRoleError: it is the owner's.
    :raises ConflictError: somebody else changed it since ``version``.
    :raises InvalidInputError: the name is empty, too long or taken, or a permission is unknown.
    :raises BeyondReachError: a permission is added that ``by`` lacks.
    """
    check_version(role.version, version)
    _check_not_owner(role)
    wanted = _known(permissions)
    before = permissions_of([role])
    check_may_permit(wanted - before, by)
    cleaned = _clean_name(name, role_id=role.id)
    # A preset that still has its name keeps none, so that it is shown in each reader's language.
    role.name = None if role.is_preset and cleaned == str(PRESETS[role.key]) else cleaned
    if wanted != before:
        role.permissions = sorted(wanted | _hidden(role))
    session().flush()


def restore_preset(role: Role, *, by: CurrentUser | None = None) -> None:
    """Set an edited preset back to what core and plugins declare for it.

    :raises OwnerRoleError: it is the owner's, or no preset.
    :raises BeyondReachError: a permission would be added that ``by`` lacks.
    """
    _check_not_owner(role)
    if not role.is_preset:
        raise OwnerRoleError(_("Only roles that came with the product can be set back."))
    before = permissions_of([role])
    declared = preset_permissions(role.key, current_tenant().states)
    check_may_permit(declared - before, by)
    role.name = role.permissions = None
    session().flush()


def delete_role(role: Role) -> None:
    """Delete a role of the shop's own that nobody has.

    :raises RoleInUseError: users have it, or it is a preset.
    """
    if role.is_preset:
        raise RoleInUseError(_("Roles that came with the product cannot be deleted."))
    users = (
        session().scalars(select(func.count()).select_from(UserRole).where(UserRole.role_id == role.id)).one()
    )
    if users:
        raise RoleInUseError(_("Users have the role %(role)s. Take it from them first.", role=role.title))
    session().delete(role)
    session().flush()


def _known(permissions: Collection[str]) -> frozenset[str]:
    wanted = frozenset(permissions)
    unknown = wanted - {one.name for one in all_permissions(current_tenant().states)}
    if unknown:
        message = _("There is no permission %(name)s.", name=", ".join(sorted(unknown)))
        raise InvalidInputError(message, field="permissions")
    return wanted


def _hidden(role: Role) -> frozenset[str]:
    """Return what the role lists and no plugin that shows declares."""
    declared = {one.name for one in all_permissions(current_tenant().states)}
    return frozenset(role.permissions or ()) - declared


def _clean_name(name: str, *, role_id: int | None) -> str:
    checks = Checks()
    text = checks.text("name", one_blank(name), NAME_LENGTH, required=True)
    others = (role for role in list_roles() if role.id != role_id)
    if any(role.title.casefold() == text.casefold() for role in others):
        checks.refuse("name", _("Another role has this name."))
    checks.finish(_("The role was not saved."))
    return text


def _new_key(name: str) -> str:
    """Return a key for scripts, made of ``name``, that no other role has."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:30] or "role"
    taken = {role.key for role in list_roles()} | set(PRESETS)
    return next(
        key for key in (stem, *(f"{stem}-{number}" for number in range(2, 10_000))) if key not in taken
    )


def _check_not_owner(role: Role) -> None:
    if role.key == OWNER:
        raise OwnerRoleError(_("An owner may do everything; this role stays as it is."))
