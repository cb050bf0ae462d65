from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from core.db import unit_of_work
from core.errors import ConflictError, InvalidInputError
from core.foundation.settings.locations import create_location, list_locations
from core.foundation.settings.models import Location
from core.foundation.settings.number_rules import (
    NumberFacts,
    change_numbering,
    get_numbering,
    list_numberings,
    preview_numbers,
)
from core.foundation.settings.numbering import take_number
from core.testing import Shop, csrf_token
from core.tickets.services import TICKETS
from core.types import clock_at

pytestmark = pytest.mark.both_databases

AUTUMN = datetime(2026, 10, 1, tzinfo=UTC)
SPRING = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.fixture
def location(shop: Shop) -> Iterator[Location]:
    """Give the one location of a new shop, whose code is AM."""
    with shop.context(), clock_at(AUTUMN):
        (found,) = list_locations()
        yield found


def facts(
    pattern: str = "{location}-", *, width: int = 6, per_year: bool = False, first: int = 1
) -> NumberFacts:
    return NumberFacts(pattern=pattern, width=width, per_year=per_year, first_number=first)


def change(location: Location, said: NumberFacts, version: int | None = None) -> None:
    with unit_of_work():
        change_numbering("ticket", location.id, said, version=version)


def take(location: Location) -> str:
    with unit_of_work():
        return take_number(TICKETS, location=location).text


def test_the_shop_says_how_its_numbers_look_before_the_first(location: Location) -> None:
    change(location, facts("F{location}.", width=3, first=4821))
    assert get_numbering("ticket", location.id).upcoming == "FAM.4821"
    assert [take(location), take(location)] == ["FAM.4821", "FAM.4822"]


def test_more_digits_leave_the_count_as_it_is(location: Location) -> None:
    assert take(location) == "AM-000001"
    change(location, facts(width=3))
    assert take(location) == "AM-002"


def test_another_beginning_starts_a_series_and_the_former_one_goes_on_where_it_stopped(
    location: Location,
) -> None:
    assert take(location) == "AM-000001"
    change(location, facts("{location}/N", first=500))
    assert take(location) == "AM/N000500"
    change(location, facts())
    assert [take(location), take(location)] == ["AM-000002", "AM-000003"]
    numbering = get_numbering("ticket", location.id)
    assert [row.prefix for row in numbering.earlier] == ["AM/N"]


def test_a_count_by_year_begins_with_one_in_the_next_year(location: Location) -> None:
    assert take(location) == "AM-000001"
    change(location, facts("{location}{year}-", per_year=True, first=70))
    assert take(location) == "AM2026-000070"
    with clock_at(SPRING):
        assert get_numbering("ticket", location.id).upcoming == "AM2027-000001"
        assert take(location) == "AM2027-000001"
        change(location, facts())
        assert take(location) == "AM-000002"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (facts(first=7), "first_number"),
        (facts("T-"), "pattern"),
        (facts("{location}-{year}-"), "pattern"),
        (facts("{location}-", per_year=True), "pattern"),
        (facts("{location}"), "pattern"),
        (facts("{location}-2"), "pattern"),
        (facts("{location}{client.name}-"), "pattern"),
        (facts("{location}ă-"), "pattern"),
        (facts("F{location}-", width=11), "width"),
        (facts("F{location}-", first=0), "first_number"),
    ],
)
def test_what_would_repeat_or_skip_numbers_is_refused(
    location: Location, said: NumberFacts, field: str
) -> None:
    take(location)
    with pytest.raises(InvalidInputError) as refused:
        change(location, said)
    assert list(refused.value.errors) == [field]
    assert take(location) == "AM-000002"


def test_numbers_of_two_locations_never_begin_in_the_same_way(location: Location) -> None:
    with unit_of_work():
        other = create_location(code="A", name="Florești")
    with pytest.raises(InvalidInputError, match=r"."):
        change(other, facts("{location}M-"))
    take(location)
    change(location, facts("{location}/"))
    # The former series is closed, and its numbers are still somebody's.
    with pytest.raises(InvalidInputError):
        change(other, facts("{location}M-"))


def test_somebody_who_was_slower_is_told(location: Location) -> None:
    change(location, facts("N{location}-"))
    with pytest.raises(ConflictError):
        change(location, facts("O{location}-"), version=0)


def test_the_preview_says_what_saving_does(location: Location) -> None:
    take(location)
    numbering = get_numbering("ticket", location.id)
    assert preview_numbers(numbering, facts(width=2))[0] == "AM-02"
    assert preview_numbers(numbering, facts("X{location}-"))[0] == "XAM-000001"
    assert get_numbering("ticket", location.id).upcoming == "AM-000002"


def test_every_kind_says_what_it_counts(location: Location) -> None:
    assert all(str(one.kind.title) for one in list_numberings())
    assert {one.kind.name for one in list_numberings()} >= {"ticket", "catalogue_part", "catalogue_labour"}


def test_the_page_saves_shows_the_next_number_and_its_history(shop: Shop) -> None:
    owner = shop.client("owner")
    path = f"{shop.root}/settings/numbers/ticket?location=1"
    form = owner.get(path).get_data(as_text=True)
    sent = {"pattern": "R{location}-", "width": "4", "first_number": "12", "version": "0"}
    answer = owner.post(path, data={**sent, "csrf_token": csrf_token(form)}, follow_redirects=True)
    assert "RAM-0012" in answer.get_data(as_text=True)
    page = owner.get(path).get_data(as_text=True)
    assert "R{location}-" in page.partition("<table")[2]


def test_the_fragment_says_why_a_number_cannot_be(shop: Shop) -> None:
    preview = shop.client("owner").get(
        f"{shop.root}/settings/numbers/ticket/preview?location=1&pattern=T-&width=4&first_number=1"
    )
    assert "{location}" in preview.get_data(as_text=True)
    assert "T-0001" not in preview.get_data(as_text=True)
