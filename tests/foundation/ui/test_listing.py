from __future__ import annotations

import gc
import random
import weakref
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from werkzeug.datastructures import MultiDict

from core.errors import InvalidInputError, ProgrammingError
from core.foundation.ui import listing
from core.foundation.ui.listing import (
    ListSpec,
    Order,
    SortKey,
    beyond,
    down,
    make_cursor,
    paginate,
    read_cursor,
    up,
)
from core.types import Quantity, UtcDateTime


class Base(DeclarativeBase):
    """Declarative base of this file."""


class Thing(Base):
    """A row with a column of every kind that a list may sort by."""

    __tablename__ = "thing"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    place: Mapped[int]
    due: Mapped[datetime | None] = mapped_column(UtcDateTime())
    day: Mapped[date | None]
    amount: Mapped[Decimal | None] = mapped_column(Quantity())


NEWEST = Order("newest", (down(Thing.id),), "Newest", by_time=True)
ORDERS = (
    NEWEST,
    Order("name", (up(Thing.name), up(Thing.id)), "Name"),
    Order("due", (up(Thing.due), up(Thing.id)), "Due"),
    Order("mixed", (down(Thing.amount), up(Thing.place), down(Thing.day), down(Thing.id)), "Mixed"),
)
SPEC = ListSpec(ORDERS)


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    """Stand in an application, whose key signs the cursors."""
    with app.app_context():
        yield


@pytest.fixture(scope="module")
def things(engine: Engine) -> Iterator[Session]:
    """Return a session over 300 things with many equal and empty values."""
    Base.metadata.create_all(engine)
    dice = random.Random(7)
    start = datetime(2026, 11, 24, tzinfo=UTC)
    with Session(engine) as session:
        session.add_all(
            Thing(
                name=dice.choice(["Ștefan", "stefan", "", "Țiriac", "Äpfel", "z", "A'b"]),
                place=dice.randrange(3),
                due=dice.choice(
                    [None, start + timedelta(hours=dice.randrange(5), microseconds=dice.randrange(2))]
                ),
                day=dice.choice([None, date(2026, 11, dice.randrange(1, 4))]),
                amount=dice.choice([None, Decimal(dice.randrange(-2, 3)) / 4]),
            )
            for _ in range(300)
        )
        session.commit()
        yield session
    Base.metadata.drop_all(engine)


def ids(rows: Any) -> list[int]:
    """Return the ids of rows."""
    return [row.id for row in rows]


def walk(session: Session, order: Order, limit: int) -> list[list[int]]:
    """Return the ids of all pages, and check on the way that each page leads back to the one before it."""
    statement = select(Thing.id, Thing.name)
    pages = [paginate(session, statement, order, None, limit)]
    while pages[-1].next:
        pages.append(paginate(session, statement, order, pages[-1].next, limit))
    for before, after in pairwise(pages):
        assert after.previous
        assert ids(paginate(session, statement, order, after.previous, limit).rows) == ids(before.rows)
    assert pages[0].previous is None
    return [ids(page.rows) for page in pages]


def expected(session: Session, order: Order) -> list[int]:
    """Return all ids as the database sorts them at once."""
    return list(session.scalars(select(Thing.id).order_by(*(key.clause() for key in order.columns))))


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.key)
@pytest.mark.parametrize("limit", [1, 7, 100, 200])
def test_pages_hold_every_row_once_in_order_both_ways(
    things: Session, order: Order, turned: bool, limit: int
) -> None:
    order = order.turned() if turned else order
    pages = walk(things, order, limit)
    everything = [row for page in pages for row in page]
    assert everything == expected(things, order)
    assert all(len(page) == limit for page in pages[:-1])


def test_an_order_turned_round_is_its_exact_reverse(things: Session) -> None:
    for order in ORDERS:
        assert expected(things, order.turned()) == expected(things, order)[::-1]
        assert order.turned().turned() == order


def test_empty_values_stand_last_either_way_the_order_is_declared(things: Session) -> None:
    for key in (up(Thing.due), down(Thing.due)):
        order = Order("due", (key, up(Thing.id)))
        rows = (
            things.execute(select(Thing.due).order_by(*(each.clause() for each in order.columns)))
            .scalars()
            .all()
        )
        empties = sum(row is None for row in rows)
        assert empties
        assert all(row is None for row in rows[-empties:])


