from collections.abc import Callable

import pytest

from core.foundation.accounts.redirects import safe_path
from core.testing import Shop

#: What open redirects are tried with (OWASP, PortSwigger, and the ways in which browsers mend addresses).
ELSEWHERE = [
    "",
    None,
    "http://evil.example",
    "https://evil.example/t/",
    "//evil.example",
    "///evil.example",
    "////evil.example/%2f..",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/%09/evil.example/../..",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "mailto:x@evil.example",
    "evil.example",
    "evil.example/path",
    ".evil.example",
    "@evil.example",
    ":80/x",
    "?next=//evil.example",
    "#//evil.example",
    "/..",
    "/../",
    "/../../t/other/",
    "/tickets/../../other/",
    "/./../other/",
    "/%2e%2e/other/",
    "/%2E%2E/other/",
    "/.%2e/other/",
    "/%2e./other/",
    "/tickets/..",
    "/tickets/%2e%2e",
    "/é//evil.example",
    "/\u2028//evil.example",
    "/\uff0f/evil.example",
    "/\ud800",
    "/\0",
    "/\x7f",
    "/" + "a" * 2000,
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_an_address_that_could_lead_elsewhere_leads_home(shared_shop: Shop, target: str | None) -> None:
    with shared_shop.context() as tenant:
        assert safe_path(target) == f"{tenant.root}/"


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/", "/"),
        ("/tickets/", "/tickets/"),
        ("/tickets/?", "/tickets/"),
        ("/tickets/7?view=late&q=%C8%99", "/tickets/7?view=late&q=%C8%99"),
        ("/search?q=http://a.example/../x", "/search?q=http://a.example/../x"),
        ("/tickets/7#notes", "/tickets/7"),
        ("/a..b/...", "/a..b/..."),
        ("/t/other/", "/t/other/"),
        ("/t", "/t"),
    ],
)
def test_an_address_of_the_tenant_is_kept_under_its_prefix(shared_shop: Shop, target: str, path: str) -> None:
    with shared_shop.context() as tenant:
        assert safe_path(target) == f"{tenant.root}{path}"
        assert safe_path(f"{tenant.root}{target}") == f"{tenant.root}{path}"


def test_the_prefix_alone_cannot_be_stretched_to_another_host(shared_shop: Shop) -> None:
    with shared_shop.context() as tenant:
        assert safe_path(f"{tenant.root}//evil.example") == f"{tenant.root}/"
        assert safe_path(f"{tenant.root}evil") == f"{tenant.root}{tenant.root}evil"


def test_a_tenant_with_a_host_of_its_own_stays_there(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop(domain="meteor.example.com")
    with shop.context() as tenant:
        assert tenant.root == ""
        assert safe_path("/tickets/") == "/tickets/"
        for target in ELSEWHERE:
            assert safe_path(target) == "/"
