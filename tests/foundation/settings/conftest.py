"""An installation with one plugin, whose settings these tests know."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from core.app import create_app
from core.config import load_config
from core.foundation.tenants.services import NewTenant, create_tenant
from core.foundation.tenants.storage import prepare_control
from core.testing import CHEAP_ARGON2, POSTGRESQL, ROLES, Shop, fresh_database
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
        shop = _make(environment)
        stack.callback(shop.app.extensions["wm_engines"].dispose)
        yield shop


def _make(environment: dict[str, str]) -> Shop:
    config = load_config(environment)
    prepare_control(config)
    app = create_app(config, plugins=[plugin])
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WM_ARGON2=CHEAP_ARGON2)
    shop = Shop(app, "sample")
    with app.app_context():
        create_tenant(NewTenant("sample", "Atelier Meteor", plugins=("sample",)), seed=lambda _tenant: None)
    for role in ROLES:
        shop.users[role] = shop.add_user(role)
    return shop
