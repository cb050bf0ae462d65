"""What custom fields add to other areas."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from core.foundation.custom import naming
from core.foundation.custom.sections import sections_of
from core.foundation.custom.values import merged_values
from core.foundation.merging.values import Merging, MovingColumn
from core.foundation.ui.records import RecordNames, ToldColumns
from core.foundation.ui.values import FormSection, SettingsPage
from core.plugin import Permission, hookimpl


@hookimpl
def permissions() -> Sequence[Permission]:
    """Declare who may see and change the shop's own fields; what stands in them follows the rights over their records."""
    return (
        Permission("core.custom_field:view", _l("See the shop's own fields"), frozenset({"manager"})),
        Permission("core.custom_field:edit", _l("Change the shop's own fields"), frozenset({"manager"})),
    )


@hookimpl
def settings_pages() -> Sequence[SettingsPage]:
    """Lead to the fields."""
    return (
        SettingsPage(
            _l("Fields"),
            _l("What else you write down of your records, in forms, lists and papers."),
            "card-text",
            "custom_fields.index",
            "core.custom_field:view",
            order=110,
        ),
    )


@hookimpl
def form_sections(form: str) -> Sequence[FormSection]:
    """Show the fields in the forms of their records."""
    return sections_of(form)


@hookimpl
def records_merging(merging: Merging) -> Sequence[MovingColumn]:
    """Let what stands in the fields of a record go over to the one that it is merged into."""
    return (merged_values(merging),)


@hookimpl
def record_names() -> Sequence[RecordNames]:
    """Name fields."""
    return naming.RECORDS


@hookimpl
def told_columns() -> Sequence[ToldColumns]:
    """Tell changes of what stands in fields by the names of the fields."""
    return naming.COLUMNS
