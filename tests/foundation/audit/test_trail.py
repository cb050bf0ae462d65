from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from core.db import AUDITED, Model, session, unit_of_work
from core.errors import BulkWriteError, ProgrammingError
from core.foundation.accounts.identity import acting_as
from core.foundation.audit.models import AuditEntry
from core.foundation.audit.plans import HIDDEN, audited_models, plan_of
from core.foundation.audit.services import audit_trail, record_change
from core.testing import QueryRecorder, Shop
from tests.foundation.audit.samples import Box, Colour, Lid, Note, SampleModel, Tag

pytestmark = pytest.mark.both_databases


@pytest.fixture
def box(sample_shop: Shop) -> Iterator[int]:
    """Keep a box in the shop and give its id."""
    with sample_shop.context():
        with unit_of_work() as current:
            made = Box(name="Cutie", pin="1234", colour=Colour.RED, weight=Decimal("1.250"))
            current.add(made)
            current.flush()
        yield made.id


def entries(entity: str, entity_id: int) -> list[Row[Any]]:
    """Return the trail of a record, oldest first."""
    return list(reversed(session().execute(audit_trail(entity, entity_id)).all()))


def test_what_is_added_leaves_its_values(box: int) -> None:
    (entry,) = entries("sample_box", box)
    assert (entry.action, entry.label, entry.actor_id, entry.actor_name) == (
        "create",
        "Cutie",
        None,
        "system",
    )
    assert entry.changes == {
        "name": [None, "Cutie"],
        "pin": [None, HIDDEN],
        "colour": [None, "red"],
        "weight": [None, "1.250"],
    }


def test_a_change_leaves_before_and_after_of_what_changed_alone(box: int) -> None:
    moment = datetime(2026, 11, 24, 10, tzinfo=UTC)
    with unit_of_work() as current:
        found = current.get_one(Box, box)
        found.name, found.due_at, found.facts = "Ladă", moment, {"a": [1, 2]}
        found.weight = Decimal("1.25")
        found.colour = Colour.BLUE
    assert entries("sample_box", box)[-1].changes == {
        "name": ["Cutie", "Ladă"],
        "due_at": [None, moment.isoformat()],
        "facts": [None, {"a": [1, 2]}],
        "colour": ["red", "blue"],
    }


def test_secrets_and_bytes_are_never_written_down(box: int) -> None:
    with unit_of_work() as current:
        found = current.get_one(Box, box)
        found.pin, found.blob = "9876", b"\x01canary"
    with unit_of_work() as current:
        current.get_one(Box, box).pin = None
    changes = [entry.changes for entry in entries("sample_box", box)]
    assert changes[1:] == [{"pin": [HIDDEN, HIDDEN], "blob": [None, HIDDEN]}, {"pin": [HIDDEN, None]}]
    written = str(session().scalars(select(AuditEntry.changes)).all())
    assert "9876" not in written
    assert "canary" not in written


def test_a_value_that_was_never_loaded_is_read_before_it_is_lost(box: int) -> None:
    with unit_of_work() as current:
        found = current.get_one(Box, box)
        current.expire(found, ["name"])
        found.name = "Ladă"
    assert entries("sample_box", box)[-1].changes == {"name": ["Cutie", "Ladă"]}


def test_a_change_that_changes_nothing_leaves_nothing(box: int) -> None:
    with unit_of_work() as current:
        found = current.get_one(Box, box)
        found.name, found.folded = "Cutie", "cutie"
    assert len(entries("sample_box", box)) == 1


def test_what_is_deleted_leaves_all_that_it_was(box: int) -> None:
    with unit_of_work() as current:
        found = current.get_one(Box, box)
        current.expire(found, ["colour"])
        current.delete(found)
    last = entries("sample_box", box)[-1]
    assert (last.action, last.label) == ("delete", "Cutie")
    assert last.changes["name"] == ["Cutie", None]
    assert last.changes["pin"] == [HIDDEN, None]
    assert last.changes["colour"] == ["red", None]


