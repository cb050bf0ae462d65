"""The fields of the shop's own on the page of a record, and on its papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _

from core.foundation.custom.fields import Field, all_fields
from core.foundation.custom.hosts import FieldHost
from core.foundation.custom.kinds import tell
from core.foundation.custom.models import FieldKind
from core.foundation.custom.values import values_of, values_of_many
from core.foundation.ui.values import Panel

#: Where the panel stands among those of other areas.
ORDER: Final = 10


@dataclass(frozen=True, slots=True)
class Fact:
    """A field as the page of a record shows it."""

    title: str
    text: str
    is_link: bool
    has_lines: bool


def fields_panel(host: FieldHost, record_id: int, narrowing_id: int | None = None) -> Sequence[Panel]:
    """Return the panel of the fields of one record; none where it has no fields. One statement.

    :param narrowing_id: What narrows the fields of the record down.
    """
    values = values_of(host.kind, record_id)
    shown = [field for field in all_fields(host.kind) if field.is_asked and field.is_for(narrowing_id)]
    if not shown:
        return ()
    facts = [
        Fact(
            field.title(),
            tell(field, values.get(field.key)),
            field.kind is FieldKind.LINK,
            field.kind is FieldKind.LONG_TEXT,
        )
        for field in shown
    ]
    return (
        Panel(
            "custom", _("Further details"), "custom/_panel.html", {"facts": facts}, place="side", order=ORDER
        ),
    )


@dataclass(frozen=True, slots=True)
class PaperFields:
    """What a paper may say of the fields of one record: those that the client may see."""

    #: By key, as people read it; ``{{ custom.contract }}`` in a text.
    custom: Mapping[str, str]
    #: Of the fields that papers print: title, text and whether it stands out, as the macro ``facts`` takes them.
    printed: Sequence[Sequence[Any]]


NOTHING: Final = PaperFields({}, ())


def paper_fields(kind: str, record_id: int, *, narrowing_id: int | None = None, language: str) -> PaperFields:
    """Return what a paper in ``language`` may say of the fields of one record; one statement, none where nobody may see any."""
    public = [field for field in all_fields(kind) if field.is_public]
    if not public:
        return NOTHING
    values = values_of_many(kind, [record_id], fields=public).get(record_id, {})
    told = {field.key: tell(field, values.get(field.key), language) for field in public}
    return PaperFields(
        told,
        [
            [field.title(language), told[field.key], False]
            for field in public
            if _is_printed(field, narrowing_id) and told[field.key]
        ],
    )


def _is_printed(field: Field, narrowing_id: int | None) -> bool:
    return field.on_paper and field.is_asked and field.is_for(narrowing_id)
