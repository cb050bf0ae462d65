import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.clients.services import ClientData, create_client
from core.db import in_unit_of_work, session, unit_of_work
from core.equipment.models import EquipmentType
from core.equipment.services import EquipmentData, register_equipment
from core.errors import ConflictError, DomainError, InvalidInputError
from core.foundation.accounts import Actor
from core.foundation.accounts.models import Role
from core.foundation.settings.models import Location
from core.foundation.ui.forms import TextField, VersionedForm
from core.foundation.ui.saving import saving
from core.testing import Shop, csrf_token
from core.tickets.services import TicketData, open_ticket


class LabelForm(VersionedForm):
    label = TextField("Label", max_length=40)


def label_form(label: str, version: int) -> LabelForm:
    return LabelForm(formdata=None, data={"label": label, "version": version})


@dataclass(frozen=True)
class Edited:
    """A page that changes a record: its address, what else it sends, and the field that two people change."""

    make: Callable[[Shop], str]
    field: str
    rest: dict[str, str]


def a_client(shop: Shop) -> str:
    with shop.context(), unit_of_work():
        return f"clients/{create_client(ClientData(name='Maria')).id}/edit"


def a_device(shop: Shop) -> str:
    with shop.context(), unit_of_work():
        return f"equipment/{register_equipment(EquipmentData(unique_id='A1')).id}/edit"


def a_ticket(shop: Shop) -> str:
    with shop.context(), unit_of_work():
        place = session().scalars(select(Location.id)).one()
        opened = open_ticket(
            TicketData(problem="Nu pornește", location_id=place),
            client=ClientData(name="Maria"),
            equipment=EquipmentData(),
            actor=Actor(None, "Ioana"),
        )
        return f"tickets/{opened.ticket.id}/edit"


def a_type(shop: Shop) -> str:
    with shop.context():
        return f"settings/equipment-types/{session().scalars(select(EquipmentType.id)).first()}"


def a_location(shop: Shop) -> str:
    with shop.context():
        return f"settings/locations/{session().scalars(select(Location.id)).one()}"


def a_role(shop: Shop) -> str:
    with shop.context():
        return f"settings/roles/{session().scalars(select(Role.id).where(Role.key == 'technician')).one()}"


def a_user(shop: Shop) -> str:
    return f"settings/users/{shop.users['technician']}"


PAGES = {
    "client": Edited(a_client, "name", {"kind": "person", "country": "RO", "language": "ro"}),
    "device": Edited(a_device, "variant", {"unique_id": "A1"}),
    "ticket": Edited(
        a_ticket, "condition", {"problem": "Nu pornește", "priority": "normal", "location_id": "1"}
    ),
    "equipment type": Edited(a_type, "name", {}),
    "location": Edited(a_location, "name", {"code": "AM", "is_active": "y"}),
    "user": Edited(a_user, "name", {"email": "someone@example.com", "roles": "technician"}),
    "role": Edited(a_role, "name", {}),
    "profile": Edited(lambda _shop: "account/", "name", {"theme": "auto"}),
    "settings": Edited(lambda _shop: "settings/firm", "set_city", {"set_name": "X", "set_country": "RO"}),
}


TYPED = re.compile(r'value="Typed Words"|>\s*Typed Words</textarea>')


def version_on(page: str) -> str:
    found = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert found is not None
    return found.group(1)


@pytest.mark.both_databases
@pytest.mark.parametrize("edited", PAGES.values(), ids=PAGES)
def test_who_was_overtaken_sees_both_values_and_saving_again_is_a_decision(
    shop: Shop, edited: Edited
) -> None:
    url = f"{shop.root}/{edited.make(shop)}"
    first, second = shop.client("owner"), shop.client("owner")
    seen = version_on(first.get(url).text)

    def send(browser: FlaskClient, text: str, version: str) -> tuple[int, str]:
        token = csrf_token(browser.get(url).text)
        sent = {**edited.rest, edited.field: text, "version": version, "csrf_token": token}
        answer = browser.post(url, data=sent)
        return answer.status_code, answer.text

    assert send(first, "Stored Words", seen)[0] in {302, 303}
    status, page = send(second, "Typed Words", seen)
    assert status == 409
    assert TYPED.search(page)
    assert re.search(r'class="wm-stored" id="[^"]*">[^<]*<b class="strong">Stored Words</b>', page)
    assert version_on(page) != seen
    assert send(second, "Typed Words", version_on(page))[0] in {302, 303}
    assert TYPED.search(second.get(url).text)


def test_what_is_refused_stands_on_the_form_and_nothing_is_kept(shop: Shop) -> None:
    with shop.context(), shop.app.test_request_context():
        form = label_form("mine", 1)
        with saving(form) as attempt:
            assert in_unit_of_work()
            session().add(EquipmentType(name="Half saved", name_key="half saved", position=99))
            session().flush()
            message = "Too long."
            raise InvalidInputError(message, field="label")
        assert not in_unit_of_work()
        assert (attempt.status, form.label.errors) == (422, ["Too long."])
        assert not session().scalars(select(EquipmentType.id).where(EquipmentType.position == 99)).all()


def test_a_conflict_over_something_else_says_its_own_words(shop: Shop) -> None:
    with shop.context(), shop.app.test_request_context():
        form = label_form("mine", 1)
        with saving(form, stored=lambda: label_form("theirs", 1)) as attempt:
            message = "The same was saved at the same moment."
            raise ConflictError(message)
        assert (attempt.status, form.in_conflict) == (409, False)
        assert form.form_errors == ["The same was saved at the same moment."]


def test_another_rule_is_no_conflict_although_somebody_was_faster(shop: Shop) -> None:
    with shop.context(), shop.app.test_request_context():
        form = label_form("mine", 1)
        with saving(form, stored=lambda: label_form("theirs", 2)):
            message = "The ticket is closed."
            raise DomainError(message)
        assert not form.in_conflict
        assert form.label.stored is None


def test_what_is_saved_is_committed_and_has_no_error(shop: Shop) -> None:
    with shop.context(), shop.app.test_request_context():
        with saving(label_form("mine", 1)) as attempt:
            session().add(EquipmentType(name="Saved", name_key="saved", position=99))
        assert (attempt.error, attempt.status) == (None, 200)
        assert session().scalars(select(EquipmentType.id).where(EquipmentType.position == 99)).one()


def test_a_fault_of_ours_is_no_refusal(shop: Shop) -> None:
    with (
        shop.context(),
        shop.app.test_request_context(),
        pytest.raises(ZeroDivisionError),
        saving(label_form("mine", 1)),
    ):
        _ = 1 / 0
