"""Read and change settings: typed values, one statement for all of them in a request, every change in the audit trail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import flask
from flask_babel import gettext as _
from sqlalchemy import select

from core.db import check_version, in_unit_of_work, session
from core.errors import NotFoundError, PluginError, ProgrammingError
from core.foundation.accounts.identity import current_actor
from core.foundation.settings.models import Setting
from core.foundation.settings.values import SettingDeclaration, SettingsGroup
from core.foundation.tenants.context import hooks, refuse_lapsed
from core.foundation.ui.checks import Checks
from core.foundation.ui.values import SettingsPage

#: Addresses under ``/settings/`` that are no groups.
RESERVED: Final = frozenset(
    {"audit", "closed", "legal", "locations", "users", "roles", "numbers", "statuses", "new"}
)


@dataclass(slots=True)
class Stored:
    """All stored settings of the tenant, by group and key, as this request has read them."""

    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: By group: grows with every change of it.
    versions: dict[str, int] = field(default_factory=dict)
    #: Read after a change that is not committed yet; void once its unit of work has ended.
    is_tentative: bool = False


def settings_groups() -> Mapping[str, SettingsGroup]:
    """Return the groups of the core and of the tenant's plugins by name, in the order of their pages.

    :raises PluginError: two groups have one name, or a name that is taken by a page.
    """
    known: dict[str, SettingsGroup] | None = flask.g.get("_settings_groups")
    if known is not None:
        return known
    found = arrange([group for groups in hooks().settings_groups() for group in groups])
    flask.g._settings_groups = found  # noqa: SLF001 - flask.g is a namespace
    return found


def arrange(groups: Iterable[SettingsGroup]) -> dict[str, SettingsGroup]:
    """Return ``groups`` by name in the order of their pages.

    :raises PluginError: as ``settings_groups``.
    """
    found: dict[str, SettingsGroup] = {}
    for group in sorted(groups, key=lambda one: (one.order, one.name)):
        if group.name in found or group.name in RESERVED:
            msg = f"plugin {group.owner}: the settings group {group.name} is taken"
            raise PluginError(msg)
        found[group.name] = group
    return found


def settings_pages() -> list[SettingsPage]:
    """Return the pages that the index of settings leads to beside the groups, in their order."""
    declared = [page for pages in hooks().settings_pages() for page in pages]
    return sorted(declared, key=lambda page: (page.order, page.endpoint))


def get_settings_group(name: str) -> SettingsGroup:
    """Return the declaration of the group ``name``.

    :raises NotFoundError: nobody that is on declares one.
    """
    group = settings_groups().get(name)
    if group is None:
        raise NotFoundError(_("There are no settings of this name."))
    return group


def get_setting(path: str) -> Any:  # noqa: ANN401 - what the kind of the setting says
    """Return the value of one setting, its default where the shop has set nothing.

    :param path: Group and name: ``firm.phone``.
    :raises ProgrammingError: nobody declares it.
    """
    group_name, _dot, name = path.partition(".")
    group = settings_groups().get(group_name)
    declaration = group.find(name) if group is not None else None
    if declaration is None:
        msg = f"{path} is no setting of the core or of a plugin that is on"
        raise ProgrammingError(msg)
    return _value(declaration, _stored().values.get(group_name, {}))


def get_group(name: str) -> dict[str, Any]:
    """Return the values of all settings of the group ``name``.

    :raises NotFoundError: nobody that is on declares it.
    """
    group = get_settings_group(name)
    kept = _stored().values.get(name, {})
    return {declaration.name: _value(declaration, kept) for declaration in group}


def group_version(name: str) -> int:
    """Return a number that grows with every change of the group ``name``; 0 while everything has its default."""
    return _stored().versions.get(name, 0)


def save_group(name: str, values: Mapping[str, object], *, version: int | None = None) -> None:
    """Change settings of the group ``name``, in the caller's unit of work; those that ``values`` leaves out stay.

    :param values: New values by the name of the setting; ``None`` empties one.
    :param version: The ``group_version`` that the person saw; ``None`` where nobody has looked.
    :raises InvalidInputError: a name is unknown or a value is none that its setting may have; by name.
    :raises ConflictError: somebody else has changed the group since ``version``.
    :raises LicenceError: the plugin that owns the group is lapsed.
    """
    group = get_settings_group(name)
    refuse_lapsed(group.owner)
    kept = clean_values(group, values)
    rows = {
        row.key: row
        for row in session().scalars(select(Setting).where(Setting.group_name == name).with_for_update())
    }
    check_version(sum(row.version for row in rows.values()), version)
    actor = current_actor()
    for key, value in kept.items():
        row = rows.get(key)
        if row is None:
            if _is_default(group, key, value):
                continue
            session().add(Setting(group_name=name, key=key, value=value, updated_by=actor.id))
        elif row.value != value:
            row.value, row.updated_by = value, actor.id
    session().flush()
    forget_settings()
    flask.g._settings_touched = True  # noqa: SLF001 - flask.g is a namespace


def forget_settings() -> None:
    """Let this request read the settings anew: somebody else has changed them."""
    flask.g.pop("_settings", None)


def clean_values(group: SettingsGroup, values: Mapping[str, object]) -> dict[str, Any]:
    """Return ``values`` as the database keeps them.

    :raises InvalidInputError: as ``save_group``.
    """
    checks = Checks()
    kept: dict[str, Any] = {}
    for name, value in values.items():
        declaration = group.find(name)
        if declaration is None:
            checks.refuse(name, _("There is no setting %(name)s.", name=name))
        else:
            kept[name] = checks.read(name, partial(declaration.clean, value), None)
    checks.finish(_("Not everything can be saved like this."))
    return kept


def _is_default(group: SettingsGroup, key: str, value: object) -> bool:
    declaration = group.find(key)
    return declaration is not None and declaration.load(value) == declaration.initial()


def _value(declaration: SettingDeclaration, kept: Mapping[str, Any]) -> Any:  # noqa: ANN401 - see get_setting
    return declaration.load(kept[declaration.name]) if declaration.name in kept else declaration.initial()


def _stored() -> Stored:
    """Return all stored settings, read once a request, and anew after a change."""
    known: Stored | None = flask.g.get("_settings")
    if known is not None and (not known.is_tentative or in_unit_of_work()):
        return known
    found = Stored(is_tentative=in_unit_of_work() and bool(flask.g.get("_settings_touched")))
    rows = session().execute(select(Setting.group_name, Setting.key, Setting.value, Setting.version))
    for group, key, value, version in rows:
        found.values.setdefault(group, {})[key] = value
        found.versions[group] = found.versions.get(group, 0) + version
    flask.g._settings = found  # noqa: SLF001 - flask.g is a namespace
    return found
