"""Find a catalogue item while its name or code is typed or scanned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from core.catalogue.models import CatalogueItem, ItemKind, Unit, item_name
from core.catalogue.services import SEARCH_KIND
from core.clients.lookup import MOST_PICKS
from core.db import session
from core.foundation.search.services import find
from core.foundation.ui.language import current_locale
from core.types import Money


@dataclass(frozen=True, slots=True)
class ItemPick:
    """An item as a pick shows it."""

    id: int
    kind: ItemKind
    code: str
    name: str
    unit: Unit
    #: Of one unit, VAT included.
    price: Money
    is_active: bool


def item_picks(text: str, limit: int = 8) -> list[ItemPick]:
    """Return at most ``limit`` items on offer that ``text`` finds, the newest first; none for an empty text."""
    found = find(text, [SEARCH_KIND], MOST_PICKS)
    picks = picks_of(record_id for _kind, record_id in found)
    return [pick for pick in picks if pick.is_active][:limit]


def picks_of(item_ids: Iterable[int]) -> list[ItemPick]:
    """Return the items with these ids in this order; those that are not there are left out."""
    ids = list(dict.fromkeys(item_ids))
    if not ids:
        return []
    statement = select(
        CatalogueItem.id,
        CatalogueItem.kind,
        CatalogueItem.code,
        CatalogueItem.names,
        CatalogueItem.unit,
        CatalogueItem.price_minor,
        CatalogueItem.currency,
        CatalogueItem.is_active,
    ).where(CatalogueItem.id.in_(ids))
    language = current_locale().language
    found = {
        row.id: ItemPick(
            row.id,
            row.kind,
            row.code,
            item_name(row.names, language),
            row.unit,
            Money.from_minor(row.price_minor, row.currency),
            row.is_active,
        )
        for row in session().execute(statement)
    }
    return [found[item_id] for item_id in ids if item_id in found]
