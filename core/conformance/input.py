"""Sweeps of bad input: whatever is sent to a form or an address, the answer is a clear 4xx, never a 5xx, and typing is kept."""

from __future__ import annotations

import html
import re
from typing import Final

from core.conformance.world import SAFE, Call, World, make_call, methods_of, token_of

#: What naive applications answered with 500.
KILLERS: Final = (
    "",
    "x" * 20_001,
    "\0",
    "a\0b",
    "\ud800",
    "\x1b[31m",
    "-1",
    "1e999999999",
    "NaN",
    "9" * 30,
    "9" * 5000,
    "0x10",
    "२०",
    "1.5",
    "true",
    "[]",
    "{{7*7}}",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "2026-02-31",
    "99.99.9999",
    "\u202e\u2066",
    "ﷺ" * 300,
)
#: Killers that every part of an address meets; the words of a search and the place in a list meet all.
SHORT: Final = ("x" * 20_001, "\0", "\ud800", "9" * 5000, "[]", "-1")
#: Parts of an address that lists and searches read.
ASKED: Final = (
    "q",
    "cursor",
    "order",
    "sort",
    "limit",
    "page",
    "before",
    "after",
    "stage",
    "location",
    "client_id",
    "next",
    "kind",
)
#: Text that a refused form must give back.
MARK: Final = "Păstrat de formular"
FIELD: Final = re.compile(r"<(?:input|textarea|select)\b[^>]*\bname=\"([^\"]+)\"", re.IGNORECASE)
TYPED: Final = re.compile(r"<(?:input[^>]*type=\"text\"|textarea)\b[^>]*\bname=\"([^\"]+)\"", re.IGNORECASE)
OURS: Final = 500


def sweep_forms(world: World) -> list[str]:
    """Find forms that break on a bad field, or lose what stood in the others."""
    world.forget_clients()
    found: list[str] = []
    for rule, _access in world.routes():
        case = world.cases[rule.endpoint]
        for method in methods_of(rule):
            if method in SAFE or case.form is None or case.refuses_sending:
                continue
            call = make_call(world, rule, method)
            for name in _fields(world, call, case.page):
                found += _try_field(world, call, name)
    return found


def _fields(world: World, call: Call, page: str | None) -> list[str]:
    """Return the fields of a call's form: those that are sent, and those that stand on its page."""
    text = ""
    if page is None:
        text = world.client("owner").get(call.url).get_data(as_text=True).partition("<main")[2]
    names = {*call.form, *FIELD.findall(text)} - {"csrf_token"}
    return sorted(names)


def _try_field(world: World, call: Call, name: str) -> list[str]:
    found = []
    for killer in KILLERS:
        status = _send(world, call, {**call.form, name: killer})
        if status >= OURS:
            found.append(f"{call}: answers {status} to {killer[:12]!r} in {name}")
    return found


def _send(world: World, call: Call, form: dict[str, object]) -> int:
    """Send a form, once more when the sweep has logged itself out meanwhile."""
    data = {name: _sendable(value) for name, value in form.items()}
    response = world.client("owner").open(call.url, method=call.method, data=data)
    if "/login" in response.headers.get("Location", "") or response.status_code == 401:  # noqa: PLR2004 - HTTP
        world.forget_clients()
        data["csrf_token"] = token_of(world, "owner")
        response = world.client("owner").open(call.url, method=call.method, data=data)
    return response.status_code


def _sendable(value: object) -> object:
    """Return a lone surrogate as the bytes that a hostile client would send."""
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) and "\ud800" in value else value


def sweep_typing(world: World) -> list[str]:
    """Find forms that, refused, do not give back what was typed."""
    world.forget_clients()
    found: list[str] = []
    for rule, _access in world.routes():
        case = world.cases[rule.endpoint]
        if case.form is None or case.refuses_sending or "POST" not in methods_of(rule):
            continue
        call = make_call(world, rule, "POST")
        refused = world.client("owner").post(call.url, data={**call.form, **_spoilt(call)})
        text = html.unescape(refused.get_data(as_text=True))
        typed = set(TYPED.findall(text.partition("<main")[2])) & set(call.form)
        if refused.status_code == 422 and typed:  # noqa: PLR2004 - HTTP
            again = world.client("owner").post(
                call.url, data={**call.form, **_spoilt(call), typed.pop(): MARK}
            )
            if MARK not in html.unescape(again.get_data(as_text=True)):
                found.append(f"{call}: loses what was typed when it is refused")
    return found


def _spoilt(call: Call) -> dict[str, str]:
    """Return fields that no form takes: a choice that is none, a text that is too long."""
    names = [name for name in call.form if name not in {"csrf_token", "_key", "version"}]
    return dict.fromkeys(names[:1], "x" * 20_001)


def sweep_addresses(world: World) -> list[str]:
    """Find pages that break on bad parts of their address."""
    world.forget_clients()
    found: list[str] = []
    for rule, _access in world.routes():
        if "GET" not in methods_of(rule):
            continue
        call = make_call(world, rule, "GET")
        path = call.url.partition("?")[0]
        for name in ASKED:
            for killer in KILLERS if name in {"q", "cursor"} else SHORT:
                status = world.client("owner").get(path, query_string={name: _sendable(killer)}).status_code
                if status >= OURS:
                    found.append(f"{call}: answers {status} to {killer[:12]!r} in ?{name}")
    return found


def sweep_bodies(world: World) -> list[str]:
    """Find forms that break on a body that is none: deep nesting, another type, too large, half of one."""
    world.forget_clients()
    bodies = (
        ("application/json", b"[" * 100_000),
        ("application/json", b'{"a":' * 50_000),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n'),
        ("multipart/form-data", b"nothing"),
        ("text/plain", b"\xff\xfe\xfd"),
        ("application/x-www-form-urlencoded", b"a=%ff%fe&" * 1000),
        ("application/x-www-form-urlencoded", b"x=1&" * 5000),
        ("application/x-www-form-urlencoded", b"x=" + b"y" * (3 * 1024 * 1024)),
    )
    found: list[str] = []
    for rule, _access in world.routes():
        for method in methods_of(rule):
            if method in SAFE:
                continue
            url = make_call(world, rule, method).url
            for kind, body in bodies:
                status = (
                    world.client("owner").open(url, method=method, data=body, content_type=kind).status_code
                )
                if not 400 <= status < OURS:  # noqa: PLR2004 - HTTP
                    found.append(f"{method} {rule.endpoint}: answers {status} to {kind} {body[:8]!r}")
    return found
