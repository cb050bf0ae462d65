"""Forms of settings, made from their declarations, and the form of a location."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field

from core.foundation.settings.models import ADDRESS_LENGTH, CODE_LENGTH, NAME_LENGTH
from core.foundation.settings.values import (
    BooleanSetting,
    ChoiceSetting,
    ColourSetting,
    EmailSetting,
    IntegerSetting,
    LongTextSetting,
    MoneySetting,
    PhoneSetting,
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


class GroupForm(VersionedForm):
    """The settings of one group, each in one field, or in one for each language."""

    group: SettingsGroup

    def values(self) -> dict[str, object]:
        """Return what was typed, by the name of the setting."""
        found: dict[str, object] = {}
        for declaration in self.group:
            typed = {key: self._fields[name].data for name, key in field_names(declaration).items()}
            found[declaration.name] = typed if is_translated(declaration) else typed[""]
        return found

    @property
    def short_fields(self) -> list[Field]:
        """The fields of one line, which stand beside each other."""
        return [field for field in self._own_fields() if field.kind != "area"]

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
    found: Any
    match declaration:
        case LongTextSetting():
            found = TextAreaField(title, rows=6, max_length=declaration.max_length, **common)
        case TextSetting():
            found = TextField(title, max_length=declaration.max_length, **common)
        case BooleanSetting():
            found = CheckField(title, hint=declaration.help)
        case IntegerSetting():
            found = IntegerField(title, least=declaration.least, most=declaration.most, **common)
        case ChoiceSetting():
            blank = None if declaration.required else ""
            found = ChoiceField(title, choices=declaration.choices, blank=blank, **common)
        case MoneySetting():
            found = MoneyField(title, currency=declaration.currency, least=declaration.least, **common)
        case ColourSetting():
            found = TextField(title, max_length=7, **common)
        case EmailSetting():
            found = EmailField(title, **common)
        case PhoneSetting():
            found = PhoneField(title, country=declaration.country, **common)
        case _:
            raise TypeError(type(declaration))
    return found


class LocationForm(VersionedForm):
    """A place where the shop works."""

    name = TextField(_l("Name"), required=True, max_length=NAME_LENGTH)
    code = TextField(
        _l("Code"),
        required=True,
        max_length=CODE_LENGTH,
        hint=_l("the front of its ticket numbers: CJ-000123"),
        render_kw={"autocapitalize": "characters"},
    )
    address = TextField(_l("Address"), max_length=ADDRESS_LENGTH)
    phone = PhoneField(_l("Phone"))
    is_active = CheckField(_l("In use"), default=True)
