from collections.abc import Callable
from pathlib import Path

import flask
import pytest

from core.foundation.tenants.services import resume_tenant, suspend_tenant
from core.testing import Shop, make_app, open_shop


def get(shop: Shop, path: str, host: str = "localhost", **headers: str) -> "tuple[int, str]":
    response = shop.app.test_client().get(path, base_url=f"http://{host}", headers=headers)
    return response.status_code, response.headers.get("Location", "")


def test_a_tenant_is_found_by_its_path(shared_shop: Shop) -> None:
    assert get(shared_shop, f"{shared_shop.root}/login") == (200, "")


def test_the_address_without_a_slash_leads_to_the_one_with(shared_shop: Shop) -> None:
    assert get(shared_shop, shared_shop.root) == (308, f"http://localhost{shared_shop.root}/")


@pytest.mark.parametrize(
    "path", ["/t/nobody/", "/t/nobody", "/t//", "/t/%00/", "/t/ș/", "/t/../", f"/t/{'a' * 300}/"]
)
def test_an_unknown_tenant_is_not_found(shared_shop: Shop, path: str) -> None:
    assert get(shared_shop, path)[0] in {400, 404}


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "exa mple", "a_b"]
)
def test_an_unknown_host_is_a_bad_request(shared_shop: Shop, host: str) -> None:
    response = shared_shop.app.test_client().get(f"{shared_shop.root}/login", headers={"Host": host})
    assert response.status_code == 400


def test_an_address_that_is_not_utf_8_is_a_bad_request(shared_shop: Shop) -> None:
    response = shared_shop.app.test_client().get("/", environ_overrides={"PATH_INFO": "/t/\xff\xfe/"})
    assert response.status_code == 400


def test_a_suspended_tenant_is_closed_on_the_next_request_and_says_so(shop: Shop) -> None:
    browser = shop.client("owner")
    assert browser.get(f"{shop.root}/").status_code == 200
    with shop.app.app_context():
        suspend_tenant(shop.slug)
    page = browser.get(f"{shop.root}/")
    assert page.status_code == 403
    assert "suspend" in page.get_data(as_text=True)
    with shop.app.app_context():
        resume_tenant(shop.slug)
    assert browser.get(f"{shop.root}/").status_code == 200


def test_a_tenant_whose_tables_are_older_than_the_code_is_told_to_wait(shop: Shop) -> None:
    from sqlalchemy import text

    from core.engines import WRITE

    with shop.engine.execution_options(**{WRITE: True}).begin() as connection:
        connection.execute(text("UPDATE alembic_version_core SET version_num = '0001'"))
    response = shop.app.test_client().get(f"{shop.root}/login")
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0


def test_static_files_and_health_need_no_tenant(shared_shop: Shop) -> None:
    for path in ("/", "/healthz", "/readyz", "/static/app.css"):
        assert get(shared_shop, path)[0] == 200, path


def test_the_door_leads_to_the_firm(shared_shop: Shop) -> None:
    assert get(shared_shop, f"/?firm={shared_shop.slug}") == (302, f"http://localhost{shared_shop.root}/")
    assert get(shared_shop, "/?firm=nobody")[0] == 404


def test_a_host_of_its_own_is_the_canonical_address(make_shop: object) -> None:
    shop: Shop = make_shop(domain="service.example")  # type: ignore[operator]
    assert get(shop, "/login", host="service.example") == (200, "")
    assert get(shop, f"{shop.root}/tickets/?q=x") == (308, "http://service.example/tickets/?q=x")
    assert shop.tenant.root == ""


def test_forwarded_headers_are_not_believed_unless_configured(shared_shop: Shop) -> None:
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    status, location = get(shared_shop, shared_shop.root, **headers)
    assert (status, location) == (308, f"http://localhost{shared_shop.root}/")


def test_of_a_proxy_address_and_scheme_are_believed_and_no_host(tmp_path: Path) -> None:
    names = {"WORKMANAGER_PUBLIC_URL": "https://base.example", "WORKMANAGER_TRUSTED_PROXIES": "1"}
    shop = open_shop(make_app({"WORKMANAGER_INSTANCE": str(tmp_path), **names}))
    lies = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil", "X-Forwarded-Port": "666"}
    with shop.app.test_client() as browser:
        answer = browser.get(
            f"{shop.root}/login",
            base_url="http://base.example",
            headers={**lies, "X-Forwarded-For": "198.51.100.1, 203.0.113.7", "X-Forwarded-Proto": "https"},
        )
        assert answer.status_code == 200
        assert "evil" not in answer.text
        assert (flask.request.remote_addr, flask.request.scheme) == ("203.0.113.7", "https")
        assert flask.request.host == "base.example"


def test_whatever_the_path_holds_the_canonical_address_stays_one_line_of_the_firms_host(
    make_shop: Callable[..., Shop],
) -> None:
    shop = make_shop(domain="door.example")
    for path, where in (
        ("/%0d%0aSet-Cookie:%20a=b", "/%0D%0ASet-Cookie:%20a=b"),
        ("/a%3fb%23c", "/a%3Fb%23c"),
        ("/%C8%99", "/%C8%99"),
        ("//evil.example/", "//evil.example/"),
    ):
        assert get(shop, f"{shop.root}{path}") == (308, f"http://door.example{where}")


def test_a_path_without_a_slash_is_no_part_of_the_host(tmp_path: Path) -> None:
    names = {"WORKMANAGER_PUBLIC_URL": "http://base.example", "WORKMANAGER_BASE_DOMAIN": "base.example"}
    shop = open_shop(make_app({"WORKMANAGER_INSTANCE": str(tmp_path), **names}), domain="gate.example")
    answer = shop.app.test_client().get(
        "/", base_url=f"http://{shop.slug}.base.example", environ_overrides={"PATH_INFO": ".evil.example"}
    )
    assert answer.headers["Location"] == "http://gate.example/.evil.example"
    shop.app.extensions["wm_engines"].dispose()


def test_an_installation_may_be_reached_by_an_ipv6_address(tmp_path: Path) -> None:
    names = {"WORKMANAGER_INSTANCE": str(tmp_path), "WORKMANAGER_PUBLIC_URL": "http://[2001:db8::1]"}
    shop = open_shop(make_app(names))
    assert get(shop, f"{shop.root}/login", host="[2001:db8::1]") == (200, "")
    shop.app.extensions["wm_engines"].dispose()
