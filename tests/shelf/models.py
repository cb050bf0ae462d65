"""Places on the shelf, and which device lies where."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from workmanager import Model


class Place(Model):
    """A place with a label, the ticket whose device lies there, and the client it is kept for."""

    __tablename__ = "shelf_place"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(40))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"), index=True)
