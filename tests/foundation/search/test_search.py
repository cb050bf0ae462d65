from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import FromClause, Select, select, text as sql

from core.db import session, unit_of_work
from core.foundation.search.fold import asked_words
from core.foundation.search.models import SearchEntry
from core.foundation.search.services import find, matching, put_entry, remove_entry, search, search_whole
from core.foundation.ui.values import SearchHit, SearchProvider
from core.testing import QueryRecorder, Shop

pytestmark = pytest.mark.both_databases

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
KINDS = ["ticket", "client", "equipment"]


def shown(found: FromClause) -> Select[Any]:
    statement: Select[Any] = select(found.c.position)
    return statement


def hit(record_id: int, texts: Sequence[str]) -> SearchHit:
    return SearchHit(record_id, texts[0], "/")


def providers(kinds: Sequence[str]) -> list[SearchProvider]:
    return [SearchProvider(kind, kind, "", "", shown, hit) for kind in kinds]


def whole(code: str, kinds: Sequence[str]) -> list[tuple[str, int]]:
    return [(one.kind, one.hit.id) for one in search_whole(code, providers(kinds))]


@pytest.fixture(scope="module")
def filled_shop(shared_shop: Shop) -> Shop:
    """Make a shop with a ticket, a client and a device that everything is asked about."""
    with shared_shop.context(), unit_of_work():
        put_entry(
            "ticket",
            7,
            at=NOON,
            numbers=["CJ-000123"],
            names=["George Țuțuianu-Ștefănescu"],
            phones=["+40721555114"],
            codes=["356789104829158", None],
            words=["iPhone 11", "ecran spart; nu se aprinde", None],
        )
        put_entry(
            "client", 7, at=NOON, names=["S.C. Łódź & Co. S.R.L."], phones=["+3612345678"], words=["a@b.ro"]
        )
        put_entry(
            "equipment", 9, at=NOON, codes=["SN-12 34/b"], words=["Bosch WAW-28560", "100%_sigur", 'a"b']
        )
    return shared_shop


@pytest.fixture
def inside(filled_shop: Shop) -> Iterator[None]:
    """Work inside that shop."""
    with filled_shop.context():
        yield


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    "question",
    [
        "Țuțuianu",
        "ţuţuianu",
        "tutuianu",
        "TUTU",
        "uian",
        "Țuțuianu-Ștefănescu",
        "tutuianustef",
        "stefanescu",
        "george 11",
        "tutu 11",
        "11 tutu",
        "0721 555 114",
        "0721555114",
        "+40721555114",
        "+40 721 555 114",
        "0040721555114",
        "0721-555-114",
        "721 555",
        "0721 555 1",
        "0721 5",
        "072",
        "55114",
        "40721",
        "CJ-000123",
        "cj000123",
        "CJ 000123",
        "000123",
        "0123",
        "cj",
        "c",
        "g",
        "st",
        "07",
        "0",
        "4",
        "40",
        "+4",
        "12",
        "1",
        "356789104829158",
        "35 678910 482915 8",
        "4829158",
        "iphone",
        "i-Phone",
        "spart ecran",
        "ecran s",
        "aprinde nu",
    ],
)
def test_the_ticket_is_found_in_any_spelling(question: str) -> None:
    assert ("ticket", 7) in find(question, KINDS, 10)


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    "question",
    [
        "tutuianux",
        "george 12345",
        "tutu x",
        "ec",
        "ip",
        "35",
        "ta",
        "uianu stefanescux",
        "0721 555 115",
        "555 0721",
        "+41721555114",
        "%",
        "_",
        "___",
        "%%%",
        "tut_ianu",
        "tut%ianu",
        '"tutu"x',
        "tutu OR bosch",
        "NEAR(tutu bosch)",
        "text:tutux",
        "tutu* x",
        "|",
        "cj000123|x",
        "  ",
        "\x00",
        "\ud800",
        "-- ; DROP TABLE",
        "' OR 1=1",
    ],
)
def test_what_does_not_fit_is_not_found_and_nothing_can_be_said_to_the_database(question: str) -> None:
    assert ("ticket", 7) not in find(question, KINDS, 10)


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("lodz", [("client", 7)]),
        ("sc", [("client", 7)]),
        ("srl", [("client", 7)]),
        ("36 1 234", [("client", 7)]),
        ("+36 1 234", [("client", 7)]),
        ("a@b.ro", [("client", 7)]),
        ("sn1234B", [("equipment", 9)]),
        ("sn-12", [("equipment", 9)]),
        ("sn 12", [("equipment", 9)]),
        ("12 34 b", [("equipment", 9)]),
        ("12 34 c", []),
        ("waw28560", [("equipment", 9)]),
        ("100%", [("equipment", 9)]),
        ("100%_sigur", [("equipment", 9)]),
        ("100x", []),
        ("bosch 1", [("equipment", 9)]),
        ("bosch 3", [("equipment", 9)]),
        ("bosch 7", []),
        ("bosch s", [("equipment", 9)]),
        ("bosch n", []),
        ("bosch 34", [("equipment", 9)]),
    ],
)
def test_each_question_has_the_same_answer_on_both_databases(
    question: str, found: list[tuple[str, int]]
) -> None:
    assert find(question, KINDS, 10) == found


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("CJ-000123", [("ticket", 7)]),
        ("cj000123", [("ticket", 7)]),
        ("356789104829158", [("ticket", 7)]),
        ("35-678910-482915-8", [("ticket", 7)]),
        ("SN 12 34 B", [("equipment", 9)]),
        ("000123", []),
        ("123", []),
        ("35678910482915", []),
        ("iphone", []),
        ("0721555114", []),
        ("", []),
        ("|", []),
        ("%", []),
    ],
)
def test_a_whole_number_or_code_is_told_from_a_part(code: str, found: list[tuple[str, int]]) -> None:
    assert whole(code, KINDS) == found
    among_others = [(one.kind, one.hit.id) for one in search(code, providers(KINDS), 10) if one.is_whole]
    assert among_others == found


