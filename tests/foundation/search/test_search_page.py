import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from core.db import unit_of_work
from core.foundation.search.services import put_entry
from core.foundation.tenants.services import set_plugin_state
from core.plugin import PluginState
from core.testing import POSTGRESQL, QueryRecorder, Shop, fresh_database, make_app, open_shop
from tests.foundation.search.sample import plugin
from tests.foundation.search.sample.hooks import HIDDEN

pytestmark = pytest.mark.both_databases

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LIVE = {"HX-Request": "true"}


@pytest.fixture(scope="module")
def things(backend: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Make a shop with the plugin ``sample``, many things and a secret."""
    environment = {
        "WORKMANAGER_INSTANCE": str(tmp_path_factory.mktemp("things")),
        "WORKMANAGER_PUBLIC_URL": "http://localhost",
    }
    with ExitStack() as stack:
        if backend == POSTGRESQL:
            environment["WORKMANAGER_DATABASE_URL"] = stack.enter_context(fresh_database())
        app = make_app(environment, plugins=[plugin])
        stack.callback(app.extensions["wm_engines"].dispose)
        shop = open_shop(app, plugins=["sample"])
        _fill(shop)
        yield shop


def _fill(shop: Shop) -> None:
    with shop.context(), unit_of_work():
        for number in range(1, 31):
            at = NOON + timedelta(minutes=number)
            put_entry("sample_thing", number, at=at, numbers=[f"T-{number:04}"], words=["common"])
        put_entry("sample_thing", HIDDEN, at=NOON, numbers=["T-0666"], words=["hidden"])
        put_entry("sample_thing", 40, at=NOON, codes=["TWIN"])
        put_entry("sample_thing", 41, at=NOON, codes=["twin"])
        put_entry("sample_secret", 1, at=NOON, numbers=["S-0001"], words=["common"])


def titles(page: str) -> list[str]:
    """Return the titles of the hits on a page."""
    return re.findall(r'class="strong">((?:Thing|Secret)[^/]*)</b>', page)


def test_the_page_shows_what_was_found_by_kind_newest_first(things: Shop) -> None:
    page = things.client("manager").get(f"{things.root}/search?q=common").text
    assert titles(page) == [*(f"Thing &lt;{number}&gt;" for number in range(30, 10, -1)), "Secret 1"]
    assert re.findall(r'<h2 id="found-[a-z_]+">(\w+)</h2>', page) == ["Things", "Secrets"]


def test_one_kind_alone_shows_more(things: Shop) -> None:
    browser = things.client("manager")
    link = re.search(
        r'href="([^"]*kind=sample_thing[^"]*)"', browser.get(f"{things.root}/search?q=common").text
    )
    assert link is not None
    assert len(titles(browser.get(link[1].replace("&amp;", "&")).text)) == 30


def test_a_kind_is_found_by_those_alone_who_may_see_it(things: Shop) -> None:
    browser = things.client("technician")
    for query in ("common", "S-0001", "common&kind=sample_secret"):
        answer = browser.get(f"{things.root}/search?q={query}")
        assert answer.status_code == 200
        assert "Secret" not in answer.text
        assert "Secret" not in browser.get(f"{things.root}/search?q={query}", headers=LIVE).text


def test_what_the_provider_does_not_show_is_not_found_either(things: Shop) -> None:
    browser = things.client("manager")
    assert titles(browser.get(f"{things.root}/search?q=hidden").text) == []
    assert browser.get(f"{things.root}/search?q=T-0666").status_code == 200


def test_asked_while_one_types_it_answers_with_the_list_alone(things: Shop) -> None:
    answer = things.client("manager").get(f"{things.root}/search?q=common", headers=LIVE)
    assert len(titles(answer.text)) == 7
    assert "<html" not in answer.text
    exact = things.client("manager").get(f"{things.root}/search?q=T-0007", headers=LIVE)
    assert exact.status_code == 200
    assert titles(exact.text) == ["Thing &lt;7&gt;"]


@pytest.mark.parametrize("question", ["T-0007", "t0007", "T 0007", "%20T-0007%20"])
def test_a_whole_number_opens_its_record_at_once(things: Shop, question: str) -> None:
    answer = things.client("manager").get(f"{things.root}/search?q={question}")
    assert (answer.status_code, answer.location) == (302, "/things/7")


def test_a_code_that_only_its_kind_knows_opens_its_record_too(things: Shop) -> None:
    browser = things.client("technician")
    assert browser.get(f"{things.root}/search?q=open sesame").location == "/things/13"
    assert titles(browser.get(f"{things.root}/search?q=open sesame", headers=LIVE).text) == [
        "Thing &lt;13&gt;"
    ]


def test_a_code_that_two_records_have_opens_neither(things: Shop) -> None:
    answer = things.client("manager").get(f"{things.root}/search?q=twin")
    assert answer.status_code == 200
    assert len(titles(answer.text)) == 2


@pytest.mark.parametrize(
    "question", ["", "%20", "%00", "%ED%A0%80", "%FF", "x" * 5000, "%22%20OR%20%22", "%25_", "&q=a&q=b"]
)
@pytest.mark.parametrize("headers", [{}, LIVE], ids=["page", "live"])
def test_whatever_is_asked_is_answered(things: Shop, question: str, headers: dict[str, str]) -> None:
    answer = things.client("manager").get(f"{things.root}/search?q={question}", headers=headers)
    assert answer.status_code == 200


def test_what_is_asked_is_shown_as_text(things: Shop) -> None:
    page = things.client("manager").get(f"{things.root}/search?q=%3Cscript%3Ealert").text
    assert "<script>alert" not in page


def test_nobody_searches_without_a_login(things: Shop) -> None:
    answer = things.client(None).get(f"{things.root}/search?q=common")
    assert answer.status_code in {302, 303, 401}
    assert not titles(answer.text)


def test_the_page_costs_the_same_for_one_hit_and_for_many(
    things: Shop, query_recorder: QueryRecorder
) -> None:
    browser = things.client("manager")
    browser.get(f"{things.root}/search?q=common")
    counts = []
    for question in ("common", "T000"):
        with query_recorder.recording() as statements:
            browser.get(f"{things.root}/search?q={question}")
        counts.append(sum(statement.startswith(("SELECT", "WITH")) for statement in statements))
    assert max(counts) <= 4


def test_a_plugin_that_is_off_is_not_found(things: Shop) -> None:
    with things.app.app_context():
        set_plugin_state(things.slug, "sample", PluginState.OFF)
    browser = things.client("manager")
    assert "Thing" not in browser.get(f"{things.root}/search?q=common").text
    with things.app.app_context():
        set_plugin_state(things.slug, "sample", PluginState.ON)
    assert "Thing" in browser.get(f"{things.root}/search?q=common").text
