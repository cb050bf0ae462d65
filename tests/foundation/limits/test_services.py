import time
from collections.abc import Callable

import pytest
from sqlalchemy import insert, select

from core.config import Config
from core.engines import WRITE, Engines, Placement, sqlite_engine
from core.foundation.limits.services import COUNTERS, COUNTERS_KEPT, Limit, LimitStore
from core.foundation.tenants.storage import CONTROL_SCHEMA
from core.testing import Shop

pytestmark = pytest.mark.both_databases

TEN_AN_HOUR = Limit(10, 3600)


def test_counting_sweeps_what_nobody_asks_for_once_an_hour(make_shop: Callable[..., Shop]) -> None:
    config: Config = (shop := make_shop()).app.extensions["wm_config"]
    engines: Engines = shop.app.extensions["wm_engines"]
    engine = (
        sqlite_engine(config.instance / "swept.db", synchronous="NORMAL")
        if config.database_url is None
        else engines.at(Placement(config.database_url, schema=CONTROL_SCHEMA))
    )
    store = LimitStore(engine)

    def is_left(key: str) -> bool:
        with engine.execution_options(**{WRITE: True}).begin() as connection:
            long_ago = int(time.time()) - COUNTERS_KEPT - 1
            connection.execute(insert(COUNTERS), [{"key": key, "began": long_ago, "hits": 1}])
        store.hit("swept now", TEN_AN_HOUR)
        with engine.connect() as connection:
            return connection.execute(select(COUNTERS).where(COUNTERS.c.key == key)).first() is not None

    assert is_left("old one")
    store._next_sweep = time.monotonic()
    assert not is_left("old two")
    with engine.connect() as connection:
        assert connection.execute(select(COUNTERS).where(COUNTERS.c.key == "old one")).first() is None
    store.clear("swept now")
    if config.database_url is None:
        engine.dispose()
