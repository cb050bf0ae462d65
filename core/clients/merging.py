"""Clients that are one person: make them one, and undo it. What writes belongs into a unit of work."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from flask_babel import gettext as _

from core.clients.fields import reindex_clients
from core.clients.models import Client
from core.clients.services import get_client
from core.db import check_version
from core.errors import DomainError
from core.foundation.merging.models import RecordMerge
from core.foundation.merging.services import Undone, merge_records, undo_merge
from core.foundation.tenants.context import hooks

#: What is one value of a client, with the columns that belong to it: chosen together, because one says nothing without the others.
CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "name": ("name", "name_key", "match_key"),
    "kind": ("kind",),
    "phone": ("phone", "phone_key"),
    "email": ("email", "email_key"),
    "tax_id": ("tax_id", "tax_key"),
    "address": ("street", "city", "county", "postcode", "country"),
    "language": ("language",),
    "notes": ("notes",),
}


def merge_clients(
    winner_id: int, loser_id: int, *, take: Collection[str] = (), seen: tuple[int, int] | None = None
) -> RecordMerge:
    """Let the client ``loser_id`` become ``winner_id``; everything that points to it goes over.

    :param take: The names in ``CHOICES`` whose value comes from the loser; all others stay as they are.
    :param seen: The versions of winner and loser that the person saw.
    :raises NotFoundError: there is no such client.
    :raises ConflictError: somebody else changed one of them since.
    :raises DomainError: one of them is merged already, or an owner of rows refuses.
    """
    winner, loser = get_client(winner_id), get_client(loser_id)
    for client, version in zip((winner, loser), seen or (None, None), strict=True):
        check_version(client.version, version)
        if client.merged_into_id is not None:
            raise DomainError(_("%(name)s is merged into another client already.", name=client.name))
    columns = [column for name in CHOICES if name in take for column in CHOICES[name]]
    merge = merge_records(winner, loser, values={column: getattr(loser, column) for column in columns})
    reindex_clients([loser.id, winner.id])
    hooks().client_changed(client=winner)
    return merge


def undo_client_merge(merge_id: int) -> Undone:
    """Make two clients of one again, as ``core.foundation.merging.services.undo_merge`` says.

    :raises NotFoundError: there is no such merge.
    :raises DomainError: it cannot be undone any more.
    """
    undone = undo_merge(merge_id, Client)
    ids = (undone.merge.loser_id, undone.merge.winner_id)
    reindex_clients(ids)
    for client_id in ids:
        hooks().client_changed(client=get_client(client_id))
    return undone
