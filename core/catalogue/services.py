"""What the shop does with its catalogue: add items, change them, stop offering them. What writes belongs into a unit of work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from flask_babel import gettext as _, lazy_gettext as _l
from sqlalchemy import select

from core.catalogue.errors import KnownCodeError
from core.catalogue.models import CatalogueItem, ItemKind, Unit
from core.catalogue.vat import find_vat_rate
from core.clients.keys import code_key, name_key
from core.db import check_version, session
from core.errors import NotFoundError
from core.foundation.search.services import put_entry
from core.foundation.settings.numbering import NumberKind, take_number
from core.foundation.tenants.context import current_tenant
from core.foundation.tenants.services import LANGUAGES
from core.foundation.ui.checks import Checks, is_id
from core.foundation.ui.formats import local_today
from core.types import Money

#: The kind under which the search knows catalogue items.
SEARCH_KIND: Final = "catalogue_item"
LONGEST_CODE: Final = 40
LONGEST_NAME: Final = 200
#: The most that one unit may cost or be sold for: quantities of it, added up, stay within what a column keeps.
MOST_PRICE: Final = Decimal(10_000_000)
MOST_MINUTES: Final = 60 * 24 * 31
MOST_MONTHS: Final = 120
_HELP: Final = _l("for items of the catalogue that get no code by hand")
#: Codes that are given where nobody types one.
CODES: Final = {
    ItemKind.LABOUR: NumberKind(
        "catalogue_labour", pattern="L-", width=4, title=_l("Codes of labour"), help=_HELP
    ),
    ItemKind.PART: NumberKind(
        "catalogue_part", pattern="P-", width=4, title=_l("Codes of parts"), help=_HELP
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemData:
    """What is said of a catalogue item, as it was typed; the service reads and checks it."""

    kind: ItemKind | str
    #: Empty: one is given.
    code: str = ""
    #: By language; the firm's own is needed.
    names: Mapping[str, str] = field(default_factory=dict)
    unit: Unit | str = Unit.PIECE
    #: How long labour takes as a rule, in minutes.
    standard_minutes: int | None = None
    #: Of one unit, without VAT; ``None`` where nobody knows.
    cost: Money | None = None
    #: Of one unit, VAT included.
    price: Money | None
    #: A key of the dated VAT rates.
    vat_key: str
    guarantee_months: int | None = None
    notes: str = ""


def create_item(data: ItemData) -> CatalogueItem:
    """Add an item to the catalogue, found by the search from the same moment on.

    :raises KnownCodeError: another item has this code.
    :raises InvalidInputError: something else of ``data`` cannot be taken; the errors stand by field.
    """
    values = _read(data)
    if not values["code"]:
        values |= _fresh_code(values["kind"])
    item = CatalogueItem(**values, currency=current_tenant().currency)
    session().add(item)
    session().flush()
    _put_entry(item)
    return item


def change_item(item_id: int, data: ItemData, *, version: int) -> CatalogueItem:
    """Change everything that is said of an item; works that were done already keep what they had of it.

    :param version: The version that the person saw.
    :raises NotFoundError: there is no such item.
    :raises ConflictError: somebody else changed it since.
    :raises KnownCodeError: another item has this code.
    :raises InvalidInputError: something else of ``data`` cannot be taken.
    """
    item = get_item(item_id)
    check_version(item.version, version)
    values = _read(data, of=item)
    if not values["code"]:
        values |= _fresh_code(values["kind"])
    for name, value in values.items():
        setattr(item, name, value)
    session().flush()
    if item.version != version:
        _put_entry(item)
    return item


def set_item_offered(item_id: int, *, offered: bool) -> CatalogueItem:
    """Offer an item for new works, or no longer; works that have it keep it.

    :raises NotFoundError: there is no such item.
    """
    item = get_item(item_id)
    item.is_active = offered
    session().flush()
    return item


def get_item(item_id: int) -> CatalogueItem:
    """Return a catalogue item.

    :raises NotFoundError: there is none with this id.
    """
    item = find_item(item_id)
    if item is None:
        raise NotFoundError(_("There is no such catalogue item."))
    return item


def find_item(item_id: int | None) -> CatalogueItem | None:
    """Return the item with this id, ``None`` where there is none."""
    return session().get(CatalogueItem, item_id) if item_id is not None and is_id(item_id) else None


def find_item_by_code(text: str) -> CatalogueItem | None:
    """Return the item with the code ``text`` in any spelling: case and separators do not count."""
    key = code_key(text)
    if not key:
        return None
    return session().scalars(select(CatalogueItem).where(CatalogueItem.code_key == key)).one_or_none()


def read_kind(kind: ItemKind | str) -> ItemKind:
    """Return the kind of a line.

    :raises ValueError: it is neither labour nor a part.
    """
    try:
        return ItemKind(kind)
    except ValueError:
        raise ValueError(_("Choose labour or part.")) from None


def read_unit(unit: Unit | str) -> Unit:
    """Return what a quantity counts.

    :raises ValueError: there is no such unit.
    """
    try:
        return Unit(unit)
    except ValueError:
        raise ValueError(_("Choose from the list.")) from None


def read_price(price: Money | None, currency: str) -> int:
    """Return what one unit costs, in the smallest unit of ``currency``.

    :raises ValueError: nothing was said, it is in another currency, less than nothing or too much.
    """
    if price is None:
        raise ValueError(_("Fill this in."))
    if price.currency != currency:
        raise ValueError(_("Prices are in %(currency)s.", currency=currency))
    if not price.amount.is_finite() or not 0 <= price.amount <= MOST_PRICE:
        raise ValueError(_("Write an amount from 0 to %(most)s.", most=f"{MOST_PRICE:.0f}"))
    return price.minor


def _read(data: ItemData, *, of: CatalogueItem | None = None) -> dict[str, Any]:
    """Return the columns of an item from what was typed.

    :param of: The item that is changed.
    :raises InvalidInputError: something cannot be taken.
    """
    checks = Checks()
    kind = checks.read("kind", lambda: read_kind(data.kind), ItemKind.LABOUR)
    code = checks.text("code", data.code, LONGEST_CODE)
    key = checks.read("code", lambda: _read_code(code), "")
    names = _read_names(checks, data.names)
    values: dict[str, Any] = {
        "kind": kind,
        "code": code,
        "code_key": key,
        "names": names,
        "name_key": name_key(next(iter(names.values()), "")),
        "unit": checks.read("unit", lambda: read_unit(data.unit), Unit.PIECE),
        "cost_minor": checks.read("cost", lambda: _read_cost(data.cost), None),
        "price_minor": checks.read("price", lambda: read_price(data.price, current_tenant().currency), 0),
        "vat_key": checks.read("vat_key", lambda: _read_vat(data.vat_key, of), ""),
        "notes": checks.text("notes", data.notes, 10_000, multiline=True),
    }
    values["guarantee_months"] = checks.read(
        "guarantee_months", lambda: _read_count(data.guarantee_months, MOST_MONTHS), None
    )
    minutes = checks.read("standard_minutes", lambda: _read_count(data.standard_minutes, MOST_MINUTES), None)
    values["standard_minutes"] = minutes if kind is ItemKind.LABOUR else None
    checks.finish(_("The catalogue item was not saved."))
    _refuse_known(key, of)
    return values


def _read_code(code: str) -> str:
    key = code_key(code)
    if code and not key:
        raise ValueError(_("Write letters or digits; leave it empty where there is none."))
    if len(key) > LONGEST_CODE:
        raise ValueError(_("Write at most %(most)s letters and digits.", most=LONGEST_CODE))
    return key


def _read_names(checks: Checks, names: Mapping[str, str]) -> dict[str, str]:
    """Return the names by language, the firm's own first; those that are empty are left out."""
    own = current_tenant().language
    read = {}
    for language in (own, *(one for one in LANGUAGES if one != own)):
        name = checks.text(
            f"name_{language}", names.get(language, ""), LONGEST_NAME, required=language == own
        )
        if name and not name_key(name):
            checks.refuse(f"name_{language}", _("Write a name with letters or digits."))
        elif name:
            read[language] = name
    return read


