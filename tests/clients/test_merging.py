from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from sqlalchemy import select

from core.clients.duplicates import find_duplicates
from core.clients.lookup import client_picks
from core.clients.merging import merge_clients, undo_client_merge
from core.clients.models import Client
from core.clients.services import ClientData, change_client, create_client, get_client
from core.db import Model, session, unit_of_work
from core.equipment.models import Equipment, EquipmentOwnership
from core.equipment.services import EquipmentData, change_owner, register_equipment
from core.errors import ConflictError, DomainError, NotFoundError
from core.foundation.audit.models import AuditEntry
from core.foundation.merging.services import merges_into, preview_merge
from core.foundation.merging.values import Merging
from core.foundation.tenants.services import present_hooks
from core.testing import Shop
from core.tickets.models import Ticket
from tests.tickets.conftest import IOANA, ticket_data

pytestmark = pytest.mark.both_databases


def add(**facts: Any) -> int:
    """Create a client in a unit of work of its own and return the id."""
    with unit_of_work():
        return create_client(ClientData(**{"name": "Maria Popescu", **facts})).id


def add_device(client_id: int) -> int:
    """Register a device of a client and return the id."""
    with unit_of_work():
        return register_equipment(EquipmentData(manufacturer="Apple", model="X", client_id=client_id)).id


def take_in(client_id: int, device_id: int) -> int:
    """Take a device in and return the id of the ticket."""
    from core.tickets.services import open_ticket

    with unit_of_work():
        return open_ticket(ticket_data(), client=client_id, equipment=device_id, actor=IOANA).ticket.id


def merge(winner: int, loser: int, *take: str) -> int:
    """Merge two clients in a unit of work of its own and return the id of the merge."""
    with unit_of_work():
        return merge_clients(winner, loser, take=take).id


def undo(merge_id: int) -> int:
    """Undo a merge and return how many rows did not go back."""
    with unit_of_work():
        return undo_client_merge(merge_id).kept


def owner_of(device_id: int) -> int | None:
    """Return the owner of a device as it is stored."""
    return session().scalars(select(Equipment.client_id).where(Equipment.id == device_id)).one()


def test_what_points_to_the_loser_goes_over_and_its_own_row_stays(shop: Shop) -> None:
    with shop.context():
        winner = add(phone="0742 555 138", email="maria@exemplu.ro")
        loser = add(name="Popescu M.", phone="0742 555 139", notes="sună înainte")
        device = add_device(loser)
        ticket = take_in(loser, device)
        assert preview_merge(Merging("client", loser, winner)) == ["1 echipament", "1 fișă"]
        merge(winner, loser, "phone", "notes")
        kept, lost = get_client(winner), get_client(loser)
        assert (kept.name, kept.phone, kept.email, kept.notes) == (
            "Maria Popescu",
            "+40742555139",
            "maria@exemplu.ro",
            "sună înainte",
        )
        assert (lost.name, lost.phone, lost.merged_into_id) == ("Popescu M.", "+40742555139", winner)
        assert owner_of(device) == session().get_one(Ticket, ticket).client_id == winner
        assert {row.client_id for row in session().scalars(select(EquipmentOwnership))} == {winner}


def test_nobody_finds_the_loser_any_more_and_the_winner_by_what_it_took(shop: Shop) -> None:
    with shop.context():
        winner, loser = add(phone="0742 555 138"), add(name="Cristina Bucur", phone="0721 000 111")
        merge(winner, loser, "phone")
        assert client_picks("bucur") == []
        assert [pick.id for pick in client_picks("0721 000 111")] == [winner]
        assert [one.id for one in find_duplicates(name="Cristina Bucur", country="RO")] == []
        assert [one.id for one in find_duplicates(phone="0721000111", country="RO")] == [winner]


def test_every_row_that_moved_has_its_entry_in_the_history(shop: Shop) -> None:
    with shop.context():
        winner, loser = add(), add()
        device = add_device(loser)
        merge(winner, loser)
        statement = select(AuditEntry.changes).where(
            AuditEntry.entity == "equipment", AuditEntry.entity_id == device, AuditEntry.action == "change"
        )
        assert session().scalars(statement).all() == [{"client_id": [loser, winner]}]
        statement = select(AuditEntry.changes).where(
            AuditEntry.entity == "client", AuditEntry.entity_id == loser, AuditEntry.action == "change"
        )
        assert session().scalars(statement).all() == [{"merged_into_id": [None, winner]}]


def test_a_form_that_was_open_does_not_put_the_loser_back(shop: Shop) -> None:
    with shop.context():
        winner, loser = add(), add()
        device = add_device(loser)
        seen = session().get_one(Equipment, device).version
        merge(winner, loser)
        assert session().get_one(Equipment, device).version > seen
        with unit_of_work():
            change_owner(device, loser)
        assert owner_of(device) == winner
        ticket = take_in(loser, device)
        assert session().get_one(Ticket, ticket).client_id == winner
        with pytest.raises(DomainError), unit_of_work():
            change_client(loser, ClientData(name="X"), version=get_client(loser).version)


