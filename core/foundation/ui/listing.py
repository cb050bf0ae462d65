"""Lists by keyset: a page costs the same wherever it lies, forwards and backwards, and nothing is counted.

Deep pages are cheap where the columns of an order are NOT NULL and indexed together; empty values are handled, and
cost a walk. A list declares its orders in a :class:`ListSpec`; :meth:`ListSpec.page` reads what the address asks for and gives
the template a :class:`Listing`. The API uses :func:`paginate` with the same orders and cursors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Protocol
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import ColumnElement, Integer, Row, Select, and_, bindparam, false, literal, or_, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.errors import InvalidInputError, ProgrammingError
from core.foundation.ui.checks import Checks

AnySelect = Select[*tuple[Any, ...]]
AnyRow = Row[*tuple[Any, ...]]

#: Rows of a page, unless the list says otherwise, and the most that anybody may ask for.
ROWS = 25
MOST_ROWS = 200
#: Orders a list may have: each is an index that every write keeps.
MOST_ORDERS = 4
#: Longer than any cursor that this module makes of ordinary values.
LONGEST_CURSOR = 2000


class Arguments(Protocol):
    """The arguments of an address, as Flask gives them."""

    def get(self, key: str, /) -> str | None:
        """Return the first value of ``key``."""

    def items(self, multi: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - Werkzeug's signature
        """Return pairs of name and value, with ``multi`` all of them."""


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column of an order; empty values stand last whichever way it goes, first once it is turned round."""

    column: ColumnElement[Any]
    descending: bool
    nullable: bool
    nulls_last: bool = True

    def turned(self) -> SortKey:
        """Return the exact reverse."""
        return replace(self, descending=not self.descending, nulls_last=not self.nulls_last)

    def clause(self) -> ColumnElement[Any]:
        """Return the ``ORDER BY`` term."""
        term = self.column.desc() if self.descending else self.column.asc()
        if not self.nullable:
            return term
        return term.nulls_last() if self.nulls_last else term.nulls_first()

    def beyond(self, value: object) -> ColumnElement[bool]:
        """Return the condition that the column lies strictly behind ``value``."""
        if value is None:
            return false() if self.nulls_last else self.column.is_not(None)
        bound = literal(value, self.column.type)
        further = self.column < bound if self.descending else self.column > bound
        return or_(further, self.column.is_(None)) if self.nullable and self.nulls_last else further

    def same(self, value: object) -> ColumnElement[bool]:
        """Return the condition that the column is ``value``."""
        return self.column.is_(None) if value is None else self.column == literal(value, self.column.type)


def up(column: InstrumentedAttribute[Any] | ColumnElement[Any], *, nullable: bool | None = None) -> SortKey:
    """Sort by ``column``, smallest first; ``nullable`` says so where an outer join makes it so."""
    return _sort_key(column, descending=False, nullable=nullable)


def down(column: InstrumentedAttribute[Any] | ColumnElement[Any], *, nullable: bool | None = None) -> SortKey:
    """Sort by ``column``, largest first; ``nullable`` says so where an outer join makes it so."""
    return _sort_key(column, descending=True, nullable=nullable)


def _sort_key(column: Any, *, descending: bool, nullable: bool | None) -> SortKey:  # noqa: ANN401
    element = column.expression if isinstance(column, InstrumentedAttribute) else column
    known = getattr(element, "nullable", True)
    return SortKey(element, descending, bool(known if nullable is None else nullable))


