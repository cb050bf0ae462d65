"""The pages of Settings → Numbers: how each kind of paper is numbered at each location."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _, lazy_gettext as _l

from core.access import require
from core.errors import InvalidInputError
from core.foundation.audit.history import history_of
from core.foundation.settings.models import NumberRule, NumberSeries
from core.foundation.settings.number_rules import (
    LARGEST_FIRST,
    LONGEST_PATTERN,
    MOST_DIGITS,
    NumberFacts,
    Numbering,
    change_numbering,
    get_numbering,
    last_of,
    list_numberings,
    preview_numbers,
)
from core.foundation.ui.checks import read_id
from core.foundation.ui.forms import CheckField, IntegerField, SectionForm, TextField, VersionedForm
from core.foundation.ui.messages import say
from core.foundation.ui.saving import saving

numbers = Blueprint("numbers", __name__, url_prefix="/settings/numbers")


class NumberFields:
    """What is said of the numbers of one kind."""

    pattern: Any = TextField(
        _l("What stands before the digits"), max_length=LONGEST_PATTERN, render_kw={"class": "mono"}
    )
    width: Any = IntegerField(
        _l("Fewest digits"), least=1, most=MOST_DIGITS, required=True, hint=_l("filled up with zeros")
    )
    per_year: Any = CheckField(_l("The count begins anew each year"))
    first_number: Any = IntegerField(
        _l("First number"), least=1, most=LARGEST_FIRST, required=True, hint=_l("of a series that begins")
    )

    def facts(self) -> NumberFacts:
        """Return what was said."""
        return NumberFacts(
            pattern=self.pattern.data or "",
            width=self.width.data or 0,
            per_year=bool(self.per_year.data),
            first_number=self.first_number.data or 0,
        )


class NumberForm(NumberFields, VersionedForm):
    """The form of the page."""

    @classmethod
    def of(cls, numbering: Numbering, **rest: Any) -> NumberForm:  # noqa: ANN401 - WTForms' own
        """Return the form over ``numbering``."""
        facts = numbering.facts
        return cls(
            data={
                "pattern": facts.pattern,
                "width": facts.width,
                "per_year": facts.per_year,
                "first_number": facts.first_number,
                "version": numbering.version,
            },
            **rest,
        )


class TypedNumbers(NumberFields, SectionForm):
    """The same while somebody types, for the preview."""


#: What a pattern may have, and what it stands for.
PLACES: Final = {"{location}": _l("code of the location"), "{year}": _l("year")}


@numbers.get("/")
@require("core.settings:view")
def index() -> ResponseReturnValue:
    """List what is counted, with the number that comes next."""
    return render_template("settings/numbers.html", numberings=list_numberings())


@numbers.get("/<number_kind>")
@require("core.settings:edit")
def edit(number_kind: str) -> ResponseReturnValue:
    """Show how one kind is numbered at the location of the address."""
    numbering = _numbering(number_kind)
    return _page(NumberForm.of(numbering), numbering)


@numbers.post("/<number_kind>")
@require("core.settings:edit")
def save(number_kind: str) -> ResponseReturnValue:
    """Let one kind be numbered in another way from now on."""
    numbering = _numbering(number_kind)
    form = NumberForm.of(numbering)
    if not form.validate():
        return _page(form, numbering), 422
    with saving(form, stored=lambda: NumberForm.of(_numbering(number_kind), formdata=None)) as attempt:
        change_numbering(number_kind, _place(), form.facts(), version=form.version.data or 0)
    if attempt.error is not None:
        return _page(form, _numbering(number_kind)), attempt.status
    say(_("The next number is %(number)s.", number=_numbering(number_kind).upcoming))
    return redirect(url_for("numbers.index"), 303)


@numbers.get("/<number_kind>/preview")
@require("core.settings:edit")
def preview(number_kind: str) -> ResponseReturnValue:
    """Show the number that would come next, while one types; a fragment."""
    numbering = _numbering(number_kind)
    typed = TypedNumbers(request.args)
    typed.validate()
    try:
        upcoming, said = preview_numbers(numbering, typed.facts())
    except InvalidInputError as error:
        wrong = [str(text) for texts in error.errors.values() for text in texts]
        return render_template("settings/_next_number.html", upcoming="", said=wrong)
    return render_template("settings/_next_number.html", upcoming=upcoming, said=[said])


def _place() -> int | None:
    return read_id(request.args.get("location"))


def _numbering(kind: str) -> Numbering:
    return get_numbering(kind, _place())


def _page(form: NumberForm, numbering: Numbering) -> str:
    upcoming, said = preview_numbers(numbering, numbering.facts)
    rows = [row for row in [numbering.present, *numbering.earlier] if row is not None]
    return render_template(
        "settings/number.html",
        form=form,
        numbering=numbering,
        place=numbering.location.id if numbering.location else None,
        upcoming=upcoming,
        said=[said],
        places={
            part: text for part, text in PLACES.items() if part != "{location}" or numbering.kind.per_location
        },
        series=[(row, last_of(row)) for row in rows],
        changes=history_of(
            (NumberRule.__tablename__, numbering.rule_ids),
            (NumberSeries.__tablename__, [row.id for row in rows]),
        ),
    )
