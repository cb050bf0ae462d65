"""What the shelf adds to the pages of others."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from tests.shelf.models import Place
from workmanager import (
    Alert,
    DomainError,
    FormSection,
    Merging,
    MovingColumn,
    NavItem,
    Panel,
    RecordNames,
    SectionForm,
    Stage,
    Tenant,
    TextField,
    Ticket,
    TicketStatus,
    hookimpl,
    names_in,
    session,
)


class PlaceForm(SectionForm):
    """Where the device is put."""

    label = TextField("Place on the shelf", max_length=40)


def make_form(ticket: Ticket | None) -> PlaceForm:
    return PlaceForm(prefix="shelf-")


def save_form(ticket: Ticket, form: Any) -> None:
    if form.label.data == "full":
        raise DomainError("The shelf is full.")
    if form.label.data:
        session().add(Place(label=form.label.data, ticket_id=ticket.id))


@hookimpl
def nav_items() -> Sequence[NavItem]:
    """Lead to the shelf."""
    return (NavItem("Shelf", "shelf.index", "box-seam", "shelf.place:view", "manage"),)


@hookimpl
def form_sections(form: str) -> Sequence[FormSection]:
    """Ask at intake where the device is put."""
    if form != "intake":
        return ()
    return (FormSection("shelf", "Shelf", "shelf/_place.html", make_form, save_form, "shelf.place:edit"),)


@hookimpl
def ticket_panels(ticket: Ticket) -> Sequence[Panel]:
    """Show where the device lies."""
    labels = session().scalars(select(Place.label).where(Place.ticket_id == ticket.id)).all()
    return (Panel("shelf", "Shelf", "shelf/_panel.html", {"labels": labels}, "shelf.place:view"),)


@hookimpl
def dashboard_cards() -> Sequence[Panel]:
    """Count what lies on the shelf."""
    count = session().scalar(select(func.count()).select_from(Place))
    return (Panel("shelf", "On the shelf", "shelf/_panel.html", {"labels": [count]}, "shelf.place:view"),)


@hookimpl
def alerts() -> Sequence[Alert]:
    """Say that the shelf wants dusting."""
    return (Alert("Dust the shelf", "/shelf/"),)


@hookimpl
def ticket_status_changing(ticket: Ticket, to: TicketStatus) -> None:
    """Refuse to hand over what still lies on the shelf."""
    if (
        to.stage is Stage.RETURNED
        and session().scalars(select(Place).where(Place.ticket_id == ticket.id)).first()
    ):
        raise DomainError("The device still lies on the shelf.")


@hookimpl
def plugin_enabled(tenant: Tenant, plugin: str) -> None:
    """Start with one place."""
    if plugin == "shelf" and session().scalars(select(Place)).first() is None:
        session().add(Place(label="A-1"))


@hookimpl
def record_names() -> Sequence[RecordNames]:
    """Call a place by its label."""
    return (RecordNames("shelf_place", names_in(Place.id, Place.label)),)


@hookimpl
def records_merging(merging: Merging) -> Sequence[MovingColumn]:
    """Keep a place for whoever its client is merged into."""
    if merging.entity != "client":
        return ()
    return (MovingColumn(Place.client_id, told=lambda num: f"{num} places"),)
