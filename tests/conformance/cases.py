"""How every route of the core and of our plugins is called; a route that is missing here fails the build."""

from core.conformance import Case
from tests.conformance import world as make

PASSWORD = "another long sentence"

ACCOUNTS = {
    "account.login": Case(),
    "account.log_in": Case(
        form=lambda world: {"email": "nobody@example.com", "password": "wrong"},
        page="account.login",
        answers={422: "the password is wrong", 429: "it was tried too often"},
    ),
    "account.logout": Case(page="account.index"),
    "account.forgot": Case(),
    "account.link": Case(values=lambda world: {"purpose": "invite", "token": make.new_invitation(world)}),
    "account.follow_link": Case(
        values=lambda world: {"purpose": "invite", "token": make.new_invitation(world)},
        form=lambda world: {"password": PASSWORD, "repeat": PASSWORD},
        page="account.link",
    ),
    "account.index": Case(),
    "account.save_profile": Case(
        form=lambda world: {"name": "Ana", "language": "ro", "theme": "auto"}, page="account.index"
    ),
    "account.preferences": Case(form=lambda world: {"theme": "dark"}, page="account.index"),
    "account.password": Case(),
    "account.change_password": Case(
        form=lambda world: {"current": "wrong", "password": PASSWORD, "repeat": PASSWORD},
        page="account.password",
        answers={422: "the password of the sweep's people stays"},
    ),
    "account.devices": Case(),
    "account.revoke": Case(
        values=lambda world: {"session_id": make.new_session(world)},
        page="account.devices",
        ids=("session_id",),
        answers={404: "the session is the owner's alone"},
    ),
    "account.revoke_others": Case(page="account.devices"),
    "users.index": Case(),
    "users.new": Case(),
    "users.create": Case(
        form=lambda world: {
            "name": "Nou",
            "email": f"nou{next(make.numbers)}@example.com",
            "roles": "technician",
        },
        page="users.new",
    ),
    "users.show": Case(values=lambda world: {"user_id": make.new_user(world)}, ids=("user_id",)),
    "users.edit": Case(
        values=lambda world: {"user_id": make.new_user(world)},
        form=lambda world: {
            "name": "Altul",
            "email": f"altul{next(make.numbers)}@example.com",
            "roles": "technician",
        },
        page="users.show",
        ids=("user_id",),
    ),
    "users.disable": Case(
        values=lambda world: {"user_id": make.new_user(world)}, page="users.show", ids=("user_id",)
    ),
    "users.enable": Case(
        values=lambda world: {"user_id": make.new_user(world)}, page="users.show", ids=("user_id",)
    ),
    "users.make_link": Case(
        values=lambda world: {"user_id": make.new_user(world)}, page="users.show", ids=("user_id",)
    ),
    "users.log_out": Case(
        values=lambda world: {"user_id": make.new_user(world)}, page="users.show", ids=("user_id",)
    ),
    "roles.index": Case(),
    "roles.new": Case(),
    "roles.create": Case(
        form=lambda world: {"name": f"Rol {next(make.numbers)}", "permissions": "core.client:view"},
        page="roles.new",
    ),
    "roles.show": Case(values=lambda world: {"role_id": make.new_role(world)}, ids=("role_id",)),
    "roles.edit": Case(
        values=lambda world: {"role_id": make.new_role(world)},
        form=lambda world: {"name": f"Rol {next(make.numbers)}", "permissions": "core.client:view"},
        page="roles.show",
        ids=("role_id",),
    ),
    "roles.restore": Case(
        values=lambda world: {"role_id": make.edited_preset(world)}, page="roles.show", ids=("role_id",)
    ),
    "roles.delete": Case(
        values=lambda world: {"role_id": make.new_role(world)}, page="roles.show", ids=("role_id",)
    ),
}

STATUS = {"values": lambda world: {"status_id": make.new_status(world)}, "ids": ("status_id",)}

