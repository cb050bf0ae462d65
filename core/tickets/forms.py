"""The forms of tickets: intake, change, status, note, filters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, Final

from flask_babel import gettext as _, lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms.validators import AnyOf

from core.clients.models import ClientKind
from core.equipment.types import TypeRow
from core.errors import InvalidInputError
from core.foundation.settings.calendar import NeverOpenError, WorkingCalendar, calendar_of
from core.foundation.settings.services import get_setting
from core.foundation.tenants.context import current_tenant
from core.foundation.ui.checks import read_id
from core.foundation.ui.formats import format_day, local, local_today
from core.foundation.ui.forms import (
    BaseForm,
    CheckField,
    ChoiceField,
    DateField,
    EmailField,
    FilterForm,
    IntegerField,
    MoneyField,
    PhoneField,
    RadioField,
    SectionForm,
    TextAreaField,
    TextField,
    TimeField,
    VersionedForm,
    VersionField,
)
from core.foundation.ui.language import current_locale, current_zone
from core.foundation.ui.parsing import moment
from core.foundation.ui.widgets import HiddenInput
from core.tickets.models import LONGEST_TEXT, Priority, Ticket, TicketStatus
from core.tickets.queries import NOBODY, People
from core.tickets.services import LONGEST_UNLOCK, TicketData
from core.tickets.stages import TURN_TITLES, Stage, Turn
from core.types import Money

#: What a term is good until on a day off when nobody says a time; on a working day it is the end of the work.
END_OF_DAY: Final = time(17)
#: The views of the list, by their name in addresses.
VIEWS: Final = {
    "open": _l("Open"),
    "mine": _l("Mine"),
    "late": _l("Late"),
    "ready": _l("Ready, not fetched"),
    "all": _l("All"),
}
#: Working days from today that a chip stands for.
QUICK_DAYS: Final = (0, 1, 3, 7)


class TicketFields(BaseForm):
    """What people say of a ticket, on intake and later alike."""

    problem = TextAreaField(
        _l("What is wrong, in the client's words"), max_length=LONGEST_TEXT, rows=3, required=True
    )
    accessories = TextAreaField(_l("Accessories received"), max_length=LONGEST_TEXT, rows=2)
    condition = TextAreaField(_l("Condition on arrival"), max_length=LONGEST_TEXT, rows=2)
    initial_findings = TextAreaField(_l("Initial findings"), max_length=LONGEST_TEXT, rows=2)
    estimate = MoneyField(_l("Estimate"), hint=_l("with VAT"))
    due_day = DateField(_l("Due"))
    due_time = TimeField(_l("Time"))
    priority = ChoiceField(_l("Priority"), blank=None)
    location_id = ChoiceField(_l("Location"), blank=None, required=True)
    assignee_id = ChoiceField(_l("Technician"), blank=_l("Whoever is free"))

    def offer(
        self, people: People, ticket: Ticket | None = None, names: Mapping[int, str] | None = None
    ) -> None:
        """Set what may be chosen; what ``ticket`` has already is offered too, by the ``names`` of users and locations."""
        known = names or {}
        self.priority.choices = [(one.value, one.label) for one in Priority]
        if self.priority.data is None and self.priority.sent is None:
            self.priority.data = Priority.NORMAL.value
        self.location_id.choices = _besides(people.locations, ticket.location_id if ticket else None, known)
        self.assignee_id.choices = _besides(people.technicians, ticket.assignee_id if ticket else None, known)
        currency = current_tenant().currency if ticket is None else ticket.currency
        if currency != self.estimate.currency:
            self.estimate.currency, self.estimate.unit = currency, currency

    def quick_days(self) -> list[tuple[str, str]]:
        """Return the days that chips stand for: what is typed for each, and what it is called."""
        today, calendar = local_today(), self.calendar
        try:
            days = [calendar.working_day(today, ahead) for ahead in QUICK_DAYS]
        except NeverOpenError:
            return []
        return [(self.due_day.present(day), _quick_name(day, today)) for day in dict.fromkeys(days)]

    def suggest_term(self) -> None:
        """Put the shop's usual term, in working days of the location, where nobody has said one."""
        days = get_setting("intake.term_days")
        if days is not None and self.due_day.data is None and self.due_day.typed is None:
            with suppress(NeverOpenError):
                self.due_day.data = self.calendar.working_day(local_today(), days)

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The working time of the location that is chosen."""
        return calendar_of(self.location_id.data)

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Tell whether what was sent can be taken, day and time together too."""
        valid = super().validate(extra_validators)
        try:
            self.due_at  # noqa: B018 - reading it refuses a time that the clocks skip
        except ValueError as error:
            self.due_time.errors = [*self.due_time.errors, str(error)]
            return False
        if self.due_time.data is not None and self.due_day.data is None and not self.due_day.errors:
            self.due_day.errors = [_("Say on which day.")]
            return False
        return valid

    @property
    def due_at(self) -> datetime | None:
        """The term as a moment.

        :raises ValueError: the clocks skip that time.
        """
        if self.due_day.data is None or self.due_day.errors or self.due_time.errors:
            return None
        at = self.due_time.data
        if at is None:
            at = self.calendar.closing_time(self.due_day.data) or END_OF_DAY
        return moment(self.due_day.data, at, zone=current_zone())

    @property
    def ticket_data(self) -> TicketData:
        """What was said, as the services take it."""
        estimate = self.estimate.data
        return TicketData(
            problem=self.problem.data,
            accessories=self.accessories.data,
            condition=self.condition.data,
            initial_findings=self.initial_findings.data,
            estimate=None if estimate is None else Money(estimate, self.estimate.currency),
            due_at=self.due_at,
            priority=Priority(self.priority.data or Priority.NORMAL),
            location_id=self.location_id.data,
            assignee_id=self.assignee_id.data,
        )

    def add_errors(self, errors: Mapping[str, Sequence[object]]) -> None:
        """Put the messages beside their fields; the term has two."""
        super().add_errors({"due_day" if name == "due_at" else name: texts for name, texts in errors.items()})


