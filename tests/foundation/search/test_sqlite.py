from datetime import UTC, datetime

from sqlalchemy import select, text
from sqlalchemy.dialects import sqlite

from core.db import session, unit_of_work
from core.foundation.search.models import SearchEntry
from core.foundation.search.services import matching, put_entry
from core.testing import Shop
from core.tickets.models import Ticket

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_the_filter_of_a_list_asks_the_full_text_table_once_and_not_for_each_record(shop: Shop) -> None:
    with shop.context():
        with unit_of_work():
            for number in range(1, 40):
                put_entry("ticket", number, at=NOON, numbers=[f"CJ-{number:06}"])
        found = matching("0" * 200, "ticket")
        assert found is not None
        statement = (
            select(Ticket.id).where(Ticket.id.in_(found)).order_by(Ticket.opened_at.desc(), Ticket.id.desc())
        )
        asked = statement.limit(26).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
        plan = [
            row.detail
            for row in session().execute(
                text(f"EXPLAIN QUERY PLAN {asked}"), bind_arguments={"mapper": SearchEntry}
            )
        ]
    full_text = next(place for place, step in enumerate(plan) if "VIRTUAL TABLE" in step)
    entries = next(place for place, step in enumerate(plan) if SearchEntry.__tablename__ in step)
    assert full_text < entries, plan
    assert "position=?" in plan[entries], plan
