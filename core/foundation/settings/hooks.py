"""What settings and locations add to other areas."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _, lazy_gettext as _l

from core.foundation.accounts.identity import LocationChoice
from core.foundation.settings.firm import FIRM
from core.foundation.settings.legal import CORE_VALUES, LegalValue
from core.foundation.settings.locations import create_location, list_locations, suggest_code
from core.foundation.settings.naming import RECORDS
from core.foundation.settings.services import save_group
from core.foundation.settings.values import SettingsGroup
from core.foundation.tenants.context import Tenant
from core.foundation.ui.records import RecordNames
from core.foundation.ui.values import NavItem, SettingsPage
from core.plugin import Permission, hookimpl

MANAGER = frozenset({"manager"})
ACCOUNTING = frozenset({"manager", "accountant"})


@hookimpl
def permissions() -> Sequence[Permission]:
    """Declare who may see and change settings and locations."""
    return (
        Permission("core.settings:view", _l("See settings"), ACCOUNTING),
        Permission("core.settings:edit", _l("Change settings"), MANAGER),
        Permission("core.location:view", _l("See locations"), MANAGER),
        Permission("core.location:create", _l("Add locations"), MANAGER),
        Permission("core.location:edit", _l("Change locations"), MANAGER),
        Permission("core.legal_value:view", _l("See legal values"), ACCOUNTING),
        # Taxes are counted with them: only the owner adds one, unless the shop says otherwise.
        Permission("core.legal_value:edit", _l("Add legal values")),
    )


@hookimpl
def nav_items() -> Sequence[NavItem]:
    """Put Settings at the foot of the menu."""
    return (NavItem(_l("Settings"), "settings.index", "gear", "core.settings:view", group="foot", order=900),)


@hookimpl
def record_names() -> Sequence[RecordNames]:
    """Name settings, locations and number series."""
    return RECORDS


@hookimpl
def settings_groups() -> Sequence[SettingsGroup]:
    """Declare the settings of the core."""
    return (FIRM,)


@hookimpl
def settings_pages() -> Sequence[SettingsPage]:
    """Lead to the locations, the numbers and what the law fixes."""
    return (
        SettingsPage(
            _l("Locations"),
            _l("Where you take in, repair and hand back."),
            "geo-alt",
            "locations.index",
            "core.location:view",
            order=10,
        ),
        SettingsPage(
            _l("Numbers"),
            _l("How tickets and papers are numbered."),
            "list-task",
            "numbers.index",
            "core.settings:view",
            order=20,
        ),
        SettingsPage(
            _l("Legal values"),
            _l("VAT rates, ceilings and deadlines, by day."),
            "journal-text",
            "legal_values.index",
            "core.legal_value:view",
            order=300,
        ),
    )


@hookimpl
def legal_values() -> Sequence[LegalValue]:
    """Declare what the law fixes for every shop."""
    return CORE_VALUES


@hookimpl
def tenant_created(tenant: Tenant) -> None:
    """Give a new tenant its firm data and its first location."""
    save_group("firm", {"name": tenant.name, "country": tenant.country})
    create_location(code=suggest_code(tenant.name), name=_("Main location"))


@hookimpl
def user_locations() -> Sequence[LocationChoice]:
    """Offer the locations in use where users are restricted to some."""
    return [LocationChoice(location.id, location.name) for location in list_locations(active=True)]