def test_undoing_gives_back_what_moved_unless_something_newer_stands_against_it(shop: Shop) -> None:
    with shop.context():
        winner, loser, third = add(phone="0742 555 138"), add(phone="0721 000 111"), add()
        stays, moves = add_device(loser), add_device(loser)
        merge_id = merge(winner, loser, "phone", "name")
        with unit_of_work():
            change_owner(stays, third)
        fresh = add_device(winner)
        client = get_client(winner)
        with unit_of_work():
            change_client(winner, ClientData(name="Maria Nouă", phone=client.phone), version=client.version)
        assert undo(merge_id) == 1
        assert [owner_of(one) for one in (stays, moves, fresh)] == [third, loser, winner]
        assert (get_client(winner).name, get_client(winner).phone) == ("Maria Nouă", "+40742555138")
        assert get_client(loser).merged_into_id is None
        assert [pick.id for pick in client_picks("0721 000 111")] == [loser]
        assert merges_into("client", winner) == []
        with pytest.raises(DomainError):
            undo(merge_id)


def test_a_chain_of_merges_leads_to_the_last_and_is_undone_from_its_end(shop: Shop) -> None:
    with shop.context():
        first, second, last = add(), add(), add()
        device = add_device(first)
        inner, outer = merge(second, first), merge(last, second)
        assert [get_client(one).merged_into_id for one in (first, second)] == [last, last]
        with pytest.raises(DomainError):
            undo(inner)
        assert undo(outer) == 0
        assert (get_client(first).merged_into_id, owner_of(device)) == (second, second)
        assert undo(inner) == 0
        assert owner_of(device) == first


def test_what_cannot_be_merged_is_refused(shop: Shop) -> None:
    with shop.context():
        winner, loser, third = add(), add(), add()
        seen = (get_client(winner).version, get_client(loser).version)
        with pytest.raises(DomainError):
            merge(winner, winner)
        with pytest.raises(NotFoundError):
            merge(winner, 10**6)
        with pytest.raises(NotFoundError):
            undo(10**6)
        merge(winner, loser)
        for pair in ((third, loser), (loser, third)):
            with pytest.raises(DomainError):
                merge(*pair)
        with pytest.raises(ConflictError), unit_of_work():
            merge_clients(winner, third, seen=(seen[0] + 5, seen[1]))


def test_every_column_that_points_to_a_client_says_what_becomes_of_it(shop: Shop) -> None:
    with shop.context():
        told = {
            one.name
            for part in present_hooks().records_merging(merging=Merging("client", 1, 2))
            for one in part
        }
    pointing = {
        f"{table.name}.{column.name}"
        for table in Model.metadata.tables.values()
        for column in table.columns
        if any(key.target_fullname == "client.id" for key in column.foreign_keys)
        and not table.name.startswith("shelf_")
    }
    # What stands in the shop's own fields points to records of every kind, without a foreign key.
    assert pointing | {"custom_value.record_id"} == told


@pytest.fixture(scope="module")
def merging_shop(make_shop: Callable[..., Shop]) -> Shop:
    """Make a shop for many merges."""
    return make_shop()


def snapshot(clients: list[int]) -> dict[str, Any]:
    """Return everything that a merge may change of clients, devices, owners and tickets."""
    session().expire_all()
    columns = [Client.id, Client.name, Client.phone, Client.email, Client.notes, Client.merged_into_id]
    return {
        "clients": session()
        .execute(select(*columns).where(Client.id.in_(clients)).order_by(Client.id))
        .all(),
        "devices": session().execute(select(Equipment.id, Equipment.client_id).order_by(Equipment.id)).all(),
        "owners": session()
        .execute(select(EquipmentOwnership.id, EquipmentOwnership.client_id).order_by(EquipmentOwnership.id))
        .all(),
        "tickets": session().execute(select(Ticket.id, Ticket.client_id).order_by(Ticket.id)).all(),
    }


@settings(max_examples=12)
@given(
    devices=st.lists(st.integers(0, 3), max_size=5),
    steps=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.sets(st.sampled_from(["name", "phone", "notes"]))),
        min_size=1,
        max_size=4,
    ),
)
def test_merging_loses_no_row_and_undoing_from_the_end_restores_all(
    merging_shop: Shop, devices: list[int], steps: list[tuple[int, int, set[str]]]
) -> None:
    with merging_shop.context():
        clients = [add(name=f"Client {at}", phone=f"074255510{at}", notes=f"n{at}") for at in range(4)]
        for at in devices:
            take_in(clients[at], add_device(clients[at]))
        states, merges = [snapshot(clients)], []
        for winner, loser, take in steps:
            if winner != loser and not any(get_client(clients[at]).merged_into_id for at in (winner, loser)):
                merges.append(merge(clients[winner], clients[loser], *take))
                states.append(snapshot(clients))
        ids = [[row[0] for row in states[0][kind]] for kind in ("clients", "devices", "owners", "tickets")]
        for state in states:
            assert [[row[0] for row in state[kind]] for kind in state] == ids
            lost = {row.id for row in state["clients"] if row.merged_into_id}
            assert not lost & {row[1] for kind in ("devices", "owners", "tickets") for row in state[kind]}
        for merge_id, before in zip(reversed(merges), reversed(states[:-1]), strict=True):
            assert undo(merge_id) == 0
            assert snapshot(clients) == before
