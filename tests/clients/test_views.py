import re
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core.clients.models import Client
from core.clients.services import ClientData, change_client, create_client, get_client
from core.db import session, unit_of_work
from core.testing import QueryRecorder, Shop, csrf_token, idempotency_key

pytestmark = pytest.mark.both_databases

#: What every field of every form must answer with a message rather than a fault.
BAD_TEXTS = (
    "x" * 20_000,
    "a\0b",
    "\ud800",
    "\ufffe",
    "9" * 5_000,
    "-1",
    str(2**63),
    "1e999999999",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "\u202e\u200b",
)
TYPED = {"kind": "person", "name": "Maria Popescu", "country": "RO", "language": "ro"}


def add(shop: Shop, **facts: Any) -> int:
    """Create a client through the service and return the id."""
    with shop.context(), unit_of_work():
        return create_client(ClientData(**{"name": "Maria Popescu", **facts})).id


def send(browser: FlaskClient, url: str, **typed: str) -> TestResponse:
    """Open the form at ``url`` and send it with ``typed``."""
    page = browser.get(url).text
    hidden = {"csrf_token": csrf_token(page), "_key": idempotency_key(page)}
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    if version is not None:
        hidden["version"] = version.group(1)
    body = urlencode({**hidden, **TYPED, **typed}, errors="surrogatepass")
    return browser.post(url, data=body, content_type="application/x-www-form-urlencoded")


def count(shop: Shop) -> int:
    """Return how many clients there are."""
    with shop.context():
        return int(session().scalar(select(func.count()).select_from(Client)) or 0)


def test_a_client_is_added_shown_and_changed(shop: Shop) -> None:
    browser = shop.client("receptionist")
    added = send(
        browser, f"{shop.root}/clients/new", phone="0742 555 138", email="maria@exemplu.ro", city="Cluj"
    )
    assert added.status_code == 303
    page = browser.get(added.location).text
    for text in ("Maria Popescu", "0742\u00a0555\u00a0138", 'href="mailto:maria@exemplu.ro"', "Cluj"):
        assert text in page
    changed = send(browser, f"{added.location}/edit", name="Maria Ionescu", notes="rând 1\nrând 2")
    assert changed.status_code == 303
    page = browser.get(added.location).text
    assert "Maria Ionescu" in page
    assert "rând 1<br>rând 2" in page
    assert "Maria Ionescu" in browser.get(f"{shop.root}/clients/").text


