"""The form of a device, the filters of the list, and the form of an equipment type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flask import g
from flask_babel import lazy_gettext as _l

from core.equipment.codes import identifier_warning
from core.equipment.services import LONGEST_ID, EquipmentData
from core.equipment.types import list_types
from core.foundation.ui.forms import (
    BaseForm,
    CheckField,
    ChoiceField,
    FilterForm,
    IntegerField,
    TextAreaField,
    TextField,
    VersionedForm,
)
from core.types import LARGEST_ID

#: A code that is read off a device: no spelling help, and a scanner's Enter moves on.
SCANNED: Final = {"spellcheck": "false", "autocapitalize": "characters", "data-scan": True}


class TypeNames:
    """The types that are offered, read anew for every form; the type that a device has already stays among them."""

    def __init__(self, besides: int | None = None, *, offered: bool = True) -> None:
        """Offer ``besides`` too, whether it is still offered or not."""
        self._besides, self._offered = besides, offered

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """Yield id and name; a form asks twice in one request, when it is validated and when it is drawn."""
        kept: dict[tuple[int | None, bool], list[tuple[int, str]]] = g.setdefault("_equipment_types", {})
        key = (self._besides, self._offered)
        if key not in kept:
            kept[key] = [(one.id, one.name) for one in list_types(offered=key[1], besides=key[0])]
        return iter(kept[key])


class EquipmentForm(VersionedForm):
    """Everything that is said of a device."""

    type_id = ChoiceField(_l("Equipment type"), choices=TypeNames())
    manufacturer = TextField(_l("Manufacturer"), max_length=100, render_kw={"list": "manufacturers"})
    model = TextField(_l("Model"), max_length=100, render_kw={"list": "models"})
    variant = TextField(_l("Variant"), max_length=100, hint=_l("128 GB, blue"))
    unique_id = TextField(
        _l("Unique ID: serial or IMEI"),
        max_length=LONGEST_ID,
        hint=_l("empty: one is generated"),
        render_kw=SCANNED,
    )
    #: What looks misread is meant so.
    keep_id = CheckField(_l("It is right as it stands"))
    serial = TextField(_l("Second identifier"), max_length=LONGEST_ID, render_kw=SCANNED)
    client_id = IntegerField(_l("Owner"), least=1, most=LARGEST_ID)
    #: What the owner is looked up by; nothing of it is kept.
    owner = TextField(_l("Find the owner"), max_length=200, hint=_l("name, phone, e-mail"))
    notes = TextAreaField(_l("Notes"), hint=_l("for the shop only"))

    def doubt(self) -> bool:
        """Tell whether the unique ID looks misread and nobody has said that it is right; says so beside it."""
        warning = identifier_warning(self.unique_id.data or "")
        if warning is None or self.keep_id.data:
            return False
        self.unique_id.errors = [warning]
        return True

    @property
    def has_doubts(self) -> bool:
        """Whether the person is asked if the unique ID is right."""
        return identifier_warning(self.unique_id.data or "") is not None

    def values(self) -> EquipmentData:
        """Return what was typed, for the service."""
        return EquipmentData(
            unique_id=self.unique_id.data or "",
            type_id=self.type_id.data,
            manufacturer=self.manufacturer.data or "",
            model=self.model.data or "",
            variant=self.variant.data or "",
            serial=self.serial.data or "",
            client_id=self.client_id.data,
            notes=self.notes.data or "",
        )


class EquipmentFilters(FilterForm):
    """What the list of devices is narrowed down to."""

    q = TextField(_l("Serial, IMEI, manufacturer, model"), max_length=200)
    type_id = ChoiceField(_l("Equipment type"), choices=TypeNames(offered=False), blank=_l("All types"))


class TypeForm(BaseForm):
    """The name of a new equipment type."""

    name = TextField(_l("Name"), required=True, max_length=100)


class RenameTypeForm(VersionedForm):
    """The name of a type that is there."""

    name = TextField(_l("Name"), required=True, max_length=100)
