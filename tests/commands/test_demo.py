from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.clients.models import Client
from core.commands.demo import DONE, PASSWORD, SLUG, prepare_demo
from core.db import session
from core.foundation.accounts.models import User
from core.foundation.audit.models import AuditEntry
from core.foundation.tenants.context import tenant_context
from core.foundation.tenants.services import directory
from core.gate import Application
from core.testing import make_app
from core.tickets.models import Ticket, TicketEvent
from core.tickets.stages import Stage
from core.types import now


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Application:
    folder = tmp_path_factory.mktemp("demo")
    made = make_app({"WORKMANAGER_INSTANCE": str(folder), "WORKMANAGER_PUBLIC_URL": "http://localhost"})
    prepare_demo(made, quiet=True)
    return made


def test_thirteen_months_of_a_shop_are_told(app: Application) -> None:
    with app.app_context():
        tenant = directory().get(SLUG)
    with tenant_context(app, tenant):
        assert (session().scalar(select(func.count()).select_from(Ticket)) or 0) >= 300
        assert (session().scalar(select(func.count()).select_from(Client)) or 0) >= 100
        assert set(session().scalars(select(Ticket.stage).distinct())) == set(Stage)
        first, last = session().execute(select(func.min(TicketEvent.at), func.max(TicketEvent.at))).one()
        assert first < now() - timedelta(days=365)
        assert last <= now()
        actors = set(session().scalars(select(AuditEntry.actor_name).where(AuditEntry.entity == "ticket")))
        assert "Ioana Mureșan" in actors
        assert "system" not in actors


def test_every_role_is_somebody(app: Application) -> None:
    with app.app_context():
        tenant = directory().get(SLUG)
    with tenant_context(app, tenant):
        roles = {role.key for user in session().scalars(select(User)) for role in user.roles}
    assert roles == {"owner", "manager", "receptionist", "technician", "accountant"}


def test_a_shop_that_is_told_is_left_alone_and_half_a_one_is_made_anew(app: Application) -> None:
    instance: Path = app.extensions["wm_config"].instance
    with app.app_context():
        number = directory().get(SLUG).id
    prepare_demo(app, quiet=True)
    with app.app_context():
        assert directory().get(SLUG).id == number
    (instance / DONE).unlink()
    prepare_demo(app, quiet=True)
    with app.app_context():
        assert directory().get(SLUG).id == number + 1


def test_its_people_log_in_with_the_printed_password(app: Application) -> None:
    from core.testing import csrf_token

    browser = app.test_client()
    page = browser.get(f"/t/{SLUG}/login").get_data(as_text=True)
    answer = browser.post(
        f"/t/{SLUG}/login",
        data={"csrf_token": csrf_token(page), "email": "ioana@meteor.example", "password": PASSWORD},
    )
    assert answer.status_code == 303
