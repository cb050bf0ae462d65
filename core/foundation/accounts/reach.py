"""Nobody hands out, or takes over, more than they have: what one user may do to the account of another.

Without this, whoever may edit users could make themselves an owner, or set the owner's password.
Functions take ``by``, the acting user; ``None`` is the command line, which may do all.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from core.foundation.accounts.errors import BeyondReachError
from core.foundation.accounts.identity import CurrentUser
from core.foundation.accounts.models import Role, User
from core.foundation.accounts.permissions import RoleGrant, effective_permissions
from core.foundation.accounts.presets import OWNER
from core.foundation.tenants.context import current_tenant


def grant_of(role: Role) -> RoleGrant:
    """Return ``role`` as it counts for permissions."""
    return role.key, None if role.permissions is None else frozenset(role.permissions)


def permissions_of(roles: Iterable[Role]) -> frozenset[str]:
    """Return what somebody with ``roles`` may do, as the tenant of the context stands."""
    return effective_permissions((grant_of(role) for role in roles), current_tenant().states)


def check_may_manage(user: User, by: CurrentUser | None) -> None:
    """Refuse to change the account of somebody who may do or see more: a link to set its password would open it.

    :raises BeyondReachError: ``user`` is an owner, has permissions that ``by`` lacks, or is less restricted.
    """
    if by is None or by.is_owner or by.id == user.id:
        return
    if user.is_owner:
        raise BeyondReachError(_("Only an owner may do this to the account of an owner."))
    if permissions_of(user.roles) - by.permissions:
        raise BeyondReachError(
            _("%(name)s may do things that you may not. Ask an owner to do this.", name=user.name)
        )
    if _is_wider(user.location_ids, by) or (by.own_tickets_only and not user.own_tickets_only):
        raise BeyondReachError(_("%(name)s sees more than you do. Ask an owner to do this.", name=user.name))


def check_may_grant(roles: Iterable[Role], by: CurrentUser | None) -> None:
    """Refuse to hand out roles that permit more than ``by`` has.

    :raises BeyondReachError: names the first such role.
    """
    if by is None or by.is_owner:
        return
    for role in roles:
        if role.key == OWNER or permissions_of([role]) - by.permissions:
            raise BeyondReachError(
                _("You cannot give the role %(role)s: it permits more than yours.", role=role.title)
            )


def check_may_permit(permissions: frozenset[str], by: CurrentUser | None) -> None:
    """Refuse to put ``permissions`` into a role that ``by`` does not have.

    :raises BeyondReachError: some are missing.
    """
    if by is not None and not by.is_owner and permissions - by.permissions:
        raise BeyondReachError(_("You can only permit what you may do yourself. Ask an owner."))


def check_may_place(
    location_ids: frozenset[int], by: CurrentUser | None, *, own_tickets_only: bool, before: User | None
) -> None:
    """Refuse to let somebody see more locations or tickets than ``by`` sees.

    :param before: The user as they are; what does not change is not asked about.
    :raises BeyondReachError: it would be more.
    """
    if by is None or by.is_owner:
        return
    moved = before is None or before.location_ids != location_ids
    if moved and _is_wider(location_ids, by):
        raise BeyondReachError(_("You can only let people work at your own locations."))
    freed = not own_tickets_only and (before is None or before.own_tickets_only)
    if freed and by.own_tickets_only:
        raise BeyondReachError(_("You see only your own tickets and cannot let others see more."))


def check_not_oneself(
    user: User,
    by: CurrentUser | None,
    *,
    roles: Iterable[Role],
    location_ids: frozenset[int],
    own_tickets_only: bool,
) -> None:
    """Refuse to change one's own rights; only an owner may.

    :raises BeyondReachError: roles, locations or the restriction to own tickets would change.
    """
    if by is None or by.is_owner or by.id != user.id:
        return
    if ({role.id for role in roles}, location_ids, own_tickets_only) != (
        {role.id for role in user.roles},
        user.location_ids,
        user.own_tickets_only,
    ):
        raise BeyondReachError(_("You cannot change your own rights. Ask an owner."))


def _is_wider(location_ids: frozenset[int], by: CurrentUser) -> bool:
    """Tell whether a restriction to ``location_ids`` lets more be seen than that of ``by``."""
    return bool(by.location_ids) and (not location_ids or not location_ids <= by.location_ids)
