"""Hooks that put something on a page: each collects frozen values, and the page places them."""

from __future__ import annotations

from collections.abc import Sequence

from core.foundation.ui.values import Alert, FormSection, NavItem, Panel, SearchProvider
from core.plugin import hookspec


@hookspec
def nav_items() -> Sequence[NavItem]:
    """Return the entries that the side menu shows to who has their permission."""
    return ()


@hookspec
def dashboard_cards() -> Sequence[Panel]:
    """Return the cards of the dashboard; those whose permission the reader lacks are left out.

    Called once a view of the dashboard, in its read-only transaction.
    """
    return ()


@hookspec
def alerts() -> Sequence[Alert]:
    """Return what waits for the reader, for the bell; called in a request of its own, after the page."""
    return ()


@hookspec(writes=True)
def form_sections(form: str) -> Sequence[FormSection]:
    """Return the sections that a core form gets from elsewhere; a lapsed plugin, which may not write, is not asked.

    :param form: ``client``, ``equipment``, ``ticket``, ``intake``, or ``intake_client`` and ``intake_equipment``, which stand inside the
        intake and are asked of a new client and a new device.
    """
    del form
    return ()


@hookspec
def search_providers() -> Sequence[SearchProvider]:
    """Return the kinds of records that the search box finds."""
    return ()
