"""What the audit trail adds to other areas."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from core.foundation.accounts.identity import AccountEvent
from core.foundation.audit.services import record_change
from core.foundation.ui.values import SettingsPage
from core.plugin import Permission, hookimpl


@hookimpl
def permissions() -> Sequence[Permission]:
    """Declare who may read the trail."""
    return (Permission("core.audit:view", _l("See the history of changes"), frozenset({"manager"})),)


@hookimpl
def settings_pages() -> Sequence[SettingsPage]:
    """Lead to the trail."""
    return (
        SettingsPage(
            _l("History of changes"),
            _l("Who changed what, and when."),
            "clock-history",
            "audit.index",
            "core.audit:view",
            order=900,
        ),
    )


@hookimpl
def account_changed(event: AccountEvent) -> None:
    """Record what happened to a user or a role."""
    record_change(event.kind, event.subject_id, event.action, changes=event.changes, label=event.subject)