def test_a_part_that_its_owner_lets_go_of_leaves_a_trace(box: int) -> None:
    with unit_of_work() as current:
        lid = Lid()
        current.get_one(Box, box).lids.append(lid)
        current.flush()
        number = lid.id
    with unit_of_work() as current:
        current.get_one(Box, box).lids.clear()
    added, removed = entries("sample_lid", number)
    assert (added.action, added.label, added.changes) == ("create", f"lid of {box}", {"box_id": [None, box]})
    assert (removed.action, removed.changes) == ("delete", {"box_id": [box, None]})


def test_a_link_through_a_table_without_a_model_leaves_a_trace(box: int) -> None:
    with unit_of_work() as current:
        tag = Tag(name="fragil")
        current.get_one(Box, box).tags.append(tag)
    with unit_of_work() as current:
        current.get_one(Box, box).tags.clear()
    assert [entry.changes for entry in entries("sample_box", box)[1:]] == [
        {"tags": [[], [tag.id]]},
        {"tags": [[tag.id], []]},
    ]


def test_what_is_rolled_back_leaves_nothing(box: int) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work() as current:
        current.get_one(Box, box).name = "Ladă"
        current.flush()
        _ = 1 / 0
    assert len(entries("sample_box", box)) == 1


def test_a_flush_that_failed_leaves_nothing_to_the_next(box: int) -> None:
    with unit_of_work() as current:
        with pytest.raises(IntegrityError), current.begin_nested():
            current.get_one(Box, box).name = "Ladă"
            current.add(Box())
            current.flush()
        current.add(Note(text="x"))
    assert len(entries("sample_box", box)) == 1


def test_the_actor_is_whoever_acts(box: int) -> None:
    with acting_as("import", user_id=7), unit_of_work() as current:
        current.get_one(Box, box).name = "Ladă"
    last = entries("sample_box", box)[-1]
    assert (last.actor_id, last.actor_name) == (7, "import")


def test_what_opts_out_leaves_no_entry(sample_shop: Shop) -> None:
    with sample_shop.context():
        with unit_of_work() as current:
            current.add(Note(text="nobody asks"))
        assert not session().scalar(select(func.count()).where(AuditEntry.entity == "sample_note"))


def test_opting_out_needs_a_reason() -> None:
    class Silent(SampleModel):
        __abstract__ = True
        __audited__ = False

    with pytest.raises(ProgrammingError, match="Silent"):
        plan_of(Silent)


def test_every_model_is_recorded_or_says_why_not(shop: Shop) -> None:
    del shop
    recorded = audited_models()
    assert {"setting", "location", "number_series"} <= set(recorded)
    assert all(table in Model.metadata.tables for table in recorded)


def test_a_bulk_statement_is_refused_unless_it_leaves_its_own_trace(box: int) -> None:
    statement = update(Box).where(Box.id == box).values(name="Ladă")
    with pytest.raises(BulkWriteError), unit_of_work() as current:
        current.execute(statement)
    with pytest.raises(BulkWriteError), unit_of_work() as current:
        current.execute(delete(Box))
    with unit_of_work() as current:
        current.execute(statement, execution_options={AUDITED: True})
        record_change("sample_box", box, "change", changes={"name": ("Cutie", "Ladă")}, label="Ladă")
    last = entries("sample_box", box)[-1]
    assert (last.action, last.label, last.changes) == ("change", "Ladă", {"name": ["Cutie", "Ladă"]})


def test_the_entries_of_a_flush_are_one_statement(sample_shop: Shop, query_recorder: QueryRecorder) -> None:
    with sample_shop.context(), query_recorder.recording() as statements, unit_of_work() as current:
        current.add_all(Box(name=f"Cutia {number}") for number in range(20))
    assert sum("audit_entry" in statement for statement in statements) == 1