@dataclass(frozen=True, slots=True)
class Order:
    """An order that a list offers: ``Order("due", (up(Ticket.due_at), up(Ticket.id)), _l("Due"))``.

    The last column is the primary key, so that no two rows are alike; an index holds all of them in this order.
    """

    key: str
    columns: tuple[SortKey, ...]
    label: object = ""
    #: The pages lead to newer and older rows, not to previous and next ones.
    by_time: bool = False
    #: The reader has turned the order round.
    turned_round: bool = False

    def __post_init__(self) -> None:
        if not self.columns or not getattr(self.columns[-1].column, "primary_key", False):
            message = f"the order {self.key!r} does not end with a primary key"
            raise ProgrammingError(message)

    def turned(self) -> Order:
        """Return the same order from its other end."""
        columns = tuple(column.turned() for column in self.columns)
        return replace(self, columns=columns, turned_round=not self.turned_round)

    @property
    def name(self) -> str:
        """The order as the address names it: ``due``, turned round ``-due``."""
        return f"-{self.key}" if self.turned_round else self.key


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list and the cursors of those around them; ``None`` where the list ends."""

    rows: Sequence[AnyRow]
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """A place between two rows: before or behind the row with these values; without values an end of the list."""

    backward: bool = False
    values: tuple[object, ...] | None = None


def paginate(
    session: Session, statement: AnySelect, order: Order, cursor: str | None = None, limit: int = ROWS
) -> Page:
    """Read the page of ``statement`` that ``cursor`` names, the first one without it.

    Each row has what the statement selects, and the values of the order behind it. Where all the rows of a page
    are gone since its cursor was made, the nearest page is read.

    :raises InvalidInputError: the cursor is none of this order.
    """
    place = read_cursor(cursor, order) if cursor else Place()
    page = _read(session, statement, order, place, limit)
    if not page.rows and cursor:
        page = _read(session, statement, order, Place(backward=not place.backward), limit)
    return page


def _read(session: Session, statement: AnySelect, order: Order, place: Place, limit: int) -> Page:
    keys = [column.turned() for column in order.columns] if place.backward else list(order.columns)
    laid_out = _lay_out(statement, tuple(keys))
    if place.values is not None:
        laid_out = laid_out.where(beyond(keys, place.values))
    found = session.execute(laid_out, {_LIMIT.key: limit + 1}).all()
    rows, more = list(found[:limit]), len(found) > limit
    if place.backward:
        rows.reverse()
    came_from = place.values is not None and bool(rows)
    ahead, behind = (came_from, more) if place.backward else (more, came_from)
    width = len(keys)
    return Page(
        rows,
        next=make_cursor(order, rows[-1][-width:]) if ahead else None,
        previous=make_cursor(order, rows[0][-width:], backward=True) if behind else None,
    )


#: Statements in their order, by the statements of lists, and for as long as those live: most lists keep theirs.
_LAID_OUT: WeakKeyDictionary[AnySelect, dict[tuple[SortKey, ...], AnySelect]] = WeakKeyDictionary()
_LIMIT = bindparam("wm_limit", type_=Integer)


def _lay_out(statement: AnySelect, keys: tuple[SortKey, ...]) -> AnySelect:
    """Return ``statement`` in the order of ``keys``, with their values behind its own, cut at a limit that is told when it is run."""
    known = _LAID_OUT.setdefault(statement, {})
    found = known.get(keys)
    if found is None:
        values = (key.column.label(f"wm_key_{at}") for at, key in enumerate(keys))
        ordered = statement.add_columns(*values).order_by(None).order_by(*(key.clause() for key in keys))
        found = known[keys] = ordered.limit(_LIMIT)
    return found


def beyond(keys: Sequence[SortKey], values: Sequence[object]) -> ColumnElement[bool]:
    """Return the condition that a row lies strictly behind ``values``, in a form that an index answers."""
    plain = not any(key.nullable for key in keys)
    if plain and len({key.descending for key in keys}) == 1:
        columns = tuple_(*(key.column for key in keys))
        bounds = tuple_(*(literal(value, key.column.type) for key, value in zip(keys, values, strict=True)))
        return columns < bounds if keys[0].descending else columns > bounds
    condition: ColumnElement[bool] = false()
    for key, value in reversed(list(zip(keys, values, strict=True))):
        condition = or_(key.beyond(value), and_(key.same(value), condition))
    # Said once more for the leading column alone: databases do not find that range inside the alternatives.
    return and_(or_(keys[0].beyond(values[0]), keys[0].same(values[0])), condition)


def make_cursor(order: Order, values: Sequence[object], *, backward: bool = False) -> str:
    """Return a cursor to the rows behind (or before) the row with these ``values`` of the order's columns."""
    return _serializer().dumps([order.name, backward, [_packed(value) for value in values]])


def read_cursor(cursor: str, order: Order) -> Place:
    """Return the place that ``cursor`` names.

    :raises InvalidInputError: we did not make it, or not for this order.
    """
    message = _("This page of the list is no longer known. Start again from the first one.")
    if len(cursor) > LONGEST_CURSOR:
        raise InvalidInputError(message, field="cursor")
    try:
        name, backward, packed = _serializer().loads(cursor)
    except (BadData, UnicodeError, ValueError):
        raise InvalidInputError(message, field="cursor") from None
    if name != order.name or len(packed) != len(order.columns):
        raise InvalidInputError(message, field="cursor")
    return Place(bool(backward), tuple(_unpacked(value) for value in packed))


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="wm-list-cursor")


