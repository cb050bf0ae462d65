"""Tell who listens what happened to an account and no change of a row says."""

from __future__ import annotations

from core.foundation.accounts.identity import AccountEvent
from core.foundation.accounts.models import User
from core.foundation.tenants.context import hooks


def tell(action: str, user: User) -> None:
    """Call the hook ``account_changed``, inside the unit of work."""
    hooks().account_changed(event=AccountEvent(action, "user", user.id, user.name))
