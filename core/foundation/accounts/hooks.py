"""What people add to other areas: permissions, pages of the settings, and the roles of a new tenant."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from core.foundation.accounts.naming import RECORDS
from core.foundation.accounts.roles import add_presets
from core.foundation.tenants.context import Tenant
from core.foundation.ui.records import RecordNames
from core.foundation.ui.values import SettingsPage
from core.plugin import Permission, hookimpl


@hookimpl
def permissions() -> Sequence[Permission]:
    """Declare who may see and change users and roles; what roles permit is the owner's to say."""
    return (
        Permission("core.user:view", _l("See users"), frozenset({"manager"})),
        Permission("core.user:edit", _l("Add, change and disable users"), frozenset({"manager"})),
        Permission("core.role:view", _l("See what roles permit"), frozenset({"manager"})),
        Permission("core.role:edit", _l("Add and change roles"), frozenset()),
    )


@hookimpl
def settings_pages() -> Sequence[SettingsPage]:
    """Lead to users and roles."""
    return (
        SettingsPage(
            _l("Users"), _l("Who works here, and where."), "people", "users.index", "core.user:view", order=20
        ),
        SettingsPage(
            _l("Roles"),
            _l("What each role may see and do."),
            "person-badge",
            "roles.index",
            "core.role:view",
            order=30,
        ),
    )


@hookimpl
def record_names() -> Sequence[RecordNames]:
    """Name users and roles."""
    return RECORDS


@hookimpl
def tenant_created(tenant: Tenant) -> None:
    """Give a new tenant its roles."""
    del tenant
    add_presets()
