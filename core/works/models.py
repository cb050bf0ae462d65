"""Works: labour and parts on a ticket, a ledger of lines that are never changed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from core.catalogue.models import ItemKind, Unit
from core.db import Model
from core.errors import ProgrammingError
from core.types import Quantity, Rate, UtcDateTime, now, one_of


class Work(Model):
    """A line of labour or of a part on a ticket (R37-R40, R91).

    Nothing of it is ever changed: what was wrong is taken back by a second row with the opposite quantity, and both stay.
    """

    __tablename__ = "work"
    __title__ = _l("Work")
    __audit_label__ = "description"
    __derived_columns__ = frozenset({"translations", "entered_by_name"})
    __table_args__ = (
        Index(None, "ticket_id", "id"),
        Index(None, "worker_id", "done_at", "id"),
        Index(None, "catalogue_item_id", "id"),
        Index(None, "entered_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), info={"title": _l("Ticket")})
    kind: Mapped[ItemKind] = mapped_column(one_of(ItemKind), info={"title": _l("Kind")})
    #: What it was taken from; ``None`` for a line of its own.
    catalogue_item_id: Mapped[int | None] = mapped_column(
        ForeignKey("catalogue_item.id"), info={"title": _l("Catalogue item")}
    )
    #: The code that the item had on that day.
    code: Mapped[str] = mapped_column(String(40), default="", info={"title": _l("Code")})
    description: Mapped[str] = mapped_column(String(200), info={"title": _l("Description")})
    #: The same by language, where it is the name of a catalogue item: papers speak the client's language (X13).
    translations: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    #: Less than nothing in a row that takes another back.
    quantity: Mapped[Decimal] = mapped_column(Quantity(), info={"title": _l("Quantity")})
    unit: Mapped[Unit] = mapped_column(one_of(Unit), info={"title": _l("Unit")})
    #: Of one unit, without VAT, in the smallest unit of ``currency``; ``None`` where nobody said.
    cost_minor: Mapped[int | None] = mapped_column(BigInteger, info={"title": _l("Cost")})
    #: Of one unit, VAT included.
    price_minor: Mapped[int] = mapped_column(BigInteger, info={"title": _l("Price")})
    currency: Mapped[str] = mapped_column(String(3), info={"title": _l("Currency")})
    vat_key: Mapped[str] = mapped_column(String(40), info={"title": _l("VAT")})
    #: In percent, as it was on the day of ``done_at``.
    vat_rate: Mapped[Decimal] = mapped_column(Rate(), info={"title": _l("VAT rate")})
    guarantee_months: Mapped[int | None] = mapped_column(info={"title": _l("Guarantee, months")})
    #: Who did it; ``None`` where nobody of the shop did, as with a part that was handed over.
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), info={"title": _l("Technician")})
    done_at: Mapped[datetime] = mapped_column(UtcDateTime, info={"title": _l("Done at")})
    #: Who wrote it down, and when: the program's own word, nobody types it.
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), info={"title": _l("Entered by")})
    entered_by_name: Mapped[str] = mapped_column(String(200))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    #: The work that this row takes back.
    reverses_id: Mapped[int | None] = mapped_column(
        ForeignKey("work.id"), unique=True, info={"title": _l("Takes back")}
    )
    #: Why it takes it back.
    reason: Mapped[str] = mapped_column(Text, default="", info={"title": _l("Reason")})

    @property
    def is_reversal(self) -> bool:
        """Whether this row takes another back."""
        return self.reverses_id is not None


@event.listens_for(Work, "before_update")
@event.listens_for(Work, "before_delete")
def _refuse_changes(_mapper: Any, _connection: Any, work: Work) -> None:  # noqa: ANN401 - SQLAlchemy's own
    """Refuse to change a row of the ledger.

    :raises ProgrammingError: always; a work is taken back by ``reverse_work``.
    """
    msg = f"work {work.id} is a row of a ledger: it is reversed, never changed"
    raise ProgrammingError(msg)
