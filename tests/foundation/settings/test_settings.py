import uuid
from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.db import session, unit_of_work
from core.errors import (
    ConflictError,
    InvalidInputError,
    LicenceError,
    NotFoundError,
    PluginError,
    ProgrammingError,
)
from core.foundation.accounts.identity import acting_as
from core.foundation.audit.services import audit_trail
from core.foundation.settings.firm import FIRM
from core.foundation.settings.models import Setting
from core.foundation.settings.services import (
    arrange,
    get_group,
    get_setting,
    group_version,
    save_group,
)
from core.foundation.settings.values import SettingsGroup, TextSetting
from core.foundation.tenants.context import Tenant, tenant_context
from core.foundation.tenants.services import NewTenant, create_tenant, set_plugin_state
from core.gate import Application
from core.plugin import PluginState
from core.testing import QueryRecorder, Shop
from core.types import Money
from tests.foundation.settings.sample.hooks import GROUP

pytestmark = pytest.mark.both_databases


@pytest.fixture
def tenant(shop: Shop) -> Iterator[Tenant]:
    """Work inside a shop."""
    with shop.context() as entered:
        yield entered


def test_a_new_shop_knows_its_name_and_country(app: Application) -> None:
    new = NewTenant(f"md-{uuid.uuid4().hex[:8]}", "Reparații Ștefan SRL", country="MD")
    with app.app_context():
        tenant = create_tenant(new, seed=lambda _tenant: None)
    with tenant_context(app, tenant):
        assert (get_setting("firm.name"), get_setting("firm.country")) == ("Reparații Ștefan SRL", "MD")
        with unit_of_work():
            save_group("firm", {"phone": "022 123 456"})
        assert get_setting("firm.phone") == "+37322123456"


def test_what_is_not_set_has_its_default(tenant: Tenant) -> None:
    del tenant
    assert get_setting("firm.phone") == ""
    assert get_group("firm")["country"] == "RO"


def test_a_setting_that_nobody_declares_is_a_mistake_of_the_code(tenant: Tenant) -> None:
    del tenant
    for path in ("firm.nothing", "nothing.name", "firm", ""):
        with pytest.raises(ProgrammingError):
            get_setting(path)
    with pytest.raises(NotFoundError):
        get_group("nothing")


def test_saving_changes_what_is_named_and_nothing_else(tenant: Tenant) -> None:
    with unit_of_work():
        save_group("firm", {"phone": "0744 555 207", "city": "Cluj-Napoca"})
    with unit_of_work():
        save_group("firm", {"city": "Florești"})
    assert get_group("firm")["phone"] == "+40744555207"
    assert get_group("firm")["city"] == "Florești"
    assert get_group("firm")["name"] == tenant.name


def test_an_unknown_name_and_a_wrong_value_are_refused_together_and_nothing_is_kept(tenant: Tenant) -> None:
    del tenant
    with pytest.raises(InvalidInputError) as refused, unit_of_work():
        save_group("firm", {"city": "Dej", "colour": "red", "email": "ana"})
    assert set(refused.value.errors) == {"colour", "email"}
    assert get_setting("firm.city") == ""


def test_every_change_leaves_who_and_what(tenant: Tenant) -> None:
    del tenant
    with acting_as("Ana", user_id=7), unit_of_work():
        save_group("firm", {"city": "Dej"})
    with acting_as("Dan", user_id=8), unit_of_work():
        save_group("firm", {"city": "Gherla"})
    row = session().scalars(select(Setting).where(Setting.key == "city")).one()
    assert (row.updated_by, row.version) == (8, 2)
    newest, oldest = session().execute(audit_trail("setting", row.id)).all()
    assert (newest.label, newest.actor_name, newest.changes) == (
        "firm.city",
        "Dan",
        {"value": ["Dej", "Gherla"]},
    )
    assert (oldest.actor_name, oldest.changes) == ("Ana", {"value": [None, "Dej"]})


def test_saving_what_is_so_already_changes_nothing(tenant: Tenant) -> None:
    before = group_version("firm")
    with unit_of_work():
        save_group("firm", {"name": tenant.name, "city": "", "country": "RO", "phone": None}, version=before)
    assert group_version("firm") == before
    assert session().scalars(select(Setting.key).order_by(Setting.key)).all() == ["name"]


def test_who_was_overtaken_is_told_and_overwrites_nothing(tenant: Tenant) -> None:
    del tenant
    seen = group_version("firm")
    with unit_of_work():
        save_group("firm", {"city": "Dej"}, version=seen)
    with pytest.raises(ConflictError), unit_of_work():
        save_group("firm", {"phone": "0744555207"}, version=seen)
    assert get_setting("firm.phone") == ""


def test_what_was_rolled_back_is_not_remembered(tenant: Tenant) -> None:
    del tenant
    assert get_setting("firm.city") == ""
    with pytest.raises(ZeroDivisionError), unit_of_work():
        save_group("firm", {"city": "Dej"})
        assert get_setting("firm.city") == "Dej"
        _ = 1 / 0
    assert get_setting("firm.city") == ""


def test_all_settings_of_a_request_are_one_statement(tenant: Tenant, query_recorder: QueryRecorder) -> None:
    del tenant
    with query_recorder.recording() as statements:
        for name in ("name", "phone", "city", "iban"):
            get_setting(f"firm.{name}")
        get_group("firm")
        group_version("firm")
    assert [statement for statement in statements if "setting" in statement] == statements
    assert len(statements) == 1


def test_a_plugin_has_settings_of_its_own_while_it_is_on(sample_shop: Shop) -> None:
    with sample_shop.context():
        assert get_setting("sample.greeting") == {"ro": "Salut"}
        assert get_setting("sample.fee") == Money(Decimal(50))
        with unit_of_work():
            save_group("sample", {"greeting": {"ro": "Bună ziua", "en": "Good day"}, "fee": Decimal("60.5")})
        assert get_setting("sample.greeting") == {"ro": "Bună ziua", "en": "Good day"}
        assert get_setting("sample.fee") == Money(Decimal("60.50"))
    with sample_shop.app.app_context():
        set_plugin_state(sample_shop.slug, "sample", PluginState.OFF)
    with sample_shop.context(), pytest.raises(NotFoundError):
        get_group("sample")


def test_the_settings_of_a_lapsed_plugin_are_read_and_not_changed(sample_shop: Shop) -> None:
    with sample_shop.app.app_context():
        set_plugin_state(sample_shop.slug, "sample", PluginState.LAPSED)
    with sample_shop.context():
        with pytest.raises(LicenceError), unit_of_work():
            save_group("sample", {"days": 7})
        assert get_setting("sample.days") == 30


@pytest.mark.parametrize("name", ["firm", "sample", "audit", "locations", "users"])
def test_a_group_whose_name_is_taken_stops_the_page_with_the_name_of_its_owner(name: str) -> None:
    fields = (TextSetting(name="x", title="X"),)
    more = SettingsGroup(name=name, title="Sample", owner=name, fields=fields)
    with pytest.raises(PluginError, match=f"{name}: "):
        arrange([FIRM, GROUP, more])
