"""The plugin host: manifests, discovery, order, and the hook callers of what is on for a tenant.

Everything is loaded once and frozen before the first request. What is on for a tenant is a value, ``PluginStates``, that is handed in:
this module knows neither tenants nor requests.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TypeVar, overload

import pluggy
from flask import Blueprint

from core.errors import PluginError
from core.migrate import Owner

PROJECT: Final = "workmanager"
ENTRY_POINTS: Final = "workmanager.plugins"
#: The version of the promise to plugin authors; a plugin states the one it was written for.
API_VERSION: Final = 1
#: Names that the host itself uses as owners of tables, routes and permissions.
RESERVED: Final = frozenset({"core", "control", "static", "t", "api", "settings", "account"})
NAME: Final = re.compile(r"[a-z][a-z0-9]{1,29}")

_hookspec = pluggy.HookspecMarker(PROJECT)
_hookimpl = pluggy.HookimplMarker(PROJECT)
Implementation = TypeVar("Implementation", bound=Callable[..., object])


@overload
def hookspec(function: Implementation) -> Implementation: ...


@overload
def hookspec(*, writes: bool) -> Callable[[Implementation], Implementation]: ...


def hookspec(
    function: Implementation | None = None, *, writes: bool = False
) -> Implementation | Callable[[Implementation], Implementation]:
    """Mark a function of a ``hookspecs`` module as the specification of a hook of its name.

    :param writes: What the hook collects leads to writing, as the section of a form does: a lapsed plugin is not asked.
    """

    def mark(target: Implementation) -> Implementation:
        target.__dict__["wm_writes"] = writes
        return _hookspec(target)

    return mark if function is None else mark(function)


@overload
def hookimpl(function: Implementation) -> Implementation: ...


@overload
def hookimpl(
    *,
    releases: bool = False,
    optionalhook: bool = False,
    tryfirst: bool = False,
    trylast: bool = False,
) -> Callable[[Implementation], Implementation]: ...


def hookimpl(
    function: Implementation | None = None,
    *,
    releases: bool = False,
    optionalhook: bool = False,
    tryfirst: bool = False,
    trylast: bool = False,
) -> Implementation | Callable[[Implementation], Implementation]:
    """Mark a function of a plugin's ``hooks`` module as the implementation of the hook of the same name.

    :param releases: Also called while the plugin is lapsed: it frees something, such as a reservation.
    :param optionalhook: The hook belongs to another plugin, which need not be installed.
    """

    def mark(target: Implementation) -> Implementation:
        target.__dict__["wm_releases"] = releases
        marked = _hookimpl(optionalhook=optionalhook, tryfirst=tryfirst, trylast=trylast)
        return marked(target)

    return mark if function is None else mark(function)


class PluginState(StrEnum):
    """What a plugin is for one tenant."""

    ON = "on"
    #: The licence ended: everything reads, nothing writes.
    LAPSED = "lapsed"
    #: Nothing of it runs or shows.
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Permission:
    """A right that roles carry, declared by the core or a plugin."""

    #: ``<owner>.<resource>:<action>``
    name: str
    title: Any
    #: Keys of the preset roles that have it unless the shop edits them; the owner has every permission.
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Plugin:
    """The manifest of a plugin: who it is and what it claims. Modules are named relative to ``package``."""

    #: Lower case, one word: table prefix, blueprint, ``/<name>/`` pages, templates, permissions, settings, version table.
    name: str
    package: str
    title: Any
    version: str
    api_version: int = API_VERSION
    requires: tuple[str, ...] = ()
    permissions: tuple[Permission, ...] = ()
    #: ``module:attribute`` of each Flask blueprint.
    blueprints: tuple[str, ...] = ()
    #: Modules with hook implementations.
    hooks: tuple[str, ...] = ()
    #: Modules with hook specifications of this plugin's own.
    hookspecs: tuple[str, ...] = ()
    #: Modules with models, imported so that their tables are known.
    models: tuple[str, ...] = ()
    #: Folder with ``versions/``, relative to the package; ``None`` for a plugin without tables.
    migrations: str | None = None
    #: API nouns it claims, e.g. ``products``.
    api: tuple[str, ...] = ()
    #: First segments of addresses outside ``/<name>/`` that it claims, e.g. ``offer``.
    public: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Where the package lies."""
        spec = importlib.util.find_spec(self.package)
        if spec is None or spec.origin is None:
            msg = f"plugin {self.name}: the package {self.package} cannot be found"
            raise PluginError(msg)
        return Path(spec.origin).parent

    @property
    def owner(self) -> Owner:
        """The owner of its tables."""
        return Owner(self.name, self.folder / (self.migrations or "migrations"))


