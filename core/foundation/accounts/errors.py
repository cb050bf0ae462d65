"""What the rules on people refuse."""

from __future__ import annotations

from core.errors import DomainError, NotAllowedError, NotFoundError


class LastOwnerError(DomainError):
    """The firm would be left without an owner who can log in."""


class OwnerRoleError(DomainError):
    """The role of the owner has every permission and stays as it is."""


class RoleInUseError(DomainError):
    """Users have the role, or it is one of the presets: it cannot be deleted."""


class BeyondReachError(NotAllowedError):
    """Nobody hands out, or takes over, more than they have themselves."""


class LinkError(NotFoundError):
    """The link is used, expired, or was never made: all three get the same answer."""
