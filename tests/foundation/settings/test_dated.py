from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.db import session, unit_of_work
from core.errors import InvalidInputError, NotFoundError
from core.foundation.audit.services import trail
from core.foundation.settings.dated import (
    BegunError,
    MissingValueError,
    NewValue,
    add_value,
    dated_value,
    history,
    legal_values,
    vat_rate,
    vat_rates,
    withdraw_value,
)
from core.foundation.settings.services import save_group
from core.foundation.ui.formats import local_today
from core.testing import QueryRecorder, Shop

pytestmark = pytest.mark.both_databases

FUTURE = date(2150, 1, 1)


@pytest.fixture(autouse=True)
def inside(shop: Shop) -> Iterator[None]:
    """Work inside the shop."""
    with shop.context():
        yield


def add(key: str, value: float, start: date, **facts: Any) -> int:
    """Write down a value in a unit of work of its own and return its id."""
    unit = facts.pop("unit", "percent")
    with unit_of_work():
        new = NewValue(value=Decimal(value), unit=unit, valid_from=start, source="Legea 1/2149", **facts)
        return add_value(key, new).id


def spans(key: str) -> list[tuple[Decimal, date | None]]:
    return [(one.value, one.valid_to) for one in history(key)]


@pytest.mark.parametrize(
    ("key", "day", "rate"),
    [
        ("standard", date(2025, 7, 31), 19),
        ("standard", date(2025, 8, 1), 21),
        ("standard", date(2026, 11, 24), 21),
        ("reduced", date(2025, 7, 31), 9),
        ("reduced", date(2026, 11, 24), 11),
        ("second_reduced", date(2025, 7, 31), 5),
        ("zero", date(2026, 11, 24), 0),
    ],
)
def test_a_rate_of_vat_is_that_of_its_day(key: str, day: date, rate: int) -> None:
    assert vat_rate(key, day) == rate


def test_only_the_rates_of_a_day_are_offered_for_it() -> None:
    assert [(one.key, one.rate) for one in vat_rates(date(2026, 11, 24))] == [
        ("standard", 21),
        ("reduced", 11),
        ("zero", 0),
    ]
    assert [one.rate for one in vat_rates(date(2025, 7, 31))] == [19, 9, 5, 0]


def test_a_firm_that_is_not_registered_charges_no_vat() -> None:
    with unit_of_work():
        save_group("firm", {"vat_payer": False})
    assert [(one.key, one.rate) for one in vat_rates(date(2026, 11, 24))] == [("zero", 0)]


@pytest.mark.parametrize(
    ("key", "day", "value", "unit"),
    [
        ("invoice.report_deadline", date(2025, 12, 31), 5, "days"),
        ("invoice.report_deadline", date(2026, 1, 1), 5, "working_days"),
        ("vat_scheme.exemption_threshold", date(2025, 9, 1), 395_000, "RON"),
        ("vat_scheme.on_collection_ceiling", date(2026, 6, 1), 5_000_000, "RON"),
        ("vat_scheme.reverse_charge_threshold", date(2026, 12, 31), 22_500, "RON"),
        ("invoice.simplified_ceiling", date(2026, 6, 1), 100, "EUR"),
        ("cash.from_firm", date(2026, 6, 1), 5_000, "RON"),
        ("cash.from_person", date(2026, 6, 1), 10_000, "RON"),
        ("cash.to_firm", date(2026, 6, 1), 5_000, "RON"),
        ("cash.to_firms", date(2026, 6, 1), 10_000, "RON"),
        ("archive.documents", date(2026, 6, 1), 5, "years"),
        ("archive.statements", date(2026, 6, 1), 10, "years"),
        ("guarantee.new", date(2026, 6, 1), 2, "years"),
        ("guarantee.used", date(2026, 6, 1), 1, "years"),
        ("guarantee.repair", date(2026, 6, 1), 15, "days"),
    ],
)
def test_a_new_shop_knows_what_the_law_fixes(key: str, day: date, value: int, unit: str) -> None:
    found = dated_value(key, day)
    assert (found.value, found.unit) == (value, unit)
    assert found.source


def test_what_nobody_has_written_down_is_an_error_and_no_guess() -> None:
    with pytest.raises(MissingValueError, match=r"01\.01\.2027"):
        dated_value("vat_scheme.reverse_charge_threshold", date(2027, 1, 1))
    with pytest.raises(NotFoundError):
        dated_value("vat.invented", date(2027, 1, 1))


def test_a_new_value_holds_from_its_day_and_leaves_the_past_alone() -> None:
    before = history("vat.standard")[-1]
    add("vat.standard", 24, FUTURE)
    assert vat_rate("standard", FUTURE - timedelta(days=1)) == 21
    assert vat_rate("standard", FUTURE) == 24
    known = history("vat.standard")
    assert [one.id for one in known][:2] == [one.id for one in known if one.value in (19, 21)]
    assert known[1].valid_to == FUTURE - timedelta(days=1)
    assert before.valid_to is None


