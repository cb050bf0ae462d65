"""The form of a field itself."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from wtforms import Field as WTField

from core.foundation.custom.definitions import HELP_LENGTH, NAME_LENGTH, FieldData
from core.foundation.custom.fields import COLUMNS, Choice, field_of
from core.foundation.custom.hosts import FieldHost
from core.foundation.custom.kinds import read_plain
from core.foundation.custom.models import CustomField, FieldKind
from core.foundation.custom.texts import as_text
from core.foundation.tenants.services import LANGUAGE_NAMES, LANGUAGES
from core.foundation.ui.forms import CheckField, ChoiceField, TextField, VersionedForm
from core.foundation.ui.parsing import without_forbidden
from core.foundation.ui.widgets import TextInput

#: Empty rows for further choices.
BLANK_ROWS: Final = 3
BLANK: Final = Choice("", {})


class ChoiceRowsField(WTField):
    """The choices of a field: for each a key, which nobody sees, a name in each language, and whether it is off the list."""

    kind = "rows"
    widget = TextInput()
    hint = ""
    stored: str | None = None

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:  # noqa: ANN401 - WTForms'
        """Read the rows that were sent, else show those that are stored."""
        super().process(None, data, extra_filters)
        if formdata is None or f"{self.name}_key" not in formdata:
            return
        keys = formdata.getlist(f"{self.name}_key")
        gone = set(formdata.getlist(f"{self.name}_gone"))
        columns = [formdata.getlist(f"{self.name}_{language}") for language in LANGUAGES]
        self.data = [
            Choice(
                without_forbidden(str(key)),
                {
                    language: without_forbidden(str(name))
                    for language, name in zip(LANGUAGES, names, strict=True)
                },
                str(number) not in gone,
            )
            for number, (key, *names) in enumerate(zip_longest(keys, *columns, fillvalue=""))
        ]

    @property
    def rows(self) -> list[Choice]:
        """What is shown: the choices, and empty rows behind them."""
        filled = [one for one in self.data or () if one.key or any(one.names.values())]
        return [*filled, *[BLANK] * BLANK_ROWS]

    @property
    def given(self) -> list[Choice]:
        """The choices that stay or come; what was taken off the list is left out."""
        return [one for one in self.data or () if one.offered and any(one.names.values())]

    def _value(self) -> str:
        return ""


class FieldForm(VersionedForm):
    """Everything that is said of a field."""

    kind = ChoiceField(_l("Kind"), blank=None, default=FieldKind.TEXT.value)
    choices = ChoiceRowsField(_l("Choices"))  # type: ignore[arg-type]  # WTForms takes lazy texts
    narrowing_id = ChoiceField(_l("Only for"), blank=_l("all"))
    default = TextField(_l("Begins with"), hint=_l("what a new record starts with; empty for nothing"))
    is_required = CheckField(_l("Required"))
    at_intake = CheckField(_l("Ask for it at the intake"))
    is_listed = CheckField(_l("Show it as a column of the list"))
    is_searchable = CheckField(_l("Let the search find it"))
    is_public = CheckField(_l("The client may see it"))
    on_paper = CheckField(_l("Print it on papers"))

    def offer(self, host: FieldHost) -> None:
        """Set what may be chosen."""
        self.kind.choices = [(kind.value, kind.label) for kind in FieldKind]
        self.narrowing_id.choices = host.narrowings() if host.narrowings is not None else ()
        if host.narrowing:
            self.narrowing_id.label.text = host.narrowing

    @property
    def names(self) -> list[Any]:
        """The controls of the name, one for each language."""
        return [self._fields[f"names_{language}"] for language in LANGUAGES]

    @property
    def helps(self) -> list[Any]:
        """The controls of the help, one for each language."""
        return [self._fields[f"help_{language}"] for language in LANGUAGES]

    def values(self) -> FieldData:
        """Return what was typed, for the service."""
        return FieldData(
            names=self._texts("names"),
            help=self._texts("help"),
            kind=self.kind.data or FieldKind.TEXT,
            choices=self.choices.given,
            default=self.default.data or "",
            narrowing_id=self.narrowing_id.data,
            is_required=self.is_required.data,
            at_intake=self.at_intake.data,
            on_paper=self.on_paper.data,
            is_public=self.is_public.data,
            is_searchable=self.is_searchable.data,
            is_listed=self.is_listed.data,
        )

    def _texts(self, name: str) -> Mapping[str, str]:
        return {language: self._fields[f"{name}_{language}"].data or "" for language in LANGUAGES}

    def shown(self) -> dict[str, str]:
        """Return the values as people read them; the choices by their names."""
        told = super().shown()
        return {**told, "choices": ", ".join(choice.title() for choice in self.choices.given)}


for _language in LANGUAGES:
    setattr(
        FieldForm,
        f"names_{_language}",
        TextField(_l("Name"), max_length=NAME_LENGTH, hint=LANGUAGE_NAMES[_language]),
    )
    setattr(
        FieldForm,
        f"help_{_language}",
        TextField(_l("Help"), max_length=HELP_LENGTH, hint=LANGUAGE_NAMES[_language]),
    )


def field_form(host: FieldHost, row: CustomField | None, **options: Any) -> FieldForm:  # noqa: ANN401 - WTForms'
    """Return the form of a field, of a new one where there is none."""
    form = FieldForm(data={} if row is None else _data(row), **options)
    form.offer(host)
    return form


def _data(row: CustomField) -> dict[str, Any]:
    field = field_of([getattr(row, column.key) for column in COLUMNS])
    value = read_plain(field, field.default)
    return {
        **{f"names_{language}": field.names.get(language, "") for language in LANGUAGES},
        **{f"help_{language}": field.help.get(language, "") for language in LANGUAGES},
        "kind": field.kind.value,
        "choices": [choice for choice in field.choices if choice.offered],
        "default": "" if value is None else as_text(field, value),
        "version": row.version,
        **{
            name: getattr(row, name)
            for name in (
                "narrowing_id", "is_required", "at_intake", "on_paper", "is_public", "is_searchable", "is_listed",
            )
        },
    }  # fmt: skip
