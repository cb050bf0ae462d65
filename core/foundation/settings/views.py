"""The pages under ``/settings/``: what there is to set, and one page for each group, made from its declaration."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.access import require
from core.errors import NotAllowedError
from core.foundation.accounts.identity import current_user
from core.foundation.files.services import keep_files
from core.foundation.settings.closed_views import closed_days
from core.foundation.settings.forms import GroupForm, group_form
from core.foundation.settings.legal_views import legal
from core.foundation.settings.location_views import locations
from core.foundation.settings.logo_views import logo
from core.foundation.settings.number_views import numbers
from core.foundation.settings.services import (
    forget_settings,
    get_group,
    get_settings_group,
    group_version,
    save_group,
    settings_groups,
    settings_pages,
)
from core.foundation.settings.values import SettingsGroup
from core.foundation.ui.messages import say
from core.foundation.ui.saving import saving

settings = Blueprint("settings", __name__, url_prefix="/settings")
BLUEPRINTS = (settings, locations, closed_days, legal, logo, numbers)


@settings.get("/")
@require("core.settings:view")
def index() -> ResponseReturnValue:
    """List what there is to set, of what the reader may change."""
    user = current_user()
    return render_template(
        "settings/index.html",
        groups=[group for group in settings_groups().values() if user.can(group.permission)],
        pages=[page for page in settings_pages() if user.can(page.permission)],
    )


@settings.get("/<name>")
@require("core.settings:view")
def show(name: str) -> ResponseReturnValue:
    """Show the settings of one group."""
    group = _group(name)
    return _page(group, group_form(group, get_group(name), version=group_version(name)))


@settings.post("/<name>")
@require("core.settings:view")
def save(name: str) -> ResponseReturnValue:
    """Save the settings of one group."""
    group = _group(name)
    form = group_form(group, get_group(name), version=group_version(name))
    if not form.validate():
        return _page(group, form), 422
    with saving(form, stored=lambda: _stored_form(group)) as attempt:
        kept = keep_files(form.uploads)
        save_group(name, form.values() | kept, version=form.version.data or 0)
    if attempt.error is not None:
        return _page(group, form), attempt.status
    say(_("%(title)s: saved.", title=group.title))
    return redirect(url_for("settings.show", name=name), 303)


def _stored_form(group: SettingsGroup) -> GroupForm:
    forget_settings()
    return group_form(group, get_group(group.name), version=group_version(group.name), sent=False)


def _group(name: str) -> SettingsGroup:
    group = get_settings_group(name)
    if not current_user().can(group.permission):
        raise NotAllowedError(_("Your roles do not allow this. Ask a manager or the owner of the firm."))
    return group


def _page(group: SettingsGroup, form: GroupForm) -> str:
    return render_template("settings/group.html", group=group, form=form)
