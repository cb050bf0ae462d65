import hashlib
import io
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core.access import require
from core.db import session, unit_of_work
from core.errors import DomainError, ProgrammingError
from core.foundation.audit.idempotency import KeyReusedError, forget_old_keys, idempotent, record_result
from core.foundation.audit.models import IdempotencyKey
from core.foundation.settings.locations import create_location
from core.foundation.settings.models import Location
from core.testing import Shop, csrf_token, idempotency_key
from core.types import clock_at, now

pytestmark = pytest.mark.both_databases

NEW = "/settings/locations/new"
Send = Callable[..., TestResponse]


@pytest.fixture
def browser(shop: Shop) -> FlaskClient:
    """Give the owner's browser."""
    return shop.client("owner")


@pytest.fixture
def fields(shop: Shop, browser: FlaskClient) -> dict[str, str]:
    """Give what the form of a new location sends."""
    page = browser.get(f"{shop.root}{NEW}").text
    return {
        "csrf_token": csrf_token(page),
        "_key": idempotency_key(page),
        "name": "Florești",
        "code": "FL",
        "is_active": "y",
    }


@pytest.fixture
def count(shop: Shop) -> Iterator[Callable[[], int]]:
    """Count the locations."""

    def counted() -> int:
        with shop.context():
            return session().scalar(select(func.count()).select_from(Location)) or 0

    return counted


def test_a_form_that_is_sent_twice_is_carried_out_once_and_answered_alike(
    shop: Shop, browser: FlaskClient, fields: dict[str, str], count: Callable[[], int]
) -> None:
    before = count()
    first = browser.post(f"{shop.root}{NEW}", data=fields)
    again = browser.post(
        f"{shop.root}{NEW}", data={**fields, "csrf_token": csrf_token(browser.get(f"{shop.root}{NEW}").text)}
    )
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.location == again.location
    assert count() == before + 1


def test_a_key_that_was_used_for_other_content_is_refused_and_the_typing_kept(
    shop: Shop, browser: FlaskClient, fields: dict[str, str], count: Callable[[], int]
) -> None:
    browser.post(f"{shop.root}{NEW}", data=fields)
    before = count()
    other = {**fields, "name": "Dej", "code": "DJ"}
    refused = browser.post(f"{shop.root}{NEW}", data=other)
    assert refused.status_code == 409
    assert 'value="Dej"' in refused.text
    assert count() == before
    assert idempotency_key(refused.text) != fields["_key"]
    meant = browser.post(f"{shop.root}{NEW}", data={**other, "_key": idempotency_key(refused.text)})
    assert meant.status_code == 303
    assert count() == before + 1


def test_a_form_that_was_refused_may_be_corrected_and_sent_with_the_same_key(
    shop: Shop, browser: FlaskClient, fields: dict[str, str], count: Callable[[], int]
) -> None:
    before = count()
    refused = browser.post(f"{shop.root}{NEW}", data={**fields, "code": "ș"})
    assert (refused.status_code, idempotency_key(refused.text)) == (422, fields["_key"])
    assert browser.post(f"{shop.root}{NEW}", data=fields).status_code == 303
    assert count() == before + 1


@pytest.mark.parametrize("key", [None, "", "1", "no-uuid", "\x00", "x" * 5000])
def test_a_form_without_a_key_of_ours_is_refused(
    shop: Shop, browser: FlaskClient, fields: dict[str, str], count: Callable[[], int], key: str | None
) -> None:
    before = count()
    del fields["_key"]
    answer = browser.post(f"{shop.root}{NEW}", data=fields if key is None else {**fields, "_key": key})
    assert answer.status_code == 400
    assert count() == before


def test_the_key_of_one_user_means_nothing_to_another(
    shop: Shop, browser: FlaskClient, fields: dict[str, str], count: Callable[[], int]
) -> None:
    browser.post(f"{shop.root}{NEW}", data=fields)
    before = count()
    manager = shop.client("manager")
    token = csrf_token(manager.get(f"{shop.root}{NEW}").text)
    answer = manager.post(f"{shop.root}{NEW}", data={**fields, "csrf_token": token, "code": "DJ"})
    assert answer.status_code == 303
    assert count() == before + 1


