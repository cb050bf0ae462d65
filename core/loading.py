"""Loading of plugins: found by entry point, checked against each other, ordered, registered, once before the first request."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from importlib.metadata import entry_points
from types import ModuleType

import pluggy
from flask import Blueprint

from core.db import Model
from core.errors import PluginError
from core.plugin import API_VERSION, ENTRY_POINTS, NAME, PROJECT, RESERVED, Plugin, PluginHost


def discover() -> list[Plugin]:
    """Return the manifests of all installed plugins, by entry point.

    :raises PluginError: an entry point does not lead to a manifest, or breaks on import.
    """
    found = []
    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        try:
            plugin = entry.load()
        except Exception as error:
            msg = f"plugin {entry.name}: {entry.value} cannot be imported: {error}"
            raise PluginError(msg) from error
        if not isinstance(plugin, Plugin):
            msg = f"plugin {entry.name}: {entry.value} is no Plugin(...)"
            raise PluginError(msg)
        found.append(plugin)
    return found


def load_plugins(
    manifests: Sequence[Plugin],
    *,
    specs: Sequence[ModuleType],
    core_hooks: Sequence[ModuleType],
    reserved: frozenset[str] = RESERVED,
) -> PluginHost:
    """Check, order and register ``manifests``; the result never changes.

    :param specs: Hook specifications of the core's areas.
    :param core_hooks: Hook implementations of the core itself, heard by every tenant.
    :param reserved: Names and paths that the core uses.
    :raises PluginError: a plugin breaks a rule; the message names it.
    """
    ordered = _in_order(manifests)
    _check_claims(ordered, reserved)
    manager = pluggy.PluginManager(PROJECT)
    for module in specs:
        manager.add_hookspecs(module)
    blueprints = {plugin.name: _load(plugin, manager) for plugin in ordered}
    _register_hooks(ordered, core_hooks, manager)
    _check_hooks(manager, ordered)
    return PluginHost({plugin.name: plugin for plugin in ordered}, manager, blueprints)


def _in_order(manifests: Sequence[Plugin]) -> list[Plugin]:
    """Return the manifests so that what is required stands before what requires it."""
    by_name: dict[str, Plugin] = {}
    for plugin in manifests:
        if plugin.name in by_name:
            msg = f"plugin {plugin.name}: two installed plugins have this name"
            raise PluginError(msg)
        by_name[plugin.name] = plugin
    ordered: list[Plugin] = []

    def place(plugin: Plugin, path: tuple[str, ...]) -> None:
        if plugin in ordered:
            return
        if plugin.name in path:
            msg = f"plugin {plugin.name}: requirements run in a circle: {' → '.join((*path, plugin.name))}"
            raise PluginError(msg)
        for name in plugin.requires:
            if name not in by_name:
                msg = f"plugin {plugin.name}: requires {name}, which is not installed"
                raise PluginError(msg)
            place(by_name[name], (*path, plugin.name))
        ordered.append(plugin)

    for name in sorted(by_name):
        place(by_name[name], ())
    return ordered


def _check_claims(plugins: Sequence[Plugin], reserved: frozenset[str]) -> None:
    """Refuse wrong names and two claims of one thing."""
    claimed: dict[tuple[str, str], str] = {}
    for plugin in plugins:
        if not NAME.fullmatch(plugin.name) or plugin.name in reserved:
            msg = f"plugin {plugin.name}: the name must be one lower-case word that the core does not use"
            raise PluginError(msg)
        if plugin.api_version != API_VERSION:
            msg = f"plugin {plugin.name}: written for API version {plugin.api_version}; this is {API_VERSION}"
            raise PluginError(msg)
        for permission in plugin.permissions:
            if not re.fullmatch(rf"{plugin.name}\.[a-z_]+:[a-z_]+", permission.name):
                msg = f"plugin {plugin.name}: the permission {permission.name} must read {plugin.name}.<resource>:<action>"
                raise PluginError(msg)
        claims = [("API noun", noun) for noun in plugin.api] + [
            ("path", path) for path in (plugin.name, *plugin.public)
        ]
        for claim in claims:
            if claim in claimed or claim[1] in reserved:
                msg = f"plugin {plugin.name}: the {claim[0]} {claim[1]} is claimed by {claimed.get(claim, 'the core')} already"
                raise PluginError(msg)
            claimed[claim] = plugin.name


def _load(plugin: Plugin, manager: pluggy.PluginManager) -> tuple[Blueprint, ...]:
    """Import the modules of one plugin and register its hooks."""
    before = set(Model.metadata.tables)
    for module in plugin.models:
        _import(plugin, module)
    for table in set(Model.metadata.tables) - before:
        if not table.startswith(f"{plugin.name}_"):
            msg = f"plugin {plugin.name}: the table {table} must begin with {plugin.name}_"
            raise PluginError(msg)
    for module in plugin.hookspecs:
        manager.add_hookspecs(_import(plugin, module))
    if plugin.migrations is not None and plugin.owner.head is None:
        msg = f"plugin {plugin.name}: {plugin.migrations}/versions holds no revision"
        raise PluginError(msg)
    return tuple(_blueprint(plugin, target) for target in plugin.blueprints)


def _register_hooks(
    plugins: Sequence[Plugin], core_hooks: Sequence[ModuleType], manager: pluggy.PluginManager
) -> None:
    """Register from the top down: pluggy calls the newest first, so every hook is heard from the ground up."""
    for plugin in reversed(plugins):
        for module in reversed(plugin.hooks):
            _register(plugin, _import(plugin, module), manager)
    for hooks in reversed(core_hooks):
        manager.register(hooks)


def _register(plugin: Plugin, module: ModuleType, manager: pluggy.PluginManager) -> None:
    try:
        manager.register(module)
    except pluggy.PluginValidationError as error:
        msg = f"plugin {plugin.name}: {error}"
        raise PluginError(msg) from error


def _import(plugin: Plugin, module: str) -> ModuleType:
    try:
        return importlib.import_module(f"{plugin.package}.{module}")
    except Exception as error:
        msg = f"plugin {plugin.name}: its module {module} cannot be imported: {error}"
        raise PluginError(msg) from error


def _blueprint(plugin: Plugin, target: str) -> Blueprint:
    module, _, attribute = target.partition(":")
    blueprint = getattr(_import(plugin, module), attribute, None)
    if not isinstance(blueprint, Blueprint):
        msg = f"plugin {plugin.name}: {target} is no blueprint"
        raise PluginError(msg)
    if blueprint.name != plugin.name and not blueprint.name.startswith(f"{plugin.name}_"):
        msg = f"plugin {plugin.name}: the blueprint {blueprint.name} must be called {plugin.name} or {plugin.name}_…"
        raise PluginError(msg)
    return blueprint


def _check_hooks(manager: pluggy.PluginManager, plugins: Sequence[Plugin]) -> None:
    """Refuse implementations of hooks that nobody specified, or with arguments that the hook does not have."""
    for plugin in plugins:
        for module in plugin.hooks:
            registered = importlib.import_module(f"{plugin.package}.{module}")
            for caller in manager.get_hookcallers(registered) or ():
                for implementation in caller.get_hookimpls():
                    if implementation.plugin is registered:
                        _check_hook(plugin, caller, implementation)
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        msg = f"a hook of the core is misspelt: {error}"
        raise PluginError(msg) from error


def _check_hook(plugin: Plugin, caller: pluggy.HookCaller, implementation: pluggy.HookImpl) -> None:
    if not caller.has_spec():
        if not implementation.optionalhook:
            msg = f"plugin {plugin.name}: there is no hook {caller.name}"
            raise PluginError(msg)
        return
    spec = caller.spec
    unknown = set(implementation.argnames) - set(spec.argnames if spec else ())
    if unknown:
        msg = f"plugin {plugin.name}: the hook {caller.name} has no argument {', '.join(sorted(unknown))}"
        raise PluginError(msg)
