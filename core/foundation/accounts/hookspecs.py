"""Hooks of people: what may be permitted, where they may be restricted to, and what happens to their accounts."""

from __future__ import annotations

from collections.abc import Sequence

from core.foundation.accounts.identity import AccountEvent, LocationChoice
from core.plugin import Permission, hookspec


@hookspec
def permissions() -> Sequence[Permission]:
    """Return the permissions of an area of the core; plugins declare theirs in the manifest.

    Called once for each set of plugins that shows, outside any transaction; the answer is kept.
    """
    return ()


@hookspec
def user_locations() -> Sequence[LocationChoice]:
    """Return the locations that a user may be restricted to, in the order in which people expect them.

    Called once for each form of a user, in its read-only transaction.
    """
    return ()


@hookspec
def account_changed(event: AccountEvent) -> None:
    """React to what happens to an account and no change of a row tells: a login, a link that was made.

    Called inside the transaction; the audit trail listens here, and hears of changed rows by itself.

    :param event: What happened; the one who did it is the current actor.
    """
