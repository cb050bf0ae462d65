"""Forms of settings, made from their declarations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from flask import url_for
from wtforms import Field

from core.db import end_reading
from core.errors import InvalidInputError
from core.foundation.files.models import StoredFile
from core.foundation.settings.values import (
    BooleanSetting,
    ChoiceSetting,
    ColourSetting,
    EmailSetting,
    IntegerSetting,
    LongTextSetting,
    MoneySetting,
    PhoneSetting,
    PictureSetting,
    SettingDeclaration,
    SettingsGroup,
    TextSetting,
)
from core.foundation.tenants.services import LANGUAGE_NAMES, LANGUAGES
from core.foundation.ui.forms import (
    CheckField,
    ChoiceField,
    EmailField,
    IntegerField,
    MoneyField,
    PhoneField,
    TextAreaField,
    TextField,
    VersionedForm,
)
from core.foundation.ui.uploads import PictureField


class GroupForm(VersionedForm):
    """The settings of one group, each in one field, or in one for each language."""

    group: SettingsGroup

    def __init__(self, *arguments: Any, **rest: Any) -> None:  # noqa: ANN401 - WTForms' own
        """Read the request where it sends a form."""
        super().__init__(*arguments, **rest)
        #: Rows of the files that were uploaded, not in the database yet, by the name of the setting.
        self.uploads: dict[str, StoredFile] = {}

    def values(self) -> dict[str, object]:
        """Return what was typed, by the name of the setting."""
        found: dict[str, object] = {}
        for declaration in self.group:
            typed = {key: self._fields[name].data for name, key in field_names(declaration).items()}
            found[declaration.name] = typed if is_translated(declaration) else typed[""]
        return found

    @property
    def has_uploads(self) -> bool:
        """Whether files are sent with it."""
        return any(isinstance(declaration, PictureSetting) for declaration in self.group)

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Tell whether what was sent can be taken; what was uploaded is then decoded and kept, in ``uploads``."""
        return super().validate(extra_validators) and self._store_uploads()

    def _store_uploads(self) -> bool:
        end_reading()
        for declaration in self.group:
            field: Any = self._fields[next(iter(field_names(declaration)))]
            if isinstance(declaration, PictureSetting) and field.upload is not None:
                try:
                    self.uploads[declaration.name] = declaration.store(field.upload.stream)
                except InvalidInputError as error:
                    field.errors = [*field.errors, error.message]
        return not self.errors

    @property
    def short_fields(self) -> list[Field]:
        """The fields of one line, which stand beside each other."""
        return [field for field in self._own_fields() if field.kind not in {"area", "check"}]

    @property
    def checks(self) -> list[Field]:
        """The boxes that are ticked."""
        return [field for field in self._own_fields() if field.kind == "check"]

    @property
    def long_fields(self) -> list[Field]:
        """The fields of several lines."""
        return [field for field in self._own_fields() if field.kind == "area"]

    def _own_fields(self) -> Iterator[Any]:
        return (self._fields[name] for declaration in self.group for name in field_names(declaration))

    def add_errors(self, errors: Mapping[str, Sequence[object]]) -> None:
        """Put the messages of a setting beside its (first) field."""
        named = {}
        for name, texts in errors.items():
            declaration = self.group.find(name)
            named[name if declaration is None else next(iter(field_names(declaration)))] = texts
        super().add_errors(named)


def is_translated(declaration: SettingDeclaration) -> bool:
    """Tell whether a setting holds a text for each language."""
    return isinstance(declaration, TextSetting) and declaration.translated


def field_names(declaration: SettingDeclaration) -> dict[str, str]:
    """Return the fields of a setting with the language of each, "" for one that has none; a prefix keeps them off WTForms' names."""
    if is_translated(declaration):
        return {f"set_{declaration.name}_{language}": language for language in LANGUAGES}
    return {f"set_{declaration.name}": ""}


def group_form(
    group: SettingsGroup, values: Mapping[str, Any], *, version: int, sent: bool = True
) -> GroupForm:
    """Return the form of ``group``, filled with ``values``; with ``sent`` with what the request brought, if anything."""
    fields: dict[str, Any] = {"group": group}
    data: dict[str, Any] = {"version": version}
    for declaration in group:
        for name, language in field_names(declaration).items():
            title = Labelled(declaration.title, language) if language else declaration.title
            fields[name] = make_field(declaration, title)
            value = values[declaration.name]
            data[name] = value.get(language, "") if language else value
    form_class = type("GroupForm", (GroupForm,), fields)
    form: GroupForm = form_class(data=data) if sent else form_class(formdata=None, data=data)
    return form


class Labelled:
    """The title of a setting with a language behind it, translated when it is shown."""

    def __init__(self, title: object, language: str) -> None:
        """Keep both."""
        self._title, self._language = title, language

    def __str__(self) -> str:
        return f"{self._title} · {LANGUAGE_NAMES[self._language]}"


def make_field(declaration: SettingDeclaration, title: object) -> Any:  # noqa: ANN401 - WTForms binds it to a form later
    """Return the field in which a setting is typed; what comes of it the declaration itself checks."""
    common: dict[str, Any] = {"hint": declaration.help, "required": declaration.required}
    for kind in type(declaration).__mro__:
        if kind in FIELDS:
            return FIELDS[kind](declaration, title, common)
    raise TypeError(type(declaration))


#: What makes the field of each kind of setting.
FIELDS: Final[Mapping[type, Callable[[Any, object, dict[str, Any]], Any]]] = {
    LongTextSetting: lambda of, title, common: TextAreaField(
        title, rows=6, max_length=of.max_length, **common
    ),
    TextSetting: lambda of, title, common: TextField(title, max_length=of.max_length, **common),
    BooleanSetting: lambda of, title, common: CheckField(title, hint=common["hint"]),  # noqa: ARG005 - no answer is a no
    IntegerSetting: lambda of, title, common: IntegerField(title, least=of.least, most=of.most, **common),
    ChoiceSetting: lambda of, title, common: ChoiceField(
        title, choices=of.choices, blank=None if of.required else "", **common
    ),
    MoneySetting: lambda of, title, common: MoneyField(title, currency=of.currency, least=of.least, **common),
    ColourSetting: lambda of, title, common: TextField(title, max_length=7, **common),  # noqa: ARG005 - all alike
    EmailSetting: lambda of, title, common: EmailField(title, **common),  # noqa: ARG005 - all alike
    PhoneSetting: lambda of, title, common: PhoneField(title, country=of.country, **common),
    PictureSetting: lambda of, title, common: PictureField(title, url=url_for(of.endpoint), **common),
}
