from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from core.gate import Application
from core.testing import Shop
from tests.e2e.conftest import Seat
from tests.e2e.furniture import Furnished, furnish
from tests.e2e.people import PAIRWISE, Look, Person

#: The pages that a person of the shop opens, by endpoint.
PAGES: dict[str, tuple[str, ...]] = {
    "account.devices": ("/account/devices",),
    "account.index": ("/account/",),
    "account.password": ("/account/password",),
    "audit.index": ("/settings/audit",),
    "catalogue.edit": ("/catalogue/{item}/edit",),
    "catalogue.index": ("/catalogue/", "/catalogue/?q=nimic"),
    "catalogue.new": ("/catalogue/new",),
    "catalogue.show": ("/catalogue/{item}",),
    "clients.edit": ("/clients/{client}/edit",),
    "clients.index": ("/clients/", "/clients/?q=nimeni"),
    "clients.new": ("/clients/new",),
    "clients.show": ("/clients/{client}",),
    "closed_days.index": ("/settings/closed/",),
    "custom_fields.edit": ("/settings/fields/{field}",),
    "custom_fields.index": ("/settings/fields/",),
    "custom_fields.new": ("/settings/fields/equipment/new", "/settings/fields/client/new"),
    "custom_fields.preview": ("/settings/fields/client/preview", "/settings/fields/equipment/preview"),
    "dashboard.alerts": ("/alerts",),
    "dashboard.index": ("/",),
    "equipment.edit": ("/equipment/{equipment}/edit",),
    "equipment.index": ("/equipment/",),
    "equipment.new": ("/equipment/new",),
    "equipment.show": ("/equipment/{equipment}",),
    "equipment_labels.show": ("/equipment/{equipment}/label",),
    "equipment_types.edit": ("/settings/equipment-types/{equipment_type}",),
    "equipment_types.index": ("/settings/equipment-types/",),
    "legal_values.index": ("/settings/legal/",),
    "legal_values.show": ("/settings/legal/vat.standard", "/settings/legal/cash.from_firm"),
    "locations.edit": ("/settings/locations/1",),
    "locations.index": ("/settings/locations/",),
    "locations.new": ("/settings/locations/new",),
    "numbers.edit": ("/settings/numbers/ticket?location=1", "/settings/numbers/catalogue_part"),
    "numbers.index": ("/settings/numbers/",),
    "roles.index": ("/settings/roles/",),
    "roles.new": ("/settings/roles/new",),
    "roles.show": ("/settings/roles/1", "/settings/roles/3"),
    "search.index": ("/search?q=popescu", "/search?q=nimeni", "/search"),
    "settings.index": ("/settings/",),
    "settings.show": ("/settings/firm", "/settings/simple"),
    "simple.index": ("/simple/",),
    "ticket_statuses.edit": ("/settings/statuses/1", "/settings/statuses/10"),
    "ticket_statuses.index": ("/settings/statuses/",),
    "tickets.edit": ("/tickets/{ticket}/edit",),
    "tickets.index": ("/tickets/", "/tickets/?view=all&sort=due", "/tickets/?view=mine", "/tickets/?q=nimic"),
    "tickets.new": ("/tickets/new", "/tickets/new?client={client}&equipment={equipment}"),
    "tickets.paper": ("/tickets/{ticket}/documents/intake", "/tickets/{ticket}/documents/return"),
    "tickets.show": ("/tickets/{ticket}", "/tickets/{ticket}?history=notes"),
    "tickets.status": ("/tickets/{ticket}/status",),
    "users.index": ("/settings/users/",),
    "users.new": ("/settings/users/new",),
    "users.show": ("/settings/users/{user}", "/settings/users/1"),
    "works.new": ("/tickets/{ticket}/works/new", "/tickets/{ticket}/works/new?kind=part"),
    "works.undo": ("/tickets/{ticket}/works/{work}/reverse",),
}
#: The narrowest phone and the widest screen that pages are made for, and those at which their columns change.
WIDTHS = (360, 767, 768, 1024, 1199, 1920)
TABLET = 768
#: Pages for who is not logged in; they have a test of their own below.
PUBLIC = {"account.forgot", "account.link", "account.login", "instance.index"}
#: What answers with something else than a page of its own.
NO_PAGES = {
    "custom_fields.conversion": "a fragment",
    "catalogue.lookup": "a fragment",
    "clients.duplicates": "a fragment",
    "clients.lookup": "a fragment",
    "equipment.lookup": "a fragment",
    "equipment.models": "a fragment",
    "equipment_labels.pdf": "a file",
    "instance.healthz": "for machines",
    "instance.readyz": "for machines",
    "logo.show": "a file",
    "numbers.preview": "a fragment",
    "simple.preview": "a paper, in a frame of simple.index",
    "static": "files",
    "theme": "a stylesheet",
    "tickets.devices": "a fragment",
    "tickets.found": "a fragment",
    "tickets.pdf": "a file",
    "tickets.preview": "a paper, in a frame of tickets.paper",
}


