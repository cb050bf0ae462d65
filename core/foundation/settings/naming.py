"""How settings, locations and number series are called in the history of changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select

from core.db import session
from core.foundation.settings.dated import legal_values
from core.foundation.settings.hours import week_from_json, week_text
from core.foundation.settings.legal import UNITS
from core.foundation.settings.models import ClosedDay, DatedValue, Location, NumberRule, NumberSeries, Setting
from core.foundation.settings.number_rules import number_kinds
from core.foundation.settings.services import settings_groups
from core.foundation.settings.values import (
    BooleanSetting,
    ChoiceSetting,
    MoneySetting,
    PhoneSetting,
    SettingDeclaration,
)
from core.foundation.tenants.services import LANGUAGE_NAMES
from core.foundation.ui.formats import format_money, format_phone
from core.foundation.ui.language import current_locale
from core.foundation.ui.records import RecordNames, names_in


def setting_names(ids: Collection[int]) -> Mapping[int, str]:
    """Return the titles of settings behind those of their groups; those of a plugin that is off are left out."""
    rows = session().execute(select(Setting.id, Setting.group_name, Setting.key).where(Setting.id.in_(ids)))
    found = {}
    for setting_id, group_name, key in rows:
        group = settings_groups().get(group_name)
        declaration = group.find(key) if group is not None else None
        if group is not None and declaration is not None:
            found[setting_id] = f"{group.title}: {declaration.title}"
    return found


def tell_setting(label: str, column: str, value: object) -> str | None:
    """Say the value of a setting in words.

    :param label: Its path: ``firm.phone``.
    """
    group_name, _dot, name = label.partition(".")
    group = settings_groups().get(group_name)
    declaration = group.find(name) if group is not None else None
    if column != "value" or declaration is None or value is None:
        return None
    return _tell(declaration, value)


def _tell(declaration: SettingDeclaration, value: Any) -> str | None:  # noqa: ANN401 - what JSON keeps of a setting
    if isinstance(declaration, BooleanSetting):
        return _("yes") if value else _("no")
    if isinstance(declaration, ChoiceSetting):
        return str(dict(declaration.choices).get(value, value))
    if isinstance(declaration, MoneySetting):
        return format_money(declaration.load(value), locale=current_locale())
    if isinstance(declaration, PhoneSetting):
        return format_phone(value)
    if isinstance(value, dict):
        return "; ".join(
            f"{LANGUAGE_NAMES.get(language, language)}: {text}" for language, text in value.items()
        )
    return None


def legal_names(ids: Collection[int]) -> Mapping[int, str]:
    """Return the titles of legal values."""
    rows = session().execute(select(DatedValue.id, DatedValue.key).where(DatedValue.id.in_(ids)))
    return {one: str(legal_values()[key].title) for one, key in rows if key in legal_values()}


def tell_legal(label: str, column: str, value: object) -> str | None:
    """Say the unit of a legal value in words, and its title in place of its key."""
    del label
    if column == "unit" and isinstance(value, str):
        return str(UNITS.get(value, value))
    if column == "key" and value in legal_values():
        return str(legal_values()[str(value)].title)
    return None


def tell_location(label: str, column: str, value: object) -> str | None:
    """Say working hours as papers print them."""
    del label
    week = week_from_json(value) if column == "hours" and isinstance(value, list) else None
    return None if week is None else week_text(week)


def rule_names(ids: Collection[int]) -> Mapping[int, str]:
    """Return what is numbered, and where."""
    statement = select(NumberRule.id, NumberRule.kind, Location.name).outerjoin(
        Location, Location.id == NumberRule.location_id
    )
    kinds = number_kinds()
    return {
        row.id: " · ".join(filter(None, (str(kinds[row.kind].title), row.name)))
        for row in session().execute(statement.where(NumberRule.id.in_(ids)))
        if row.kind in kinds
    }


RECORDS: Final = (
    RecordNames("setting", setting_names, replaces_label=True, tell=tell_setting),
    RecordNames("location", names_in(Location.id, Location.name), tell=tell_location),
    RecordNames("closed_day", names_in(ClosedDay.id, ClosedDay.name)),
    RecordNames("dated_value", legal_names, replaces_label=True, tell=tell_legal),
    RecordNames("number_rule", rule_names, replaces_label=True),
    RecordNames("number_series", names_in(NumberSeries.id, NumberSeries.prefix)),
)
