"""Kinds of papers: data, the tenant's texts and the shipped template become one paper in the client's language."""

from __future__ import annotations

import base64
import hashlib
import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings, strategies as st
from jinja2 import UndefinedError
from pypdf import PdfReader

from core.foundation.documents.errors import TemplateError
from core.foundation.documents.kinds import (
    A4_LANDSCAPE,
    A5,
    Page,
    compose_document,
    document_filename,
    render_document,
    text_sandbox,
)
from core.foundation.documents.render import RenderServer
from tests.foundation.documents.papers import CANARY, INTAKE, intake_data, line


def pages_of(pdf: bytes) -> list[str]:
    """Return what a reader sees on each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.usefixtures("paper_app")
def test_an_intake_protocol_is_one_page_with_all_that_belongs_on_it() -> None:
    paper = render_document(INTAKE, intake_data(), language="ro")
    (text,) = pages_of(paper.pdf)
    for words in (
        "Atelier Meteor SRL", "RO 12345674 · J12/1234/2015", "0264 555 100 · service@meteor.exemplu.ro", "K7QM-4X2P-9RTD",
        "Proces-verbal de preluare nr. CJ-4821", "Maria Popescu", "356789104829153", "zgârieturi, colț dreapta jos lovit",
        "Tactilul răspunde doar", "Înlocuire ecran iPhone 13, manoperă", "520,00", "750,00\u00a0lei", "Diagnosticarea costă 50,00\u00a0lei",
        "Ioana Mureșan", "Talon pentru echipament: se taie și se lipește", "CJ-4821 · pagina 1 din 1", "24.11.2026",
    ):  # fmt: skip
        assert " ".join(words.split()) in " ".join(text.split()), words


@pytest.mark.usefixtures("paper_app")
def test_the_pdf_says_what_it_is_and_when_it_was_made() -> None:
    paper = render_document(INTAKE, intake_data(), language="ro")
    reader = PdfReader(io.BytesIO(paper.pdf))
    assert reader.metadata is not None
    assert reader.metadata.title == "Proces-verbal de preluare CJ-4821"
    assert reader.metadata.author == "Atelier Meteor SRL"
    assert reader.metadata.creation_date == datetime(2026, 11, 24, 8, 43, tzinfo=UTC)
    assert reader.trailer["/Root"]["/Lang"] == "ro"
    assert (paper.kind, paper.version, paper.language) == ("intake", 3, "ro")
    assert paper.filename == "proces-verbal-de-preluare-CJ-4821.pdf"


@pytest.mark.usefixtures("paper_app")
def test_a_long_paper_counts_its_pages_and_repeats_who_and_what_it_is() -> None:
    lines = [line(f"Operațiunea {number}", "10.00") for number in range(60)]
    pages = pages_of(render_document(INTAKE, intake_data(lines=lines), language="ro").pdf)
    assert len(pages) == 3
    for number, text in enumerate(pages, 1):
        assert f"CJ-4821 · pagina {number} din 3" in text
        assert "Atelier Meteor SRL" in text
        assert "Proces-verbal de preluare nr. CJ-4821" in text
    assert "Servicii comandate" in pages[1]
    assert [sum(f"Operațiunea {number}\n" in text + "\n" for text in pages) for number in (0, 30, 59)] == [
        1,
        1,
        1,
    ]


@pytest.mark.usefixtures("paper_app")
def test_a_complaint_of_pages_goes_on_in_the_same_print() -> None:
    complaint = " ".join(f"cuvântul-{number}" for number in range(1_500))
    pages = pages_of(render_document(INTAKE, intake_data(problem=complaint), language="ro").pdf)
    assert len(pages) > 2
    assert all(f"cuvântul-{number}" in " ".join(pages) for number in (0, 700, 1_499))


@pytest.mark.parametrize(("page", "size"), [(A5, (420, 595)), (A4_LANDSCAPE, (842, 595))])
@pytest.mark.usefixtures("paper_app")
def test_a_kind_chooses_its_paper(page: Page, size: tuple[int, int]) -> None:
    paper = render_document(replace(INTAKE, page=page), intake_data(lines=[]), language="ro")
    box = PdfReader(io.BytesIO(paper.pdf)).pages[0].mediabox
    assert (round(box.width), round(box.height)) == size


@pytest.mark.usefixtures("paper_app")
def test_what_clients_typed_is_text_on_paper() -> None:
    typed = "<script>alert(1)</script><img src=x><pdf:nextpage/>"
    paper = compose_document(INTAKE, intake_data(problem=typed), language="ro")
    assert "<script" not in paper.html
    assert "&lt;pdf:nextpage/&gt;" in paper.html


@pytest.mark.usefixtures("paper_app")
def test_a_tenants_text_is_filled_and_loses_what_does_not_belong_on_paper() -> None:
    text = "<b>Taxa: {{ fee|money }}</b> <img src='file:///etc/passwd'><pdf:nextpage/><style>p{}</style>\n{{ client.name }}"
    data = intake_data(client={"name": "<i>Ana</i>", "phone": "", "email": "", "address": ""})
    paper = compose_document(INTAKE, data, language="ro", texts={"conditions": text})
    assert "<b>Taxa: 50,00\u00a0lei</b>" in paper.html
    assert "&lt;i&gt;Ana&lt;/i&gt;" in paper.html
    assert "passwd" not in paper.html
    assert "p{}" not in paper.html
    assert "Diagnosticarea" not in paper.html


@pytest.mark.usefixtures("paper_app")
def test_a_tenants_text_that_does_not_render_names_its_line() -> None:
    with pytest.raises(TemplateError) as refusal:
        compose_document(
            INTAKE, intake_data(), language="ro", texts={"conditions": "a\n{{ client.name.__class__ }}"}
        )
    assert refusal.value.line == 2


@pytest.mark.usefixtures("paper_app")
def test_the_texts_filters_write_like_the_screens() -> None:
    text = "{{ total|money }} {{ total|amount }} {{ when|date }} {{ phone|phone }}"
    data = {
        "total": Decimal("1480.5"),
        "when": datetime(2026, 11, 24, 8, 0, tzinfo=UTC),
        "phone": "0742555138",
    }
    assert (
        text_sandbox().render(text, data).replace("\u00a0", " ")
        == "1,480.50 lei 1,480.50 24 Nov 2026 0742 555 138"
    )


@pytest.mark.usefixtures("paper_app")
def test_an_object_in_the_data_is_a_type_error() -> None:
    class Ticket:
        secret = CANARY

    with pytest.raises(TypeError, match="ticket"):
        compose_document(INTAKE, intake_data(ticket=Ticket()), language="ro")


@pytest.mark.usefixtures("paper_app")
def test_a_value_that_the_template_asks_for_and_nobody_gave_is_an_error() -> None:
    data = intake_data()
    del data["received_by"]
    with pytest.raises(UndefinedError):
        compose_document(INTAKE, data, language="ro")


@pytest.mark.usefixtures("paper_app")
def test_a_paper_without_logo_signature_lines_and_number_is_printed() -> None:
    firm = {
        **dict(intake_data()["firm"]),
        "logo": None,
        "tax_id": None,
        "registration": None,
        "hours": None,
        "email": None,
    }  # type: ignore[call-overload]
    data = intake_data(firm=firm, signature=None, lines=[], number="", due=None)
    (text,) = pages_of(render_document(INTAKE, data, language="ro").pdf)
    assert "pagina 1 din 1" in text
    assert "nr." not in text


@pytest.mark.usefixtures("paper_app")
def test_a_browser_may_show_a_paper_under_a_policy_that_lets_its_own_style_in_and_nothing_else() -> None:
    paper = compose_document(INTAKE, intake_data(), language="ro")
    style = paper.html.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in paper.content_security_policy
    assert "unsafe" not in paper.content_security_policy
    assert " style=" not in paper.html


def test_a_kind_says_what_the_tenant_wrote() -> None:
    kind = replace(INTAKE, written=lambda subject, language: {"conditions": f"{subject} {language}"})
    assert kind.written_texts("a", "ro") == {"conditions": "a ro"}
    assert INTAKE.written_texts("a", "ro") == {}


@pytest.mark.parametrize(
    ("title", "number", "filename"),
    [
        ("Proces-verbal de predare", "CJ-4821", "proces-verbal-de-predare-CJ-4821.pdf"),
        ("Ofertă șțăîâ", "", "oferta-staia.pdf"),
        ("日本", "", "document.pdf"),
        ("../../etc", 'a"b\r\nc', "etc-a-b-c.pdf"),
        ("x" * 300, "1", "x" * 100 + ".pdf"),
    ],
)
def test_file_names_are_plain(title: str, number: str, filename: str) -> None:
    assert document_filename(title, number) == filename


ANYTHING = st.text(st.characters(codec=None), max_size=400)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.tuples(ANYTHING, ANYTHING, ANYTHING, ANYTHING))
def test_whatever_people_type_a_paper_comes_out(
    paper_app: Flask, render_server: RenderServer, typed: tuple[str, str, str, str]
) -> None:
    del paper_app
    name, problem, item, number = typed
    client = {"name": name, "phone": number, "email": name, "address": problem}
    data = intake_data(
        client=client, problem=problem, lines=[line(item, "1.00")], number=number, summary=name
    )
    answer = render_server.ask(compose_document(INTAKE, data, language="ro").html)
    assert answer.status == "ok", answer.detail
