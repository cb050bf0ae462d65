"""What an operator does with tenants: create, suspend, resume, delete, and switch plugins."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import flask
from flask_babel import gettext as _
from sqlalchemy import select

from core.config import Config
from core.db import control_unit_of_work, db, session, tenant_engine, unit_of_work
from core.engines import Engines
from core.errors import DomainError
from core.foundation.tenants.context import Tenant, current_tenant, hooks, plugin_host, tenant_context
from core.foundation.tenants.directory import TenantDirectory
from core.foundation.tenants.models import InstallationRecord, TenantRecord, TenantStatus
from core.foundation.tenants.storage import make_storage, remove_storage, tenant_placement
from core.foundation.ui.checks import Checks
from core.migrate import Owner, standings, upgrade
from core.plugin import Hooks, PluginState, PluginStates

SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
#: Slugs that would read like a page of the installation.
RESERVED_SLUGS: Final = frozenset(
    {"static", "console", "control", "api", "www", "healthz", "readyz", "metrics"}
)
#: The core's tables in a tenant's database.
CORE_OWNER: Final = Owner("core", Path(__file__).parents[2] / "migrations")
#: Currency and time zone of a new tenant by country; the shop may change both.
COUNTRIES: Final[Mapping[str, tuple[str, str]]] = {
    "RO": ("RON", "Europe/Bucharest"),
    "MD": ("MDL", "Europe/Chisinau"),
    "GB": ("GBP", "Europe/London"),
    "US": ("USD", "America/New_York"),
    "HU": ("HUF", "Europe/Budapest"),
    "BG": ("EUR", "Europe/Sofia"),
    "DE": ("EUR", "Europe/Berlin"),
    "FR": ("EUR", "Europe/Paris"),
    "IT": ("EUR", "Europe/Rome"),
    "ES": ("EUR", "Europe/Madrid"),
}
#: Languages by their own names, as their speakers look for them.
LANGUAGE_NAMES: Final[Mapping[str, str]] = {"ro": "Română", "en": "English"}
LANGUAGES: Final = tuple(LANGUAGE_NAMES)


@dataclass(frozen=True, slots=True)
class NewTenant:
    """What an operator says of a tenant to be made."""

    slug: str
    name: str
    language: str = "ro"
    country: str = "RO"
    domain: str | None = None
    #: Plugins that are on from the start, their requirements included by themselves.
    plugins: tuple[str, ...] = ()


def directory() -> TenantDirectory:
    """Return the directory of tenants of this application."""
    found: TenantDirectory = flask.current_app.extensions["wm_tenants"]
    return found


def create_tenant(new: NewTenant, *, seed: Callable[[Tenant], None]) -> Tenant:
    """Make a tenant: its database, its folder, its tables and the rows that every shop starts with.

    On any failure nothing of it is left.

    :param seed: Adds what only the caller knows, such as the first user; inside the first transaction.
    :raises InvalidInputError: a value is wrong or the slug is taken.
    """
    host = plugin_host()
    names = list(dict.fromkeys(name for plugin in new.plugins for name in host.requirements(plugin)))
    record = _reserve(new, names)
    try:
        tenant = directory().get(new.slug)
        make_storage(_config(), tenant.placement, tenant.slug)
        upgrade(tenant.placement, [CORE_OWNER, *host.owners(names)])
        with tenant_context(flask.current_app._get_current_object(), tenant), unit_of_work():  # type: ignore[attr-defined]  # noqa: SLF001
            hooks().tenant_created(tenant=tenant)
            for name in names:
                hooks().plugin_enabled(tenant=tenant, plugin=name)
            seed(tenant)
    except BaseException:
        _forget(record)
        raise
    _change(new.slug, lambda row: setattr(row, "status", TenantStatus.ACTIVE.value))
    return directory().get(new.slug)


def suspend_tenant(slug: str) -> None:
    """Keep everybody out of a tenant from the next request on; nothing is lost."""
    directory().get(slug)
    _change(slug, lambda row: setattr(row, "status", TenantStatus.SUSPENDED.value))


def resume_tenant(slug: str) -> None:
    """Let a suspended tenant in again."""
    directory().get(slug)
    _change(slug, lambda row: setattr(row, "status", TenantStatus.ACTIVE.value))


def delete_tenant(slug: str) -> None:
    """Remove a tenant with its database and files for good."""
    directory().get(slug)
    with control_unit_of_work() as current:
        record = current.scalars(select(TenantRecord).where(TenantRecord.slug == slug)).one()
        record.status = TenantStatus.SUSPENDED.value
        facts = (record.slug, record.url, record.schema)
    _remove(*facts)


def set_plugin_state(slug: str, name: str, state: PluginState) -> Tenant:
    """Switch the plugin ``name`` of a tenant on, to lapsed, or off; its data always stay.

    Switching on runs the plugin's migrations first and switches its requirements on as well.

    :raises DomainError: another plugin that is on requires the one to be switched off.
    """
    host = plugin_host()
    required = host.requirements(name)
    tenant = directory().get(slug)
    if state is PluginState.ON:
        fresh = [plugin for plugin in required if plugin not in tenant.states.on]
        upgrade(tenant.placement, [CORE_OWNER, *host.owners(fresh)])
        _set_states(slug, dict.fromkeys(fresh, state))
        return _greet(slug, fresh)
    standing = tenant.states.on if state is PluginState.LAPSED else tenant.states.visible
    held = [other for other in host.dependents(name) if other in standing]
    if held:
        msg = f"{', '.join(held)} requires {name}; change it first"
        raise DomainError(msg)
    _set_states(slug, {name: state})
    return directory().get(slug)


def owners_of(tenant: Tenant) -> list[Owner]:
    """Return who has tables in the database of ``tenant``: the core, and the plugins that show."""
    return [CORE_OWNER, *plugin_host().owners(tenant.states.visible)]


def present_hooks() -> Hooks:
    """Return the hooks of everybody whose tables are in the tenant's database: also of plugins that are lapsed or off.

    For the few things that must not pass rows by because their plugin is switched off: merging, and erasing a person.

    :raises DomainError: the tables of a plugin that is off are older than its code.
    """
    host, states = plugin_host(), current_tenant().states
    silent = host.owners(name for name in host.plugins if name not in states.visible)
    present = set(states.visible)
    if silent:
        connection = session().connection(bind_arguments={"bind": tenant_engine()})
        for standing in standings(connection, silent):
            if standing.current is not None and standing.is_behind:
                raise DomainError(
                    _(
                        "%(plugin)s is switched off and its data are of an older version. Switch it on first.",
                        plugin=host.plugins[standing.owner.name].title,
                    )
                )
            if standing.current is not None:
                present.add(standing.owner.name)
    return host.hooks(PluginStates(on=frozenset(present)))


def _greet(slug: str, plugins: list[str]) -> Tenant:
    tenant = directory().get(slug)
    with tenant_context(flask.current_app._get_current_object(), tenant), unit_of_work():  # type: ignore[attr-defined]  # noqa: SLF001
        for name in plugins:
            hooks().plugin_enabled(tenant=tenant, plugin=name)
    return tenant


def _config() -> Config:
    config: Config = flask.current_app.extensions["wm_config"]
    return config


def _reserve(new: NewTenant, plugins: list[str]) -> tuple[str, str | None, str | None]:
    """Write the row of a tenant to be made, so that its number is taken."""
    _validate(new)
    currency, time_zone = COUNTRIES.get(new.country, ("EUR", "UTC"))
    with control_unit_of_work() as current:
        key = current.scalars(select(InstallationRecord.key)).one()
        record = TenantRecord(
            slug=new.slug,
            name=new.name.strip(),
            status=TenantStatus.CREATING.value,
            language=new.language,
            country=new.country,
            currency=currency,
            time_zone=time_zone,
            domain=new.domain,
            url=_config().database_url,
            plugins=dict.fromkeys(plugins, PluginState.ON.value),
        )
        current.add(record)
        current.flush()
        if record.url is not None:
            record.schema = f"wm_{key}_{record.id}"
        return record.slug, record.url, record.schema


def _validate(new: NewTenant) -> None:
    checks = Checks()
    if not SLUG.fullmatch(new.slug) or new.slug in RESERVED_SLUGS:
        checks.refuse(
            "slug", f"{new.slug!r} must be 1 to 40 small letters, digits and hyphens, and no reserved word"
        )
    elif session().scalars(select(TenantRecord.id).where(TenantRecord.slug == new.slug)).first() is not None:
        checks.refuse("slug", f"there is a tenant {new.slug} already")
    if not new.name.strip() or len(new.name) > 200:  # noqa: PLR2004 - the column's length, said in the message
        checks.refuse("name", "the name must have 1 to 200 characters")
    if new.language not in LANGUAGES:
        checks.refuse("language", f"the language must be one of {', '.join(LANGUAGES)}")
    if not re.fullmatch(r"[A-Z]{2}", new.country):
        checks.refuse("country", f"{new.country!r} is no two-letter country code")
    if new.domain is not None and not re.fullmatch(r"[a-z0-9.-]{3,253}", new.domain):
        checks.refuse("domain", f"{new.domain!r} is no host name")
    checks.finish()


def _change(slug: str, change: Callable[[TenantRecord], None]) -> None:
    with control_unit_of_work() as current:
        change(current.scalars(select(TenantRecord).where(TenantRecord.slug == slug).with_for_update()).one())


def _set_states(slug: str, states: Mapping[str, PluginState]) -> None:
    def change(record: TenantRecord) -> None:
        record.plugins = {**record.plugins, **{name: state.value for name, state in states.items()}}

    _change(slug, change)


def _forget(facts: tuple[str, str | None, str | None]) -> None:
    db.session.rollback()
    _remove(*facts)


def _remove(slug: str, url: str | None, schema: str | None) -> None:
    """Remove the storage first and the row last: what is stopped in the middle can be asked for again."""
    placement = tenant_placement(_config(), slug=slug, url=url, schema=schema)
    engines: Engines = flask.current_app.extensions["wm_engines"]
    engines.forget(placement)
    remove_storage(_config(), placement, slug)
    with control_unit_of_work() as current:
        current.delete(current.scalars(select(TenantRecord).where(TenantRecord.slug == slug)).one())
