"""How catalogue items are called in the history of changes, and who reads there what they cost."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import select

from core.catalogue.models import CatalogueItem, item_name
from core.db import session
from core.foundation.accounts import find_user
from core.foundation.audit.plans import HIDDEN
from core.foundation.ui.language import current_locale
from core.foundation.ui.records import RecordNames

#: Who may see what labour and parts cost the shop, here and on tickets.
COST: Final = "core.cost:view"


def sees_cost() -> bool:
    """Tell whether the reader may see what labour and parts cost the shop."""
    user = find_user()
    return user is not None and user.can(COST)


def tell_cost(label: str, column: str, value: object) -> str | None:
    """Hide a recorded cost from who may not see costs; leave everything else to the trail."""
    del label
    return HIDDEN if column == "cost_minor" and value is not None and not sees_cost() else None


def item_names(ids: Collection[int]) -> Mapping[int, str]:
    """Return the names of items in the reader's language."""
    language = current_locale().language
    rows = session().execute(select(CatalogueItem.id, CatalogueItem.names).where(CatalogueItem.id.in_(ids)))
    return {row.id: item_name(row.names, language) for row in rows}


RECORD: Final = RecordNames("catalogue_item", item_names, "core.catalogue_item:view", tell=tell_cost)
