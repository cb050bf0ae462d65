from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from core.clients.duplicates import Likeness, find_duplicates
from core.clients.lookup import client_picks
from core.clients.models import Client, ClientKind
from core.clients.services import ClientData, change_client, create_client, get_client
from core.db import session, unit_of_work
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.foundation.audit.models import AuditEntry
from core.testing import QueryRecorder, Shop

pytestmark = pytest.mark.both_databases


def add(**facts: Any) -> int:
    """Create a client in a unit of work of its own and return the id."""
    with unit_of_work():
        return create_client(ClientData(**{"name": "Maria Popescu", **facts})).id


@pytest.fixture(scope="module")
def likeness_shop(make_shop: Callable[..., Shop]) -> Shop:
    """Make a shop with one client."""
    shop = make_shop()
    with shop.context():
        add(phone="0742 555 138", email="maria@exemplu.ro", tax_id="RO18547290", kind="company")
    return shop


def test_a_client_is_kept_as_it_was_typed_and_found_in_any_spelling(shop: Shop) -> None:
    with shop.context():
        client_id = add(
            kind="company",
            name="Panificația Ciuc SRL",
            phone="0742 555 190",
            email="Office@Ciuc.ro",
            tax_id="RO 185 472 90",
            street="Str. Lungă 3",
            city="Miercurea-Ciuc",
            county="Harghita",
            postcode="530100",
            notes="sună\nînainte",
        )
        client = get_client(client_id)
        assert (client.kind, client.phone, client.email) == (
            ClientKind.COMPANY,
            "+40742555190",
            "Office@Ciuc.ro",
        )
        assert (client.tax_id, client.country, client.language) == ("RO18547290", "RO", "ro")
        assert (client.notes, client.version) == ("sună\nînainte", 1)
        for question in ("panificatia", "CIUC", "0742 555 1", "+40 742", "office@ciuc", "18547290", "pa"):
            assert [pick.id for pick in client_picks(question)] == [client_id], question
        assert client_picks("altcineva") == client_picks("") == client_picks(" ") == []


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "Ana\0"}, "name"),
        ({"name": "Ana \ud800"}, "name"),
        ({"name": "..."}, "name"),
        ({"kind": "robot"}, "kind"),
        ({"phone": "12"}, "phone"),
        ({"phone": "9" * 400}, "phone"),
        ({"phone": "nu are"}, "phone"),
        ({"email": "ana"}, "email"),
        ({"email": "a" * 250 + "@b.ro"}, "email"),
        ({"kind": "company", "tax_id": "123"}, "tax_id"),
        ({"tax_id": "1" * 41}, "tax_id"),
        ({"street": "x" * 201}, "street"),
        ({"postcode": "x" * 21}, "postcode"),
        ({"notes": "x" * 10_001}, "notes"),
        ({"country": "ROU"}, "country"),
        ({"country": "ȘȘ"}, "country"),
        ({"language": "tlh"}, "language"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_field(
    shared_shop: Shop, facts: dict[str, Any], field: str
) -> None:
    with shared_shop.context():
        before = session().scalar(select(func.count()).select_from(Client))
        with pytest.raises(InvalidInputError) as refused:
            add(**facts)
        assert list(refused.value.errors) == [field]
        assert session().scalar(select(func.count()).select_from(Client)) == before


def test_everything_that_is_wrong_is_said_at_once(shared_shop: Shop) -> None:
    with shared_shop.context(), pytest.raises(InvalidInputError) as refused:
        add(name="", phone="1", email="x", language="xx")
    assert set(refused.value.errors) == {"name", "phone", "email", "language"}


def test_a_changed_client_is_found_by_the_new_facts_alone(shop: Shop) -> None:
    with shop.context():
        client_id = add(phone="0742 555 138")
        with unit_of_work():
            change_client(client_id, ClientData(name="Maria Ionescu", phone="0744 111 222"), version=1)
        assert get_client(client_id).version == 2
        assert [pick.name for pick in client_picks("ionescu")] == ["Maria Ionescu"]
        assert client_picks("popescu") == client_picks("0742555138") == []


def test_saving_without_a_change_changes_nothing(shop: Shop) -> None:
    with shop.context():
        client_id = add()
        with unit_of_work():
            change_client(client_id, ClientData(name="Maria Popescu"), version=1)
        assert get_client(client_id).version == 1


def test_who_was_overtaken_changes_nothing(shop: Shop) -> None:
    with shop.context():
        client_id = add()
        with unit_of_work():
            change_client(client_id, ClientData(name="Ana"), version=1)
        with pytest.raises(ConflictError), unit_of_work():
            change_client(client_id, ClientData(name="Ion"), version=1)
        session().expire_all()
        assert get_client(client_id).name == "Ana"


def test_a_name_typed_with_cedillas_is_kept_with_commas_and_found_by_both(shop: Shop) -> None:
    with shop.context():
        client_id = add(name="\u015etefan \u0162epe\u015f", notes="\u0163ine la culoare")
        client = get_client(client_id)
        assert (client.name, client.notes) == ("Ștefan Țepeș", "ține la culoare")
        for question in ("\u0162epe\u015f", "Țepeș", "tepes"):
            assert [pick.id for pick in client_picks(question)] == [client_id]


def test_a_client_that_is_not_there_is_not_found(shop: Shop) -> None:
    with shop.context():
        for client_id in (1, 2**63 - 1):
            with pytest.raises(NotFoundError):
                get_client(client_id)


def test_a_change_leaves_its_trace_without_the_folded_copies(shop: Shop) -> None:
    with shop.context():
        client_id = add()
        with unit_of_work():
            change_client(client_id, ClientData(name="Maria Ionescu"), version=1)
        entry = (
            session()
            .scalars(select(AuditEntry).where(AuditEntry.entity == "client", AuditEntry.action == "change"))
            .one()
        )
        assert (entry.entity_id, entry.label) == (client_id, "Maria Ionescu")
        assert entry.changes == {"name": ["Maria Popescu", "Maria Ionescu"]}


@pytest.mark.parametrize(
    ("typed", "likenesses"),
    [
        ({"phone": "0742-555-138"}, (Likeness.PHONE,)),
        ({"phone": "+40742555138"}, (Likeness.PHONE,)),
        ({"email": "MARIA@exemplu.ro "}, (Likeness.EMAIL,)),
        ({"name": "Popesccu Maria"}, (Likeness.NAME,)),
        ({"tax_id": "18547290"}, (Likeness.TAX_ID,)),
        (
            {"name": "maria popescu", "phone": "0742555138", "email": "nou@exemplu.ro"},
            (Likeness.PHONE, Likeness.NAME),
        ),
        ({"name": "Ana", "phone": "0744 000 000", "email": "ana@exemplu.ro"}, None),
        ({"name": "", "phone": "", "email": "", "tax_id": ""}, None),
    ],
)
def test_who_may_be_the_same_is_found(
    likeness_shop: Shop, typed: dict[str, str], likenesses: tuple[Likeness, ...] | None
) -> None:
    with likeness_shop.context():
        client_id = session().scalars(select(Client.id)).one()
        found = find_duplicates(**typed, country="RO")
        assert [(one.id, one.likenesses) for one in found] == (
            [(client_id, likenesses)] if likenesses else []
        )
        assert find_duplicates(**typed, country="RO", besides=client_id) == []


def test_the_most_telling_likeness_stands_first_and_one_statement_finds_all(
    shop: Shop, query_recorder: QueryRecorder
) -> None:
    with shop.context():
        namesakes = [add() for _number in range(7)]
        by_phone = add(name="Ion", phone="0742 555 138")
        with query_recorder.recording() as statements:
            found = find_duplicates(name="Maria Popescu", phone="0742555138", country="RO")
        assert [one.id for one in found] == [by_phone, *sorted(namesakes, reverse=True)[:4]]
        assert sum(statement.startswith("SELECT") for statement in statements) == 1


def test_picks_take_the_same_number_of_statements_however_many_are_found(
    shop: Shop, query_recorder: QueryRecorder
) -> None:
    with shop.context():
        counts = []
        for wanted in (2, 6):
            while len(client_picks("popescu")) < wanted:
                add()
            with query_recorder.recording() as statements:
                assert len(client_picks("popescu")) == wanted
            counts.append(len(statements))
        assert counts[0] == counts[1] <= 6
