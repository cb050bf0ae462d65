"""How the shop numbers its papers: what it sets for each kind and location, and that no number is ever given out twice or skipped."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select

from core.db import check_version, session
from core.errors import NotFoundError, PluginError
from core.foundation.settings.locations import list_locations
from core.foundation.settings.models import Location, NumberRule, NumberSeries
from core.foundation.settings.numbering import NumberKind, filled, rule_scope, written
from core.foundation.tenants.context import hooks, refuse_lapsed
from core.foundation.ui.checks import Checks
from core.foundation.ui.formats import local_today

LOCATION: Final = "{location}"
YEAR: Final = "{year}"
#: Letters, digits and what papers put between them; the places in braces.
PATTERN: Final = re.compile(r"(?:[A-Za-z0-9 ./_-]|\{location\}|\{year\})*")
LONGEST_PATTERN: Final = 24
MOST_DIGITS: Final = 10
LARGEST_FIRST: Final = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberFacts:
    """What the shop says of the numbers of one kind at one location."""

    #: What stands before the digits, with ``{location}`` and ``{year}``.
    pattern: str
    #: Fewest digits.
    width: int
    per_year: bool
    #: With which a new series begins.
    first_number: int


@dataclass(frozen=True, slots=True)
class Numbering:
    """The numbers of one kind at one location, as they stand."""

    kind: NumberKind
    location: Location | None
    facts: NumberFacts
    #: Of the rule; 0 while the shop has set nothing.
    version: int
    #: Where the next number comes from; ``None`` before the first one.
    present: NumberSeries | None
    #: Those of other years, and those that the shop has left for others; the newest first.
    earlier: Sequence[NumberSeries]
    #: Of the row that holds what the shop has set, if there is one.
    rule_ids: Sequence[int] = ()

    @property
    def upcoming(self) -> str:
        """The number that is given out next."""
        return _outcome(self, self.facts)[0]


def number_kinds() -> Mapping[str, NumberKind]:
    """Return what core and plugins count, by name, in the order of their areas.

    :raises PluginError: two of them have one name.
    """
    found: dict[str, NumberKind] = {}
    for kind in (one for kinds in reversed(hooks().number_kinds()) for one in kinds):
        if kind.name in found:
            msg = f"the number kind {kind.name} is declared twice"
            raise PluginError(msg)
        found[kind.name] = kind
    return found


def list_numberings() -> list[Numbering]:
    """Return the numbers of every kind at every location where it is counted; three statements."""
    places = list_locations()
    rules = {rule.scope: rule for rule in session().scalars(select(NumberRule))}
    rows = session().scalars(select(NumberSeries).order_by(NumberSeries.id.desc())).all()
    return [
        _numbering(kind, place, rules.get(rule_scope(kind, place)), rows)
        for kind in number_kinds().values()
        for place in (places if kind.per_location else [None])
        if place is None or place.is_active or any(row.location_id == place.id for row in rows)
    ]


def get_numbering(name: str, location_id: int | None) -> Numbering:
    """Return the numbers of one kind at one location.

    :raises NotFoundError: nobody that is on counts it, or not there.
    """
    for numbering in list_numberings():
        place = numbering.location.id if numbering.location else None
        if (numbering.kind.name, place) == (name, location_id):
            return numbering
    raise NotFoundError(_("There are no such numbers."))


def preview_numbers(numbering: Numbering, facts: NumberFacts) -> tuple[str, str]:
    """Return the number that would be given out next, and what becomes of the count in a sentence.

    :raises InvalidInputError: as ``change_numbering``.
    """
    return _outcome(numbering, _read(numbering, facts))


def change_numbering(name: str, location_id: int | None, facts: NumberFacts, *, version: int | None) -> None:
    """Let the papers of a kind be numbered in another way from now on; what has been given out is never given out again.

    While the beginning stays the same the count goes on; with another one a new series begins, and the old one is closed. A beginning
    that was used before goes on where it stopped.

    :raises NotFoundError: as ``get_numbering``.
    :raises ConflictError: somebody else has changed it since ``version``.
    :raises LicenceError: the plugin that counts is lapsed.
    :raises InvalidInputError: numbers could be given out twice or skipped; by field.
    """
    numbering = get_numbering(name, location_id)
    refuse_lapsed(name.partition(".")[0])
    session().scalars(select(NumberSeries).where(NumberSeries.kind == name).with_for_update()).all()
    numbering = get_numbering(name, location_id)
    check_version(numbering.version, version)
    facts = _read(numbering, facts)
    scope = rule_scope(numbering.kind, numbering.location)
    rule = session().scalars(select(NumberRule).where(NumberRule.scope == scope)).one_or_none()
    if rule is None:
        rule = NumberRule(scope=scope, kind=name, location_id=location_id)
        session().add(rule)
    rule.pattern, rule.width, rule.per_year = facts.pattern, facts.width, facts.per_year
    rule.first_number = facts.first_number
    rule.first_year = local_today().year if facts.per_year else None
    _move_series(numbering, facts)
    session().flush()


def _move_series(numbering: Numbering, facts: NumberFacts) -> None:
    """Close the series that is left, and open the one that the new beginning had before."""
    scope, prefix = _target(numbering, facts)
    rows = [*([numbering.present] if numbering.present else []), *numbering.earlier]
    here = next((row for row in rows if row.scope == scope), None)
    if here is not None and here.prefix != prefix:
        here.scope = f"{here.scope}#{here.id}"
        session().flush()
    same = next((row for row in rows if row.prefix == prefix), None)
    if same is not None:
        same.scope, same.width = scope, facts.width


def _target(numbering: Numbering, facts: NumberFacts) -> tuple[str, str]:
    """Return the key and the beginning of the series from which ``facts`` take the next number."""
    year = local_today().year if facts.per_year else None
    scope = f"{rule_scope(numbering.kind, numbering.location)}/{year or ''}"
    return scope, filled(facts.pattern, location=numbering.location, year=year)


def _outcome(numbering: Numbering, facts: NumberFacts) -> tuple[str, str]:
    _scope, prefix = _target(numbering, facts)
    rows = [*([numbering.present] if numbering.present else []), *numbering.earlier]
    same = next((row for row in rows if row.prefix == prefix), None)
    if same is None:
        text = written(prefix, facts.first_number, facts.width)
        if numbering.present is None:
            return text, _("Nothing has been given out yet.")
        return text, _("A new series begins; the old one is kept and never used again by mistake.")
    text = written(prefix, same.next_number, facts.width)
    return text, _("The count goes on: the last one was %(number)s.", number=last_of(same))


def last_of(series: NumberSeries) -> str:
    """Return the last number that a series has given out."""
    return written(series.prefix, series.next_number - 1, series.width)


def _numbering(
    kind: NumberKind, place: Location | None, rule: NumberRule | None, rows: Sequence[NumberSeries]
) -> Numbering:
    facts = NumberFacts(
        pattern=rule.pattern if rule else kind.pattern,
        width=rule.width if rule else kind.width,
        per_year=rule.per_year if rule else kind.per_year,
        first_number=rule.first_number if rule and rule.first_year in {None, local_today().year} else 1,
    )
    place_id = place.id if place else None
    own = [row for row in rows if (row.kind, row.location_id) == (kind.name, place_id)]
    year = local_today().year if facts.per_year else ""
    present = next((row for row in own if row.scope == f"{rule_scope(kind, place)}/{year}"), None)
    if present is not None:
        facts = NumberFacts(
            pattern=facts.pattern,
            width=facts.width,
            per_year=facts.per_year,
            first_number=present.first_number,
        )
    earlier = [row for row in own if row is not present]
    return Numbering(
        kind, place, facts, rule.version if rule else 0, present, earlier, [rule.id] if rule else []
    )


def _read(numbering: Numbering, facts: NumberFacts) -> NumberFacts:
    """Return ``facts`` clean.

    :raises InvalidInputError: as ``change_numbering``.
    """
    checks = Checks()
    pattern = facts.pattern.strip(" ") if not facts.pattern.strip() else facts.pattern.lstrip()
    checks.read("pattern", lambda: _check_pattern(numbering.kind, pattern, per_year=facts.per_year), None)
    if not 1 <= facts.width <= MOST_DIGITS:
        checks.refuse("width", _("Write a number from 1 to %(most)s.", most=MOST_DIGITS))
    if not 1 <= facts.first_number <= LARGEST_FIRST:
        checks.refuse("first_number", _("Write a number from 1 to %(most)s.", most=LARGEST_FIRST))
    checks.finish(_("The numbers stay as they are."))
    found = NumberFacts(
        pattern=pattern, width=facts.width, per_year=facts.per_year, first_number=facts.first_number
    )
    _scope, prefix = _target(numbering, found)
    checks.read("pattern", lambda: _check_free(numbering, prefix), None)
    checks.read("first_number", lambda: _check_first(numbering, prefix, facts.first_number), None)
    checks.finish(_("The numbers stay as they are."))
    return found


def _check_pattern(kind: NumberKind, pattern: str, *, per_year: bool) -> None:
    if not PATTERN.fullmatch(pattern) or len(pattern) > LONGEST_PATTERN:
        raise ValueError(
            _(
                "Use at most %(most)s letters without diacritics, digits, spaces, dots, strokes and dashes.",
                most=LONGEST_PATTERN,
            )
        )
    if kind.per_location and LOCATION not in pattern:
        raise ValueError(
            _("Put %(part)s in: otherwise two locations would give out one number.", part=LOCATION)
        )
    if not kind.per_location and LOCATION in pattern:
        raise ValueError(
            _("These are counted for all locations together: leave %(part)s out.", part=LOCATION)
        )
    if per_year and YEAR not in pattern:
        raise ValueError(_("Put %(part)s in: otherwise two years would give out one number.", part=YEAR))
    if not per_year and YEAR in pattern:
        raise ValueError(_("Leave %(part)s out, or let the count begin anew each year.", part=YEAR))
    if pattern and (pattern[-1].isdigit() or pattern[-1] == "}"):
        raise ValueError(_("End with a letter or a sign such as a dash: the digits of the number follow."))


def _check_free(numbering: Numbering, prefix: str) -> None:
    """Refuse a beginning that numbers of another location have, or will have."""
    place = numbering.location.id if numbering.location else None
    year = local_today().year
    for other in list_numberings():
        if other.kind.name != numbering.kind.name or other.location is None or other.location.id == place:
            continue
        taken = {row.prefix for row in [other.present, *other.earlier] if row is not None}
        if other.present is None:
            taken.add(filled(other.facts.pattern, location=other.location, year=year))
        if prefix in taken:
            raise ValueError(_("Numbers of %(location)s begin like this.", location=other.location.name))


def _check_first(numbering: Numbering, prefix: str, first: int) -> None:
    """Refuse to begin anew, or further on, what has begun."""
    for row in [numbering.present, *numbering.earlier]:
        if row is not None and row.prefix == prefix and first != row.first_number:
            raise ValueError(
                _(
                    "Numbers up to %(last)s have been given out, and the count goes on behind it: no number is repeated or skipped."
                    " To begin with another one, change what stands before the digits.",
                    last=last_of(row),
                )
            )
