"""Translations at the price of a look-up: what Flask-Babel works out anew for each text is kept for the request.

A page has some 270 texts; through the extension's context look-ups they are a quarter of its time. What is kept lies where the
extension keeps its own state and goes with it, so ``force_locale()`` and ``refresh()`` hold here as well.
"""

from __future__ import annotations

from datetime import UTC, tzinfo
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import flask
import flask_babel
from babel import Locale
from babel.support import NullTranslations
from flask import Flask
from flask.globals import _cv_app  # the proxies that are public cost more than what they lead to
from flask_babel import Domain, get_locale, get_timezone, get_translations
from markupsafe import Markup

_ENGLISH = Locale("en")
_NOTHING = NullTranslations()


def _kept() -> SimpleNamespace | None:
    """Return where Flask-Babel keeps its state of this context, ``None`` before it has any and outside a context."""
    context = _cv_app.get(None)
    found: SimpleNamespace | None = None if context is None else context.g.__dict__.get("_flask_babel")
    return found


def translations() -> NullTranslations:
    """Return the messages of the reader's language."""
    kept = _kept()
    found: NullTranslations | None = None if kept is None else kept.__dict__.get("babel_translations")
    return found if found is not None else get_translations() if flask.has_app_context() else _NOTHING


def gettext(string: str, **variables: object) -> str:
    """Translate ``string``, as Flask-Babel's function of this name does."""
    text: str = translations().ugettext(string)
    return text % variables if variables else text


def current_locale() -> Locale:
    """Return the locale of the reader, English outside a context."""
    kept = _kept()
    found: Locale | None = None if kept is None else kept.__dict__.get("babel_locale")
    if found is None:
        found = get_locale() if flask.has_app_context() else None
    return found or _ENGLISH


def current_zone() -> tzinfo:
    """Return the time zone of the tenant, UTC outside a context.

    Flask-Babel answers with a zone of pytz, which local times must not be given as they are; its name is enough.
    """
    kept = _kept()
    found: tzinfo | None = None if kept is None else kept.__dict__.get("wm_zone")
    if found is None:
        zone = get_timezone() if flask.has_app_context() else None
        found = ZoneInfo(str(zone)) if zone else UTC
        if (kept := _kept()) is not None:
            kept.wm_zone = found
    return found


def _in_template(string: str, **variables: object) -> Markup:
    """Translate for a template: the text is ours and is trusted, what is put into it is escaped."""
    text = translations().ugettext(string)
    return Markup(text) % variables if "%" in text else Markup(text)  # noqa: S704 - a translation of ours


def _plural_in_template(singular: str, plural: str, number: int, **variables: object) -> Markup:
    text = translations().ungettext(singular, plural, number)
    return Markup(text) % {"num": number, **variables}  # noqa: S704 - a translation of ours


class KeptDomain(Domain):
    """Flask-Babel's domain with the translations that are kept: for its own functions and lazy strings."""

    def get_translations(self) -> NullTranslations:
        """Return the messages of the reader's language."""
        kept = _kept()
        found: NullTranslations | None = None if kept is None else kept.__dict__.get("babel_translations")
        if found is None:
            found = super().get_translations()  # type: ignore[no-untyped-call] # Flask-Babel's
            if (kept := _kept()) is not None:
                kept.babel_translations = found
        return found


_find_domain = flask_babel.get_domain


def _kept_domain() -> Domain:
    """Return the domain that Flask-Babel has found in this context; its own function asks four proxies for it, for each text."""
    kept = _kept()
    found: Domain | None = None if kept is None else kept.__dict__.get("babel_domain")
    return _find_domain() if found is None else found


def init_language(app: Flask) -> None:
    """Give templates ``_``, ``gettext`` and ``ngettext``; after Flask-Babel, whose own they replace."""
    app.extensions["babel"].instance.domain_instance = KeptDomain()  # type: ignore[no-untyped-call] # Flask-Babel's
    # Its functions of texts and its lazy strings, which every module uses, look the domain up by this name.
    flask_babel.get_domain = _kept_domain
    app.jinja_env.globals.update(_=_in_template, gettext=_in_template, ngettext=_plural_in_template)