@pytest.mark.usefixtures("inside")
def test_only_the_kinds_that_are_asked_for_are_found() -> None:
    assert find("cj000123", ["client", "equipment"], 10) == []
    assert find("cj000123", [], 10) == []
    assert whole("cj000123", ["client"]) == []


@pytest.fixture
def put(shop: Shop) -> Iterator[Callable[..., None]]:
    """Write entries of a shop of its own, ``minutes`` after noon."""

    def written(record_id: int, minutes: float = 0, *, kind: str = "ticket", words: str = "common") -> None:
        with unit_of_work():
            put_entry(kind, record_id, at=NOON + timedelta(minutes=minutes), words=[words])

    with shop.context():
        yield written


def test_the_newest_come_first_and_no_more_than_asked_of_each_kind(put: Callable[..., None]) -> None:
    for record_id, minutes in ((1, 30), (2, 10), (3, 20), (4, 20)):
        put(record_id, minutes)
    put(8, 5, kind="client")
    assert find("common", ["client", "ticket"], 10) == [("client", 8), *(("ticket", n) for n in (1, 4, 3, 2))]
    assert find("common", ["ticket", "client"], 2) == [("ticket", 1), ("ticket", 4), ("client", 8)]


def test_a_changed_entry_answers_to_what_it_says_now(put: Callable[..., None]) -> None:
    put(1, words="before")
    put(2, words="before")
    put(1, words="afterwards")
    assert find("before", ["ticket"], 10) == [("ticket", 2)]
    assert find("afterw", ["ticket"], 10) == [("ticket", 1)]
    put(2, 60, words="before")
    put(3, 30, words="before")
    assert find("before", ["ticket"], 10) == [("ticket", 2), ("ticket", 3)]


def test_a_removed_entry_is_gone_and_may_come_back(put: Callable[..., None]) -> None:
    put(1)
    with unit_of_work():
        remove_entry("ticket", 1)
        remove_entry("ticket", 1)
    assert find("common", ["ticket"], 10) == []
    put(1)
    assert find("common", ["ticket"], 10) == [("ticket", 1)]


def test_what_is_rolled_back_was_never_written(put: Callable[..., None]) -> None:
    put(1, words="before")
    with pytest.raises(ZeroDivisionError), unit_of_work():
        put_entry("ticket", 1, at=NOON, words=["afterwards"])
        put_entry("ticket", 2, at=NOON, words=["afterwards"])
        _ = 1 / 0
    assert find("before", ["ticket"], 10) == [("ticket", 1)]
    assert find("afterwards", ["ticket"], 10) == []


def test_records_of_one_second_whose_ids_end_alike_stay_apart(put: Callable[..., None]) -> None:
    ids = [1, 1 + 2**21, 1 + 2**22, 2**62 + 1, 2]
    for record_id in ids:
        put(record_id)
    assert sorted(record_id for _kind, record_id in find("common", ["ticket"], 10)) == sorted(ids)
    with unit_of_work():
        remove_entry("ticket", 1)
    assert len(find("common", ["ticket"], 10)) == 4


