import os
from collections.abc import Sequence
from decimal import Decimal

from hypothesis import given, settings, strategies as st

from core.catalogue.amounts import PricedLine, count_totals, line_amount, net_of
from core.types import Money

#: ``WM_EXAMPLES=10000`` tries as many sales as an auditor would like to see.
EXAMPLES = int(os.environ.get("WM_EXAMPLES", "300"))
RATES = tuple(map(Decimal, ("21", "11", "19", "9", "5", "0")))

quantities = st.integers(-50_000, 50_000).map(lambda number: Decimal(number).scaleb(-3))
lines = st.builds(
    PricedLine,
    quantity=quantities,
    price_minor=st.integers(0, 5_000_000),
    vat_rate=st.sampled_from(RATES),
)


def sale(*given_lines: tuple[str, int, str]) -> list[PricedLine]:
    return [
        PricedLine(Decimal(quantity), price, Decimal(rate), f"vat{rate}")
        for quantity, price, rate in given_lines
    ]


def lei(text: str) -> Money:
    return Money(Decimal(text), "RON")


def reversed_lines(of: Sequence[PricedLine]) -> list[PricedLine]:
    return [PricedLine(-line.quantity, line.price_minor, line.vat_rate, line.vat_key) for line in of]


def test_what_the_client_is_told_is_what_the_client_pays() -> None:
    totals = count_totals(sale(("1", 10000, "21")), "RON")
    assert (totals.net, totals.vat, totals.rounding, totals.payable) == (
        lei("82.64"),
        lei("17.35"),
        lei("0.01"),
        lei("100.00"),
    )
    assert totals.gross == lei("99.99")


def test_vat_is_counted_once_for_each_rate() -> None:
    totals = count_totals(sale(("1", 5, "21"), ("1", 5, "21"), ("1", 5, "21"), ("2.5", 1099, "11")), "RON")
    assert [(one.key, one.net_minor, one.vat_minor, one.rounding_minor) for one in totals.rates] == [
        ("vat21", 12, 3, 0),
        ("vat11", 2476, 272, 0),
    ]
    assert totals.line_nets == (4, 4, 4, 2476)
    assert totals.payable == lei("27.63")


def test_the_bases_of_the_lines_add_up_to_that_of_their_rate() -> None:
    # 50 / 1.21 is 41.32 for each: three times 41 lack the 1 of 123.97, which one of them takes.
    totals = count_totals(sale(("1", 50, "21"), ("1", 50, "21"), ("1", 50, "21")), "RON")
    assert totals.line_nets == (42, 41, 41)
    assert totals.net == lei("1.24")


def test_amounts_are_rounded_half_up_on_both_sides_of_nothing() -> None:
    assert line_amount(Decimal("0.5"), 1) == 1
    assert line_amount(Decimal("-0.5"), 1) == -1
    assert line_amount(Decimal("0.333"), 1000) == 333
    assert net_of(12100, Decimal(21)) == 10000
    assert net_of(-12100, Decimal(21)) == -10000


def test_nothing_comes_to_nothing() -> None:
    totals = count_totals([], "EUR")
    assert totals.rates == ()
    assert totals.payable == totals.net == totals.vat == Money(Decimal(0), "EUR")


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(lines, max_size=30))
def test_every_sale_is_exact(given_lines: list[PricedLine]) -> None:
    totals = count_totals(given_lines, "RON")
    amounts = [line.amount_minor for line in given_lines]
    assert totals.payable.minor == sum(amounts)
    assert totals.net.minor + totals.vat.minor == totals.gross.minor
    assert totals.gross.minor + totals.rounding.minor == totals.payable.minor
    for part, whole in (("net_minor", totals.net), ("vat_minor", totals.vat), ("gross_minor", totals.gross)):
        assert sum(getattr(one, part) for one in totals.rates) == whole.minor
    for one in totals.rates:
        # To the ban: no other base is nearer, no other VAT is right for it, and the two lack a ban at most.
        of_rate = [at for at, line in enumerate(given_lines) if line.vat_rate == one.rate]
        told = sum(amounts[at] for at in of_rate)
        assert abs(one.net_minor * (100 + one.rate) - told * 100) * 2 <= 100 + one.rate
        assert abs(one.vat_minor * 100 - one.net_minor * one.rate) * 2 <= 100
        assert abs(one.rounding_minor) <= 1
        assert sum(totals.line_nets[at] for at in of_rate) == one.net_minor
        for at in of_rate:
            own = amounts[at] * 100 / (100 + one.rate)
            assert abs(totals.line_nets[at] - own) <= 1


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(lines, max_size=20))
def test_a_reversal_takes_back_all_of_it(given_lines: list[PricedLine]) -> None:
    undone = reversed_lines(given_lines)
    there, back = count_totals(given_lines, "RON"), count_totals(undone, "RON")
    assert [-one.net_minor for one in there.rates] == [one.net_minor for one in back.rates]
    assert [-one.vat_minor for one in there.rates] == [one.vat_minor for one in back.rates]
    assert tuple(-net for net in there.line_nets) == back.line_nets
    nothing = count_totals([*given_lines, *undone], "RON")
    assert (nothing.net.minor, nothing.vat.minor, nothing.rounding.minor, nothing.payable.minor) == (
        0,
        0,
        0,
        0,
    )
    assert all((one.net_minor, one.vat_minor) == (0, 0) for one in nothing.rates)