def test_filters_of_the_statement_hold_on_every_page(things: Session) -> None:
    statement = select(Thing.id, Thing.place).where(Thing.place == 1)
    page = paginate(things, statement, NEWEST, None, 10)
    second = paginate(things, statement, NEWEST, page.next, 10)
    assert {row.place for row in [*page.rows, *second.rows]} == {1}
    assert not set(ids(page.rows)) & set(ids(second.rows))


def test_rows_added_in_front_shift_no_page(things: Session) -> None:
    statement = select(Thing.id)
    first = paginate(things, statement, NEWEST, None, 10)
    again = ids(paginate(things, statement, NEWEST, first.next, 10).rows)
    things.add(Thing(name="new", place=0))
    things.flush()
    assert ids(paginate(things, statement, NEWEST, first.next, 10).rows) == again
    things.rollback()


def test_where_a_page_is_gone_the_nearest_one_is_shown(things: Session) -> None:
    statement = select(Thing.id)
    everything = expected(things, NEWEST)
    behind_all = make_cursor(NEWEST, [everything[-1]])
    page = paginate(things, statement, NEWEST, behind_all, 10)
    assert ids(page.rows) == everything[-10:]
    assert (page.next, bool(page.previous)) == (None, True)
    before_all = make_cursor(NEWEST, [everything[0]], backward=True)
    page = paginate(things, statement, NEWEST, before_all, 10)
    assert ids(page.rows) == everything[:10]
    assert (bool(page.next), page.previous) == (True, None)


def test_an_empty_list_has_no_pages(things: Session) -> None:
    things.execute(text("DELETE FROM thing"))
    for cursor in (None, make_cursor(NEWEST, [5]), make_cursor(NEWEST, [5], backward=True)):
        page = paginate(things, select(Thing.id), NEWEST, cursor, 10)
        assert (list(page.rows), page.next, page.previous) == ([], None, None)
    things.rollback()


def test_nothing_is_counted_and_one_statement_is_sent(things: Session) -> None:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    bind = things.get_bind()
    event.listen(bind, "before_cursor_execute", note)
    page = paginate(things, select(Thing.id), ORDERS[2], None, 10)
    paginate(things, select(Thing.id), ORDERS[2], page.next, 10)
    event.remove(bind, "before_cursor_execute", note)
    assert len(statements) == 2
    assert "count" not in "".join(statements).lower()


@pytest.mark.parametrize("order", [NEWEST, ORDERS[1]], ids=["id", "name"])
def test_an_index_answers_for_a_page_deep_in_the_list(engine: Engine, order: Order) -> None:
    if engine.dialect.name != "sqlite":
        return
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.execute(text("CREATE INDEX IF NOT EXISTS by_name ON thing (name, id)"))
        values = ["m", 5] if order.key == "name" else [5]
        place = read_cursor(make_cursor(order, values), order)
        condition = beyond(order.columns, place.values or ())
        query = select(Thing.id).where(condition).order_by(*(key.clause() for key in order.columns)).limit(10)
        compiled = query.compile(engine, compile_kwargs={"literal_binds": True})
        plan = " ".join(row.detail for row in session.execute(text(f"EXPLAIN QUERY PLAN {compiled}")))
        assert "SEARCH" in plan
        assert "TEMP B-TREE" not in plan
        session.rollback()


values = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.text(max_size=40),
    st.booleans(),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**15), max_value=10**15),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(values, min_size=1, max_size=1), st.booleans())
def test_a_cursor_read_is_the_cursor_made(app: Flask, row: list[object], backward: bool) -> None:
    with app.app_context():
        place = read_cursor(make_cursor(NEWEST, row, backward=backward), NEWEST)
    assert place.values == tuple(row)
    assert place.backward is backward
    assert [type(value) for value in place.values or ()] == [type(value) for value in row]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text())
def test_no_text_passes_for_a_cursor(app: Flask, cursor: str) -> None:
    with app.app_context(), pytest.raises(InvalidInputError) as caught:
        read_cursor(cursor, NEWEST)
    assert "cursor" in caught.value.errors