@pytest.mark.parametrize(
    "moment",
    [datetime(1, 1, 1, tzinfo=UTC), datetime(1969, 12, 31, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)],
)
def test_any_moment_has_its_place(shop: Shop, moment: datetime) -> None:
    with shop.context():
        with unit_of_work():
            put_entry("ticket", 1, at=moment, words=["common"])
        assert find("common", ["ticket"], 10) == [("ticket", 1)]


def test_old_records_are_found_behind_many_new_ones(shop: Shop) -> None:
    with shop.context():
        with unit_of_work():
            for record_id in range(1, 1301):
                words = ["common", "rareword" if record_id in (3, 1290) else ""]
                put_entry("ticket", record_id, at=NOON + timedelta(minutes=record_id), words=words)
            put_entry("client", 1, at=NOON, words=["common"])
        assert find("rareword", ["ticket"], 10) == [("ticket", 1290), ("ticket", 3)]
        assert find("common", KINDS, 3) == [*(("ticket", n) for n in (1300, 1299, 1298)), ("client", 1)]
        assert find("common rareword", KINDS, 1) == [("ticket", 1290)]


def test_what_fits_can_be_the_filter_of_a_list(put: Callable[..., None]) -> None:
    for record_id in (1, 2, 3):
        put(record_id, words="common" if record_id != 2 else "other")
    found = matching("comm", "ticket")
    assert found is not None
    assert sorted(session().scalars(found)) == [1, 3]
    assert matching(" - ", "ticket") is None


def test_asking_costs_a_constant_number_of_statements(
    put: Callable[..., None], query_recorder: QueryRecorder
) -> None:
    for record_id in range(5):
        put(record_id)
    with query_recorder.recording() as statements:
        find("common", KINDS, 10)
    assert len(statements) <= 2


def test_the_index_agrees_with_the_entries(put: Callable[..., None], backend: str) -> None:
    for record_id in range(20):
        put(record_id, record_id % 3, words=f"common {record_id}")
    for record_id in range(0, 20, 3):
        put(record_id, 100, words="changed")
    with unit_of_work() as current:
        remove_entry("ticket", 1)
        if backend == "sqlite":
            current.execute(sql("INSERT INTO search_gram (search_gram) VALUES ('integrity-check')"))
    for question in ("common", "changed", "1", "19", "com 1"):
        expected = {
            ("ticket", entry.record_id)
            for entry in session().scalars(select(SearchEntry))
            if fits(entry.text, question)
        }
        assert set(find(question, ["ticket"], 50)) == expected, question


@pytest.mark.parametrize("question", ["nothing rare", "12345", "rare7", "popescu 7"])
def test_long_lists_lose_nothing(put: Callable[..., None], question: str) -> None:
    with unit_of_work():
        for record_id in range(1, 12_001):
            words = ["popescu", "nothing", f"rare{record_id % 10}", str(record_id * 7919)]
            put_entry("ticket", record_id, at=NOON + timedelta(minutes=record_id), words=words)
            put_entry("client", record_id, at=NOON - timedelta(minutes=record_id), words=words)
    for kind in ("ticket", "client"):
        expected = {
            entry.record_id
            for entry in session().scalars(select(SearchEntry).where(SearchEntry.kind == kind))
            if fits(entry.text, question)
        }
        assert {record_id for _kind, record_id in find(question, [kind], 20_000)} == expected


WORDS = st.lists(st.text(alphabet="abĂș1-2 .", min_size=1, max_size=8), max_size=4)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=WORDS, words=WORDS, question=st.text(alphabet="abăș12. -", max_size=8))
def test_the_answer_is_the_one_that_the_text_gives(
    filled_shop: Shop, names: list[str], words: list[str], question: str
) -> None:
    with filled_shop.context():
        with unit_of_work():
            put_entry("sample", 1, at=NOON, names=names, words=words)
        entry = session().get_one(SearchEntry, ("sample", 1))
        found = find(question, ["sample"], 1) == [("sample", 1)]
        assert found is fits(entry.text, question)


def fits(text: str, question: str) -> bool:
    """Tell by plain Python whether ``text`` fits ``question``."""
    asked = asked_words(question)
    if not asked:
        return False
    if all(len(word) < 3 for word in asked):
        whole = "".join(asked)
        in_groups = len(asked) > 1 and len(whole) > 2 and whole in text
        return in_groups or all(f"  {word}" in text for word in asked)
    return all((f" {word}" if len(word) == 1 and not word.isdigit() else word) in text for word in asked)