def test_the_same_form_sent_twice_makes_one_client(shop: Shop) -> None:
    browser = shop.client("receptionist")
    page = browser.get(f"{shop.root}/clients/new").text
    data = {"csrf_token": csrf_token(page), "_key": idempotency_key(page), **TYPED}
    first, second = (browser.post(f"{shop.root}/clients/new", data=data) for _time in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert count(shop) == 1


def test_who_may_be_the_same_is_shown_before_a_second_one_is_made(shop: Shop) -> None:
    browser = shop.client("receptionist")
    known = add(shop, phone="0742 555 138")
    asked = send(browser, f"{shop.root}/clients/new", name="M. Popescu", phone="0742-555-138")
    assert asked.status_code == 409
    assert f'href="{shop.root}/clients/{known}"' in asked.text
    assert 'value="M. Popescu"' in asked.text
    assert 'name="confirmed"' in asked.text
    assert count(shop) == 1
    confirmed = send(
        browser, f"{shop.root}/clients/new", name="M. Popescu", phone="0742-555-138", confirmed="1"
    )
    assert confirmed.status_code == 303
    assert count(shop) == 2


def test_who_may_be_the_same_is_shown_while_one_types(shop: Shop) -> None:
    browser = shop.client("receptionist")
    known = add(shop, phone="0742 555 138")
    found = browser.get(f"{shop.root}/clients/duplicates", query_string={"phone": "+40 742 555 138"})
    assert f"/clients/{known}" in found.text
    besides = {"phone": "0742555138", "besides": str(known)}
    assert "wm-note" not in browser.get(f"{shop.root}/clients/duplicates", query_string=besides).text
    assert "<html" not in found.text


@pytest.mark.parametrize(
    "field",
    [
        "kind",
        "name",
        "phone",
        "email",
        "tax_id",
        "street",
        "city",
        "county",
        "postcode",
        "country",
        "language",
        "notes",
    ],
)
def test_bad_input_is_answered_beside_its_field_and_typing_is_kept(shared_shop: Shop, field: str) -> None:
    browser = shared_shop.client("receptionist")
    for text in ("", *BAD_TEXTS):
        typed = {"street": "Str. Păstrată 7", field: text, "confirmed": "1"}
        answer = send(browser, f"{shared_shop.root}/clients/new", **typed)
        assert answer.status_code in {303, 422}, (field, text[:20])
        if answer.status_code == 422:
            assert "aria-invalid" in answer.text, (field, text[:20])
            if field != "street":
                assert "Str. Păstrată 7" in answer.text
        assert "<script>alert" not in answer.text


def test_a_form_without_any_field_is_refused(shared_shop: Shop) -> None:
    browser = shared_shop.client("receptionist")
    page = browser.get(f"{shared_shop.root}/clients/new").text
    hidden = {"csrf_token": csrf_token(page), "_key": idempotency_key(page)}
    assert browser.post(f"{shared_shop.root}/clients/new", data=hidden).status_code == 422
    assert browser.post(f"{shared_shop.root}/clients/new", data=hidden | {"_key": "x"}).status_code == 400
    assert browser.post(f"{shared_shop.root}/clients/new", data={}).status_code == 400


def test_who_was_overtaken_sees_both_and_may_save_over_it(shop: Shop) -> None:
    browser = shop.client("receptionist")
    client_id = add(shop, city="Cluj")
    url = f"{shop.root}/clients/{client_id}/edit"
    page = browser.get(url).text
    with shop.context(), unit_of_work():
        change_client(client_id, ClientData(name="Maria Stored", city="Dej"), version=1)
    mine = {"csrf_token": csrf_token(page), "version": "1", **TYPED, "name": "Maria Typed", "city": "Gherla"}
    answer = browser.post(url, data=mine)
    assert answer.status_code == 409
    for text in ("Maria Typed", "Maria Stored", "Gherla", "Dej"):
        assert text in answer.text
    assert 'name="version" type="hidden" value="2"' in answer.text or re.search(
        r'name="version"[^>]*value="2"', answer.text
    )
    again = browser.post(url, data=mine | {"csrf_token": csrf_token(answer.text), "version": "2"})
    assert again.status_code == 303
    with shop.context():
        assert get_client(client_id).name == "Maria Typed"


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "0"])
def test_a_damaged_version_never_overwrites(shop: Shop, version: str) -> None:
    browser = shop.client("receptionist")
    client_id = add(shop)
    url = f"{shop.root}/clients/{client_id}/edit"
    page = browser.get(url).text
    answer = browser.post(
        url, data={"csrf_token": csrf_token(page), "version": version, **TYPED, "name": "X"}
    )
    assert answer.status_code in {409, 422}
    with shop.context():
        assert get_client(client_id).name == "Maria Popescu"


@pytest.mark.parametrize(
    "path", ["0", "1000000", str(2**31), str(2**63 - 1), str(2**63), "9" * 40, "-1", "x", "1/x"]
)
def test_a_client_that_there_cannot_be_is_not_found(shared_shop: Shop, path: str) -> None:
    browser = shared_shop.client("owner")
    assert browser.get(f"{shared_shop.root}/clients/{path}").status_code == 404
    assert browser.get(f"{shared_shop.root}/clients/{path}/edit").status_code == 404


