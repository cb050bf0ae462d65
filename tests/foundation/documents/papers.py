"""The papers of these tests: an intake protocol with its data, and pictures to put into papers."""

from __future__ import annotations

import base64
import io
from datetime import UTC, datetime
from decimal import Decimal

from PIL import Image, ImageDraw

from core.foundation.documents.kinds import DocumentKind, DocumentText

#: Found anywhere it should not be, it is a leak.
CANARY = "canary-5d1e"

CONDITIONS = """1. Estimarea se confirmă după diagnosticare. Diagnosticarea costă {{ fee|money }} dacă reparația este refuzată.
2. Faceți o copie a datelor înainte. Nu răspundem de datele de pe echipament.
3. Codul de deblocare se păstrează criptat și se șterge la predare.
4. Piesele înlocuite se restituie la cerere, în ziua predării.
5. Garanția reparației: <b>12 luni</b> pentru piesă și manoperă; nu acoperă lovituri sau lichide.
6. Echipamentul neridicat în 90 de zile de la anunț se depozitează contra cost, 2,00 lei pe zi.
7. Datele personale sunt folosite pentru această reparație și pentru garanție. Detalii la recepție."""

#: What the application's own catalogue says; kept here so that these papers are read in one language.
ROMANIAN = {
    "no.": "nr.",
    "page %(number)s of %(count)s": "pagina %(number)s din %(count)s",
    "printed on %(moment)s": "tipărit la %(moment)s",
    "Follow the repair: %(address)s": "Urmăriți reparația: %(address)s",
    "access code": "cod de acces",
    "Qty": "Cant.",
    "Price, %(unit)s": "Preț, %(unit)s",
    "Total, %(unit)s": "Total, %(unit)s",
    "Tag for the device: cut off and attach": "Talon pentru echipament: se taie și se lipește",
    "Signature": "Semnătură",
    "QR code of %(number)s": "Codul QR al fișei %(number)s",
    "QR code of the repair's page": "Codul QR al paginii reparației",
}

INTAKE = DocumentKind(
    name="intake",
    title="Proces-verbal de preluare",
    permission="simple.document:view",
    subject="ticket",
    template="papers/intake.html",
    data=lambda subject: subject,
    texts=(DocumentText("conditions", "Condiții de service", CONDITIONS),),
    version=3,
)


def picture(width: int = 8, height: int = 8, *, image_format: str = "PNG") -> str:
    """Return a grey picture as a ``data:`` URI."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "#888888").save(buffer, image_format)
    return f"data:image/{image_format.lower()};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _drawn(size: tuple[int, int], strokes: list[tuple[int, int]]) -> str:
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).line(strokes, fill="black", width=4, joint="curve")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def intake_data(**changes: object) -> dict[str, object]:
    """Return the data of an intake protocol, with ``changes``."""
    data: dict[str, object] = {
        "firm": {
            "name": "Atelier Meteor SRL",
            "tax_id": "RO 12345674",
            "registration": "J12/1234/2015",
            "address": "Cluj-Napoca, str. Memorandumului 14",
            "phone": "0264 555 100",
            "email": "service@meteor.exemplu.ro",
            "hours": "luni-vineri 9:00-18:00, sâmbătă 10:00-14:00",
            "logo": _drawn((140, 140), [(20, 120), (20, 20), (70, 80), (120, 20), (120, 120)]),
        },
        "number": "CJ-4821",
        "printed_at": datetime(2026, 11, 24, 8, 43, tzinfo=UTC),
        "received_at": datetime(2026, 11, 24, 8, 42, tzinfo=UTC),
        "received_by": "Ioana Mureșan",
        "due": datetime(2026, 11, 27, 15, 0, tzinfo=UTC),
        "status_address": "meteor.exemplu.ro/s",
        "status_url": "https://meteor.exemplu.ro/s/K7QM4X2P9RTD",
        "ticket_url": "https://meteor.exemplu.ro/tickets/4821",
        "access_code": "K7QM-4X2P-9RTD",
        "client": {
            "name": "Maria Popescu",
            "phone": "0742 555 138",
            "email": "maria.popescu@exemplu.ro",
            "address": "Cluj-Napoca, str. Observatorului 21, ap. 9",
        },
        "device": {
            "name": "Apple iPhone 13, 128 GB, albastru",
            "identifier": "356789104829153",
            "accessories": "husă, cartelă SIM",
            "condition": "zgârieturi, colț dreapta jos lovit, folie ciobită; 3 fotografii la fișă",
        },
        "summary": "Ecran spart; tactil fără răspuns.",
        "problem": "„A scăpat telefonul pe gresie aseară. Tactilul răspunde doar în jumătatea de sus.”",
        "lines": [
            line("Înlocuire ecran iPhone 13, manoperă, garanție 12 luni", "180.00"),
            line("Ansamblu ecran iPhone 13, OLED", "520.00"),
            line("Transfer date și test final", "50.00"),
        ],
        "total": Decimal("750.00"),
        "advance": Decimal("0.00"),
        "fee": Decimal("50.00"),
        "signature": _drawn(
            (520, 140), [(x, 70 - (60 - x // 10) * (1 if x // 30 % 2 else -1)) for x in range(20, 500, 30)]
        ),
    }
    return {**data, **changes}


def line(name: str, price: str, quantity: int = 1) -> dict[str, object]:
    """Return a priced line."""
    return {"name": name, "quantity": quantity, "price": Decimal(price), "total": Decimal(price) * quantity}
