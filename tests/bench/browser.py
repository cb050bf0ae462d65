"""What a browser keeps between pages: cookies, and the tokens of the forms that it has seen."""

from __future__ import annotations

import html
import re
from typing import Final, Protocol
from urllib.parse import urlsplit

from flask.testing import FlaskClient

from tests.bench.load import Answer, Line, Request, request_bytes

#: The owner of the shops that are measured.
EMAIL: Final = "radu@example.com"
PASSWORD: Final = "correct horse battery"
_CSRF: Final = re.compile(r'name="csrf_token"[^>]*?value="([^"]+)"')


#: What a form is answered with that was taken: the page to look at next.
SEE_OTHER: Final = 303


class Wire(Protocol):
    """The way to a server: a connection, or a call in this process."""

    def ask(self, request: bytes) -> Answer:
        """Return the whole answer."""

    def close(self) -> None:
        """Hang up."""


class Browser:
    """One person's browser on a server of this machine."""

    def __init__(self, port: int, root: str = "", line: Wire | None = None) -> None:
        """Look at the pages below ``root`` of the server on ``port``."""
        self.port = port
        self.root = root
        self.line: Wire = Line(port) if line is None else line
        self._cookies: dict[str, str] = {}
        self.csrf = ""

    @property
    def cookie(self) -> str:
        """The value of the ``Cookie`` header."""
        return _cookie_header(self._cookies)

    def twin(self) -> Browser:
        """Return another window of this browser: the same cookies, a connection of its own."""
        other = Browser(self.port, self.root)
        other._cookies, other.csrf = dict(self._cookies), self.csrf
        return other

    def request(self, method: str, path: str, form: dict[str, str] | None = None) -> bytes:
        """Return a request of this browser as it goes over the wire, its form with the CSRF token."""
        filled = {"csrf_token": self.csrf, **form} if form is not None and self.csrf else form
        return request_bytes(method, self.root + path, self.port, cookie=self.cookie, form=filled)

    def next_page(self, answer: Answer) -> bytes:
        """Return the request that follows the answer to a form: for the page that it names, with the cookies that came with it."""
        address = urlsplit(answer.header("Location") or "")
        path = address.path + (f"?{address.query}" if address.query else "")
        cookies = self._cookies | dict(_cookies(answer))
        return request_bytes("GET", path, self.port, cookie=_cookie_header(cookies))

    def ask(self, request: Request) -> Answer:
        """Ask, and forget what came with the answer."""
        return self.line.ask(self.request(request.method, request.path, request.form))

    def look(self, request: Request) -> Answer:
        """Ask, and where the answer is to look at another page, return that page: what a person waits for."""
        answer = self.ask(request)
        return self.line.ask(self.next_page(answer)) if answer.status == SEE_OTHER else answer

    def get(self, path: str) -> Answer:
        """Open a page, and keep the token of its forms."""
        answer = self._keep(self.line.ask(self.request("GET", path)))
        self.csrf = csrf_of(answer.body.decode("utf-8", "replace")) or self.csrf
        return answer

    def post(self, path: str, form: dict[str, str]) -> Answer:
        """Send a form."""
        return self._keep(self.line.ask(self.request("POST", path, form)))

    def log_in(self, email: str, password: str) -> None:
        """Log in on the login page.

        :raises RuntimeError: the shop does not let us in.
        """
        self.get("/login")
        answer = self.post("/login", {"email": email, "password": password})
        if answer.status not in {302, 303}:
            message = f"logging in was answered with {answer.status}"
            raise RuntimeError(message)
        self.get("/")

    def _keep(self, answer: Answer) -> Answer:
        self._cookies.update(_cookies(answer))
        return answer


def _cookies(answer: Answer) -> list[tuple[str, str]]:
    """Return the cookies that came with ``answer``."""
    pairs = (header.partition(";")[0].partition("=") for header in answer.headers("Set-Cookie"))
    return [(name, value) for name, _, value in pairs]


def _cookie_header(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def csrf_of(page: str) -> str:
    """Return the token that the forms of ``page`` carry, empty where it has none."""
    found = _CSRF.search(page)
    return html.unescape(found[1]) if found else ""


def log_in(client: FlaskClient, root: str) -> None:
    """Log a client inside this process in on the login page of the shop at ``root``."""
    page = client.get(f"{root}/login").get_data(as_text=True)
    form = {"email": EMAIL, "password": PASSWORD, "csrf_token": csrf_of(page)}
    client.post(f"{root}/login", data=form)