@pytest.fixture(scope="module")
def furnished(make_shop: Callable[..., Shop]) -> Furnished:
    """Make a shop that the tests here only look at."""
    return furnish(make_shop())


def paths(furnished: Furnished) -> Iterator[str]:
    for group in PAGES.values():
        for path in group:
            yield path.format(**vars(furnished))


def visit(person: Person, addresses: Iterator[str]) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    for path in addresses:
        person.open(path)
        found = person.faults()
        if person.page.locator("h1").count() != 1:
            found.append("the page has not one h1")
        if found:
            faults[path] = found
    return faults


def test_every_page_has_its_look_in_a_browser(app: Application) -> None:
    offered = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())}
    assert offered == PAGES.keys() | PUBLIC | NO_PAGES.keys()


@pytest.mark.parametrize("look", PAIRWISE, ids=str)
def test_every_page_reads_well(look: Look, seat: Seat, furnished: Furnished) -> None:
    owner = seat(furnished.shop, "owner", look)
    assert visit(owner, paths(furnished)) == {}


def test_no_page_is_wider_than_its_window(seat: Seat, furnished: Furnished) -> None:
    owner = seat(furnished.shop, "owner", Look("ro"))
    wider: list[tuple[object, ...]] = []
    for path in paths(furnished):
        page = owner.open(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if owner.scrolls_sideways():
                wider.append((path, width))
            wider += [(path, width, part) for part in owner.cut_off() if width >= TABLET]
    assert wider == []


@pytest.mark.parametrize("look", PAIRWISE, ids=str)
def test_pages_without_a_login_read_well(look: Look, seat: Seat, furnished: Furnished) -> None:
    visitor = seat(furnished.shop, None, look)
    visitor.open("/login")
    visitor.read(look.language)
    assert visit(visitor, iter(("/login", "/forgot", furnished.invitation, "/invite/nothing", "/?x=1"))) == {}
    visitor.page.locator("[name=email]").fill("nobody@example.com")
    visitor.page.locator("[name=password]").fill("not a password of ours")
    visitor.tap(visitor.page.locator("main .btn-primary"))
    visitor.page.locator(".wm-error").wait_for()
    visitor.check()


@pytest.mark.parametrize("look", PAIRWISE, ids=str)
def test_refusals_are_pages_that_say_how_to_go_on(look: Look, seat: Seat, furnished: Furnished) -> None:
    technician = seat(furnished.shop, "technician", look)
    refused = ("/settings/users/", "/settings/audit", "/no/such/page", "/tickets/987654", "/clients/987654")
    assert visit(technician, iter(refused)) == {}
    for path in refused:
        technician.open(path)
        assert technician.page.locator("main a").count() > 0, path


@pytest.mark.parametrize("role", ["receptionist", "technician", "accountant"])
def test_the_pages_of_each_role_read_well(role: str, seat: Seat, furnished: Furnished) -> None:
    person = seat(furnished.shop, role, Look("en", "phone", "light"))
    menu = person.open("/").locator(".wm-tabs a, .wm-nav a")
    addresses = {str(link.get_attribute("href")).removeprefix(furnished.shop.root) for link in menu.all()}
    assert addresses
    assert visit(person, iter(sorted(addresses))) == {}


def test_an_unknown_shop_and_the_front_door_are_pages(seat: Seat, furnished: Furnished) -> None:
    visitor = seat(furnished.shop, None, Look("en"))
    for path in ("/", "/t/no-such-shop/"):
        visitor.page.goto(furnished.shop.tenant.url.removesuffix(furnished.shop.root) + path)
        visitor.page.locator("h1").wait_for()
        assert [fault for fault in visitor.faults() if not fault.startswith("the page is in")] == [], path