def _besides(
    choices: Sequence[tuple[int, str]], kept: int | None, names: Mapping[int, str]
) -> list[tuple[int, str]]:
    """Return ``choices`` and, in front of them, the one that the ticket has although it is offered no longer."""
    if kept is None or any(value == kept for value, _label in choices):
        return list(choices)
    return [(kept, names.get(kept, f"#{kept}")), *choices]


def _quick_name(day: date, today: date) -> str:
    name = format_day(day, locale=current_locale(), today=today)
    return name[:1].upper() + name[1:]


class NewClientForm(SectionForm):
    """A client that the shop does not know yet."""

    kind = RadioField(_l("Kind"))
    name = TextField(_l("Name"), max_length=200, required=True)
    phone = PhoneField(_l("Phone"))
    email = EmailField(_l("E-mail"))
    tax_id = TextField(_l("Tax code"), max_length=40, hint=_l("of a company"))

    def offer(self) -> None:
        """Set what may be chosen."""
        self.kind.choices = [(kind.value, kind.label) for kind in ClientKind]
        if self.kind.data is None and self.kind.sent is None:
            self.kind.data = ClientKind.PERSON.value


class NewEquipmentForm(SectionForm):
    """A device that the shop does not know yet."""

    type_id = ChoiceField(_l("Type"))
    manufacturer = TextField(_l("Manufacturer"), max_length=100)
    model = TextField(_l("Model"), max_length=100)
    variant = TextField(_l("Variant"), max_length=100, hint=_l("capacity, colour"))
    unique_id = TextField(
        _l("Unique ID: serial or IMEI"),
        max_length=60,
        hint=_l("generated if empty"),
        render_kw={"data-scan": True, "autocapitalize": "characters", "spellcheck": "false"},
    )

    def offer(self, types: Sequence[TypeRow]) -> None:
        """Set what may be chosen."""
        self.type_id.choices = [(one.id, one.name) for one in types]


class IntakeForm(TicketFields):
    """The intake: who, what, what is wrong, what is agreed. Its client and device stand in two forms of their own."""

    q = TextField(_l("Phone, name, serial or IMEI"), render_kw={"type": "search", "spellcheck": "false"})
    client_id = IntegerField(_l("Client"), least=1)
    equipment_id = IntegerField(_l("Device"), least=1)
    unlock_code = TextField(
        _l("Unlock code"),
        max_length=LONGEST_UNLOCK,
        hint=_l("encrypted"),
        render_kw={"type": "password", "autocomplete": "off", "spellcheck": "false"},
    )


