"""``workmanager tenant …``: create, list, show, suspend, resume and delete tenants."""

from __future__ import annotations

import sys
from typing import Any, cast

import click

from core.cli import MakeApp
from core.console import emit, json_option, show_table
from core.errors import InvalidInputError
from core.foundation.accounts.links import issue_link
from core.foundation.accounts.passwords import check_rules, hash_password
from core.foundation.accounts.presets import OWNER
from core.foundation.accounts.services import UserFacts, create_user
from core.foundation.licences.bundles import find_bundle
from core.foundation.tenants import services
from core.foundation.tenants.context import Tenant


@click.group()
def tenant() -> None:
    """Create, list, show, suspend, resume and delete tenants."""


@tenant.command()
@click.argument("slug")
@click.option("--name", required=True, help="Name of the firm.")
@click.option("--admin-email", required=True, help="E-mail address of the first owner.")
@click.option("--admin-name", default="", help="Name of the first owner; default: the e-mail address.")
@click.option("--admin-password-stdin", is_flag=True, help="Read the owner's password from standard input.")
@click.option("--bundle", default="simplu", show_default=True, help="Plugins that are on from the start.")
@click.option(
    "--language", type=click.Choice(services.LANGUAGES), default="ro", show_default=True, help="Language."
)
@click.option(
    "--country", default="RO", show_default=True, help="Two-letter code; currency and time zone follow."
)
@click.option("--domain", help="Host name of its own.")
@json_option
@click.pass_context
def create(ctx: click.Context, /, **values: Any) -> None:  # noqa: ANN401 - click's own
    """Make a tenant with its first owner; without a password, print the link by which the owner sets one."""
    as_json: bool = values.pop("as_json")
    password = None
    if values.pop("admin_password_stdin"):
        password = sys.stdin.readline().rstrip("\r\n")
    app = cast("MakeApp", ctx.obj)()
    with app.app_context():
        made, link = create_with_owner(password=password, **values)
    text = f"{made.name}: {made.url}/" + (f"\nThe owner sets a password at {link}" if link else "")
    emit({**_facts(made), "link": link}, text, as_json=as_json)


def create_with_owner(
    *,
    slug: str,
    name: str,
    admin_email: str,
    admin_name: str = "",
    password: str | None = None,
    bundle: str = "simplu",
    language: str = "ro",
    country: str = "RO",
    domain: str | None = None,
) -> tuple[Tenant, str | None]:
    """Make a tenant and its first owner.

    :returns: The tenant, and the link by which the owner sets a password; ``None`` with a ``password``.
    :raises InvalidInputError: a value is wrong, the slug is taken, or the password too weak.
    """
    if password is not None:
        check_rules(password, about=(admin_email, admin_name, name))
    facts = UserFacts(email=admin_email, name=admin_name or admin_email.partition("@")[0], roles=[OWNER])
    password_hash = None if password is None else hash_password(password)
    links: list[str] = []

    def seed(made: Tenant) -> None:
        owner = create_user(facts, password_hash=password_hash, language=made.language)
        if password_hash is None:
            links.append(issue_link(owner))

    new = services.NewTenant(
        slug=slug,
        name=name,
        language=language,
        country=country.upper(),
        domain=domain.lower() if domain else None,
        plugins=find_bundle(bundle).plugins,
    )
    made = services.create_tenant(new, seed=seed)
    return made, (links[0] if links else None)


@tenant.command("list")
@json_option
@click.pass_obj
def list_command(make: MakeApp, as_json: bool) -> None:  # noqa: FBT001 - click's own
    """List all tenants."""
    app = make()
    with app.app_context():
        rows = [_facts(one) for one in services.directory().list_tenants()]
    columns = ("slug", "name", "status", "url", "plugins")
    cells = [[row["slug"], row["name"], row["status"], row["url"], ", ".join(row["plugins"])] for row in rows]
    emit(rows, lambda: show_table(columns, cells), as_json=as_json)


@tenant.command()
@click.argument("slug")
@json_option
@click.pass_obj
def show(make: MakeApp, slug: str, as_json: bool) -> None:  # noqa: FBT001 - click's own
    """Show what is known of a tenant."""
    app = make()
    with app.app_context():
        facts = _facts(services.directory().get(slug))
    emit(facts, lambda: show_table(("", ""), list(facts.items())), as_json=as_json)


@tenant.command()
@click.argument("slug")
@json_option
@click.pass_obj
def suspend(make: MakeApp, slug: str, as_json: bool) -> None:  # noqa: FBT001 - click's own
    """Keep everybody out from the next request on; nothing is lost."""
    with make().app_context():
        services.suspend_tenant(slug)
        facts = _facts(services.directory().get(slug))
    emit(facts, f"{slug} is suspended", as_json=as_json)


@tenant.command()
@click.argument("slug")
@json_option
@click.pass_obj
def resume(make: MakeApp, slug: str, as_json: bool) -> None:  # noqa: FBT001 - click's own
    """Let a suspended tenant in again."""
    with make().app_context():
        services.resume_tenant(slug)
        facts = _facts(services.directory().get(slug))
    emit(facts, f"{slug} is active", as_json=as_json)


@tenant.command()
@click.argument("slug")
@click.option("--yes", is_flag=True, help="It is gone for good: database and files.")
@json_option
@click.pass_obj
def delete(make: MakeApp, slug: str, yes: bool, as_json: bool) -> None:  # noqa: FBT001 - click's own
    """Remove a tenant with its database and files for good."""
    if not yes:
        msg = f"this removes the database and the files of {slug} for good; say --yes"
        raise InvalidInputError(msg)
    with make().app_context():
        services.delete_tenant(slug)
    emit({"slug": slug, "status": "deleted"}, f"{slug} is deleted", as_json=as_json)


def _facts(one: Tenant) -> dict[str, Any]:
    return {
        "number": one.id,
        "slug": one.slug,
        "name": one.name,
        "status": one.status,
        "language": one.language,
        "country": one.country,
        "currency": one.currency,
        "time_zone": one.time_zone,
        "domain": one.domain,
        "url": f"{one.url}/",
        "database": "sqlite" if one.placement.is_sqlite else f"postgresql, schema {one.placement.schema}",
        "plugins": sorted(one.states.on),
        "lapsed": sorted(one.states.lapsed),
    }
