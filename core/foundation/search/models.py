"""The one narrow table that search reads, whatever the record is."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Index, Integer, String, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model


class SearchEntry(Model):
    """What one record is found by.

    SQLite has a full-text table of grams beside it, ``search_gram``; PostgreSQL has an index over the column ``grams``. Migration 0006
    makes them; ``put_entry`` and ``remove_entry`` alone write here.
    """

    __tablename__ = "search_entry"
    __table_args__ = (Index(None, "position"),)
    __audited__ = False
    __unaudited_because__ = "it repeats what the record itself says"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    record_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    #: Kind, moment and a tie-breaker in one number (``core.foundation.search.entries``): within a kind the newest is the largest.
    position: Mapped[int] = mapped_column(BigInteger)
    #: Folded words, each behind a blank, behind two where its beginning alone finds it; whole codes end with ``|``.
    text: Mapped[str] = mapped_column(Text)
    #: On PostgreSQL the grams of the text as whole numbers (``core.foundation.search.grams``); empty on SQLite.
    grams: Mapped[list[int] | None] = mapped_column(Text().with_variant(ARRAY(Integer), "postgresql"))


#: The same as a table, for statements without objects.
ENTRY: Final[Table] = SearchEntry.__table__  # type: ignore[assignment] # a model's table is a Table
