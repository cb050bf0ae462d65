"""Error pages: what happened, what to do now; as a page, a fragment for htmx or problem+json (RFC 9457).

Who is logged in keeps the menu and the search around the page. Everybody else, and everybody where reading may be what is broken,
gets a page that stands without a tenant, a user or a database: it is rendered with nothing but this module's own values, so that
what broke the page cannot break its error page.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, current_app, g, json, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from core.errors import (
    BusyError,
    InvalidInputError,
    LicenceError,
    TenantBehindError,
    TenantSuspendedError,
    UnknownHostError,
    WorkmanagerError,
)
from core.foundation.ui.headers import asks_for_fragment, csp_nonce
from core.foundation.ui.language import current_locale

#: Paths below the tenant's prefix that always answer programs.
API_PREFIX = "/api/"
#: From here on the fault is ours, not the caller's.
OUR_FAULT = 500
#: From here on a status is an error.
ERROR = 400
#: Errors after which the tenant is not read again: what broke may be the reading.
UNREADABLE = frozenset({"internal", "suspended", "upgrading", "unknown_host"})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ErrorText:
    """What an error page says."""

    status: int
    title: object
    #: What happened, and what to do now.
    message: object
    icon: str = "signpost-split"


#: By the code of the error; the codes are the last part of ``type`` in problem+json.
TEXTS: Mapping[str, ErrorText] = {
    "bad_request": ErrorText(
        400,
        _l("This request cannot be read"),
        _l("The address or the form came damaged. Go back, check what you typed and send it again."),
    ),
    "form_expired": ErrorText(
        400,
        _l("This page was open too long"),
        _l(
            "Nothing was saved. Go back: what you typed should still be there. Reload the page and send it again."
        ),
        "clock-history",
    ),
    "unknown_host": ErrorText(
        400,
        _l("Nobody is at home under this address"),
        _l("No shop answers under this host name. Check the address that you were given."),
    ),
    "login_required": ErrorText(
        401, _l("Log in first"), _l("This page is for people of the shop. Log in and open it again."), "lock"
    ),
    "not_allowed": ErrorText(
        403,
        _l("This is not yours to do"),
        _l("Your role does not include this. The owner of the shop can change it in Settings, Users."),
        "lock",
    ),
    "lapsed": ErrorText(
        403,
        _l("This part has lapsed"),
        _l("You can read and export everything. To write again, renew it under Subscription."),
        "patch-check",
    ),
    "suspended": ErrorText(
        403,
        _l("This shop is suspended"),
        _l("Nothing is lost. Ask whoever runs this installation to open it again."),
        "slash-circle",
    ),
    "not_found": ErrorText(
        404,
        _l("There is no such page"),
        _l("It may have been deleted, or the address has a slip in it. Search for it, or go back."),
    ),
    "method_not_allowed": ErrorText(
        405,
        _l("This does not work here"),
        _l("The page exists, but not for what was asked of it. Open it from the menu instead."),
    ),
    "conflict": ErrorText(
        409,
        _l("This is not possible now"),
        _l("Something has changed meanwhile. Open the page again and look at what it says now."),
        "people",
    ),
    "too_large": ErrorText(
        413,
        _l("This is too large"),
        _l("Send fewer or smaller files, or less text at a time. Nothing was saved."),
        "upload",
    ),
    "invalid": ErrorText(
        422,
        _l("Some of this cannot be taken"),
        _l("Go back, correct what is named here and send it again. Nothing was saved."),
        "exclamation-circle",
    ),
    "too_many_attempts": ErrorText(
        429,
        _l("Too many attempts"),
        _l("Wait a little, then try again. If it was not you, tell the owner of the shop."),
        "clock-history",
    ),
    "internal": ErrorText(
        500,
        _l("Something broke on our side"),
        _l(
            "It was written down under the number below. Nothing you typed was half saved. Try again in a moment."
        ),
        "tools",
    ),
    "busy": ErrorText(
        503,
        _l("Many are saving at once"),
        _l("Nothing was saved. Wait a few seconds and send it again."),
        "clock-history",
    ),
    "upgrading": ErrorText(
        503,
        _l("This shop is being upgraded"),
        _l("It takes a minute or two, and nothing is lost. This page asks again by itself."),
        "clock-history",
    ),
}
_BY_STATUS = {
    400: "bad_request", 401: "login_required", 403: "not_allowed", 404: "not_found", 405: "method_not_allowed",
    409: "conflict", 412: "conflict", 413: "too_large", 415: "bad_request", 422: "invalid",
    429: "too_many_attempts", 500: "internal", 503: "busy",
}  # fmt: skip
_BY_ERROR: Sequence[tuple[type[Exception], str]] = (
    (TenantSuspendedError, "suspended"),
    (TenantBehindError, "upgrading"),
    (BusyError, "busy"),
    (UnknownHostError, "unknown_host"),
    (LicenceError, "lapsed"),
    (CSRFError, "form_expired"),
)


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """One answer that says what went wrong."""

    code: str
    status: int
    title: str
    message: str
    icon: str
    #: Messages by field; the empty name is the whole request.
    errors: Mapping[str, Sequence[str]]
    #: The number under which the fault is in the log.
    incident: str = ""
    retry_after: int | None = None


def error_page(
    code: str,
    title: object = "",
    message: object = "",
    *,
    status: int | None = None,
    errors: Mapping[str, Sequence[object]] | None = None,
    incident: str = "",
    retry_after: int | None = None,
) -> Response:
    """Answer with an error, in the form that the caller reads.

    :param code: One of ``TEXTS``; unknown ones are ``bad_request`` or ``internal`` by their status.
    :param title: Words in place of the usual ones; ``message`` likewise.
    :param retry_after: Seconds after which it is worth asking again.
    """
    text = TEXTS[code if code in TEXTS else ("internal" if (status or ERROR) >= OUR_FAULT else "bad_request")]
    page = ErrorPage(
        code=code,
        status=status or text.status,
        title=str(title or text.title),
        message=str(message or text.message),
        icon=text.icon,
        errors={name: [str(each) for each in messages] for name, messages in (errors or {}).items()},
        incident=incident,
        retry_after=retry_after,
    )
    response = _problem(page) if wants_problem() else _html(page)
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def wants_problem() -> bool:
    """Tell whether the caller is a program that reads problem+json rather than a page."""
    if request.path.startswith(API_PREFIX):
        return True
    kinds = ("text/html", "application/problem+json", "application/json")
    return request.accept_mimetypes.best_match(kinds, "text/html") != "text/html"


def _problem(page: ErrorPage) -> Response:
    body: dict[str, Any] = {
        "type": f"urn:workmanager:problem:{page.code}",
        "title": page.title,
        "status": page.status,
        "detail": page.message,
    }
    if page.errors:
        body["errors"] = page.errors
    if page.incident:
        body["incident"] = page.incident
    return Response(json.dumps(body), page.status, mimetype="application/problem+json")


def _html(page: ErrorPage) -> Response:
    fragment = asks_for_fragment()
    body = (None if fragment else _in_shell(page)) or _alone(page, fragment=fragment)
    response = Response(body, page.status)
    if fragment:
        picks_a_part = request.headers.get("HX-Request-Type") == "full"
        response.headers["HX-Reselect"] = ".wm-note"
        if page.status >= OUR_FAULT or picks_a_part:
            # What stands on the page is still good: the note is put on top of it, not in place of it.
            response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#wm-notes", "beforeend"
    return response


def _in_shell(page: ErrorPage) -> str | None:
    """Return the page with the menu and the search of who is logged in; ``None`` without them, and where they cannot be read."""
    if page.code in UNREADABLE or g.get("tenant") is None or g.get("user") is None:
        return None
    try:
        return render_template("errors/shell.html", page=page, home_url=f"{request.script_root}/")
    except Exception:
        # Whatever the shell asks for, here it is not what the reader came for: the page alone says what happened.
        log.exception("the shell around the error page of %s %s", request.method, request.path)
        return None


def _alone(page: ErrorPage, *, fragment: bool) -> str:
    """Return the page, or the note for htmx, made of nothing but what this module knows."""
    template = current_app.jinja_env.get_template("errors/fragment.html" if fragment else "errors/error.html")
    return template.render(
        page=page,
        lang=current_locale().language,
        theme=getattr(g.get("user"), "theme", "auto"),
        tenant=g.get("tenant"),
        csp_nonce=csp_nonce(),
        home_url=f"{request.script_root}/",
    )


def answer(error: Exception) -> Response | HTTPException:
    """Turn ``error`` into an answer; what nobody raised on purpose is logged with its incident number."""
    if isinstance(error, HTTPException):
        return _answer_http(error)
    if not isinstance(error, WorkmanagerError):
        return crash(error)
    code = _code_of(error, error.status)
    if code == "internal":
        return crash(error)
    retry_after = getattr(error, "retry_after", None)
    errors = error.errors if isinstance(error, InvalidInputError) else None
    return error_page(code, "", error.message, status=error.status, errors=errors, retry_after=retry_after)


def _answer_http(error: HTTPException) -> Response | HTTPException:
    status = error.code or OUR_FAULT
    if status < ERROR or error.response is not None:
        # A redirect, or an answer that was made elsewhere: they go out as they are.
        return error
    original = getattr(error, "original_exception", None)
    if status == OUR_FAULT:
        return crash(original or error)
    own_words = "" if error.description == type(error).description else error.description
    code = _code_of(error, status)
    response = error_page(code, "", "" if code == "form_expired" else own_words, status=status)
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers.setdefault(name, value)
    return response


def _code_of(error: Exception, status: int) -> str:
    for kind, code in _BY_ERROR:
        if isinstance(error, kind):
            return code
    return _BY_STATUS.get(status, "internal" if status >= OUR_FAULT else "bad_request")


def crash(error: BaseException) -> Response:
    """Log ``error`` with its traceback and answer 500 with the number that finds it in the log."""
    incident = secrets.token_hex(4).upper()
    log.error("incident %s: %s %s", incident, request.method, request.path, exc_info=error)
    return error_page("internal", incident=incident)


def init_error_pages(app: Flask) -> None:
    """Answer every error of ``app`` with an error page."""
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(WorkmanagerError, answer)
    app.register_error_handler(500, answer)


__all__ = [
    "TEXTS",
    "ErrorPage",
    "ErrorText",
    "answer",
    "crash",
    "error_page",
    "init_error_pages",
    "wants_problem",
]
