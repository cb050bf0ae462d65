import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.db import session, unit_of_work
from core.foundation.accounts import Actor
from core.foundation.accounts.models import User
from core.foundation.settings.services import save_group
from core.testing import Shop, csrf_token
from core.tickets.codes import shown_code
from core.tickets.models import EventKind
from core.tickets.papers import MASK
from core.tickets.services import ClientData, EquipmentData
from core.tickets.stages import Stage
from core.types import Money
from plugins.simple.models import TicketWording, Wording
from tests.tickets.conftest import Take, move, timeline
from tests.works import conftest as works
from tests.works.conftest import lei

NOTE = "Verificați la ridicare."


def set_texts(shop: Shop, **values: object) -> None:
    with shop.context(), unit_of_work():
        save_group("simple", values)


def paper(browser: FlaskClient, shop: Shop, ticket_id: int, kind: str = "intake") -> str:
    answer = browser.get(f"{shop.root}/tickets/{ticket_id}/documents/{kind}/preview")
    assert answer.status_code == 200, answer.text
    return answer.text


def press_print(browser: FlaskClient, shop: Shop, ticket_id: int, kind: str = "intake") -> TestResponse:
    page = browser.get(f"{shop.root}/tickets/{ticket_id}/documents/{kind}").text
    return browser.post(
        f"{shop.root}/tickets/{ticket_id}/documents/{kind}/print", data={"csrf_token": csrf_token(page)}
    )


@pytest.mark.both_databases
def test_the_intake_protocol_says_what_the_law_and_the_shop_want(shop: Shop, take: Take) -> None:
    with shop.context():
        opened = take(
            client=ClientData(
                name="Ștefan Țuțuianu", phone="0744 555 207", street="str. Fântânii 3", city="Cluj-Napoca"
            ),
            equipment=EquipmentData(
                manufacturer="Beko", model="WUE 7612", variant="albă", unique_id="SN 7188", serial="B77"
            ),
            problem="Nu centrifughează",
            accessories="furtun",
            condition="ruginită jos",
            initial_findings="pornește",
            estimate=Money(Decimal("1480.00")),
            unlock_code="9911",
        )
    text = paper(shop.client("receptionist"), shop, opened.ticket.id)
    for said in (
        opened.ticket.number,
        "Ștefan Țuțuianu",
        "0744\N{NO-BREAK SPACE}555\N{NO-BREAK SPACE}207",
        "str. Fântânii 3, Cluj-Napoca",
        "Beko WUE 7612, albă",
        "SN 7188",
        "B77",
        "Nu centrifughează",
        "furtun",
        "ruginită jos",
        "pornește",
        "1.480,00",
        "pierderea datelor",
        "art. 2495",
        "act de identitate",
        "Atelier Meteor",
    ):
        assert said in text, said
    assert "9911" not in text


def test_looking_at_a_paper_shows_no_access_code_and_printing_does(shop: Shop, take: Take) -> None:
    with shop.context():
        opened = take()
    browser = shop.client("receptionist")
    code, ticket_id = shown_code(opened.access_code), opened.ticket.id
    assert MASK in paper(browser, shop, ticket_id)
    answer = press_print(browser, shop, ticket_id)
    assert answer.status_code == 303
    seal = re.search(r"seal=([^&]+)", answer.location)
    assert seal
    shown = browser.get(f"{shop.root}/tickets/{ticket_id}/documents/intake/preview?seal={seal.group(1)}").text
    assert code in shown
    with shop.context():
        assert [event.data for event in timeline(ticket_id) if event.kind is EventKind.PRINTED] == [
            {"document": "intake", "access_code": True}
        ]
    page = browser.get(f"{shop.root}/tickets/{ticket_id}").text
    assert "cu codul de acces" in page
    others = shop.client("technician")
    for seal_text, reader in ((seal.group(1) + "x", browser), ("", browser), (seal.group(1), others)):
        again = reader.get(f"{shop.root}/tickets/{ticket_id}/documents/intake/preview?seal={seal_text}").text
        assert code not in again