SETTINGS = {
    "settings.index": Case(),
    "settings.show": Case(values=lambda world: {"name": "firm"}),
    "settings.save": Case(
        values=lambda world: {"name": "firm"},
        form=lambda world: {"set_name": "Atelier", "set_country": "RO"},
        page="settings.show",
    ),
    "logo.show": Case(answers={404: "the firm of the sweep has no logo"}),
    "closed_days.index": Case(),
    "closed_days.create": Case(
        form=lambda world: {"first_day": f"01.02.{2100 + next(make.numbers) % 90}"}, page="closed_days.index"
    ),
    "closed_days.delete": Case(
        values=lambda world: {"closed_id": make.new_closed_day(world)},
        page="closed_days.index",
        ids=("closed_id",),
    ),
    "locations.index": Case(),
    "locations.new": Case(),
    "locations.create": Case(
        form=lambda world: {"code": f"Q{next(make.numbers)}", "name": "Nou", "is_active": "1"},
        page="locations.new",
    ),
    "locations.edit": Case(
        values=lambda world: {"location_id": make.new_location(world)}, ids=("location_id",)
    ),
    "locations.save": Case(
        values=lambda world: {"location_id": make.new_location(world)},
        form=lambda world: {"code": f"Y{next(make.numbers)}", "name": "Altul", "is_active": "1"},
        page="locations.edit",
        ids=("location_id",),
    ),
    "legal_values.index": Case(),
    "legal_values.show": Case(values=lambda world: {"key": "vat.standard"}),
    "legal_values.add": Case(
        values=lambda world: {"key": "vat.standard"},
        form=lambda world: {
            "value": "22",
            "unit": "percent",
            "valid_from": f"01.01.{2100 + next(make.numbers) % 100}",
            "source": "Legea",
        },
        page="legal_values.show",
    ),
    "legal_values.withdraw": Case(
        values=lambda world: {"value_id": make.new_legal_value(world)},
        page="legal_values.index",
        ids=("value_id",),
    ),
    "ticket_statuses.index": Case(),
    "ticket_statuses.create": Case(
        form=lambda world: {"stage": "in_work", "name_ro": f"Probă {next(make.numbers)}"},
        page="ticket_statuses.index",
    ),
    "ticket_statuses.edit": Case(**STATUS),
    "ticket_statuses.save": Case(
        **STATUS,
        form=lambda world: {"name_ro": f"Altfel {next(make.numbers)}", "follows_any": "y"},
        page="ticket_statuses.edit",
    ),
    "ticket_statuses.move": Case(**STATUS, form=lambda world: {"way": "up"}, page="ticket_statuses.index"),
    "ticket_statuses.use": Case(**STATUS, form=lambda world: {"in_use": "no"}, page="ticket_statuses.index"),
    "ticket_statuses.preset": Case(form=lambda world: {"preset": "usual"}, page="ticket_statuses.index"),
    "numbers.index": Case(),
    "numbers.edit": Case(values=lambda world: {"number_kind": "catalogue_part"}),
    "numbers.preview": Case(
        values=lambda world: {"number_kind": "catalogue_part"}, query={"pattern": "P-", "width": "4"}
    ),
    "numbers.save": Case(
        values=lambda world: {"number_kind": "catalogue_part"},
        form=lambda world: {"pattern": f"P{next(make.numbers)}-", "width": "4", "first_number": "1"},
        page="numbers.edit",
    ),
    "audit.index": Case(),
    "search.index": Case(query={"q": "Vecinului"}),
}

CLIENTS = {
    "clients.index": Case(),
    "clients.new": Case(),
    "clients.create": Case(
        form=lambda world: {"kind": "person", "name": f"Client {next(make.numbers)}", "confirmed": "1"},
        page="clients.new",
    ),
    "clients.duplicates": Case(query={"name": "Vecinului"}),
    "clients.lookup": Case(query={"q": "Vecinului"}),
    "clients.show": Case(values=lambda world: {"client_id": make.new_client(world)}, ids=("client_id",)),
    "clients.edit": Case(values=lambda world: {"client_id": make.new_client(world)}, ids=("client_id",)),
    "clients.save": Case(
        values=lambda world: {"client_id": make.new_client(world)},
        form=lambda world: {"kind": "person", "name": f"Client {next(make.numbers)}", "confirmed": "1"},
        page="clients.edit",
        ids=("client_id",),
    ),
}

