from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from core.engines import Placement
from core.errors import MigrationError
from core.migrate import Owner, standings, upgrade

REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {down!r}


def upgrade():
    {body}
"""


def revise(folder: Path, revision: str, body: str) -> None:
    versions = folder / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    number = int(revision)
    down = f"{number - 1:04}" if number > 1 else None
    text = REVISION.format(revision=revision, down=down, body=body)
    (versions / f"{revision}_step.py").write_text(text, encoding="utf-8")


def make(table: str) -> str:
    return f'op.create_table("{table}", sa.Column("id", sa.Integer, primary_key=True))'


@pytest.fixture
def placement(tmp_path: Path) -> Placement:
    return Placement.sqlite(tmp_path / "data.db")


def tables(placement: Placement) -> set[str]:
    return set(inspect(create_engine(placement.url)).get_table_names())


def test_each_owner_has_a_version_table_of_its_own(tmp_path: Path, placement: Placement) -> None:
    revise(tmp_path / "core", "0001", make("ground"))
    revise(tmp_path / "extra", "0001", make("extra_one"))
    revise(tmp_path / "extra", "0002", make("extra_two"))
    upgrade(placement, [Owner("core", tmp_path / "core"), Owner("extra", tmp_path / "extra")])
    assert tables(placement) == {
        "alembic_version_core",
        "alembic_version_extra",
        "ground",
        "extra_one",
        "extra_two",
    }


def test_an_owner_that_is_uninstalled_does_not_stop_the_others(tmp_path: Path, placement: Placement) -> None:
    revise(tmp_path / "core", "0001", make("ground"))
    revise(tmp_path / "extra", "0001", make("extra_one"))
    core = Owner("core", tmp_path / "core")
    upgrade(placement, [core, Owner("extra", tmp_path / "extra")])
    revise(tmp_path / "later", "0001", make("later"))
    upgrade(placement, [Owner("later", tmp_path / "later")])
    assert {"extra_one", "later"} <= tables(placement)


def test_a_failing_revision_leaves_nothing_of_itself_and_the_next_run_goes_on(
    tmp_path: Path, placement: Placement
) -> None:
    folder = tmp_path / "core"
    revise(folder, "0001", make("first"))
    revise(folder, "0002", make("second") + "; op.execute('SELECT broken FROM nowhere')")
    done: list[str] = []
    with pytest.raises(MigrationError, match="after 0001"):
        upgrade(placement, [Owner("core", folder)], progress=lambda owner, revision: done.append(revision))
    assert done == ["0001"]
    assert "second" not in tables(placement)
    revise(folder, "0002", make("second"))
    upgrade(placement, [Owner("core", folder)], progress=lambda owner, revision: done.append(revision))
    assert done == ["0001", "0002"]
    assert "second" in tables(placement)


def test_standing_tells_who_is_behind_without_running_anything(tmp_path: Path, placement: Placement) -> None:
    revise(tmp_path / "core", "0001", make("ground"))
    upgrade(placement, [Owner("core", tmp_path / "core")])
    revise(tmp_path / "newer", "0001", make("ground"))
    revise(tmp_path / "newer", "0002", make("more"))
    with create_engine(placement.url).connect() as connection:
        (current,) = standings(connection, [Owner("core", tmp_path / "core")])
        (behind,) = standings(connection, [Owner("core", tmp_path / "newer")])
        (absent,) = standings(connection, [Owner("other", tmp_path / "core")])
    assert (current.is_behind, behind.is_behind, absent.current) == (False, True, None)


def test_a_revision_that_rebuilds_a_parent_keeps_its_children(tmp_path: Path, placement: Placement) -> None:
    folder = tmp_path / "core"
    revise(
        folder,
        "0001",
        'op.create_table("parent", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer));'
        'op.create_table("child", sa.Column("id", sa.Integer, primary_key=True),'
        ' sa.Column("parent_id", sa.Integer, sa.ForeignKey("parent.id", ondelete="CASCADE")));'
        "op.execute('INSERT INTO parent VALUES (1, 1)'); op.execute('INSERT INTO child VALUES (1, 1)')",
    )
    upgrade(placement, [Owner("core", folder)])
    revise(
        folder,
        "0002",
        'batch = op.batch_alter_table("parent"); table = batch.__enter__(); table.drop_column("a");'
        " batch.__exit__(None, None, None)",
    )
    upgrade(placement, [Owner("core", folder)])
    with create_engine(placement.url).connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM child")).scalar() == 1


def test_rows_that_point_nowhere_stop_the_upgrade(tmp_path: Path, placement: Placement) -> None:
    folder = tmp_path / "core"
    revise(
        folder,
        "0001",
        'op.create_table("parent", sa.Column("id", sa.Integer, primary_key=True));'
        'op.create_table("child", sa.Column("id", sa.Integer, primary_key=True),'
        ' sa.Column("parent_id", sa.Integer, sa.ForeignKey("parent.id")));'
        "op.execute('INSERT INTO child VALUES (1, 77)')",
    )
    with pytest.raises(MigrationError, match="without their parent"):
        upgrade(placement, [Owner("core", folder)])
