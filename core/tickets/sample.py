"""A ticket that never was, for looking at papers before there is one, and for trying out texts before they are saved."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from core.foundation.tenants.context import current_tenant
from core.tickets.papers import MASK, PaperClient, PaperDevice, TicketPaper, firm_facts
from core.types import Money, now

_WORDS = {
    "ro": (
        "Ecran spart; tactilul răspunde doar în jumătatea de sus.",
        "husă, cartelă SIM",
        "zgârieturi, colț dreapta jos lovit",
        "Pornește, imaginea este întreagă.",
        "albastru",
        "Telefon",
        "Ecran înlocuit, probă de o oră fără defect.",
    ),
    "en": (
        "Screen broken; only its upper half answers to touch.",
        "case, SIM card",
        "scratches, lower right corner dented",
        "Starts, the picture is whole.",
        "blue",
        "Phone",
        "Screen replaced, tested for an hour without a fault.",
    ),
}


def sample_paper(language: str) -> TicketPaper:
    """Return the facts of an invented ticket in ``language``, under the head of the real firm."""
    problem, accessories, condition, findings, colour, kind, remark = _WORDS.get(language, _WORDS["en"])
    moment = now()
    return TicketPaper(
        ticket_id=0,
        number="AB-000123",
        language=language,
        client=PaperClient(
            "Maria Popescu",
            "0742 555 138",
            "maria.popescu@exemplu.ro",
            "",
            "str. Observatorului 21, 400363 Cluj-Napoca",
            is_company=False,
        ),
        device=PaperDevice(f"Apple iPhone 13, 128 GB, {colour}", kind, "356789104829153", "", "IMEI"),
        problem=problem,
        accessories=accessories,
        condition=condition,
        initial_findings=findings,
        estimate=Money(Decimal("750.00"), current_tenant().currency),
        opened_at=moment,
        opened_by="Ioana Mureșan",
        due_at=moment + timedelta(days=3),
        closed_at=None,
        handed_by="Ioana Mureșan",
        printed_by="Ioana Mureșan",
        printed_at=moment,
        is_repaired=True,
        remark=remark,
        location={"name": "", "address": "", "phone": ""},
        firm=firm_facts(),
        access_code=MASK,
        url=current_tenant().url,
        has_unlock_code=True,
    )
