"""People: users, roles and permissions, login sessions, invitations, and the slowing of guesses."""

from core.foundation.accounts.identity import (
    Actor,
    CurrentUser,
    acting_as,
    current_actor,
    current_user,
    find_user,
)

__all__ = ["Actor", "CurrentUser", "acting_as", "current_actor", "current_user", "find_user"]