EQUIPMENT = {
    "equipment.index": Case(),
    "equipment.new": Case(),
    "equipment.create": Case(
        form=lambda world: {"model": "iPhone 14", "manufacturer": "Apple"}, page="equipment.new"
    ),
    "equipment.lookup": Case(query={"q": "Vecinului"}),
    "equipment.models": Case(query={"manufacturer": "Apple"}),
    "equipment.show": Case(
        values=lambda world: {"equipment_id": make.new_equipment(world)}, ids=("equipment_id",)
    ),
    "equipment.edit": Case(
        values=lambda world: {"equipment_id": make.new_equipment(world)}, ids=("equipment_id",)
    ),
    "equipment.save": Case(
        values=lambda world: {"equipment_id": make.new_equipment(world)},
        form=lambda world: {"model": "iPhone 15", "manufacturer": "Apple"},
        page="equipment.edit",
        ids=("equipment_id",),
    ),
    "equipment_labels.show": Case(
        values=lambda world: {"equipment_id": make.new_equipment(world)}, ids=("equipment_id",)
    ),
    "equipment_labels.pdf": Case(
        values=lambda world: {"equipment_id": make.new_equipment(world)}, ids=("equipment_id",)
    ),
    "custom_fields.index": Case(),
    "custom_fields.new": Case(values=lambda world: {"record_kind": "equipment"}),
    "custom_fields.create": Case(
        values=lambda world: {"record_kind": "client"},
        form=lambda world: {
            "names_ro": f"Câmp {next(make.numbers)}",
            "names_en": "",
            "kind": "choice",
            "choices_key": "",
            "choices_ro": "Roșu",
            "choices_en": "Red",
            "choices_gone": "7",
            "default": "red",
        },
        page="custom_fields.new",
    ),
    "custom_fields.preview": Case(values=lambda world: {"record_kind": "client"}),
    "custom_fields.edit": Case(values=lambda world: {"field_id": make.new_field(world)}, ids=("field_id",)),
    "custom_fields.save": Case(
        values=lambda world: {"field_id": make.new_field(world)},
        form=lambda world: {"names_ro": "Alt nume", "kind": "number", "default": "12,5", "narrowing_id": ""},
        page="custom_fields.edit",
        ids=("field_id",),
    ),
    "custom_fields.conversion": Case(
        values=lambda world: {"field_id": make.new_field(world)}, query={"kind": "number"}, ids=("field_id",)
    ),
    "custom_fields.place": Case(
        values=lambda world: {"field_id": make.new_field(world)},
        form=lambda world: {"way": "up", "at": "1"},
        page="custom_fields.index",
        ids=("field_id",),
    ),
    "custom_fields.retire": Case(
        values=lambda world: {"field_id": make.new_field(world)},
        form=lambda world: {"retired": "yes"},
        page="custom_fields.index",
        ids=("field_id",),
    ),
    "equipment_types.index": Case(),
    "equipment_types.create": Case(
        form=lambda world: {"name": f"Fel {next(make.numbers)}"}, page="equipment_types.index"
    ),
    "equipment_types.edit": Case(values=lambda world: {"type_id": make.new_type(world)}, ids=("type_id",)),
    "equipment_types.rename": Case(
        values=lambda world: {"type_id": make.new_type(world)},
        form=lambda world: {"name": f"Fel {next(make.numbers)}"},
        page="equipment_types.edit",
        ids=("type_id",),
    ),
    "equipment_types.move": Case(
        values=lambda world: {"type_id": make.new_type(world)},
        form=lambda world: {"way": "up"},
        page="equipment_types.index",
        ids=("type_id",),
    ),
    "equipment_types.offer": Case(
        values=lambda world: {"type_id": make.new_type(world)},
        form=lambda world: {"offered": "no"},
        page="equipment_types.index",
        ids=("type_id",),
    ),
}

ITEM = {"values": lambda world: {"item_id": make.new_item(world)}, "ids": ("item_id",)}
ITEM_FORM = {"kind": "labour", "name_ro": "Înlocuire ecran", "unit": "one", "price": "120", "vat_key": "zero"}