def test_two_sendings_at_the_same_moment_make_one_record_and_get_one_answer(
    shop: Shop, fields: dict[str, str], browser: FlaskClient, count: Callable[[], int]
) -> None:
    before = count()
    gate = threading.Barrier(4)
    answers: list[TestResponse] = []

    def send() -> None:
        twin = shop.app.test_client()
        for cookie in browser._cookies.values():
            twin.set_cookie(cookie.key, cookie.value, path=cookie.path)
        gate.wait()
        answers.append(twin.post(f"{shop.root}{NEW}", data=fields))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(answer.status_code, answer.location) for answer in answers} == {
        (303, f"{shop.root}/settings/locations/")
    }
    assert count() == before + 1


@pytest.fixture
def view(shop: Shop) -> Iterator[Callable[..., Any]]:
    """Give a view that carries out a form, called as the application would call it; ``fails`` stops it at the end."""

    @require("core.location:create")
    @idempotent(answer=lambda result_id: f"made {result_id}")
    def make(*, fails: bool = False) -> str:
        with unit_of_work():
            location = create_location(code=uuid.uuid4().hex[:8], name="Dej")
            record_result(location.id)
            if fails:
                msg = "no"
                raise DomainError(msg)
        return f"made {location.id}"

    def called(data: dict[str, Any], **options: bool) -> Any:
        with shop.context(), shop.app.test_request_context("/x", method="POST", data=data):
            return make(**options)

    return called


def test_what_failed_leaves_no_key(view: Callable[..., Any]) -> None:
    data = {"_key": str(uuid.uuid4())}
    with pytest.raises(DomainError):
        view(data, fails=True)
    assert view(data).startswith("made ")


def test_files_count_as_content(view: Callable[..., Any]) -> None:
    key = str(uuid.uuid4())
    first = view({"_key": key, "photo": (io.BytesIO(b"one"), "a.jpg")})
    assert view({"_key": key, "photo": (io.BytesIO(b"one"), "a.jpg")}) == first
    with pytest.raises(KeyReusedError):
        view({"_key": key, "photo": (io.BytesIO(b"two"), "a.jpg")})


def test_a_result_belongs_into_a_view_that_knows_keys(shop: Shop) -> None:
    with shop.context(), pytest.raises(ProgrammingError), unit_of_work():
        record_result(1)


def test_old_keys_are_forgotten(shop: Shop, view: Callable[..., Any]) -> None:
    with clock_at(now() - timedelta(days=4)):
        view({"_key": str(uuid.uuid4())})
    view({"_key": str(uuid.uuid4())})
    with shop.context():
        with unit_of_work():
            assert forget_old_keys() == 1
        assert session().scalar(select(func.count()).select_from(IdempotencyKey)) == 1


def test_what_is_kept_of_a_form_tells_nothing_to_who_tries_all_it_may_have_held(
    shop: Shop, browser: FlaskClient, fields: dict[str, str]
) -> None:
    assert browser.post(f"{shop.root}{NEW}", data=fields).status_code == 303
    digest = hashlib.sha256()
    for name in sorted(fields.keys() - {"csrf_token", "_key"}):
        for part in ("field", name, fields[name]):
            digest.update(len(part.encode()).to_bytes(8, "big") + part.encode())
    with shop.context():
        kept = session().scalars(select(IdempotencyKey.body_hash)).all()
    assert len(kept[0]) == 64
    assert digest.hexdigest() not in kept


def test_sending_a_form_sweeps_old_keys_once_an_hour(
    shop: Shop, browser: FlaskClient, fields: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def send_beside_an_old_one(code: str) -> int:
        with shop.context(), unit_of_work():
            for days in (2, 4):
                session().add(
                    IdempotencyKey(
                        key=str(uuid.uuid4()), user_id=0, method="POST", path="/", body_hash="0" * 64,
                        status=303, result_id=1, created_at=now() - timedelta(days=days),
                    )
                )  # fmt: skip
        form = {**fields, "_key": str(uuid.uuid4()), "name": f"Strada {code}", "code": code}
        assert browser.post(f"{shop.root}{NEW}", data=form).status_code == 303
        with shop.context():
            old = IdempotencyKey.created_at < now() - timedelta(days=3)
            return session().scalar(select(func.count()).select_from(IdempotencyKey).where(old)) or 0

    assert send_beside_an_old_one("FA") == 0
    assert send_beside_an_old_one("FB") == 1
    monkeypatch.setitem(shop.app.extensions, "wm_sweep_keys", {})
    assert send_beside_an_old_one("FC") == 0
