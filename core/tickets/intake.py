"""The intake screen as one value: its form and the forms inside it, what the search found, what the foot repeats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import flask

from core.clients.lookup import ClientPick, picks_of
from core.clients.models import Client
from core.db import session
from core.equipment.errors import KnownEquipmentError
from core.equipment.lookup import (
    EquipmentPick,
    IntakePick,
    devices_of,
    intake_picks,
    picks_of_devices,
)
from core.equipment.models import Equipment
from core.equipment.types import list_types
from core.errors import DomainError, InvalidInputError
from core.foundation.accounts import CurrentUser
from core.foundation.settings.models import Location
from core.foundation.tenants.context import hooks
from core.foundation.ui.forms import BaseForm, Problem
from core.foundation.ui.sections import Section, read_sections
from core.foundation.ui.values import SectionForm
from core.tickets.forms import IntakeForm, NewClientForm, NewEquipmentForm, other_errors, part_errors
from core.tickets.models import Ticket
from core.tickets.queries import find_people
from core.tickets.services import ClientData, EquipmentData

#: Where this browser took in last: the key in its signed cookie.
LAST_PLACE = "intake_location"
#: Letters or digits from which on the only client found is the one that is meant.
TELLING = 4
#: Parts of the form that are forms of their own.
PARTS = ("client", "equipment")


@dataclass(slots=True)
class Found:
    """What the search found: clients to choose from, and the devices of the one that is chosen."""

    clients: Sequence[ClientPick] = ()
    devices: Sequence[EquipmentPick] = ()
    client_id: int | None = None
    equipment_id: int | None = None
    #: Whether anything was asked for: nothing found is worth saying only then.
    asked: str = ""

    @property
    def device(self) -> EquipmentPick | None:
        """The device that is chosen."""
        return next((device for device in self.devices if device.id == self.equipment_id), None)

    @property
    def client(self) -> ClientPick | None:
        """The client that is chosen."""
        return next((client for client in self.clients if client.id == self.client_id), None)


@dataclass
class Intake:
    """The forms of one intake."""

    form: IntakeForm
    sections: list[Section] = field(default_factory=list)
    #: What a new client and a new device are asked besides.
    client_sections: list[Section] = field(default_factory=list)
    equipment_sections: list[Section] = field(default_factory=list)
    found: Found = field(default_factory=Found)

    @cached_property
    def client(self) -> NewClientForm:
        """The part for a client whom the shop does not know; made when it is asked for, which a known one never does."""
        form = NewClientForm(prefix="client-")
        form.offer()
        return form

    @cached_property
    def equipment(self) -> NewEquipmentForm:
        """The part for a device that the shop does not know."""
        form = NewEquipmentForm(prefix="equipment-")
        form.offer(list_types())
        return form

    @property
    def is_find(self) -> bool:
        """Whether the button of the search was pressed: nothing is to be saved."""
        return "find" in flask.request.form

    def validate(self) -> bool:
        """Tell whether everything that was sent can be taken; all parts say what is wrong with them."""
        parts: list[SectionForm] = [self.form]
        if self.form.client_id.data is None:
            parts.append(self.client)
        if self.form.equipment_id.data is None:
            parts.append(self.equipment)
        parts += [section.form for section in self._asked_sections()]
        verdicts = [part.validate() for part in parts]
        return all(verdicts)

    def refuse(self, error: DomainError) -> None:
        """Show what the services refused beside the fields that it concerns."""
        if isinstance(error, InvalidInputError) and error.errors:
            self.client.add_errors(part_errors(error, "client"))
            self.equipment.add_errors(part_errors(error, "equipment"))
            self.form.add_errors(dict(other_errors(error, PARTS)))
        else:
            self.form.refuse(error)
        if isinstance(error.__cause__, KnownEquipmentError):
            self.offer_device(error.__cause__.equipment_id)

    def offer_device(self, equipment_id: int) -> None:
        """Offer a device that was typed as a new one and is known already, first of all."""
        known = [device for device in self.found.devices if device.id != equipment_id]
        self.found.devices = [*picks_of_devices([equipment_id]), *known]

    @property
    def who(self) -> int | ClientData:
        """The client: an id, or the data of a new one."""
        if self.form.client_id.data is not None:
            return int(self.form.client_id.data)
        return ClientData(
            kind=self.client.kind.data or "person",
            name=self.client.name.data,
            phone=self.client.phone.data or "",
            email=self.client.email.data,
            tax_id=self.client.tax_id.data,
        )

    @property
    def what(self) -> int | EquipmentData:
        """The device: an id, or the data of a new one."""
        if self.form.equipment_id.data is not None:
            return int(self.form.equipment_id.data)
        return EquipmentData(
            unique_id=self.equipment.unique_id.data,
            type_id=self.equipment.type_id.data,
            manufacturer=self.equipment.manufacturer.data,
            model=self.equipment.model.data,
            variant=self.equipment.variant.data,
        )

    def _asked_sections(self) -> list[Section]:
        """Return the sections that count: a known client is not asked what a new one is."""
        client = self.client_sections if self.form.client_id.data is None else []
        equipment = self.equipment_sections if self.form.equipment_id.data is None else []
        return [*client, *equipment, *self.sections]

    def save_sections(self, ticket: Ticket) -> None:
        """Save what plugins and the shop asked for, in the unit of work that opens ``ticket``."""
        for section in self._asked_sections():
            subject: object = ticket
            if section in self.client_sections:
                subject = session().get_one(Client, ticket.client_id)
            elif section in self.equipment_sections:
                subject = session().get_one(Equipment, ticket.equipment_id)
            section.spec.save(subject, section.form)

    #: A new ticket overtakes nobody.
    in_conflict = False

    @property
    def error_summary(self) -> list[Problem]:
        """The errors of all parts, in the order of the screen."""
        parts = [self.client, self.equipment, self.form]
        parts += [section.form for section in self._asked_sections() if isinstance(section.form, BaseForm)]
        return [problem for part in parts for problem in part.error_summary]


def read_intake(user: CurrentUser) -> Intake:
    """Return the intake of this request: empty, or as it was sent."""
    form = IntakeForm()
    form.offer(find_people(user))
    intake = Intake(form)
    intake.sections = read_sections(hooks().form_sections(form="intake"), user.can, None)
    intake.client_sections = read_sections(hooks().form_sections(form="intake_client"), user.can, None)
    intake.equipment_sections = read_sections(hooks().form_sections(form="intake_equipment"), user.can, None)
    places = [value for value, _label in form.location_id.choices]
    if form.location_id.data is None and form.location_id.sent is None and places:
        last = flask.session.get(LAST_PLACE)
        form.location_id.data = last if last in places else places[0]
    form.suggest_term()
    if user.own_tickets_only and form.assignee_id.data is None and form.assignee_id.sent is None:
        form.assignee_id.data = user.id
    return intake


def look_up(
    text: str, *, client_id: int | None = None, equipment_id: int | None = None, alone: bool = False
) -> Found:
    """Return what ``text`` finds, with the client and the device that are chosen already.

    A device that was typed or scanned whole is chosen by that, and with it its owner.

    :param alone: Choose the only client that a text of some letters finds, too.
    """
    picks = intake_picks(text) if text.strip() else []
    if client_id is None and equipment_id is None:
        client_id, equipment_id = _found_whole(picks)
        if client_id is None and alone and len(picks) == 1 and len(text.strip()) >= TELLING:
            client_id = picks[0].client.id
    clients = [pick.client for pick in picks]
    if client_id is not None and all(client.id != client_id for client in clients):
        clients = [*picks_of([client_id]), *clients]
    devices: Sequence[EquipmentPick] = ()
    if client_id is not None:
        devices = devices_of([client_id]).get(client_id, ())
    if equipment_id is not None and all(device.id != equipment_id for device in devices):
        devices = [*picks_of_devices([equipment_id]), *devices]
    return Found(clients, devices, client_id, equipment_id, text.strip())


def _found_whole(picks: Sequence[IntakePick]) -> tuple[int | None, int | None]:
    for pick in picks:
        if pick.found_id is not None:
            return pick.client.id, pick.found_id
    return None, None


def remember_place(location_id: int) -> None:
    """Offer this location first at the next intake of this browser."""
    flask.session[LAST_PLACE] = location_id


def place_name(location_id: int) -> str:
    """Return the name of a location."""
    return session().get_one(Location, location_id).name
