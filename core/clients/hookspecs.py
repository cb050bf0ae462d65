"""Hooks of clients: what other areas show of them, and what follows from a change of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.clients.models import Client
from core.foundation.ui.values import Panel
from core.plugin import hookspec


@hookspec
def client_panels(client_id: int) -> Sequence[Panel]:
    """Return parts of the page of a client: the devices, the tickets, what is to be paid.

    Called once for each page, in its read-only transaction; a number of statements that does not grow with the client.

    :param client_id: Id of the client.
    """
    del client_id
    return ()


@hookspec
def client_figures(client_ids: list[int]) -> Mapping[int, str]:
    """Return a few words about each client where there is something to say: "3 tickets", "2 devices".

    Called once for all the clients of a list of picks; one statement.

    :param client_ids: At least one id.
    """
    del client_ids
    return {}


@hookspec
def client_changed(client: Client) -> None:
    """React to a change of a client, inside its transaction, once it is flushed: what copies its name or phone follows.

    :param client: The client as it is now.
    """
