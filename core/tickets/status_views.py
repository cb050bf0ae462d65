"""The pages of the shop's statuses, under Settings (R11)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _, lazy_gettext as _l

from core.access import require
from core.db import unit_of_work
from core.foundation.audit.history import history_of
from core.foundation.audit.idempotency import idempotent, record_result
from core.foundation.tenants.services import LANGUAGES
from core.foundation.ui.forms import (
    BaseForm,
    CheckField,
    ChoiceField,
    MultiChoiceField,
    TextField,
    VersionedForm,
)
from core.foundation.ui.language import current_locale
from core.foundation.ui.messages import say
from core.foundation.ui.saving import saving
from core.tickets.models import TicketStatus
from core.tickets.stages import Stage
from core.tickets.statuses import list_statuses
from core.tickets.wording import (
    LONGEST_NAME,
    PRESETS,
    add_status,
    apply_preset,
    change_wording,
    get_status,
    move_status,
    titles_of,
    use_status,
)

statuses = Blueprint("ticket_statuses", __name__, url_prefix="/settings/statuses")


class StatusNames:
    """How a status is worded in each language."""

    name_ro: Any = TextField(_l("Name in Romanian"), max_length=LONGEST_NAME)
    name_en: Any = TextField(_l("Name in English"), max_length=LONGEST_NAME)

    def names(self) -> dict[str, str]:
        """Return the wordings by language."""
        return {language: getattr(self, f"name_{language}").data or "" for language in LANGUAGES}


class NewStatusForm(StatusNames, BaseForm):
    """A status of one of the stages."""

    stage = ChoiceField(_l("Stage"), choices=[(stage.value, "") for stage in Stage], blank=None)


class WordingForm(StatusNames, VersionedForm):
    """What the shop says of a status."""

    follows_any = CheckField(_l("Every status may follow"))
    next_ids = MultiChoiceField(_l("What may follow"))

    @classmethod
    def of(cls, status: TicketStatus, **rest: Any) -> WordingForm:  # noqa: ANN401 - WTForms' own
        """Return the form over ``status``."""
        names = status.name or {}
        form = cls(
            data={
                **{f"name_{language}": names.get(language, "") for language in LANGUAGES},
                "follows_any": status.next_ids is None,
                "next_ids": status.next_ids or [],
                "version": status.version,
            },
            **rest,
        )
        language = current_locale().language
        form.next_ids.choices = [
            (one.id, one.title(language)) for one in list_statuses() if one.id != status.id
        ]
        return form


def _back(status_id: int = 0) -> ResponseReturnValue:
    anchor = f"status-{status_id}" if status_id else None
    return redirect(url_for("ticket_statuses.index", _anchor=anchor), 303)


@statuses.get("/")
@require("core.settings:view")
def index() -> ResponseReturnValue:
    """List the statuses in the shop's order."""
    return _page(_new_form())


@statuses.post("/")
@require("core.settings:edit")
@idempotent(answer=_back)
def create() -> ResponseReturnValue:
    """Add a status."""
    form = _new_form()
    if not form.validate():
        return _page(form), 422
    with saving(form) as attempt:
        status = add_status(Stage(form.stage.data), form.names())
        record_result(status.id)
    if attempt.error is not None:
        return _page(form), attempt.status
    say(_("%(name)s: added.", name=status.title(current_locale().language)))
    return _back(status.id)


@statuses.get("/<int:status_id>")
@require("core.settings:edit")
def edit(status_id: int) -> ResponseReturnValue:
    """Show what the shop says of a status."""
    status = get_status(status_id)
    return _edit_page(WordingForm.of(status), status)


@statuses.post("/<int:status_id>")
@require("core.settings:edit")
def save(status_id: int) -> ResponseReturnValue:
    """Word a status in another way."""
    form = WordingForm.of(get_status(status_id))
    if not form.validate():
        return _edit_page(form, get_status(status_id)), 422
    with saving(form, stored=lambda: WordingForm.of(get_status(status_id), formdata=None)) as attempt:
        chosen = None if form.follows_any.data else form.next_ids.data or []
        status = change_wording(
            status_id, names=form.names(), next_ids=chosen, version=form.version.data or 0
        )
    if attempt.error is not None:
        return _edit_page(form, get_status(status_id)), attempt.status
    say(_("%(name)s: saved.", name=status.title(current_locale().language)))
    return _back(status_id)


@statuses.post("/<int:status_id>/move")
@require("core.settings:edit")
def move(status_id: int) -> ResponseReturnValue:
    """Move a status one place up or down."""
    with unit_of_work():
        move_status(status_id, up=request.form.get("way") == "up")
    return _back(status_id)


@statuses.post("/<int:status_id>/use")
@require("core.settings:edit")
def use(status_id: int) -> ResponseReturnValue:
    """Retire a status, or offer it again."""
    with unit_of_work():
        use_status(status_id, in_use=request.form.get("in_use") == "yes")
    return _back(status_id)


@statuses.post("/preset")
@require("core.settings:edit")
def preset() -> ResponseReturnValue:
    """Put the statuses of a preset into use."""
    with unit_of_work():
        apply_preset(request.form.get("preset", ""))
    say(_("The statuses are those of the preset now; the others are retired."))
    return _back()


def _new_form() -> NewStatusForm:
    form = NewStatusForm()
    form.stage.choices = [(stage.value, stage.label) for stage in Stage]
    return form


def _page(form: NewStatusForm) -> str:
    found, language = list_statuses(active=False), current_locale().language
    rows = [
        (
            one,
            one.title(language),
            None if one.next_ids is None else titles_of(one.next_ids, found, language),
        )
        for one in found
    ]
    return render_template("tickets/statuses.html", rows=rows, form=form, presets=PRESETS)


def _edit_page(form: WordingForm, status: TicketStatus) -> str:
    return render_template(
        "tickets/status_wording.html",
        form=form,
        status=status,
        title=status.title(current_locale().language),
        changes=history_of((TicketStatus.__tablename__, [status.id])),
    )