class TicketForm(VersionedForm, TicketFields):
    """A change of what is said of a ticket."""

    unlock_code = TextField(
        _l("Another unlock code"),
        max_length=LONGEST_UNLOCK,
        hint=_l("encrypted; empty keeps the one there is"),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    forget_unlock_code = CheckField(_l("Forget the unlock code"))

    def fill(self, ticket: Ticket) -> None:
        """Show what is said of ``ticket`` now."""
        due = None if ticket.due_at is None else local(ticket.due_at, current_zone())
        self.process(
            formdata=None,
            version=ticket.version,
            problem=ticket.problem,
            accessories=ticket.accessories,
            condition=ticket.condition,
            initial_findings=ticket.initial_findings,
            estimate=ticket.estimate,
            due_day=None if due is None else due.date(),
            due_time=None if due is None else due.time().replace(second=0, microsecond=0, tzinfo=None),
            priority=ticket.priority.value,
            location_id=ticket.location_id,
            assignee_id=ticket.assignee_id,
        )

    def shown(self) -> dict[str, str]:
        """Return what every control shows, by field, as people read it."""
        return {name: told for name, told in super().shown().items() if name not in _UNSHOWN}


_UNSHOWN: Final = frozenset({"unlock_code", "forget_unlock_code"})


class StatusForm(BaseForm):
    """A change of status; ``from_id`` is the status that the form was shown with."""

    from_id = VersionField()
    status_id = RadioField(_l("New status"), required=True)
    note = TextAreaField(
        _l("Remark"), id="remark", max_length=LONGEST_TEXT, rows=2, hint=_l("goes into the history")
    )

    def take_any(self) -> None:
        """Let any id be chosen: whether its status may follow is asked where the ticket is locked."""
        sent = [read_id(text) for text in self.status_id.sent or ()]
        self.status_id.choices = [(number, "") for number in sent if number is not None]

    def offer(self, statuses: Sequence[TicketStatus], language: str) -> None:
        """Set the statuses that may follow."""
        self.status_id.choices = [(status.id, status.title(language)) for status in statuses]


class NoteForm(BaseForm):
    """A note in the timeline."""

    note = TextAreaField(_l("New note"), max_length=LONGEST_TEXT, rows=2, required=True)


class AssignForm(BaseForm):
    """Who works on a ticket."""

    assignee_id = ChoiceField(_l("Technician"), blank=_l("Whoever is free"))


class ViewField(TextField):
    """The name of a view; it stays while other filters change."""

    kind = "hidden"
    widget = HiddenInput()  # type: ignore[assignment]  # widgets of WTForms share no base


class SubjectField(IntegerField):
    """The client or the device whose tickets are listed; it stays while other filters change."""

    kind = "hidden"
    widget = HiddenInput()  # type: ignore[assignment]  # widgets of WTForms share no base


class TicketFilter(FilterForm):
    """The filters of the list."""

    view = ViewField(validators=[AnyOf(VIEWS)])
    q = TextField(_l("Number, client, phone, device"))
    stage = RadioField(_l("Stage"), blank=_l("Every stage"))
    turn = RadioField(_l("Whose turn"), blank=_l("Everybody"))
    location = RadioField(_l("Location"), blank=_l("Every location"))
    assignee = RadioField(_l("Technician"), blank=_l("Everybody"))
    client = SubjectField(_l("Client"), least=1)
    equipment = SubjectField(_l("Device"), least=1)

    def __init__(self, args: MultiDict[str, str], people: People) -> None:
        """Read ``args``; locations and technicians are chosen from ``people``."""
        self._people = people
        super().__init__(args)

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Offer what may be chosen, then look at what was."""
        self.stage.choices = [(stage.value, stage.label) for stage in Stage]
        self.turn.choices = [(turn.value, TURN_TITLES[turn]) for turn in Turn]
        self.location.choices = self._people.locations
        self.assignee.choices = [(NOBODY, _("Nobody")), *self._people.technicians]
        return super().validate(extra_validators)


def part_errors(error: InvalidInputError, part: str) -> dict[str, list[object]]:
    """Return the messages of ``error`` that concern a part of a form, by the names inside it."""
    return {
        name.removeprefix(f"{part}."): texts
        for name, texts in error.errors.items()
        if name.startswith(f"{part}.")
    }


def other_errors(error: InvalidInputError, parts: Sequence[str]) -> Iterator[tuple[str, list[object]]]:
    """Yield the messages of ``error`` that concern none of ``parts``."""
    for name, texts in error.errors.items():
        if name.partition(".")[0] not in parts or "." not in name:
            yield name, texts
