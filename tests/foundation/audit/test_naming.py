import pytest

from core.clients.services import ClientData
from core.db import session, unit_of_work
from core.equipment.services import EquipmentData
from core.foundation.accounts.identity import acting_as
from core.foundation.audit.naming import naming_kinds, pointed_to, read_names
from core.foundation.audit.plans import audited_models, column_names, placed_entities, target_of
from core.foundation.audit.services import record_change
from core.foundation.settings.locations import list_locations
from core.foundation.settings.services import save_group
from core.foundation.tenants.services import set_plugin_state
from core.plugin import PluginState
from core.testing import QueryRecorder, Shop
from core.tickets.models import Ticket
from core.tickets.services import TicketData, change_ticket, open_ticket

PAGE = "/settings/audit"


def take(name: str) -> Ticket:
    location = list_locations()[0].id
    with acting_as("Ioana") as actor, unit_of_work():
        return open_ticket(
            TicketData(problem="Nu pornește", location_id=location),
            client=ClientData(name=name),
            equipment=EquipmentData(manufacturer="Bosch", model=f"WAN {name}", unique_id=f"SN-{name}"),
            actor=actor,
        ).ticket


def history(shop: Shop, query: str = "", role: str = "owner") -> str:
    return shop.client(role).get(f"{shop.root}{PAGE}{query}").text


@pytest.mark.both_databases
def test_records_that_are_pointed_to_stand_under_their_names(shop: Shop) -> None:
    with shop.context():
        ticket = take("Popescu")
    page = history(shop, "?entity=ticket")
    for said in ("Popescu", "Bosch WAN Popescu (SN-Popescu)", "Sediul principal", "Preluat"):
        assert said in page
    with shop.context(), unit_of_work():
        record_change(
            "ticket", ticket.id, "change", changes={"client_id": (9_999, ticket.client_id)}, label="X"
        )
    assert "<del>nr. 9999</del> Popescu" in history(shop, "?entity=ticket")


def test_settings_stand_under_their_titles_and_values_in_words(shop: Shop) -> None:
    with shop.context(), unit_of_work():
        save_group(
            "simple", {"require_return": True, "storage_fee": "2.50", "intake_note": {"ro": "Reveniți."}}
        )
    page = history(shop, "?entity=setting")
    for said in (
        "Procese-verbale: Nu se predă nimic înainte de tipărirea procesului-verbal de predare",
        "2,50\N{NO-BREAK SPACE}lei",
        "Română: Reveniți.",
    ):
        assert said in page
    assert "simple." not in page
    with shop.app.app_context():
        set_plugin_state(shop.slug, "simple", PluginState.OFF)
    assert "simple.require_return" in history(shop, "?entity=setting")


def test_what_a_role_may_stands_in_words_and_only_what_came_and_went(shop: Shop) -> None:
    changes = {
        "permissions": (["core.client:view", "core.client:edit"], ["core.client:view", "core.ticket:view"])
    }
    with shop.context(), unit_of_work():
        record_change("role", 2, "change", changes=changes, label="Manager")
    page = history(shop, "?entity=role&entity_id=2")
    assert "<del>Modifică clienții</del> Vede fișele" in page
    assert "core.client" not in page


def test_the_clients_yes_is_written_down_with_the_version_of_the_terms(shop: Shop) -> None:
    from plugins.simple.services import accept_terms

    with shop.context():
        ticket = take("Popescu")
        with unit_of_work():
            accept_terms(session().get_one(Ticket, ticket.id))
    page = history(shop, "?entity=simple_ticket_wording")
    assert f"Condițiile fișei {ticket.number}</a> acceptate de client" in page
    assert "versiunea 1" in page


def test_the_timeline_names_what_was_changed(shop: Shop) -> None:
    with shop.context(), acting_as("Ioana") as actor:
        ticket = take("Popescu")
        with unit_of_work():
            changed = session().get_one(Ticket, ticket.id)
            data = TicketData(
                problem="Nu pornește",
                location_id=ticket.location_id,
                assignee_id=shop.users["technician"],
                due_at=None,
            )
            change_ticket(changed, data, actor=actor)
    page = shop.client("receptionist").get(f"{shop.root}/tickets/{ticket.id}").text
    assert "Tehnician: \N{EN DASH} → Technician" in page


def test_who_may_not_know_a_record_reads_its_number(shop: Shop) -> None:
    with shop.context():
        ticket = take("Popescu")
        wanted = [("client", ticket.client_id), ("equipment", ticket.equipment_id), ("nothing", 1)]
        naming = read_names(wanted, lambda permission: permission != "core.client:view")
        assert naming.name(("client", ticket.client_id)) is None
        assert naming.name(("nothing", 1)) is None
        assert naming.name(("equipment", ticket.equipment_id)) == "Bosch WAN Popescu (SN-Popescu)"
        assert naming.value("ticket", "client_id", ticket.client_id) == f"nr. {ticket.client_id}"


def test_names_cost_one_statement_for_each_kind_of_record(shop: Shop, query_recorder: QueryRecorder) -> None:
    browser = shop.client("owner")
    counts = []
    for names in (("Ana",), [f"Client {number}" for number in range(30)]):
        with shop.context():
            for name in names:
                take(name)
        browser.get(f"{shop.root}{PAGE}?entity=ticket")
        with query_recorder.recording() as statements:
            browser.get(f"{shop.root}{PAGE}?entity=ticket")
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_every_table_that_a_recorded_column_points_to_has_names(shop: Shop) -> None:
    with shop.context():
        targets = {
            (entity, column, target)
            for entity, model in audited_models().items()
            for column in model.__table__.columns.keys()  # noqa: SIM118 - a collection of columns
            if not entity.startswith("sample_") and (target := target_of(entity, column)) is not None
        }
        assert {target for _entity, _column, target in targets} <= naming_kinds().keys()
        assert ("user_location", "location_id", "location") in targets
        assert target_of("user", "roles") == "role"
        assert pointed_to("ticket_status", "next_ids", [2, 3]) == [("ticket_status", 2), ("ticket_status", 3)]
        assert pointed_to("ticket", "problem", "5") == []
        assert column_names("ticket", "stage")


def test_what_hangs_on_a_ticket_is_not_for_who_sees_some_places_only() -> None:
    assert {"ticket", "simple_ticket_wording"} <= set(placed_entities())
    assert not {"client", "user"} & set(placed_entities())
