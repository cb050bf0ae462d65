"""What the catalogue adds to the core: permissions, the menu, the search."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from core.catalogue.listings import search_hit, shown_in_search
from core.catalogue.naming import COST, RECORD
from core.catalogue.services import CODES, SEARCH_KIND
from core.foundation.settings.numbering import NumberKind
from core.foundation.ui.records import RecordNames
from core.foundation.ui.values import NavItem, SearchProvider
from core.plugin import Permission, hookimpl

_MANAGER = frozenset({"manager"})
_ACCOUNTS = frozenset({"manager", "accountant"})
_EVERYBODY = frozenset({"manager", "receptionist", "technician", "accountant"})


@hookimpl
def permissions() -> Sequence[Permission]:
    """Let everybody see prices, those who answer for them change them, and few see the costs."""
    return (
        Permission("core.catalogue_item:view", _l("See the catalogue"), roles=_EVERYBODY),
        Permission("core.catalogue_item:create", _l("Add to the catalogue"), roles=_MANAGER),
        Permission("core.catalogue_item:edit", _l("Change the catalogue"), roles=_MANAGER),
        Permission(COST, _l("See what works and parts cost the shop"), roles=_ACCOUNTS),
    )


@hookimpl
def nav_items() -> Sequence[NavItem]:
    """Show the catalogue."""
    return (
        NavItem(_l("Catalogue"), "catalogue.index", "tag", permission="core.catalogue_item:view", order=60),
    )


@hookimpl
def number_kinds() -> Sequence[NumberKind]:
    """Count the items that get no code by hand."""
    return tuple(CODES.values())


@hookimpl
def record_names() -> Sequence[RecordNames]:
    """Name catalogue items, and keep costs in their history from who may not see them."""
    return (RECORD,)


@hookimpl
def search_providers() -> Sequence[SearchProvider]:
    """Find catalogue items by any fragment of their names and codes."""
    return (
        SearchProvider(
            SEARCH_KIND,
            _l("Catalogue"),
            "tag",
            "core.catalogue_item:view",
            shown_in_search,
            search_hit,
            order=40,
        ),
    )