def test_a_value_between_two_ends_where_the_later_one_begins() -> None:
    add("vat.standard", 24, FUTURE)
    add("vat.standard", 23, date(2140, 1, 1))
    assert spans("vat.standard")[2:] == [(23, date(2149, 12, 31)), (24, None)]
    with pytest.raises(InvalidInputError) as refused:
        add("vat.standard", 22, date(2145, 1, 1), valid_to=FUTURE)
    assert set(refused.value.errors) == {"valid_to"}


def test_a_value_that_ends_by_its_own_law_leaves_nothing_behind_it() -> None:
    add("vat.standard", 24, FUTURE, valid_to=date(2150, 6, 30))
    assert vat_rate("standard", date(2150, 6, 30)) == 24
    with pytest.raises(MissingValueError):
        vat_rate("standard", date(2150, 7, 1))


def test_what_has_begun_is_written_down_with_a_reason_only_and_the_trail_keeps_it() -> None:
    with pytest.raises(InvalidInputError) as refused:
        add("vat.standard", 20, local_today())
    assert set(refused.value.errors) == {"reason"}
    with pytest.raises(InvalidInputError):
        add("vat.standard", 20, date(2025, 8, 1))
    changed = add("vat.standard", 20, date(2025, 8, 1), reason="Scris greșit")
    assert spans("vat.standard") == [(19, date(2025, 7, 31)), (20, None)]
    newest = session().execute(trail(entity="dated_value", entity_id=changed)).all()[-1]
    assert newest.action == "change"
    assert newest.changes["reason"] == ["", "Scris greșit"]
    assert [str(value).split(".")[0] for value in newest.changes["value"]] == ["21", "20"]


@pytest.mark.parametrize(
    ("key", "facts", "field"),
    [
        ("vat.standard", {"value": 101}, "value"),
        ("vat.standard", {"value": -1}, "value"),
        ("vat.standard", {"value": 21, "unit": "RON"}, "unit"),
        ("guarantee.new", {"value": 1.5, "unit": "years"}, "value"),
        ("vat.standard", {"value": 21, "valid_to": date(2149, 12, 31)}, "valid_to"),
    ],
)
def test_a_value_that_cannot_be_is_refused_beside_its_field(
    key: str, facts: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        add(key, start=FUTURE, **facts)
    assert set(refused.value.errors) == {field}


def test_what_has_not_begun_can_be_taken_back() -> None:
    value_id = add("vat_scheme.reverse_charge_threshold", 22_500, FUTURE, unit="RON")
    with unit_of_work():
        withdraw_value(value_id)
    assert spans("vat_scheme.reverse_charge_threshold") == [(22_500, date(2026, 12, 31))]
    begun = history("vat.standard")[-1].id
    with pytest.raises(BegunError), unit_of_work():
        withdraw_value(begun)
    with pytest.raises(NotFoundError), unit_of_work():
        withdraw_value(999_999)


def test_the_law_is_that_of_the_country_of_the_firm() -> None:
    with unit_of_work():
        save_group("firm", {"country": "DE"})
    assert [one.key for one in vat_rates(date(2026, 11, 24))] == ["zero"]
    with pytest.raises(MissingValueError):
        vat_rate("standard", date(2026, 11, 24))
    add("vat.standard", 19, date(2021, 1, 1), reason="Firma este în Germania")
    assert vat_rate("standard", date(2026, 11, 24)) == 19
    with unit_of_work():
        save_group("firm", {"country": "RO"})
    assert vat_rate("standard", date(2026, 11, 24)) == 21


def test_what_is_rolled_back_does_not_hold() -> None:
    with pytest.raises(RuntimeError), unit_of_work():
        add_value("vat.standard", NewValue(value=Decimal(24), unit="percent", valid_from=FUTURE, source="L"))
        assert vat_rate("standard", FUTURE) == 24
        raise RuntimeError
    assert vat_rate("standard", FUTURE) == 21


def test_a_page_full_of_rates_costs_one_statement(query_recorder: QueryRecorder) -> None:
    vat_rates(date(2026, 1, 1))
    with query_recorder.recording() as statements:
        for day in range(1, 29):
            vat_rate("standard", date(2026, 1, day))
    assert len(statements) == 0


def test_a_plugin_declares_values_of_its_own(sample_shop: Shop, shop: Shop) -> None:
    assert "sample.tax" not in legal_values()
    with sample_shop.context():
        assert "sample.tax" in legal_values()
        add("sample.tax", 3, date(2026, 1, 1), reason="Început")
        assert dated_value("sample.tax", date(2026, 1, 1)).value == 3