def test_a_cursor_is_good_for_its_order_and_its_installation_only(app: Flask) -> None:
    cursor = make_cursor(NEWEST, [5])
    for other in (NEWEST.turned(), ORDERS[1]):
        with pytest.raises(InvalidInputError):
            read_cursor(cursor, other)
    for broken in (cursor[:-1], cursor[1:], cursor[:-3] + "AAA", cursor + "x" * 5000, cursor.swapcase()):
        with pytest.raises(InvalidInputError):
            read_cursor(broken, NEWEST)
    app.secret_key = "another installation's key"
    with pytest.raises(InvalidInputError):
        read_cursor(cursor, NEWEST)


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "nothing"},
        {"sort": "\x00"},
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "x"},
        {"limit": "9" * 5000},
        {"limit": "²"},
        {"limit": "-1"},
        {"cursor": "x"},
        {"cursor": "a.b"},
        {"cursor": "\ud800"},
    ],
)
def test_a_page_forgives_what_the_api_refuses(query: dict[str, str]) -> None:
    asked = SPEC.read(MultiDict(query))
    assert (asked.order, asked.cursor, asked.limit) == (NEWEST, None, 25)
    with pytest.raises(InvalidInputError) as caught:
        SPEC.read(MultiDict(query), strict=True)
    assert list(caught.value.errors) == list(query)


def test_the_address_names_order_place_and_rows() -> None:
    cursor = make_cursor(ORDERS[1].turned(), ["z", 5])
    asked = SPEC.read(MultiDict({"sort": "-name", "cursor": cursor, "limit": "200"}), strict=True)
    assert (asked.order.name, asked.cursor, asked.limit) == ("-name", cursor, 200)


def test_the_links_of_a_list_keep_its_filters_and_start_at_its_first_page(things: Session) -> None:
    address = MultiDict([("place", "1"), ("place", "2"), ("q", "Ș & x"), ("cursor", "old"), ("empty", "")])
    listing = SPEC.page(things, select(Thing.id), address)
    assert parse_qs(listing.sort_url("due")[1:]) == {"place": ["1", "2"], "q": ["Ș & x"], "sort": ["due"]}
    assert parse_qs(listing.url(place=None)[1:]) == {"q": ["Ș & x"]}
    assert listing.next_url
    assert listing.previous_url is None
    following = MultiDict(
        [(name, value) for name, all_ in parse_qs(listing.next_url[1:]).items() for value in all_]
    )
    assert ids(SPEC.page(things, select(Thing.id), following).rows)[0] == listing.rows[-1].id - 1
    assert (listing.sorted_by("newest"), listing.sorted_by("due")) == ("descending", "")
    assert parse_qs(listing.sort_url("newest")[1:])["sort"] == ["-newest"]
    turned = SPEC.page(things, select(Thing.id), MultiDict({"sort": "-newest"}))
    assert turned.sorted_by("newest") == "ascending"
    assert parse_qs(turned.sort_url("newest")[1:])["sort"] == ["newest"]


def test_an_order_must_end_with_the_primary_key() -> None:
    with pytest.raises(ProgrammingError, match="primary key"):
        Order("name", (up(Thing.name),))
    with pytest.raises(ProgrammingError, match="primary key"):
        Order("none", ())


def test_a_list_has_one_to_four_orders() -> None:
    with pytest.raises(ProgrammingError):
        ListSpec(())
    with pytest.raises(ProgrammingError):
        ListSpec((*ORDERS, NEWEST))


def test_a_list_is_not_sorted_by_what_a_cursor_cannot_hold() -> None:
    with pytest.raises(ProgrammingError, match="float"):
        make_cursor(NEWEST, [1.5])


def test_columns_say_themselves_whether_they_may_be_empty() -> None:
    assert up(Thing.due).nullable
    assert not up(Thing.name).nullable
    assert up(Thing.name, nullable=True).nullable
    assert isinstance(down(func.lower(Thing.name)), SortKey)
    assert down(func.lower(Thing.name)).nullable


def test_a_statement_that_nobody_keeps_is_not_kept_by_the_list(things: Session) -> None:
    statement = select(Thing.id, Thing.name)
    kept = weakref.ref(statement)
    first, again = (ids(paginate(things, statement, NEWEST, None, limit).rows) for limit in (3, 5))
    assert again[:3] == first
    assert len(again) == 5
    assert len(listing._LAID_OUT[statement]) == 1
    del statement
    gc.collect()
    assert kept() is None
