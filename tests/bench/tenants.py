"""One installation with many tenants: memory, the first request of each, warm requests, and the upgrade of all."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from core.app import create_app
from core.config import load_config
from core.db import control_unit_of_work
from core.foundation.tenants.models import TenantRecord, TenantStatus
from core.foundation.tenants.services import directory
from core.foundation.tenants.storage import make_storage, prepare_control
from tests.bench.databases import fresh_database
from tests.bench.load import Line, request_bytes
from tests.bench.report import Section, judged, spread, table
from tests.bench.servers import ROOT, clean_environment, free_port, product_command, running

#: `db upgrade` of 200 tenants may take a minute.
SECONDS_EACH: Final = 60 / 200
_WARM: Final = 200


def run(folder: Path, *, counts: Sequence[int], databases: Sequence[str]) -> Section:
    """Measure installations with so many tenants on every database."""
    rows = []
    for database in databases:
        for count in counts:
            print(f"{count} tenants on {database}", flush=True)
            place = folder / f"tenants-{database}-{count}"
            if database == "sqlite":
                rows.append(_measure(database, place, count, {}))
            else:
                with fresh_database() as url:
                    rows.append(_measure(database, place, count, {"WORKMANAGER_DATABASE_URL": url}))
    head = [
        "Database", "Tenants", "`db upgrade` of all, from nothing, s", "again, nothing to do, s", "First request of each, ms",
        "Warm request, ms", "Memory before, MiB", "after all were visited, MiB",
    ]  # fmt: skip
    text = (
        "Every tenant has a database of its own. The upgrade runs the whole history of each; the requests are login pages, served by two\n"
        "workers; memory is that of all processes (PSS). Target of the upgrade: a minute for 200 tenants.\n\n"
    )
    return Section("Tenants", text + table(head, rows))


def _measure(database: str, place: Path, count: int, values: dict[str, str]) -> tuple[str, ...]:
    port = free_port()
    values = {
        "WORKMANAGER_INSTANCE": str(place),
        "WORKMANAGER_PUBLIC_URL": f"http://127.0.0.1:{port}",
        **values,
    }
    _register(values, count)
    environment = clean_environment(**values)
    fresh, again = _upgrade(environment), _upgrade(environment)
    with running(product_command(port), port, environment, "/t/t1/login") as server:
        before = server.memory()
        line = Line(port)
        cold = [_ask(line, port, f"/t/t{number}/login") for number in range(1, count + 1)]
        warm = [_ask(line, port, f"/t/t{count}/login") for _ in range(_WARM)]
        after = server.memory()
        line.close()
    return (
        database, f"{count:,}", judged(f"{fresh:.1f}", good=fresh <= max(5.0, SECONDS_EACH * count)), f"{again:.1f}",
        spread(cold).text(), spread(warm).text(), f"{before:.0f}", f"{after:.0f}",
    )  # fmt: skip


def _register(values: dict[str, str], count: int) -> None:
    """Make tenants whose databases are still empty."""
    config = load_config(clean_environment(**values))
    prepare_control(config)
    app = create_app(config)
    with app.app_context():
        with control_unit_of_work() as current:
            for number in range(1, count + 1):
                record = TenantRecord(
                    slug=f"t{number}", name=f"Atelier {number}", status=TenantStatus.ACTIVE.value, language="ro", country="RO",
                    currency="RON", time_zone="Europe/Bucharest", domain=None, url=config.database_url, plugins={"simple": "on"},
                )  # fmt: skip
                current.add(record)
                current.flush()
                if config.database_url:
                    record.schema = f"wm_bench{record.id}_{count}"
        for number in range(1, count + 1):
            make_storage(config, directory().get(f"t{number}").placement, f"t{number}")
    app.extensions["wm_engines"].dispose()


def _upgrade(environment: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "workmanager", "db", "upgrade", "--json"],
        env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return time.perf_counter() - began


def _ask(line: Line, port: int, path: str) -> float:
    request = request_bytes("GET", path, port)
    began = time.perf_counter()
    answer = line.ask(request)
    took = (time.perf_counter() - began) * 1000
    if answer.status != 200:
        message = f"{path} was answered with {answer.status}"
        raise RuntimeError(message)
    return took
