"""Pages on which a manager sets up the people of the firm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _, ngettext

from core.access import require
from core.db import unit_of_work
from core.foundation.accounts.devices import revoke_sessions
from core.foundation.accounts.errors import BeyondReachError
from core.foundation.accounts.events import tell
from core.foundation.accounts.forms import UserForm
from core.foundation.accounts.identity import LocationChoice, current_user
from core.foundation.accounts.links import HOLDS, Purpose, issue_link
from core.foundation.accounts.models import User
from core.foundation.accounts.reach import check_may_manage
from core.foundation.accounts.roles import list_roles
from core.foundation.accounts.services import (
    change_user,
    create_user,
    disable_user,
    enable_user,
    get_user,
    list_users,
)
from core.foundation.tenants.context import hooks
from core.foundation.ui.messages import say, warn
from core.foundation.ui.saving import saving

if TYPE_CHECKING:
    from werkzeug.wrappers.response import Response

blueprint = Blueprint("users", __name__, url_prefix="/settings/users")

Page = str | tuple[str, int]


@blueprint.get("/")
@require("core.user:view")
def index() -> str:
    """List the users, those who may log in first."""
    locations = {location.id: location.name for location in _locations()}
    return render_template("account/users.html", users=list_users(), locations=locations)


@blueprint.get("/new")
@require("core.user:edit")
def new() -> str:
    """Ask who is to be invited."""
    return render_template("account/user_form.html", form=_form(), person=None)


@blueprint.post("/new")
@require("core.user:edit")
def create() -> Page:
    """Invite somebody and show the link, this once.

    The answer is no redirect: nothing but this page may hold the link. Sent again, the form is refused because the e-mail
    address is taken by then.
    """
    form = _form()
    status = 422
    if form.validate():
        with saving(form) as attempt:
            user = create_user(form.facts, by=current_user())
            link = issue_link(user, by=current_user())
        if attempt.error is None:
            return _link_page(user, link), 201
        status = attempt.status
    return render_template("account/user_form.html", form=form, person=None), status


@blueprint.get("/<int:user_id>")
@require("core.user:view")
def show(user_id: int) -> str:
    """Show a user, to be changed by who may."""
    user = get_user(user_id)
    return _page(_form(user), user)


@blueprint.post("/<int:user_id>")
@require("core.user:edit")
def edit(user_id: int) -> Response | Page:
    """Change name, e-mail address, roles, locations and the restriction to own tickets."""
    form = _form(get_user(user_id), is_sent=True)
    status = 422
    if form.validate():
        with saving(form, stored=lambda: _form(get_user(user_id))) as attempt:
            change_user(get_user(user_id), form.facts, version=form.version.data, by=current_user())
        if attempt.error is None:
            say(_("Saved."))
            return redirect(url_for("users.index"))
        status = attempt.status
    return _page(form, get_user(user_id)), status


@blueprint.post("/<int:user_id>/disable")
@require("core.user:edit")
def disable(user_id: int) -> Response:
    """Shut a user out, from their next request on."""
    with unit_of_work():
        user = get_user(user_id)
        disable_user(user, by=current_user())
    say(
        _("%(name)s cannot log in any more.", name=user.name),
        undo_url=url_for("users.enable", user_id=user_id),
    )
    return redirect(url_for("users.show", user_id=user_id))


@blueprint.post("/<int:user_id>/enable")
@require("core.user:edit")
def enable(user_id: int) -> Response:
    """Let a disabled user in again."""
    with unit_of_work():
        user = get_user(user_id)
        enable_user(user, by=current_user())
    say(_("%(name)s can log in again.", name=user.name))
    return redirect(url_for("users.show", user_id=user_id))


@blueprint.post("/<int:user_id>/link")
@require("core.user:edit")
def make_link(user_id: int) -> Page:
    """Make a link by which the user sets a password, and show it, this once; earlier links are void."""
    with unit_of_work():
        user = get_user(user_id)
        link = issue_link(user, by=current_user())
    return _link_page(user, link), 201


@blueprint.post("/<int:user_id>/log-out")
@require("core.user:edit")
def log_out(user_id: int) -> Response:
    """End every login of a user."""
    with unit_of_work():
        user = get_user(user_id)
        check_may_manage(user, current_user())
        number = revoke_sessions(user.id)
        tell("logins_ended", user)
    warn(ngettext("%(num)s device is logged out.", "%(num)s devices are logged out.", number), tone="info")
    return redirect(url_for("users.show", user_id=user_id))


def _form(user: User | None = None, *, is_sent: bool = False) -> UserForm:
    """Return the form as ``user`` is, or as it was sent."""
    form = UserForm(obj=user) if is_sent or user is None else UserForm(formdata=None, obj=user)
    kept = user.location_ids if user is not None else frozenset()
    form.offer(list_roles(), _locations(), kept=kept)
    if user is not None and not is_sent:
        form.roles.data = [role.key for role in user.roles]
        form.location_ids.data = sorted(kept)
    return form


def _page(form: UserForm, user: User) -> str:
    return render_template("account/user_form.html", form=form, person=user, beyond=_beyond(user))


def _beyond(user: User) -> str:
    """Return why the reader may not change ``user``; empty where they may."""
    reader = current_user()
    if not reader.can("core.user:edit"):
        return _("You may look at users, not change them.")
    try:
        check_may_manage(user, reader)
    except BeyondReachError as error:
        return error.message
    return ""


def _link_page(user: User, link: str) -> str:
    purpose = Purpose.INVITE if user.is_invited else Purpose.RESET
    return render_template(
        "account/link.html",
        person=user,
        link=link,
        is_invitation=purpose is Purpose.INVITE,
        days=HOLDS[purpose].days,
    )


def _locations() -> list[LocationChoice]:
    return [location for part in hooks().user_locations() for location in part]
