"""Catalogue items as lists and the search box show them: columns, never objects."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import FromClause, Select, select

from core.catalogue.models import CatalogueItem, ItemKind, item_name
from core.catalogue.services import SEARCH_KIND
from core.foundation.search.services import matching
from core.foundation.ui.formats import format_money
from core.foundation.ui.language import current_locale
from core.foundation.ui.listing import ListSpec, Order, down, up
from core.foundation.ui.values import SearchHit
from core.types import Money

CATALOGUE: Final = ListSpec(
    (
        Order("name", (up(CatalogueItem.name_key), up(CatalogueItem.id)), _l("Name")),
        Order("code", (up(CatalogueItem.code_key), up(CatalogueItem.id)), _l("Code")),
        Order(
            "changed",
            (down(CatalogueItem.updated_at), down(CatalogueItem.id)),
            _l("Last changed"),
            by_time=True,
        ),
    )
)
_COLUMNS: Final[tuple[Any, ...]] = (
    CatalogueItem.id,
    CatalogueItem.kind,
    CatalogueItem.code,
    CatalogueItem.names,
    CatalogueItem.unit,
    CatalogueItem.cost_minor,
    CatalogueItem.price_minor,
    CatalogueItem.currency,
    CatalogueItem.is_active,
    CatalogueItem.updated_at,
)


def catalogue_rows(
    *, question: str = "", kind: ItemKind | None = None, offered: bool | None = None
) -> Select[Any]:
    """Return the statement of the list of items, filtered by a text, by kind and by whether they are offered."""
    statement = select(*_COLUMNS)
    found = matching(question, SEARCH_KIND)
    if found is not None:
        statement = statement.where(CatalogueItem.id.in_(found))
    if kind is not None:
        statement = statement.where(CatalogueItem.kind == kind)
    if offered is not None:
        statement = statement.where(CatalogueItem.is_active.is_(offered))
    return statement


def shown_in_search(found: FromClause) -> Select[Any]:
    """Return the statement of what the search shows of items."""
    item = CatalogueItem
    shown: Any = select(item.code, item.names, item.kind, item.price_minor, item.currency)
    statement: Select[Any] = shown.select_from(found).join(item, item.id == found.c.record_id)
    return statement


def search_hit(item_id: int, texts: Sequence[str]) -> SearchHit:
    """Return an item as the search shows it."""
    code, names, kind, price_minor, currency = texts
    locale = current_locale()
    price = format_money(Money.from_minor(int(price_minor), currency), locale=locale)
    return SearchHit(
        item_id,
        f"{code} {item_name(json.loads(names), locale.language)}",
        url_for("catalogue.show", item_id=item_id),
        detail=f"{ItemKind(kind).label} · {price}",
    )