@dataclass(frozen=True, slots=True)
class PluginStates:
    """What is on for a tenant; hashable, so that everything made for it can be kept."""

    on: frozenset[str] = frozenset()
    lapsed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, states: Mapping[str, str], installed: Iterable[str]) -> PluginStates:
        """Return the states of the ``installed`` plugins; what is not named is off."""
        known = set(installed)
        return cls(
            frozenset(name for name, state in states.items() if state == PluginState.ON and name in known),
            frozenset(
                name for name, state in states.items() if state == PluginState.LAPSED and name in known
            ),
        )

    @property
    def visible(self) -> frozenset[str]:
        """Plugins whose pages exist: on and lapsed."""
        return self.on | self.lapsed

    def state(self, name: str) -> PluginState:
        """Return what the plugin ``name`` is."""
        if name in self.on:
            return PluginState.ON
        return PluginState.LAPSED if name in self.lapsed else PluginState.OFF


class Hooks:
    """The hooks as one tenant sees them: ``hooks.ticket_opened(ticket=ticket)`` calls what is on, nothing else."""

    def __init__(self, host: PluginHost, states: PluginStates) -> None:
        """See ``host`` with the plugins in ``states``."""
        self._host = host
        self._states = states

    def __getattr__(self, name: str) -> pluggy.HookCaller:
        """Return the caller of the hook ``name``, kept after the first use."""
        caller = self._host.caller(name, self._states)
        self.__dict__[name] = caller
        return caller


def _hears(implementation: object, state: PluginState, *, writes: bool) -> bool:
    """Tell whether a plugin in ``state`` hears a hook: a lapsed one what reads, and what releases something."""
    if state is PluginState.LAPSED and writes:
        return bool(getattr(implementation, "wm_releases", False))
    return state is not PluginState.OFF


def is_action(hook: str) -> bool:
    """Tell whether ``hook`` vetoes or reacts (``…ing``, ``…ed``) rather than collects (plural nouns)."""
    return hook.endswith(("ing", "ed"))


@dataclass
class PluginHost:
    """All installed plugins, loaded in the order of their requirements and frozen."""

    plugins: Mapping[str, Plugin]
    manager: pluggy.PluginManager
    blueprints: Mapping[str, tuple[Blueprint, ...]] = field(default_factory=dict)
    _hooks: dict[PluginStates, Hooks] = field(default_factory=dict)

    @cached_property
    def permissions(self) -> Mapping[str, tuple[Permission, ...]]:
        """Permissions by the plugin that declares them."""
        return {plugin.name: plugin.permissions for plugin in self.plugins.values()}

    def hooks(self, states: PluginStates) -> Hooks:
        """Return the hooks as a tenant with ``states`` sees them."""
        found = self._hooks.get(states)
        if found is None:
            found = self._hooks[states] = Hooks(self, states)
        return found

    def caller(self, name: str, states: PluginStates) -> pluggy.HookCaller:
        """Return the caller of one hook without the plugins that must not hear it.

        :raises AttributeError: no hook has this name.
        """
        hook: pluggy.HookCaller = getattr(self.manager.hook, name)
        writes = is_action(name) or bool(hook.spec and getattr(hook.spec.function, "wm_writes", False))
        silent = [
            module
            for module, owner in self._modules.items()
            if not _hears(getattr(module, name, None), states.state(owner), writes=writes)
        ]
        return self.manager.subset_hook_caller(name, silent)

    @cached_property
    def _modules(self) -> dict[ModuleType, str]:
        """Hook modules with the plugin that owns them; those of the core always hear."""
        return {
            importlib.import_module(f"{plugin.package}.{module}"): plugin.name
            for plugin in self.plugins.values()
            for module in plugin.hooks
        }

    def owners(self, names: Iterable[str]) -> list[Owner]:
        """Return the owners of tables among the plugins ``names``, in the order of their requirements."""
        wanted = set(names)
        return [
            plugin.owner
            for plugin in self.plugins.values()
            if plugin.name in wanted and plugin.migrations is not None
        ]

    def requirements(self, name: str) -> list[str]:
        """Return ``name`` and all that it requires, the ground first.

        :raises PluginError: no such plugin is installed.
        """
        if name not in self.plugins:
            msg = f"plugin {name} is not installed; installed are {', '.join(self.plugins) or 'none'}"
            raise PluginError(msg)
        found: list[str] = []
        for required in self.plugins[name].requires:
            found += [ground for ground in self.requirements(required) if ground not in found]
        return [*found, name]

    def dependents(self, name: str) -> list[str]:
        """Return the installed plugins that require ``name``, directly or not."""
        return [other for other in self.plugins if other != name and name in self.requirements(other)]