def test_a_paper_that_needs_no_access_code_never_has_it_and_says_so(shop: Shop, take: Take) -> None:
    with shop.context():
        opened = take()
    browser, ticket_id = shop.client("receptionist"), opened.ticket.id
    seal = re.search(r"seal=([^&]+)", press_print(browser, shop, ticket_id, "return").location)
    assert seal
    address = f"{shop.root}/tickets/{ticket_id}/documents/return/preview?seal={seal.group(1)}"
    assert shown_code(opened.access_code) not in browser.get(address).text
    with shop.context():
        assert [event.data for event in timeline(ticket_id) if event.kind is EventKind.PRINTED] == [
            {"document": "return"}
        ]


def test_the_pdf_is_shown_in_place_or_kept(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
    browser = shop.client("receptionist")
    address = f"{shop.root}/tickets/{ticket.id}/documents/intake.pdf"
    shown, kept = browser.get(address), browser.get(f"{address}?download=1")
    for answer, disposition in ((shown, "inline"), (kept, "attachment")):
        assert answer.status_code == 200, answer.text
        assert answer.mimetype == "application/pdf"
        assert answer.data.startswith(b"%PDF")
        assert answer.headers["Content-Disposition"].startswith(disposition)
        assert ticket.number in answer.headers["Content-Disposition"]
    with shop.context():
        assert [event.kind for event in timeline(ticket.id)] == [EventKind.OPENED]


def test_papers_are_in_the_clients_language(shop: Shop, take: Take) -> None:
    with shop.context():
        english = take(client=ClientData(name="John Smith", language="en")).ticket.id
        romanian = take(client=ClientData(name="Ion Pop", language="ro")).ticket.id
    browser = shop.client("receptionist")
    assert "loss of data" in paper(browser, shop, english)
    assert '<html lang="en">' in paper(browser, shop, english)
    assert "pierderea datelor" in paper(browser, shop, romanian)


def test_the_return_protocol_tells_the_outcome_and_the_guarantee(shop: Shop, take: Take) -> None:
    set_texts(shop, guarantee_months=6)
    browser = shop.client("receptionist")
    with shop.context():
        repaired, given_up = take().ticket.id, take().ticket.id
        move(repaired, Stage.READY, "Ecran înlocuit.")
        move(given_up, Stage.UNREPAIRABLE, "Nu se găsesc piese.")
    text = paper(browser, shop, repaired, "return")
    assert "Ecran înlocuit." in text
    assert "6 " in text
    assert "nereparat" not in text
    text = paper(browser, shop, given_up, "return")
    assert "Nu se găsesc piese." in text
    assert "nereparat" in text


def test_a_ticket_keeps_the_terms_of_its_day(shop: Shop, take: Take) -> None:
    browser = shop.client("receptionist")
    with shop.context():
        first = take().ticket.id
    set_texts(shop, terms={"ro": "Condiții noi.", "en": "New terms."}, diagnosis_fee="50")
    with shop.context():
        second = take().ticket.id
        third = take().ticket.id
        rows = session().query(Wording).order_by(Wording.number).all()
        assert [(row.kind, row.language, row.number) for row in rows] == [
            ("intake", "ro", 1),
            ("intake", "ro", 2),
        ]
        kept = {row.ticket_id: row.wording_id for row in session().query(TicketWording)}
        assert kept[second] == kept[third] != kept[first]
    assert "pierderea datelor" in paper(browser, shop, first)
    text = paper(browser, shop, second)
    assert "Condiții noi." in text
    assert "pierderea datelor" not in text


@pytest.mark.both_databases
def test_the_papers_name_who_took_the_device_in_and_who_handed_it_over(shop: Shop, take: Take) -> None:
    radu, denisa = Actor(shop.users["technician"], "Radu Câmpean"), Actor(None, "Denisa Chiș")
    with shop.context():
        ticket_id = take(actor=radu).ticket.id
    reader, printer = shop.client("receptionist"), shop.client("manager")
    with shop.context():
        names = {role: session().get_one(User, shop.users[role]).name for role in ("receptionist", "manager")}
    assert "Radu Câmpean" in paper(reader, shop, ticket_id)
    assert f"predat de {names['receptionist']}" in paper(reader, shop, ticket_id, "return")
    assert f"predat de {names['manager']}" in paper(printer, shop, ticket_id, "return")
    with shop.context():
        move(ticket_id, Stage.RETURNED, actor=radu)
        move(ticket_id, Stage.READY, "Nu era ridicat.", actor=radu)
    assert f"predat de {names['manager']}" in paper(printer, shop, ticket_id, "return")
    with shop.context():
        move(ticket_id, Stage.RETURNED, actor=denisa)
    for browser in (reader, printer):
        text = paper(browser, shop, ticket_id, "return")
        assert text.count("Denisa Chiș") == 2
        assert not any(name in text for name in names.values())


def test_the_words_of_the_return_are_kept_when_the_device_goes_back(shop: Shop, take: Take) -> None:
    browser = shop.client("receptionist")
    set_texts(shop, return_note={"ro": "Garanție {{ guarantee }}."}, guarantee_months=12)
    with shop.context():
        ticket_id = take().ticket.id
        move(ticket_id, Stage.RETURNED)
    set_texts(shop, return_note={"ro": "Fără garanție."}, guarantee_months=1)
    assert "Garanție 12 " in paper(browser, shop, ticket_id, "return")


def test_texts_of_the_shop_may_hold_fields_and_no_markup_of_clients(shop: Shop, take: Take) -> None:
    set_texts(
        shop, terms={"ro": "<b>Fișa {{ number }}</b> a lui {{ client.name }}.\n{% if estimate %}x{% endif %}"}
    )
    with shop.context():
        ticket = take(client=ClientData(name="<i>Ana</i> & Co")).ticket
    text = paper(shop.client("receptionist"), shop, ticket.id)
    assert f"<b>Fișa {ticket.number}</b> a lui &lt;i&gt;Ana&lt;/i&gt; &amp; Co." in text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Bine.\n{{ number", 2),
        ("{{ client.secret }}", 1),
        ("Bine.\n\n{{ nothing_like_it }}", 3),
        ("{{ number|nofilter }}", 1),
        ("{% include 'x' %}", 1),
        ("{{ ''.__class__ }}", 1),
    ],
)
def test_a_text_that_will_not_print_is_refused_with_its_line(shop: Shop, text: str, line: int) -> None:
    browser = shop.client("manager")
    address = f"{shop.root}/settings/simple"
    page = browser.get(address).text
    sent = {
        name: value
        for name, value in re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', page)
        if name in {"csrf_token", "_key", "version"}
    }
    fields = re.findall(r'<textarea[^>]*name="([^"]*terms[^"]*ro[^"]*)"', page)
    assert fields, page
    answer = browser.post(address, data={**sent, fields[0]: text})
    assert answer.status_code == 422
    assert re.search(rf"(?:Linia|linia|Line|rândul|Rândul)\D*{line}\b", answer.text), answer.text


def test_the_shops_two_rules_hold_when_they_are_switched_on(shop: Shop, take: Take) -> None:
    from core.errors import DomainError, InvalidInputError

    with shop.context():
        ticket = take().ticket
        move(ticket.id, Stage.RETURNED)
    set_texts(shop, require_condition=True, require_return=True)
    browser = shop.client("receptionist")
    with shop.context():
        with pytest.raises(InvalidInputError) as refusal:
            take(condition="")
        assert set(refusal.value.errors) == {"condition"}
        ticket_id = take(condition="zgâriat").ticket.id
        with pytest.raises(DomainError):
            move(ticket_id, Stage.RETURNED)
    assert press_print(browser, shop, ticket_id, "return").status_code == 303
    with shop.context():
        assert not move(ticket_id, Stage.RETURNED).is_open


def test_the_ticket_names_each_paper_once_with_all_that_is_done_with_it(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
    browser = shop.client("receptionist")
    address = f"{shop.root}/tickets/{ticket.id}"
    page = browser.get(address).text
    main = page[page.index("<main") : page.index("</main>")]
    for kind, title in (("intake", "Proces-verbal de preluare"), ("return", "Proces-verbal de predare")):
        assert len(re.findall(rf'<a href="{address}/documents/{kind}">{title}</a>', main)) == 1
        assert main.count(f'action="{address}/documents/{kind}/print"') == 2
    assert main.count("netipărit încă") == 2
    assert main.count("versiunea 1 a condițiilor") == 1
    press_print(browser, shop, ticket.id)
    assert browser.get(address).text.count("netipărit încă") == 1


def test_who_may_not_print_reads_nothing_of_papers(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
    accountant = shop.client("accountant").get(f"{shop.root}/tickets/{ticket.id}").text
    assert 'id="papers"' not in accountant
    assert "/documents/" not in accountant


def test_papers_that_are_not_there_or_not_for_the_reader_answer_alike(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
    accountant, receptionist = shop.client("accountant"), shop.client("receptionist")
    for tail in ("", "/preview", ".pdf"):
        assert accountant.get(f"{shop.root}/tickets/{ticket.id}/documents/intake{tail}").status_code == 404
        assert receptionist.get(f"{shop.root}/tickets/{ticket.id}/documents/invoice{tail}").status_code == 404
        assert receptionist.get(f"{shop.root}/tickets/999/documents/intake{tail}").status_code == 404


def test_the_texts_are_looked_at_before_there_is_a_ticket(shop: Shop) -> None:
    browser = shop.client("manager")
    page = browser.get(f"{shop.root}/simple/").text
    for kind in ("intake", "return"):
        for language in ("ro", "en"):
            address = f"{shop.root}/simple/preview/{kind}/{language}"
            assert address in page
            shown = browser.get(address)
            assert shown.status_code == 200
            assert "Maria Popescu" in shown.text
            assert "unsafe-inline" not in shown.headers["Content-Security-Policy"]
    assert browser.get(f"{shop.root}/simple/preview/invoice/ro").status_code == 404
    assert browser.get(f"{shop.root}/simple/preview/intake/xx").status_code == 404
    assert shop.client("accountant").get(f"{shop.root}/simple/").status_code == 403


def test_a_tenant_without_the_plugin_shows_no_trace_of_it(make_shop: Callable[..., Shop], take: Take) -> None:
    shop = make_shop(bundle="core")
    with shop.context():
        ticket = take().ticket
    browser = shop.client("owner")
    for path in ("/", "/tickets/", "/tickets/new", f"/tickets/{ticket.id}", "/settings/"):
        page = browser.get(f"{shop.root}{path}")
        assert page.status_code == 200
        for trace in ("simple", "protocol", "proces-verbal", "/documents/"):
            assert trace not in page.text.lower().replace("protocolul vin", ""), (path, trace)
    for path in ("/simple/", "/settings/simple", f"/tickets/{ticket.id}/documents/intake"):
        assert browser.get(f"{shop.root}{path}").status_code == 404


def test_the_return_protocol_prints_the_works_that_stand_and_what_they_cost(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take(estimate=lei("400")).ticket
        kept = works.add(ticket.id, description="Înlocuire ecran", price=lei("100"), cost=lei("33.33"))
        wrong = works.add(ticket.id, description="Adeziv", price=lei("20"))
        works.add(
            ticket.id, kind="part", description="Cablu", quantity=Decimal("1.5"), unit="metre", price=lei("14"),
            vat_key="reduced",
        )  # fmt: skip
        works.reverse(wrong.id)
        move(ticket.id, Stage.READY)
    browser = shop.client("receptionist")
    text = paper(browser, shop, ticket.id, "return").replace("\N{NO-BREAK SPACE}", " ")
    for said in (
        "Înlocuire ecran",
        "1,5 m",
        "14,00",
        "21,00",
        "TVA 21 % din 82,64 lei",
        "17,35 lei",
        "TVA 11 % din 18,92 lei",
        "2,08 lei",
        "Rotunjire",
        "0,01 lei",
        "Total cu TVA",
        "121,00 lei",
    ):
        assert said in text, said
    for kept_quiet in ("Adeziv", "33,33", "400,00"):
        assert kept_quiet not in text
    assert kept.description not in paper(browser, shop, ticket.id, "intake")


def test_the_return_protocol_names_the_works_in_the_language_of_the_client(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take(client=ClientData(name="John Smith", language="en")).ticket
        works.add(ticket.id, catalogue_item_id=works.item(), description="", price=None)
        move(ticket.id, Stage.READY)
    text = paper(shop.client("receptionist"), shop, ticket.id, "return")
    assert "Screen replacement" in text
    assert "guarantee 6 months" in text
    assert "Înlocuire ecran" not in text


def test_the_sample_of_the_return_protocol_shows_works(shop: Shop) -> None:
    page = shop.client("manager").get(f"{shop.root}/simple/preview/return/ro").text
    assert "Înlocuire ecran" in page
    assert "740,00" in page
