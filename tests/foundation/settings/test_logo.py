import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from core.db import session, unit_of_work
from core.foundation.files.models import StoredFile
from core.foundation.files.services import content_path
from core.foundation.settings.logo import find_logo, logo_facts
from core.foundation.settings.services import get_setting
from core.testing import Shop
from tests.foundation.settings.test_settings_pages import typed

pytestmark = pytest.mark.both_databases


@pytest.fixture
def browser(shop: Shop) -> FlaskClient:
    """Give the manager's browser."""
    return shop.client("manager")


def logo(size: tuple[int, int] = (300, 100), format_: str = "PNG") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, (0, 80, 160)).save(target, format_)
    return target.getvalue()


def send(shop: Shop, browser: FlaskClient, content: bytes | None = None, **fields: Any) -> Any:
    """Send the form of the firm's data, with a logo where there is one."""
    address = f"{shop.root}/settings/firm"
    data: dict[str, Any] = {**typed(browser.get(address).text), **fields}
    data.pop("set_logo", None)
    if content is not None:
        data["set_logo"] = FileStorage(io.BytesIO(content), filename="logo.png")
    boundary, body = encode_multipart(data)
    return browser.post(address, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def test_a_logo_is_uploaded_and_stands_on_papers_and_on_the_login_page(
    shop: Shop, browser: FlaskClient
) -> None:
    assert send(shop, browser, logo()).status_code == 303
    with shop.context():
        found = find_logo()
        assert found is not None
        assert (found.width, found.height, found.media_type) == (300, 100, "image/png")
        facts = logo_facts()
        assert facts["logo"].startswith("data:image/png;base64,")
        assert facts["logo_column"] == "w50"
    shop.app.extensions.pop("wm_looks", None)
    assert f"{shop.root}/logo?v={found.id}" in shop.app.test_client().get(f"{shop.root}/login").text
    assert f"{shop.root}/logo?v={found.id}" in browser.get(f"{shop.root}/settings/firm").text


def test_everybody_gets_the_logo_and_no_browser_runs_it(shop: Shop, browser: FlaskClient) -> None:
    nobody = shop.app.test_client()
    assert nobody.get(f"{shop.root}/logo").status_code == 404
    send(shop, browser, logo())
    with nobody.get(f"{shop.root}/logo") as answer:
        assert answer.status_code == 200
        assert answer.mimetype == "image/png"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert Image.open(io.BytesIO(answer.data)).size == (300, 100)
    with nobody.get(f"{shop.root}/logo", headers={"If-None-Match": answer.headers["ETag"]}) as again:
        assert again.status_code == 304


def test_a_large_logo_is_fitted_and_a_wide_one_gets_room(shop: Shop, browser: FlaskClient) -> None:
    send(shop, browser, logo((2400, 1200), "JPEG"))
    with shop.context():
        found = find_logo()
        assert found is not None
        assert (found.width, found.height) == (400, 200)
        assert logo_facts()["logo_column"] == "w30"
    send(shop, browser, logo((1600, 100)))
    with shop.context():
        found = find_logo()
        assert found is not None
        assert (found.width, found.height) == (800, 200)


@pytest.mark.parametrize(
    "content",
    [b"<svg/>", b"", logo()[:60], b"x" * (4 * 1024 * 1024 + 1)],
    ids=["svg", "empty", "cut", "large"],
)
def test_what_is_no_picture_is_refused_beside_its_field_and_the_typing_kept(
    shop: Shop, browser: FlaskClient, content: bytes
) -> None:
    answer = send(shop, browser, content, set_street="Horea 7")
    assert answer.status_code == 422
    assert 'id="set_logo-e"' in answer.text
    assert 'value="Horea 7"' in answer.text
    with shop.context():
        assert get_setting("firm.street") == ""
        assert find_logo() is None


def test_a_logo_stays_until_it_is_taken_away(shop: Shop, browser: FlaskClient) -> None:
    send(shop, browser, logo())
    assert send(shop, browser, set_street="Horea 7").status_code == 303
    with shop.context():
        assert find_logo() is not None
    assert send(shop, browser, **{"set_logo-remove": "y"}).status_code == 303
    with shop.context():
        assert find_logo() is None
        assert logo_facts() == {"logo": "", "logo_column": ""}
        assert get_setting("firm.street") == "Horea 7"


def test_a_paper_is_printed_without_a_logo_that_is_gone_from_the_disk(
    shop: Shop, browser: FlaskClient
) -> None:
    send(shop, browser, logo())
    with shop.context():
        found = find_logo()
        assert found is not None
        content_path(found).unlink()
        assert logo_facts()["logo"] == ""
    assert browser.get(f"{shop.root}/logo").status_code == 404


def test_an_id_that_is_typed_is_no_logo(shop: Shop, browser: FlaskClient) -> None:
    with shop.context(), unit_of_work():
        session().add(StoredFile(digest="0" * 64, media_type="text/html", size=1, name="secret.html"))
    answer = send(shop, browser, set_logo_id="1", **{"set_logo-value": "1"})
    assert answer.status_code == 303
    with shop.context():
        assert find_logo() is None
