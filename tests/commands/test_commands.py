import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.cli import application, main
from core.engines import WRITE
from core.testing import PASSWORD, SQLITE, Shop, fresh_database

pytestmark = pytest.mark.both_databases

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    monkeypatch.setenv("WORKMANAGER_INSTANCE", str(tmp_path / "instance"))
    application.cache_clear()

    def call(*arguments: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        code = 0
        try:
            main(arguments)
        except SystemExit as stop:
            code = int(stop.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    if backend == SQLITE:
        yield call
    else:
        with fresh_database() as url:
            monkeypatch.setenv("WORKMANAGER_DATABASE_URL", url)
            yield call
            application().extensions["wm_engines"].dispose()
    application.cache_clear()


def data(answer: tuple[int, str, str]) -> Any:
    code, out, err = answer
    assert code == 0, err
    return json.loads(out)


def create(run: Run, *more: str, slug: str = "meteor") -> Any:
    return data(
        run(
            "tenant", "create", slug, "--name", "Atelier Meteor", "--admin-email", "ana@example.com",
            "--admin-password-stdin", "--json", *more, typed=f"{PASSWORD}\n",
        )
    )  # fmt: skip


def test_a_tenant_lives_from_create_to_delete(run: Run, tmp_path: Path) -> None:
    made = create(run)
    assert (made["slug"], made["status"], made["plugins"], made["link"]) == (
        "meteor",
        "active",
        ["simple"],
        None,
    )
    assert data(run("tenant", "show", "meteor", "--json"))["url"].endswith("/t/meteor/")
    assert run("tenant", "suspend", "meteor")[0] == 0
    assert [one["status"] for one in data(run("tenant", "list", "--json"))] == ["suspended"]
    assert data(run("tenant", "resume", "meteor", "--json"))["status"] == "active"
    code, _out, err = run("tenant", "delete", "meteor")
    assert (code, "--yes" in err) == (1, True)
    assert data(run("tenant", "delete", "meteor", "--yes", "--json")) == {
        "slug": "meteor",
        "status": "deleted",
    }
    assert data(run("tenant", "list", "--json")) == []
    assert not (tmp_path / "instance" / "tenants" / "meteor").exists()
    assert create(run)["number"] == made["number"] + 1


def test_without_a_password_the_owner_gets_a_link(run: Run) -> None:
    code, out, _err = run(
        "tenant", "create", "meteor", "--name", "Meteor", "--admin-email", "ana@example.com"
    )
    assert code == 0
    assert "/t/meteor/invite/" in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("tenant", "create", "Meteor", "--name", "M", "--admin-email", "a@example.com"), "small letters"),
        (("tenant", "create", "static", "--name", "M", "--admin-email", "a@example.com"), "reserved"),
        (("tenant", "create", "meteor", "--name", " ", "--admin-email", "a@example.com"), "name"),
        (("tenant", "create", "meteor", "--name", "M", "--admin-email", "nobody"), "e-mail"),
        (
            ("tenant", "create", "meteor", "--name", "M", "--admin-email", "a@example.com", "--bundle", "x"),
            "bundle",
        ),
        (("tenant", "show", "nobody"), "no tenant nobody"),
        (("plugin", "enable", "nothing", "--tenant", "nobody"), "not installed"),
        (("db", "status", "--tenant", "nobody"), "no tenant nobody"),
    ],
)
def test_what_is_refused_is_told_in_one_line_and_leaves_nothing(
    run: Run, arguments: tuple[str, ...], told: str
) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert told in err
    assert len(err.strip().splitlines()) == 1
    assert data(run("tenant", "list", "--json")) == []


def test_a_slug_is_given_once(run: Run) -> None:
    create(run)
    code, _out, err = run("tenant", "create", "meteor", "--name", "M", "--admin-email", "a@example.com")
    assert (code, "already" in err) == (1, True)
    assert len(data(run("tenant", "list", "--json"))) == 1


@pytest.mark.parametrize("arguments", [("nothing",), ("tenant", "create"), ("serve", "--port", "0")])
def test_a_wrong_call_ends_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == 2


def test_a_plugin_is_switched_through_its_three_states(run: Run) -> None:
    create(run, "--bundle", "core")

    def state() -> str:
        listed = data(run("plugin", "list", "--tenant", "meteor", "--json"))
        return str(next(one["state"] for one in listed if one["name"] == "simple"))

    assert state() == "off"
    for command, then in (("enable", "on"), ("lapse", "lapsed"), ("disable", "off"), ("enable", "on")):
        assert data(run("plugin", command, "simple", "--tenant", "meteor", "--json"))["state"] == then
        assert state() == then


def test_a_database_that_is_behind_is_told_and_upgraded(run: Run, backend: str) -> None:
    create(run)
    assert run("db", "status")[0] == 0
    shop = Shop(application(), "meteor")
    with shop.engine.execution_options(**{WRITE: True}).begin() as connection:
        connection.execute(text("DELETE FROM alembic_version_simple"))
        tables = [
            name for name in connection.dialect.get_table_names(connection) if name.startswith("simple_")
        ]
        for table in reversed(tables):
            connection.execute(text(f"DROP TABLE {table}{' CASCADE' if backend != SQLITE else ''}"))
    code, out, _err = run("db", "status", "--json")
    assert code == 1
    assert [row["owner"] for row in json.loads(out) if row["behind"]] == ["simple"]
    done = data(run("db", "upgrade", "--json"))
    assert {(row["tenant"], row["owner"]) for row in done} == {("meteor", "simple")}
    assert run("db", "status")[0] == 0
    assert data(run("db", "upgrade", "--json")) == []


def test_users_are_made_and_shown(run: Run) -> None:
    create(run)
    code, _out, err = run(
        "user", "create", "meteor", "--email", "radu@example.com", "--name", "Radu", "--role", "technician",
        "--password-stdin", typed=f"{PASSWORD}\n",
    )  # fmt: skip
    assert code == 0, err
    listed = data(run("user", "list", "meteor", "--json"))
    assert {one["email"] for one in listed} == {"ana@example.com", "radu@example.com"}


def test_help_imports_neither_the_application_nor_the_databases() -> None:
    script = (
        "import sys\nfrom core.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('flask', 'sqlalchemy', 'alembic', 'xhtml2pdf') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
