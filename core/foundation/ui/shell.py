"""What stands around every page, as values that ``base.html`` draws; and the one call that installs all of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from core.foundation.ui.assets import Assets, Guard, init_assets, open_to_all
from core.foundation.ui.errors import init_error_pages
from core.foundation.ui.formats import init_formats
from core.foundation.ui.headers import init_headers
from core.foundation.ui.language import current_locale
from core.foundation.ui.messages import messages
from core.foundation.ui.theme import init_theme


@dataclass(frozen=True, slots=True)
class NavLink:
    """A link of the menu, translated and resolved for one reader."""

    label: str
    url: str
    #: Name in icons.svg, without ``i-``.
    icon: str
    active: bool = False
    count: int | None = None
    #: The letter that opens it after ``G``; for the main action the letter itself.
    key: str = ""


@dataclass(frozen=True, slots=True)
class NavGroup:
    """Some links of the menu under a heading."""

    title: str | None
    items: Sequence[NavLink]


@dataclass(frozen=True, slots=True)
class Option:
    """One of the values that a switch in the top bar offers."""

    value: str
    label: str
    active: bool = False


@dataclass(frozen=True, slots=True)
class Shell:
    """What the top bar and the menus offer; whatever is empty is not drawn."""

    home_url: str = "/"
    #: Links at the foot of the side menu: subscription, settings.
    foot: Sequence[NavLink] = ()
    #: At most five links at the foot of a phone; the middle one of five is the large one.
    tabs: Sequence[NavLink] = ()
    #: The button at the top right: intake.
    main_action: NavLink | None = None
    #: GET with ``q``; asked by htmx it answers with ``partials/search_results.html`` alone.
    search_url: str = ""
    #: GET; asked by htmx it answers with ``partials/alerts.html`` alone.
    alerts_url: str = ""
    #: Number on the bell.
    alerts: int = 0
    #: POST with ``location`` and ``next``.
    location_url: str = ""
    locations: Sequence[Option] = ()
    #: POST with ``language`` and ``next``.
    language_url: str = ""
    #: POST with ``theme`` (light, dark, auto) and ``next``.
    theme_url: str = ""
    #: POST with ``nav_narrow`` or ``shortcuts`` (1 or 0) and ``next``.
    preferences_url: str = ""
    account_url: str = ""
    devices_url: str = ""
    #: POST.
    logout_url: str = ""

    @property
    def location(self) -> str:
        """The name of the location that is chosen."""
        return next((option.label for option in self.locations if option.active), "")


def page_defaults() -> dict[str, Any]:
    """Return what every template may count on, without a tenant and without a user.

    The context processors of the application give the real values; they run later and win.
    """
    return {
        "tenant": None,
        "user": None,
        "shell": Shell(),
        "nav": (),
        "lang": current_locale().language,
        "theme": "auto",
        "accent": None,
        "languages": {"ro": "Română", "en": "English"},
        "nav_narrow": False,
        "can": _nothing,
        "messages": messages,
    }


def _nothing(permission: str) -> bool:
    """Allow nobody anything."""
    del permission
    return False


def init_ui(app: Flask, static_folders: Iterable[Path] = (), *, guard: Guard = open_to_all) -> Assets:
    """Install headers, static files, theme, formats and error pages, before anything else of the application.

    :param static_folders: ``static`` folders of plugins, each with its files under the plugin's own name.
    :param guard: The decorator that declares who may call the routes of static files.
    """
    init_headers(app)
    assets = init_assets(app, static_folders, guard=guard)
    init_theme(app, guard=guard)
    init_formats(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(page_defaults)
    init_error_pages(app)
    return assets
