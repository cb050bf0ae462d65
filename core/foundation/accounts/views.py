"""Pages of one's own account: login, password, profile, devices, and the links by which a password is set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import flask
from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import force_locale, gettext as _, ngettext

from core.access import logged_in, public
from core.db import end_reading, unit_of_work
from core.errors import (
    InvalidInputError,
    NotFoundError,
    ProgrammingError,
    TooManyAttemptsError,
)
from core.foundation.accounts.attempts import count_confirmation, forget_attempts, forget_confirmations
from core.foundation.accounts.devices import (
    end_session,
    list_devices,
    revoke_device,
    revoke_sessions,
    start_session,
)
from core.foundation.accounts.forms import ChangePasswordForm, LoginForm, NewPasswordForm, ProfileForm
from core.foundation.accounts.identity import acting_as, current_user, find_user
from core.foundation.accounts.known_devices import KnownDevice, read_device, remember_device
from core.foundation.accounts.links import Purpose, find_linked_user, set_password, use_link
from core.foundation.accounts.logins import Proof, admit, prove
from core.foundation.accounts.passwords import check_rules, hash_password, verify_password
from core.foundation.accounts.redirects import safe_path
from core.foundation.accounts.role_views import blueprint as roles
from core.foundation.accounts.services import THEMES, change_preferences, change_profile, get_user
from core.foundation.accounts.sessions import (
    drop_login_cookie,
    note_use,
    request_token,
    set_login_cookie,
)
from core.foundation.accounts.user_views import blueprint as users
from core.foundation.tenants.context import current_tenant
from core.foundation.tenants.services import LANGUAGES
from core.foundation.ui.headers import asks_for_fragment
from core.foundation.ui.messages import say
from core.foundation.ui.saving import saving

if TYPE_CHECKING:
    from werkzeug.wrappers.response import Response

blueprint = Blueprint("account", __name__)
blueprint.teardown_app_request(note_use)
BLUEPRINTS = (blueprint, users, roles)

Page = str | tuple[str, int]


@blueprint.get("/login")
@public
def login() -> Response | str:
    """Ask who wants in; who is in already goes on."""
    if find_user() is not None:
        return redirect(safe_path(request.args.get("next")))
    return render_template("account/login.html", form=LoginForm())


@blueprint.post("/login")
@public
def log_in() -> Response | Page | tuple[str, int, dict[str, str]]:
    """Let in who knows the password; every other reason gets the same answer."""
    form = LoginForm()
    if not form.validate():
        return render_template("account/login.html", form=form), 422
    device = read_device()
    try:
        proof = prove(form.email.data, form.password.data, address=_address(), device=device)
    except TooManyAttemptsError as error:
        form.refuse(error)
        headers = {"Retry-After": str(error.retry_after)}
        return render_template("account/login.html", form=form), error.status, headers
    token = None if proof is None else _admit(proof, keep=bool(form.keep.data))
    if proof is None or token is None:
        form.add_errors({"password": [_("E-mail address or password is wrong.")]})
        return render_template("account/login.html", form=form), 422
    forget_attempts(proof.attempt)
    target = safe_path(request.args.get("next"))
    return _enter(token, device.with_user(proof.user_id), target, keep=bool(form.keep.data))


@blueprint.post("/logout")
@public
def logout() -> Response:
    """End this login, here and on the server."""
    token = request_token()
    if token is not None:
        with unit_of_work():
            end_session(token)
    response = redirect(url_for("account.login"))
    drop_login_cookie(response)
    flask.session.pop("csrf_token", None)
    return response


@blueprint.get("/forgot")
@public
def forgot() -> str:
    """Say how to get in again."""
    return render_template("account/forgot.html")


@blueprint.get("/<any(invite, reset):purpose>/<token>")
@public
def link(purpose: str, token: str) -> str:
    """Ask for the new password of the link's user."""
    user = find_linked_user(token, Purpose(purpose))
    return render_template("account/set_password.html", form=NewPasswordForm(), person=user, purpose=purpose)


@blueprint.post("/<any(invite, reset):purpose>/<token>")
@public
def follow_link(purpose: str, token: str) -> Response | Page:
    """Set the password, use the link up and log its user in."""
    user = find_linked_user(token, Purpose(purpose))
    user_id, name, about = user.id, user.name, (user.email, user.name, current_tenant().name)
    form = NewPasswordForm()
    new_hash = _new_hash(form, about)
    if new_hash is None:
        person = find_linked_user(token, Purpose(purpose))
        page = render_template("account/set_password.html", form=form, person=person, purpose=purpose)
        return page, 422
    with unit_of_work():
        with acting_as(name, user_id=user_id):
            use_link(token, Purpose(purpose), password_hash=new_hash)
        session_token = _start(user_id, new_hash)
    say(_("Your password is set."))
    return _enter(session_token, read_device().with_user(user_id), safe_path(None), keep=False)


@blueprint.get("/account/")
@logged_in
def index() -> str:
    """Show the profile."""
    user = get_user(current_user().id)
    return render_template("account/profile.html", form=ProfileForm(obj=user), person=user)


@blueprint.post("/account/")
@logged_in
def save_profile() -> Response | Page:
    """Save name and preferences."""
    form = ProfileForm()
    status = 422
    if form.validate():
        with saving(
            form, stored=lambda: ProfileForm(formdata=None, obj=get_user(current_user().id))
        ) as attempt:
            user = get_user(current_user().id)
            change_profile(user, name=form.name.data, version=form.version.data)
            change_preferences(user.id, **_choices(form))
        if attempt.error is None:
            return _saved(form.language.data)
        status = attempt.status
    return render_template("account/profile.html", form=form, person=get_user(current_user().id)), status