CATALOGUE = {
    "catalogue.index": Case(),
    "catalogue.new": Case(),
    "catalogue.create": Case(form=lambda world: ITEM_FORM, page="catalogue.new"),
    "catalogue.lookup": Case(query={"q": "Vecinului"}),
    "catalogue.show": Case(**ITEM),
    "catalogue.edit": Case(**ITEM),
    "catalogue.save": Case(**ITEM, form=lambda world: ITEM_FORM, page="catalogue.edit"),
    "catalogue.offer": Case(**ITEM, form=lambda world: {"offered": "no"}, page="catalogue.show"),
}

WORK = {"values": make.new_work, "ids": ("ticket_id", "work_id")}
WORK_FORM = {
    "kind": "labour", "description": "Curățare", "quantity": "1", "unit": "one", "price": "50", "vat_key": "zero",
}  # fmt: skip

WORKS = {
    "works.new": Case(values=lambda world: {"ticket_id": make.new_ticket(world)}, ids=("ticket_id",)),
    "works.create": Case(
        values=lambda world: {"ticket_id": make.new_ticket(world)},
        ids=("ticket_id",),
        form=lambda world: WORK_FORM,
        page="works.new",
    ),
    "works.undo": Case(**WORK),
    "works.reverse": Case(**WORK, form=lambda world: {"reason": "Altă fișă"}, page="works.undo"),
}

SHELF = {
    "shelf.index": Case(),
    "shelf.create": Case(form=lambda world: {"label": "C-3"}, page="shelf.index"),
    "shelf.show": Case(values=lambda world: {"place_id": make.new_place(world)}, ids=("place_id",)),
    "shelf.remove": Case(
        values=lambda world: {"place_id": make.new_place(world)}, page="shelf.show", ids=("place_id",)
    ),
}

TICKET = {"values": lambda world: {"ticket_id": make.new_ticket(world)}, "ids": ("ticket_id",)}
PAPER = {
    "values": lambda world: {"ticket_id": make.new_ticket(world), "kind": "intake"},
    "ids": ("ticket_id",),
}
INTAKE = {
    "client-kind": "person",
    "client-name": "Ana Pop",
    "equipment-manufacturer": "Apple",
    "equipment-model": "iPhone 12",
    "problem": "Nu pornește",
    "priority": "normal",
}

TICKETS = {
    "dashboard.index": Case(),
    "dashboard.alerts": Case(),
    "tickets.index": Case(query={"q": "Vecinului"}),
    "tickets.new": Case(),
    "tickets.found": Case(query={"q": "Vecinului"}),
    "tickets.devices": Case(query={"client_id": "1"}),
    "tickets.create": Case(
        form=lambda world: {**INTAKE, "location_id": make.first_location(world)}, page="tickets.new"
    ),
    "tickets.show": Case(**TICKET),
    "tickets.edit": Case(**TICKET),
    "tickets.save": Case(
        **TICKET,
        form=lambda world: {
            "problem": "Altceva",
            "priority": "high",
            "location_id": make.first_location(world),
        },
        page="tickets.edit",
    ),
    "tickets.status": Case(**TICKET),
    "tickets.change": Case(
        **TICKET, form=lambda world: {"status_id": make.next_status(world)}, page="tickets.status"
    ),
    "tickets.assign": Case(**TICKET, form=lambda world: {"assignee_id": ""}, page="tickets.show"),
    "tickets.note": Case(**TICKET, form=lambda world: {"note": "O notă"}, page="tickets.show"),
    "tickets.access_code": Case(**TICKET, page="tickets.show"),
    "tickets.unlock_code": Case(**TICKET, page="tickets.show"),
    "tickets.paper": Case(**PAPER),
    "tickets.preview": Case(**PAPER),
    "tickets.pdf": Case(**PAPER),
    "tickets.print_paper": Case(**PAPER, page="tickets.paper"),
}

SIMPLE = {
    "simple.index": Case(),
    "simple.preview": Case(values=lambda world: {"kind": "intake", "language": "ro"}),
}
