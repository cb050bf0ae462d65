"""Pages on which an owner says what roles permit."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _

from core.access import require
from core.db import unit_of_work
from core.foundation.accounts.forms import RoleForm
from core.foundation.accounts.identity import current_user
from core.foundation.accounts.models import Role
from core.foundation.accounts.permissions import all_permissions
from core.foundation.accounts.presets import OWNER
from core.foundation.accounts.reach import permissions_of
from core.foundation.accounts.roles import (
    add_role,
    change_role,
    delete_role,
    get_role,
    restore_preset,
    summarise_roles,
)
from core.foundation.tenants.context import current_tenant, plugin_host
from core.foundation.ui.messages import say
from core.foundation.ui.saving import saving

if TYPE_CHECKING:
    from werkzeug.wrappers.response import Response

blueprint = Blueprint("roles", __name__, url_prefix="/settings/roles")

Page = str | tuple[str, int]


@dataclass(frozen=True, slots=True)
class PermissionGroup:
    """Permissions of one owner, by the things that they are about."""

    #: Name of the plugin; nothing for the core.
    title: str
    #: Value, title and whether it is chosen, for each permission of each resource.
    resources: tuple[tuple[tuple[str, str, bool], ...], ...]


@blueprint.get("/")
@require("core.role:view")
def index() -> str:
    """List the roles with the number of their users."""
    return render_template("account/roles.html", roles=summarise_roles())


@blueprint.get("/new")
@require("core.role:edit")
def new() -> str:
    """Ask for name and permissions of a new role."""
    return _page(_form(), None)


@blueprint.post("/new")
@require("core.role:edit")
def create() -> Response | Page:
    """Add a role; sent again, the form is refused because the name is taken by then."""
    form = _form()
    status = 422
    if form.validate():
        with saving(form) as attempt:
            add_role(form.name.data, form.permissions.data or (), by=current_user())
        if attempt.error is None:
            say(_("Saved."))
            return redirect(url_for("roles.index"))
        status = attempt.status
    return _page(form, None), status


@blueprint.get("/<int:role_id>")
@require("core.role:view")
def show(role_id: int) -> str:
    """Show what a role permits, to be changed by who may."""
    role = get_role(role_id)
    return _page(_form(role), role)


@blueprint.post("/<int:role_id>")
@require("core.role:edit")
def edit(role_id: int) -> Response | Page:
    """Change name and permissions; they hold from the next request of everybody with the role."""
    form = _form()
    status = 422
    if form.validate():
        with saving(form, stored=lambda: _form(get_role(role_id))) as attempt:
            change_role(
                get_role(role_id),
                name=form.name.data,
                permissions=form.permissions.data or (),
                version=form.version.data,
                by=current_user(),
            )
        if attempt.error is None:
            say(_("Saved."))
            return redirect(url_for("roles.index"))
        status = attempt.status
    return _page(form, get_role(role_id)), status


@blueprint.post("/<int:role_id>/restore")
@require("core.role:edit")
def restore(role_id: int) -> Response:
    """Set a preset back to what the product declares for it."""
    with unit_of_work():
        restore_preset(get_role(role_id), by=current_user())
    say(_("The role is as it came with the product."))
    return redirect(url_for("roles.show", role_id=role_id))


@blueprint.post("/<int:role_id>/delete")
@require("core.role:edit")
def delete(role_id: int) -> Response:
    """Delete a role that nobody has."""
    with unit_of_work():
        role = get_role(role_id)
        title = role.title
        delete_role(role)
    say(_("The role %(role)s is deleted.", role=title))
    return redirect(url_for("roles.index"))


def _form(role: Role | None = None) -> RoleForm:
    stored = None if role is None else {"name": role.title, "version": role.version}
    form = RoleForm() if stored is None else RoleForm(formdata=None, data=stored)
    form.permissions.choices = [(one.name, one.title) for one in all_permissions(current_tenant().states)]
    if role is not None:
        form.permissions.data = sorted(permissions_of([role]))
    return form


def _page(form: RoleForm, role: Role | None) -> str:
    can_edit = current_user().can("core.role:edit") and (role is None or role.key != OWNER)
    return render_template(
        "account/role_form.html", form=form, role=role, groups=_groups(form), can_edit=can_edit
    )


def _groups(form: RoleForm) -> list[PermissionGroup]:
    """Return the permissions by owner and resource, in the order of their declaration."""
    options = [(value, str(title), chosen) for value, title, chosen in form.permissions.options()]
    found = []
    for owner, of_owner in groupby(options, key=lambda option: option[0].partition(".")[0]):
        resources = groupby(of_owner, key=lambda option: option[0].partition(":")[0])
        plugin = plugin_host().plugins.get(owner)
        title = "" if plugin is None else str(plugin.title)
        found.append(PermissionGroup(title, tuple(tuple(group) for _resource, group in resources)))
    return found