@blueprint.post("/account/preferences")
@public
def preferences() -> Response | tuple[str, int]:
    """Keep a choice of language, theme or menu, for the user or for this browser, and go back to the page."""
    choices = _sent_choices()
    user = find_user()
    if user is not None and choices:
        with unit_of_work():
            change_preferences(user.id, **choices)
    if "language" in choices:
        flask.session["language"] = choices["language"]
    if asks_for_fragment():
        return "", 204
    return redirect(safe_path(request.form.get("next")))


@blueprint.get("/account/password")
@logged_in
def password() -> str:
    """Ask for the old and the new password."""
    return render_template("account/password.html", form=ChangePasswordForm())


@blueprint.post("/account/password")
@logged_in
def change_password() -> Response | Page | tuple[str, int, dict[str, str]]:
    """Change one's password and end every other login."""
    form = ChangePasswordForm()
    user = current_user()
    if not form.validate():
        return render_template("account/password.html", form=form), 422
    try:
        count_confirmation(user.id)
    except TooManyAttemptsError as error:
        form.refuse(error)
        headers = {"Retry-After": str(error.retry_after)}
        return render_template("account/password.html", form=form), error.status, headers
    old_hash = get_user(user.id).password_hash
    if not verify_password(form.current.data, old_hash):
        form.add_errors({"current": [_("This is not your current password.")]})
        return render_template("account/password.html", form=form), 422
    forget_confirmations(user.id)
    new_hash = _new_hash(form, (user.email, user.name, current_tenant().name))
    if new_hash is None:
        return render_template("account/password.html", form=form), 422
    with unit_of_work():
        set_password(get_user(user.id), new_hash, keep_session=user.session_id)
    say(_("Your password is changed. All other devices are logged out."))
    return redirect(url_for("account.index"))


@blueprint.get("/account/devices")
@logged_in
def devices() -> str:
    """List the devices where one is logged in."""
    user = current_user()
    found = list_devices(user.id, current=user.session_id)
    end_reading()
    return render_template("account/devices.html", devices=found)


@blueprint.post("/account/devices/<int:session_id>/revoke")
@logged_in
def revoke(session_id: int) -> Response:
    """Log one device out."""
    with unit_of_work():
        if not revoke_device(current_user().id, session_id):
            raise NotFoundError(_("There is no such login."))
    say(_("The device is logged out."))
    return redirect(url_for("account.devices"))


@blueprint.post("/account/devices/revoke-others")
@logged_in
def revoke_others() -> Response:
    """Log every other device out."""
    user = current_user()
    with unit_of_work():
        number = revoke_sessions(user.id, keep=user.session_id)
    say(ngettext("%(num)s device is logged out.", "%(num)s devices are logged out.", number))
    return redirect(url_for("account.devices"))


def _new_hash(form: NewPasswordForm, about: tuple[str, ...]) -> str | None:
    """Return the hash of the password that was sent, ``None`` where the form now says what is wrong with it."""
    if not form.validate():
        return None
    try:
        return hash_password(check_rules(form.password.data, about=about))
    except InvalidInputError as error:
        form.refuse(error)
        return None


def _admit(proof: Proof, *, keep: bool) -> str | None:
    with unit_of_work():
        _end_present()
        return admit(proof, keep=keep, user_agent=_user_agent(), address=_address())


def _start(user_id: int, password_hash: str) -> str:
    """Begin a session for who has just set this password in the same unit of work."""
    _end_present()
    token = start_session(
        user_id, password_hash=password_hash, keep=False, user_agent=_user_agent(), address=_address()
    )
    if token is None:
        msg = "a password that was set in this unit of work is another"
        raise ProgrammingError(msg)
    return token


def _end_present() -> None:
    """End the login that this browser has: its cookie is about to be replaced."""
    token = request_token()
    if token is not None:
        end_session(token)


def _enter(token: str, device: KnownDevice, target: str, *, keep: bool) -> Response:
    """Answer a login: cookies of the login and of the device, and a CSRF token that nobody has seen before."""
    response = redirect(target, code=303)
    set_login_cookie(response, token, keep=keep)
    remember_device(response, device)
    flask.session.pop("csrf_token", None)
    return response


def _saved(language: str | None) -> Response:
    if language is None:
        flask.session.pop("language", None)
    else:
        flask.session["language"] = language
    with force_locale(language or current_tenant().language):
        say(_("Saved."))
    return redirect(url_for("account.index"))


def _choices(form: ProfileForm) -> dict[str, Any]:
    return {
        "language": form.language.data,
        "theme": form.theme.data,
        "nav_narrow": bool(form.nav_narrow.data),
        "single_key_shortcuts": bool(form.single_key_shortcuts.data),
    }


def _sent_choices() -> dict[str, Any]:
    """Return the preferences of the request that are among those offered; what else was sent does not count."""
    sent: dict[str, Any] = {}
    if request.form.get("language") in LANGUAGES:
        sent["language"] = request.form["language"]
    if request.form.get("theme") in THEMES:
        sent["theme"] = request.form["theme"]
    if request.form.get("nav_narrow") in {"0", "1"}:
        sent["nav_narrow"] = request.form["nav_narrow"] == "1"
    if request.form.get("shortcuts") in {"0", "1"}:
        sent["single_key_shortcuts"] = request.form["shortcuts"] == "1"
    return sent


def _address() -> str:
    return request.remote_addr or ""


def _user_agent() -> str:
    return request.headers.get("User-Agent", "")
