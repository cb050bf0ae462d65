"""Romanian reaches the screen: no page that a Romanian user gets holds English, and none in English holds Romanian."""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from werkzeug.routing import Rule

from core.catalogue.services import ItemData, create_item
from core.db import unit_of_work
from core.foundation.accounts import Actor
from core.foundation.custom.definitions import FieldData, create_field
from core.foundation.settings.locations import list_locations
from core.testing import Shop, csrf_token
from core.tickets.services import ClientData, EquipmentData, TicketData, open_ticket
from core.types import Money
from core.works.services import WorkData, add_work
from tests import texts

ROOT: Final = Path(__file__).resolve().parents[1]
#: English that no Romanian page holds; words that Romanian has too (are, or, note, mine) are not among them.
TELLTALE: Final = frozenset((ROOT / "tests/words/english_telltale.txt").read_text().split())
#: Pages that say more than their plain addresses do.
FURTHER: Final = (
    "nothing-here", "tickets/999999", "search?q=Maria", "search?q=zzz", "tickets/?q=zzz", "clients/?q=zzz", "equipment/?q=zzz",
    "catalogue/?q=zzz", "catalogue/lookup?q=zzz", "settings/numbers/ticket?location=1",
    "settings/numbers/ticket/preview?location=1&pattern=X",
)  # fmt: skip
#: Endpoints that show no page to read, and why.
NO_PAGE: Final[Mapping[str, str]] = {
    "account.link": "needs a link that is spent by a test of its own",
    "static": "files",
    "theme": "a style sheet",
}
#: What is nobody's words: the fixture's users, addresses, names of settings and fields, languages by their own names, what one types.
NAMES: Final = re.compile(
    r"(?:Owner|Manager|Receptionist|Technician|Accountant) \d+|\S+@\S+|\b[a-z]+\.[a-z_]+\b|\{\{.*?\}\}|\{[a-z]+\}|English"
    r"|workmanager user password"
)


#: Forms that are sent empty, to read what is said about it: the page and where it is sent.
FORMS: Final = (
    ("clients.new", "clients.create"),
    ("catalogue.new", "catalogue.create"),
    ("tickets.new", "tickets.create"),
    ("users.new", "users.create"),
    ("roles.new", "roles.create"),
    ("locations.new", "locations.create"),
    ("account.password", "account.change_password"),
)


def make_facts(shop: Shop) -> Mapping[str, tuple[Any, ...]]:
    """Open a ticket, and return what the addresses of the shop's pages are made of."""
    with shop.context():
        location = list_locations()[0].id
        with unit_of_work():
            ticket = open_ticket(
                TicketData(problem="iPhone 13", location_id=location),
                client=ClientData(
                    name="Maria Popescu", phone="0742 555 138", email="maria.popescu@exemplu.ro"
                ),
                equipment=EquipmentData(manufacturer="Apple", model="iPhone 13"),
                actor=Actor(None, "Ioana Popa"),
            ).ticket
            work = add_work(
                ticket,
                WorkData(kind="part", description="iPhone 13", price=Money(Decimal(590), "RON")),
                actor=Actor(None, "Ioana Popa"),
            )
            field = create_field(
                "ticket",
                FieldData(names={"ro": "Apple"}, default="iPhone 13", at_intake=True),
            )
            named = {"ro": "Ecran Apple", "en": "Apple iPhone 13"}
            item = create_item(
                ItemData(kind="part", names=named, price=Money(Decimal(120), "RON"), vat_key="zero")
            )
    return {
        "item_id": (item.id,),
        "work_id": (work.id,),
        "client_id": (ticket.client_id,),
        "equipment_id": (ticket.equipment_id,),
        "ticket_id": (ticket.id,),
        "location_id": (location,),
        "user_id": tuple(shop.users.values()),
        "field_id": (field.id,),
        "record_kind": ("client", "equipment", "ticket"),
        "role_id": (1, 2),
        "type_id": (1,),
        "status_id": (1, 10),
        "name": ("firm", "simple"),
        "number_kind": ("catalogue_part",),
        "key": ("vat.standard", "cash.from_firm"),
        "kind": ("intake", "return"),
        "language": (shop.tenant.language,),
    }


def addresses(rule: Rule, facts: Mapping[str, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    """Yield the values that make addresses of ``rule``."""
    made: list[dict[str, Any]] = [{}]
    for argument in sorted(rule.arguments):
        made = [{**values, argument: one} for values in made for one in facts[argument]]
    yield from made


def read_pages(shop: Shop) -> Iterator[tuple[str, str]]:
    """Yield address and content of every page of ``shop``, as the owner gets it and as somebody who is not logged in."""
    adapter = shop.app.map_for(shop.tenant).bind("localhost", script_name=shop.root)
    facts = make_facts(shop)
    pages = {
        adapter.build(rule.endpoint, values)
        for rule in adapter.map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint not in NO_PAGE
        for values in addresses(rule, facts)
    }
    pages |= {f"{shop.root}/{path}" for path in FURTHER}
    headers = {"Accept-Language": shop.tenant.language}
    for client in (shop.client("owner"), shop.client(None)):
        for page in sorted(pages):
            answer = client.get(page, headers=headers)
            if answer.mimetype == "text/html" and answer.status_code not in {301, 302, 303}:
                yield page, answer.get_data(as_text=True)


def english(page: str) -> list[tuple[str, list[str]]]:
    """Return the texts of a page that hold English, with the words that give it away."""
    found = []
    for said in texts.said_by(page):
        text = NAMES.sub("", said.text)
        words = [word for word in re.findall(r"[^\W\d_]+", text.lower()) if word in TELLTALE]
        if words:
            found.append((said.text, words))
    return found


def test_no_page_in_romanian_holds_english(shared_shop: Shop) -> None:
    pages = list(read_pages(shared_shop))
    assert len(pages) > 40
    assert {f"{page}: {text}": words for page, body in pages for text, words in english(body)} == {}


def test_no_page_in_english_holds_romanian(make_shop: Callable[..., Shop]) -> None:
    pages = list(read_pages(make_shop(language="en")))
    found = {
        f"{page}: {said.text}"
        for page, body in pages
        for said in texts.said_by(body)
        if re.search("[ăâîșț]", re.sub("Română|Ioana Mureșan", "", said.text), re.IGNORECASE)
    }
    assert len(pages) > 40
    assert found == set()


@pytest.mark.parametrize(("page", "target"), FORMS)
def test_what_is_said_about_an_empty_form_is_romanian(shared_shop: Shop, page: str, target: str) -> None:
    browser = shared_shop.client("owner")
    adapter = shared_shop.app.map_for(shared_shop.tenant).bind("localhost", script_name=shared_shop.root)
    form = browser.get(adapter.build(page)).get_data(as_text=True)
    sent = {"csrf_token": csrf_token(form)}
    if key := re.search(r'name="_key"[^>]*value="([^"]+)"', form):
        sent["_key"] = key[1]
    answer = browser.post(adapter.build(target), data=sent, headers={"Accept-Language": "ro"})
    body = answer.get_data(as_text=True)
    assert answer.status_code == 422, answer.status_code
    assert "wm-error" in body
    assert english(body) == []


def test_english_on_a_page_is_found() -> None:
    page = '<p>Salvat</p><button aria-label="Close">x</button><p>Open tickets</p>'
    assert english(page) == [("Close", ["close"]), ("Open tickets", ["open", "tickets"])]
    assert english("<p>Clientul are note de la Owner 7</p>") == []
