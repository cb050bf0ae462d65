"""The hooks by which core and plugins declare what a shop may set."""

from __future__ import annotations

from collections.abc import Sequence

from core.foundation.settings.legal import LegalValue
from core.foundation.settings.numbering import NumberKind
from core.foundation.settings.values import SettingsGroup
from core.foundation.ui.values import SettingsPage
from core.plugin import hookspec


@hookspec
def settings_groups() -> Sequence[SettingsGroup]:
    """Return groups of settings; each becomes a page under ``/settings/`` by itself.

    Called once a request. The values must be the same each time: they say what a setting is, not what it is set to.
    """
    return ()


@hookspec
def settings_pages() -> Sequence[SettingsPage]:
    """Return pages of your own that the index of settings leads to: lists that a shop fills once, such as its locations."""
    return ()


@hookspec
def legal_values() -> Sequence[LegalValue]:
    """Return rates, thresholds and deadlines of the law that you look up by day; the shop keeps what each is in Settings → Legal values.

    What they are, for the countries that you know, your migrations write into the table ``dated_value``. A rate of VAT has a key
    that begins with ``vat.``.
    """
    return ()


@hookspec
def number_kinds() -> Sequence[NumberKind]:
    """Return the kinds of numbers that you give out with ``take_number``, each with its ``title``.

    The shop sets what stands before the digits, how many there are, where the count begins and whether it begins anew each year in
    Settings → Numbers; until it does, what the kind says holds.
    """
    return ()
