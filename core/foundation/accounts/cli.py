"""``workmanager user …``: the users of a tenant, for scripts and for the owner who cannot get in any more.

The command line may do all: whoever runs it can read the database anyway.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from core.console import emit, json_option

if TYPE_CHECKING:
    from flask import Flask

    from core.foundation.accounts.models import User
    from core.foundation.tenants.context import Tenant

MakeApp = Callable[[], "Flask"]
Command = TypeVar("Command", bound=Callable[..., Any])


def _email(command: Command) -> Command:
    return click.option("--email", required=True, help="E-mail address of the user.")(command)


def _password_stdin(command: Command) -> Command:
    return click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")(
        command
    )


@click.group()
def user() -> None:
    """Users of a tenant."""


@user.command()
@click.argument("slug")
@_email
@click.option("--name", default="", help="Name of the user; default: the first part of the e-mail address.")
@click.option(
    "--role", "roles", multiple=True, required=True, help="Key of a role, e.g. owner; may be repeated."
)
@_password_stdin
@json_option
@click.pass_obj
def create(make: MakeApp, /, slug: str, **values: Any) -> None:  # noqa: ANN401 - click's own
    """Add a user; without a password, print the link by which the user sets one."""
    from core.db import unit_of_work
    from core.foundation.accounts.links import issue_link
    from core.foundation.accounts.services import UserFacts, create_user

    email: str = values["email"]
    facts = UserFacts(email=email, name=values["name"] or email.partition("@")[0], roles=values["roles"])
    with _at(make, slug) as tenant:
        new_hash = _hash(facts.email, facts.name, tenant.name) if values["password_stdin"] else None
        with unit_of_work():
            made = create_user(facts, password_hash=new_hash)
            link = issue_link(made) if new_hash is None else None
        said = f"{made.email} is a user of {slug}" + (
            "" if link is None else f"; the password is set at {link}"
        )
        emit({**_facts(made), "link": link}, said, as_json=values["as_json"])


@user.command("list")
@click.argument("slug")
@json_option
@click.pass_obj
def list_command(make: MakeApp, slug: str, as_json: bool) -> None:  # noqa: FBT001 - click's own
    """List the users of a tenant."""
    from core.foundation.accounts.services import list_users

    with _at(make, slug):
        rows = [_facts(one) for one in list_users()]
    width = max((len(row["email"]) for row in rows), default=0)
    lines = [f"{row['email']:<{width}}  {row['status']:<8}  {', '.join(row['roles'])}" for row in rows]
    emit(rows, "\n".join(lines), as_json=as_json)


@user.command()
@click.argument("slug")
@_email
@json_option
@click.pass_obj
def disable(make: MakeApp, slug: str, email: str, as_json: bool) -> None:  # noqa: FBT001 - click's own
    """Shut a user out, from the next request on."""
    from core.db import unit_of_work
    from core.foundation.accounts.services import disable_user, get_user_by_email

    with _at(make, slug):
        with unit_of_work():
            found = get_user_by_email(email)
            disable_user(found)
        emit(_facts(found), f"{found.email} is disabled", as_json=as_json)


@user.command()
@click.argument("slug")
@_email
@json_option
@click.pass_obj
def enable(make: MakeApp, slug: str, email: str, as_json: bool) -> None:  # noqa: FBT001 - click's own
    """Let a disabled user in again."""
    from core.db import unit_of_work
    from core.foundation.accounts.services import enable_user, get_user_by_email

    with _at(make, slug):
        with unit_of_work():
            found = get_user_by_email(email)
            enable_user(found)
        emit(_facts(found), f"{found.email} is enabled", as_json=as_json)


@user.command()
@click.argument("slug")
@_email
@_password_stdin
@json_option
@click.pass_obj
def password(make: MakeApp, slug: str, email: str, password_stdin: bool, as_json: bool) -> None:  # noqa: FBT001 - click's own
    """Set a user's password and end every login of theirs; without one, print the link by which the user sets it."""
    from core.db import unit_of_work
    from core.foundation.accounts.links import issue_link, set_password
    from core.foundation.accounts.services import get_user_by_email

    with _at(make, slug) as tenant:
        found = get_user_by_email(email)
        new_hash = _hash(found.email, found.name, tenant.name) if password_stdin else None
        link = None
        with unit_of_work():
            found = get_user_by_email(email)
            if new_hash is None:
                link = issue_link(found)
            else:
                set_password(found, new_hash)
        said = "the password is set" if link is None else f"the password is set at {link}"
        emit({**_facts(found), "link": link}, f"{found.email}: {said}", as_json=as_json)


@contextmanager
def _at(make: MakeApp, slug: str) -> Iterator[Tenant]:
    """Work inside the tenant ``slug``; messages are in English, as everything of the command line."""
    from flask_babel import force_locale

    from core.foundation.accounts.identity import acting_as
    from core.foundation.tenants.context import tenant_context
    from core.foundation.tenants.services import directory

    app = make()
    with app.app_context():
        tenant = directory().get(slug)
    with tenant_context(app, tenant), force_locale("en"), acting_as("command line"):
        yield tenant


def _hash(*about: str) -> str:
    """Return the hash of the password on standard input, which stands on its first line."""
    from core.foundation.accounts.passwords import check_rules, hash_password

    return hash_password(check_rules(sys.stdin.readline().rstrip("\r\n"), about=about))


def _facts(one: User) -> dict[str, Any]:
    status = "invited" if one.is_invited else "active"
    return {
        "id": one.id,
        "email": one.email,
        "name": one.name,
        "roles": [role.key for role in one.roles],
        "location_ids": sorted(one.location_ids),
        "own_tickets_only": one.own_tickets_only,
        "status": status if one.is_active else "disabled",
    }
