"""What the shop does with clients: create, change, find. Every function that writes belongs into a unit of work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from core.clients.keys import (
    email_key,
    match_key,
    name_key,
    phone_key,
    read_email,
    read_phone,
    read_tax_id,
    tax_key,
)
from core.clients.models import Client, ClientKind
from core.db import check_version, session
from core.errors import DomainError, NotFoundError
from core.foundation.custom.values import search_words
from core.foundation.search.services import put_entry, remove_entry
from core.foundation.tenants.context import current_tenant, hooks
from core.foundation.tenants.services import LANGUAGES
from core.foundation.ui.checks import Checks, is_id

#: The kind under which the search knows clients.
SEARCH_KIND = "client"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientData:
    """What is said of a client, as it was typed; the service reads and checks it."""

    kind: ClientKind | str = ClientKind.PERSON
    name: str
    phone: str = ""
    email: str = ""
    tax_id: str = ""
    street: str = ""
    city: str = ""
    county: str = ""
    postcode: str = ""
    #: ISO 3166-1 alpha-2; ``None`` is the firm's own country.
    country: str | None = None
    #: Of papers and messages; ``None`` is the firm's own language.
    language: str | None = None
    notes: str = ""


def create_client(data: ClientData) -> Client:
    """Add a client, found by the search from the same moment on.

    :raises InvalidInputError: something of ``data`` cannot be taken; the errors stand by field.
    """
    client = Client(**read_client(data))
    session().add(client)
    session().flush()
    put_client_entry(client)
    return client


def change_client(client_id: int, data: ClientData, *, version: int) -> Client:
    """Change everything that is said of a client.

    :param version: The version that the person saw.
    :raises NotFoundError: there is no such client.
    :raises ConflictError: somebody else changed it since.
    :raises DomainError: it is merged into another.
    :raises InvalidInputError: something of ``data`` cannot be taken.
    """
    client = get_client(client_id)
    check_version(client.version, version)
    if client.merged_into_id is not None:
        raise DomainError(_("%(name)s is merged into another client: change that one.", name=client.name))
    for name, value in read_client(data).items():
        setattr(client, name, value)
    session().flush()
    if client.version != version:
        put_client_entry(client, search_words(SEARCH_KIND, [client.id]).get(client.id, ()))
        hooks().client_changed(client=client)
    return client


def get_client(client_id: int) -> Client:
    """Return a client.

    :raises NotFoundError: there is none with this id.
    """
    client = session().get(Client, client_id) if is_id(client_id) else None
    if client is None:
        raise NotFoundError(_("There is no such client."))
    return client


def get_current_client(client_id: int) -> Client:
    """Return a client, or the one that it was merged into: what a form that was open meanwhile means.

    :raises NotFoundError: there is none with this id.
    """
    client = get_client(client_id)
    # Whoever was merged into a client that is merged itself points to the last one, so one step suffices.
    return client if client.merged_into_id is None else get_client(client.merged_into_id)


def read_client(data: ClientData) -> dict[str, Any]:
    """Return the columns of a client from what was typed, folded copies included.

    :raises InvalidInputError: something cannot be taken.
    """
    checks = Checks()
    tenant = current_tenant()
    country = checks.read("country", lambda: _read_country(data.country, tenant.country), tenant.country)
    kind = checks.read("kind", lambda: _read_kind(data.kind), ClientKind.PERSON)
    name = checks.text("name", data.name, 200, required=True)
    if name and not name_key(name) and "name" not in checks.errors:
        checks.refuse("name", _("Write a name with letters or digits."))
    phone, email, tax_id = (
        checks.text(field, getattr(data, field), most)
        for field, most in (("phone", 40), ("email", 254), ("tax_id", 40))
    )
    phone = checks.read("phone", lambda: read_phone(phone, country=country), "")
    email = checks.read("email", lambda: read_email(email), "")
    tax_id = checks.read("tax_id", lambda: read_tax_id(tax_id, kind=kind, country=country), "")
    values: dict[str, Any] = {
        field: checks.text(field, getattr(data, field), most)
        for field, most in (("street", 200), ("city", 100), ("county", 100), ("postcode", 20))
    }
    values["notes"] = checks.text("notes", data.notes, 10_000, multiline=True)
    language = checks.read("language", lambda: _read_language(data.language, tenant.language), LANGUAGES[0])
    checks.finish(_("The client was not saved."))
    return values | {
        "kind": kind,
        "name": name,
        "phone": phone,
        "email": email,
        "tax_id": tax_id,
        "country": country,
        "language": language,
        "name_key": name_key(name),
        "match_key": match_key(name),
        "phone_key": phone_key(phone, country=tenant.country),
        "email_key": email_key(email),
        "tax_key": tax_key(tax_id),
    }


def _read_kind(kind: ClientKind | str) -> ClientKind:
    try:
        return ClientKind(kind)
    except ValueError:
        raise ValueError(_("Choose person or company.")) from None


def _read_country(country: str | None, own: str) -> str:
    code = (country or own).strip().upper()
    if len(code) != 2 or not code.isascii() or not code.isalpha():  # noqa: PLR2004 - ISO 3166-1 alpha-2
        raise ValueError(_("Write the country as two letters, for example RO."))
    return code


def _read_language(language: str | None, own: str) -> str:
    code = language or own
    if code not in LANGUAGES:
        raise ValueError(_("Choose one of the languages of the list."))
    return code


def put_client_entry(client: Client, further: Iterable[str] = ()) -> None:
    """Write down what the search finds ``client`` by; one that is merged into another is not found.

    :param further: By what else it is found: what stands in the shop's own fields.
    """
    if client.merged_into_id is not None:
        remove_entry(SEARCH_KIND, client.id)
        return
    put_entry(
        SEARCH_KIND,
        client.id,
        at=client.created_at,
        names=[client.name],
        phones=[client.phone],
        codes=[client.tax_id],
        words=[client.email, client.city, *further],
    )
