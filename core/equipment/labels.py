"""The label of a device: its unique ID for people, as Code 128 for scanners and as a QR code for telephones (R24)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import flask
from flask_babel import lazy_gettext as _l

from core.equipment.lookup import EquipmentPick
from core.foundation.documents.kinds import DocumentKind, Page
from core.foundation.settings.services import get_group
from core.foundation.tenants.context import current_tenant
from core.types import now

#: The roll that label printers of repair shops take: 62 mm wide, cut at 29 mm.
ROLL: Final = Page("62mm 29mm", 62, 29)
#: Characters of a title that one line of the label holds.
LONGEST_TITLE: Final = 34
#: Millimetres that a bar code may take, and the widths of its narrowest bar: less than the least no printer of 203 dpi draws cleanly.
BAR_CODE: Final = 57
LEAST_BAR: Final = 0.2
MOST_BAR: Final = 0.3


def label_data(pick: EquipmentPick) -> Mapping[str, object]:
    """Return what the label of a device says; plain data."""
    firm = get_group("firm")
    title = pick.title if len(pick.title) <= LONGEST_TITLE else f"{pick.title[: LONGEST_TITLE - 1]}…"
    return {
        "firm": {"name": firm["name"] or current_tenant().name, "phone": firm["phone"] or ""},
        "number": pick.unique_id,
        "title": "" if pick.title == pick.unique_id else title,
        "shown_id": pick.shown_id,
        "bar_width": bar_width(pick.unique_id),
        "url": current_tenant().address_of(flask.url_for("equipment.show", equipment_id=pick.id)),
        "printed_at": now(),
    }


def bar_width(code: str) -> str:
    """Return the width of the narrowest bar with which Code 128 of ``code`` fits on the label; empty where it cannot.

    Start, check and stop take 35 modules, a character at most 11. What has no bar code still has its QR code.
    """
    width = min(MOST_BAR, BAR_CODE / (35 + 11 * len(code)))
    return f"{width:.3f}mm" if width >= LEAST_BAR and code.isascii() and code.isprintable() else ""


LABEL: Final = DocumentKind(
    name="label",
    title=_l("Label"),
    permission="core.equipment:view",
    subject="equipment",
    template="equipment/label_paper.html",
    data=label_data,
    page=ROLL,
)
