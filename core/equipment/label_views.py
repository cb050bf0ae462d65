"""The label of a device: looked at, printed, downloaded. It tells no secret, so printing it leaves no trace."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from core.access import require
from core.db import end_reading
from core.equipment.labels import LABEL
from core.equipment.lookup import EquipmentPick, picks_of_devices
from core.equipment.services import get_equipment
from core.foundation.documents.kinds import render_document
from core.foundation.documents.responses import send_pdf
from core.foundation.tenants.context import current_tenant

labels = Blueprint("equipment_labels", __name__, url_prefix="/equipment")


@labels.get("/<int:equipment_id>/label")
@require("core.equipment:view")
def show(equipment_id: int) -> ResponseReturnValue:
    """Show the label of a device; with ``?print=1`` print it."""
    return render_template(
        "equipment/label.html", pick=_pick(equipment_id), printing="print" in request.args, kind=LABEL
    )


@labels.get("/<int:equipment_id>/label.pdf")
@require("core.equipment:view")
def pdf(equipment_id: int) -> ResponseReturnValue:
    """Answer with the label as PDF, to be shown in place or, with ``?download=1``, to be kept."""
    data = LABEL.data(_pick(equipment_id))
    language = current_tenant().language
    end_reading()
    made = render_document(LABEL, data, language=language)
    return send_pdf(made, download="download" in request.args)


def _pick(equipment_id: int) -> EquipmentPick:
    get_equipment(equipment_id)
    (pick,) = picks_of_devices([equipment_id])
    return pick
