import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Table

from core.db import ControlModel, Model, db
from core.foundation.tenants.services import owners_of
from core.migrate import standings
from core.testing import Shop

pytestmark = pytest.mark.both_databases


def is_ours(thing: object, name: str | None, kind: str, reflected: bool, compared: object) -> bool:
    """Leave out version tables, the tests' own plugin, and the indices of the search that only one of the databases has."""
    if kind != "table":
        return not str(name).startswith("ix_search_entry")
    return not str(name).startswith(("alembic_version_", "search_gram", "limit_", "shelf_"))


def test_the_tables_of_a_tenant_are_those_of_the_models(shop: Shop) -> None:
    with shop.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": is_ours, "compare_type": True}
        )
        assert compare_metadata(context, Model.metadata) == []


def test_the_control_tables_are_those_of_the_models(shop: Shop) -> None:
    with shop.app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": is_ours, "compare_type": True}
        )
        assert compare_metadata(context, ControlModel.metadata) == []


def test_a_new_tenant_is_current(shop: Shop) -> None:
    with shop.context() as tenant, shop.engine.connect() as connection:
        assert [
            standing.owner.name for standing in standings(connection, owners_of(tenant)) if standing.is_behind
        ] == []


def test_revisions_are_numbered_in_one_line(shop: Shop) -> None:
    with shop.context() as tenant:
        for owner in owners_of(tenant):
            assert list(owner.revisions) == [f"{number:04}" for number in range(1, len(owner.revisions) + 1)]


def test_every_foreign_key_has_an_index() -> None:
    bare = [
        f"{table.name}.{column.name}"
        for table in Model.metadata.sorted_tables
        for column in table.columns
        if column.foreign_keys and not _leads_an_index(table, column.name)
    ]
    assert bare == []


def _leads_an_index(table: Table, column: str) -> bool:
    leads = [next(iter(index.columns)).name for index in table.indexes]
    leads += [next(iter(one.columns)).name for one in table.constraints if list(getattr(one, "columns", []))]
    return column in leads