def _packed(value: object) -> object:
    if value is None or type(value) in (bool, int, str):
        return value
    for kind, name in ((datetime, "moment"), (date, "day"), (Decimal, "number")):
        if isinstance(value, kind):
            return {name: str(value)}
    message = f"a list cannot be sorted by values of {type(value).__name__}"
    raise ProgrammingError(message)


def _unpacked(value: object) -> object:
    if not isinstance(value, dict):
        return value
    ((name, text),) = value.items()
    readers: Mapping[str, Any] = {
        "moment": datetime.fromisoformat,
        "day": date.fromisoformat,
        "number": Decimal,
    }
    return readers[name](text)


@dataclass(frozen=True, slots=True)
class ListRequest:
    """What the address asks of a list: an order, a place in it, a number of rows; and all its arguments."""

    order: Order
    cursor: str | None
    limit: int
    arguments: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ListSpec:
    """The orders a list offers, the default one first, and the rows of its pages."""

    orders: tuple[Order, ...]
    limit: int = ROWS

    def __post_init__(self) -> None:
        if not 1 <= len(self.orders) <= MOST_ORDERS:
            message = f"a list has one to {MOST_ORDERS} orders, each with its index"
            raise ProgrammingError(message)

    def read(self, arguments: Arguments, *, strict: bool = False) -> ListRequest:
        """Read ``sort``, ``cursor`` and ``limit``.

        :param strict: Refuse what cannot be read (the API); else the list begins where it always does (pages).
        :raises InvalidInputError: ``strict``, and something cannot be read.
        """
        checks = Checks()
        order = checks.read("sort", lambda: self._order(arguments.get("sort")), self.orders[0])
        limit = checks.read("limit", lambda: self._limit(arguments.get("limit")), self.limit)
        cursor = arguments.get("cursor") or None
        if cursor is not None and checks.take(partial(read_cursor, cursor, order), None) is None:
            cursor = None
        if strict:
            checks.finish()
        return ListRequest(order, cursor, limit, tuple(arguments.items(multi=True)))

    def page(self, session: Session, statement: AnySelect, arguments: Arguments) -> Listing:
        """Read the page of ``statement`` that the address asks for."""
        asked = self.read(arguments)
        return Listing(asked, paginate(session, statement, asked.order, asked.cursor, asked.limit))

    def _order(self, name: str | None) -> Order:
        if not name:
            return self.orders[0]
        for order in self.orders:
            if name.removeprefix("-") == order.key:
                return order.turned() if name.startswith("-") else order
        known = ", ".join(order.key for order in self.orders)
        raise ValueError(_("Sort by one of: %(known)s; with - in front the other way round.", known=known))

    def _limit(self, text: str | None) -> int:
        if not text:
            return self.limit
        digits = len(str(MOST_ROWS))
        if text.isascii() and text.isdigit() and len(text) <= digits and 1 <= int(text) <= MOST_ROWS:
            return int(text)
        raise ValueError(_("Write a whole number from 1 to %(most)s.", most=MOST_ROWS))


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list as its template sees it: rows, and addresses that keep the filters."""

    asked: ListRequest
    page: Page
    rows: Sequence[AnyRow] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", self.page.rows)

    @property
    def order(self) -> Order:
        """The order in which the rows stand."""
        return self.asked.order

    @property
    def chosen_sort(self) -> str:
        """The order as the address names it, empty for the one a list begins with."""
        return self.order.name if any(name == "sort" for name, _text in self.asked.arguments) else ""

    def url(self, **changes: str | None) -> str:
        """Return the address of this list with other arguments; it begins at its first page again.

        ``None`` takes an argument away.
        """
        kept = [
            (name, text) for name, text in self.asked.arguments if name not in {*changes, "cursor"} and text
        ]
        added = [(name, text) for name, text in changes.items() if text]
        return "?" + urlencode(kept + added)

    @property
    def next_url(self) -> str | None:
        """The address of the page behind this one."""
        return self.url(cursor=self.page.next) if self.page.next else None

    @property
    def previous_url(self) -> str | None:
        """The address of the page before this one."""
        return self.url(cursor=self.page.previous) if self.page.previous else None

    def sort_url(self, key: str) -> str:
        """Return the address that sorts by ``key``, turned round where it is the order already."""
        turned = self.order.key == key and not self.order.turned_round
        return self.url(sort=f"-{key}" if turned else key)

    def sorted_by(self, key: str) -> str:
        """Return what ``aria-sort`` says of ``key``: ascending, descending, or nothing."""
        if self.order.key != key:
            return ""
        return "descending" if self.order.columns[0].descending else "ascending"
