"""An installation with one plugin, whose settings these tests know."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from core.testing import POSTGRESQL, Shop, fresh_database, make_app, open_shop
from tests.foundation.settings.sample import plugin


@pytest.fixture
def sample_shop(backend: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Make a shop whose installation has the plugin ``sample`` and no other; it is on."""
    environment = {
        "WORKMANAGER_INSTANCE": str(tmp_path_factory.mktemp("sample")),
        "WORKMANAGER_PUBLIC_URL": "http://localhost",
    }
    with ExitStack() as stack:
        if backend == POSTGRESQL:
            environment["WORKMANAGER_DATABASE_URL"] = stack.enter_context(fresh_database())
        app = make_app(environment, plugins=[plugin])
        stack.callback(app.extensions["wm_engines"].dispose)
        yield open_shop(app, plugins=["sample"])
