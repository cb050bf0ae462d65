from __future__ import annotations

import re
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.test import TestResponse

from core.conformance.world import hidden_fields
from core.foundation.settings.locations import list_locations
from core.testing import Shop
from core.tickets.stages import Stage
from core.tickets.statuses import first_status

pytestmark = pytest.mark.both_databases

IMEI = "356938035643809"
VISITOR = {
    "client-kind": "person",
    "client-name": "Ștefan Țuțuianu",
    "client-phone": "0744 555 207",
    "equipment-manufacturer": "Samsung",
    "equipment-model": "Galaxy A34",
    "equipment-unique_id": IMEI,
    "problem": "Ecranul s-a spart și nu mai reacționează.",
    "accessories": "husă, încărcător",
    "estimate": "480",
    "priority": "normal",
}


@dataclass
class Colleague:
    """Somebody of the shop with a browser, as far as HTTP goes."""

    shop: Shop
    role: str
    browser: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.browser = self.shop.client(self.role)

    def see(self, path: str, status: int = 200) -> str:
        """Open a page and return its text."""
        answer = self.browser.get(self.shop.root + path)
        assert answer.status_code == status, path
        return answer.get_data(as_text=True)

    def send(self, page: str, to: str | None = None, **fields: Any) -> TestResponse:
        """Fill the form of ``page`` in and send it ``to`` an address, by default its own."""
        form = {**hidden_fields(self.see(page)), **fields}
        return self.browser.post(self.shop.root + (to or page), data=form)

    def take_in(self, **fields: Any) -> str:
        """Open a ticket and return the path of its page."""
        with self.shop.context():
            place = list_locations(active=True)[0].id
        answer = self.send("/tickets/new", location_id=place, **fields)
        assert answer.status_code == 303
        return answer.location.removeprefix(self.shop.root)

    def move(self, ticket: str, stage: Stage, note: str) -> None:
        """Change the status of a ticket."""
        with self.shop.context():
            status = first_status(stage).id
        answer = self.send(f"{ticket}/status", status_id=status, note=note)
        assert answer.location == self.shop.root + ticket

    def print_out(self, ticket: str, kind: str) -> str:
        """Download a paper and return the text of its PDF."""
        answer = self.send(f"{ticket}/documents/{kind}", f"{ticket}/documents/{kind}/print", download="1")
        assert answer.status_code == 303
        pdf = self.browser.get(answer.location)
        assert pdf.mimetype == "application/pdf"
        reader = PdfReader(BytesIO(pdf.get_data()))
        return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def number_of(page: str) -> str:
    """Return the number of the ticket that a page is about."""
    found = re.search(r"[A-Z]{2,4}-\d{6}", page)
    assert found is not None
    return found.group(0)


def test_a_device_comes_goes_and_comes_again(shop: Shop) -> None:
    receptionist, technician = Colleague(shop, "receptionist"), Colleague(shop, "technician")

    # A client at the counter, a device, a ticket, its paper.
    assert "Ștefan" not in receptionist.see("/tickets/new/found?q=0744+555+207")
    ticket = receptionist.take_in(**VISITOR)
    number = number_of(receptionist.see(ticket))
    paper = receptionist.print_out(ticket, "intake")
    assert number in paper
    assert "Ștefan Țuțuianu" in paper
    assert "Ecranul s-a spart și nu mai reacționează." in paper
    assert "480,00 lei" in paper

    # The bench.
    assert number in technician.see("/search?q=tutuianu")
    at_once = technician.browser.get(f"{shop.root}/search?q={number}")
    assert at_once.location == shop.root + ticket
    technician.send(ticket, f"{ticket}/assign", assignee_id=shop.users["technician"])
    technician.move(ticket, Stage.IN_WORK, "Am luat un ecran din stoc.")
    technician.move(ticket, Stage.READY, "Ecran înlocuit și probat.")
    assert number in technician.see("/tickets/?view=mine")
    assert number in receptionist.see("/tickets/?view=ready")

    # Back over the counter.
    paper = receptionist.print_out(ticket, "return")
    assert "Proces-verbal de predare" in paper
    assert "Ecran înlocuit și probat." in paper
    receptionist.move(ticket, Stage.RETURNED, "Cu husă și încărcător.")
    page = receptionist.see(ticket)
    for told in ("Am luat un ecran din stoc.", "Ecran înlocuit și probat.", "Cu husă și încărcător."):
        assert told in page
    assert number not in receptionist.see("/tickets/")
    assert number in receptionist.see("/tickets/?view=all")

    # The same device again: the shop knows it before anything else is typed.
    found = receptionist.see(f"/tickets/new/found?q={IMEI}")
    assert number in found
    chosen = re.findall(r'name="(client_id|equipment_id)" value="(\d+)" checked', found)
    again = receptionist.take_in(
        **dict(chosen), problem="Se descarcă repede.", priority="normal", then="print"
    )
    assert re.fullmatch(r"/tickets/\d+/documents/intake\?seal=.+&print=1", again)
    second = number_of(receptionist.see(again))
    assert int(second[-6:]) == int(number[-6:]) + 1

    # The history of the device, and that of the changes.
    device = receptionist.see(f"/equipment/{dict(chosen)['equipment_id']}")
    assert number in device
    assert second in device
    trail = Colleague(shop, "owner").see("/settings/audit")
    assert number in trail
    assert second in trail


def test_a_shop_without_protocols_has_the_same_day_without_paper(make_shop: Any) -> None:
    shop = make_shop(bundle="core")
    receptionist = Colleague(shop, "receptionist")
    ticket = receptionist.take_in(**VISITOR, then="print")
    page = receptionist.see(ticket)
    assert "documents" not in page
    assert "Proces" not in page
    receptionist.see(f"{ticket}/documents/intake", status=404)
    receptionist.see(f"{ticket}/documents/intake.pdf", status=404)
    Colleague(shop, "owner").see("/simple/", status=404)
    receptionist.move(ticket, Stage.RETURNED, "Fără hârtii.")
    assert number_of(page) in receptionist.see(f"/tickets/new/found?q={IMEI}")