def _read_cost(cost: Money | None) -> int | None:
    return None if cost is None else read_price(cost, current_tenant().currency)


def _read_vat(key: str, of: CatalogueItem | None) -> str:
    kept = of is not None and of.vat_key == key
    if not kept and find_vat_rate(key, local_today()) is None:
        raise ValueError(_("Choose from the list."))
    return key


def _read_count(count: int | None, most: int) -> int | None:
    if count is not None and not 0 <= count <= most:
        raise ValueError(_("Write a whole number from 0 to %(most)s.", most=most))
    return count or None


def _refuse_known(key: str, of: CatalogueItem | None) -> None:
    if not key or (of is not None and of.code_key == key):
        return
    known = session().scalars(select(CatalogueItem.id).where(CatalogueItem.code_key == key)).first()
    if known is not None:
        raise KnownCodeError(_("Another item of the catalogue has this code."), known)


def _fresh_code(kind: ItemKind) -> dict[str, Any]:
    """Return the columns of a code that no item has."""
    while True:
        code = take_number(CODES[kind]).text
        if find_item_by_code(code) is None:
            return {"code": code, "code_key": code_key(code)}


def _put_entry(item: CatalogueItem) -> None:
    put_entry(SEARCH_KIND, item.id, at=item.created_at, names=list(item.names.values()), codes=[item.code])
