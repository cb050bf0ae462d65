"""Turn and due as small values that a list computes once per row and a template prints without a macro."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from babel.support import NullTranslations
from flask_babel import ngettext

from core.foundation.ui.formats import (
    NBSP,
    NOTHING,
    format_day,
    format_duration,
    format_time,
    local,
)
from core.foundation.ui.language import current_locale, current_zone, gettext as _, translations
from core.types import now as this_moment

#: A promise nearer than this is soon.
SOON = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Badge:
    """An icon and a text with a tone: the CSS class beside ``wm-turn`` or ``wm-due``."""

    text: str
    icon: str
    tone: str = ""


def turn_badge(word: str, icon: str, since: datetime, *, ours: bool, now: datetime | None = None) -> Badge:
    """Say whose move it is and since when: ``Us · 2 h``; ``ours`` makes it stand out."""
    waited = format_duration((now or this_moment()) - since, units=1)
    return Badge(f"{word}{NBSP}·{NBSP}{waited}", icon, "us" if ours else "")


def due_badge(due: datetime | None, *, now: datetime | None = None, with_time: bool | None = None) -> Badge:
    """Say when something is promised, in the tenant's time zone: ``today 17:00``, ``2 days late``.

    :param with_time: Show the time of day; by default only of today's promises.
    """
    if due is None:
        return Badge(NOTHING, "calendar3")
    now = now or this_moment()
    if due < now:
        return Badge(_late(now - due), "exclamation-triangle-fill", "late")
    zone = current_zone()
    day, today = local(due, zone).date(), local(now, zone).date()
    text = format_day(day, locale=current_locale(), today=today)
    if with_time or (with_time is None and day == today):
        text = f"{text}{NBSP}{format_time(due, zone=zone)}"
    return Badge(text, "alarm", "soon") if due - now < SOON else Badge(text, "calendar3")


def closed_badge(closed: datetime, *, now: datetime | None = None) -> Badge:
    """Say on which day something was finished, in the tenant's time zone."""
    zone = current_zone()
    day, today = local(closed, zone).date(), local(now or this_moment(), zone).date()
    text = _("closed %(day)s", day=format_day(day, locale=current_locale(), today=today))
    return Badge(text.replace(" ", NBSP), "calendar3")


@lru_cache(maxsize=1024)
def _days_late(days: int, catalogue: NullTranslations) -> str:
    del catalogue  # that of the context, in which the text is looked up
    return str(ngettext("%(num)s day late", "%(num)s days late", days)).replace(" ", NBSP)


def _late(by: timedelta) -> str:
    if by.days:
        return _days_late(by.days, translations())
    duration = format_duration(max(by, timedelta(minutes=1)), units=1)
    return str(_("%(duration)s late", duration=duration)).replace(" ", NBSP)