def test_the_list_pages_filters_and_sorts_with_a_fixed_number_of_statements(
    shop: Shop, query_recorder: QueryRecorder
) -> None:
    browser = shop.client("owner")
    with shop.context(), unit_of_work():
        for number in range(60):
            kind = "company" if number % 3 == 0 else "person"
            create_client(ClientData(name=f"Client {number:02}", kind=kind, city="Cluj"))
    browser.get(f"{shop.root}/clients/")
    counts = {}
    for query in ("", "?sort=name", "?sort=-name", "?sort=changed", "?q=client", "?kind=company", "?q=nimic"):
        with query_recorder.recording() as statements:
            page = browser.get(f"{shop.root}/clients/{query}")
        assert page.status_code == 200
        counts[query] = len([one for one in statements if one.startswith("SELECT")])
    assert max(counts.values()) <= 4, counts
    seen: list[str] = []
    url = f"{shop.root}/clients/?sort=name&kind=company"
    while url:
        page_text = browser.get(url).text
        seen += re.findall(r">(Client \d\d)</a>", page_text)
        following = re.search(r'href="([^"]+)" rel="next"', page_text)
        url = f"{shop.root}/clients/{following.group(1).replace('&amp;', '&')}" if following else ""
    assert seen == [f"Client {number:02}" for number in range(0, 60, 3)]


def test_the_list_takes_any_address(shared_shop: Shop) -> None:
    browser = shared_shop.client("owner")
    for text in ("x", "'", "\0", "\ud800", "%", "_", "x" * 5000, "-1", str(2**70)):
        for name in ("q", "kind", "sort", "cursor", "limit", "unknown"):
            answer = browser.get(
                f"{shared_shop.root}/clients/", query_string=urlencode({name: text}, errors="surrogatepass")
            )
            assert answer.status_code == 200, (name, text[:10])
        for page in ("lookup", "duplicates"):
            for name in ("q", "client_id", "owner", "name", "phone", "email", "tax_id", "besides"):
                answer = browser.get(
                    f"{shared_shop.root}/clients/{page}",
                    query_string=urlencode({name: text}, errors="surrogatepass"),
                )
                assert answer.status_code == 200, (page, name, text[:10])


def test_the_look_up_marks_what_is_typed_and_keeps_who_was_chosen(shop: Shop) -> None:
    browser = shop.client("receptionist")
    maria = add(shop, phone="0742 555 138")
    chosen = add(shop, name="Ion Pop")
    picks = browser.get(
        f"{shop.root}/clients/lookup", query_string={"q": "0742 555 1", "client_id": str(chosen)}
    ).text
    assert "<mark>0742\u00a0555\u00a01</mark>38" in picks
    assert re.search(rf'value="{chosen}" checked', picks)
    assert re.search(rf'value="{maria}"(?! checked)', picks)
    assert "<html" not in picks
    assert "wm-pick" not in browser.get(f"{shop.root}/clients/lookup", query_string={"q": "altul"}).text


def test_an_empty_list_says_what_to_do_next(shop: Shop) -> None:
    assert f'href="{shop.root}/clients/new"' in shop.client("receptionist").get(f"{shop.root}/clients/").text
    assert (
        f'href="{shop.root}/clients/new"' not in shop.client("technician").get(f"{shop.root}/clients/").text
    )


@pytest.mark.parametrize(("role", "may"), [("manager", True), ("technician", False), ("accountant", False)])
def test_who_may_see_clients_and_who_may_change_them(shop: Shop, role: str, may: bool) -> None:
    client_id = add(shop)
    browser = shop.client(role)
    for path in ("", f"{client_id}", "lookup"):
        assert browser.get(f"{shop.root}/clients/{path}").status_code == 200
    for path in ("new", f"{client_id}/edit", "duplicates"):
        assert browser.get(f"{shop.root}/clients/{path}").status_code == (200 if may else 403)
    assert (f"/clients/{client_id}/edit" in browser.get(f"{shop.root}/clients/{client_id}").text) is may


def test_the_search_box_finds_a_client(shop: Shop) -> None:
    browser = shop.client("technician")
    client_id = add(shop, name="Ștefan Țuțuianu", phone="0721 555 114")
    found = browser.get(f"{shop.root}/search?q=tutu", headers={"HX-Request": "true"}).text
    assert f"/clients/{client_id}" in found
    assert "0721\u00a0555\u00a0114" in found
