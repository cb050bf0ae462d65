"""What a browser keeps between pages: cookies, and the tokens of the forms that it has seen."""

from __future__ import annotations

import html
import re
from typing import Final

from flask.testing import FlaskClient

from tests.bench.load import Answer, Line, request_bytes

#: The owner of the shops that are measured.
EMAIL: Final = "radu@example.com"
PASSWORD: Final = "correct horse battery"
_CSRF: Final = re.compile(r'name="csrf_token"[^>]*?value="([^"]+)"')


class Browser:
    """One person's browser on a server of this machine."""

    def __init__(self, port: int, root: str = "") -> None:
        """Look at the pages below ``root`` of the server on ``port``."""
        self.port = port
        self.root = root
        self.line = Line(port)
        self._cookies: dict[str, str] = {}
        self.csrf = ""

    @property
    def cookie(self) -> str:
        """The value of the ``Cookie`` header."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def twin(self) -> Browser:
        """Return another window of this browser: the same cookies, a connection of its own."""
        other = Browser(self.port, self.root)
        other._cookies, other.csrf = dict(self._cookies), self.csrf
        return other

    def request(self, method: str, path: str, form: dict[str, str] | None = None) -> bytes:
        """Return a request of this browser as it goes over the wire, its form with the CSRF token."""
        filled = None if form is None else {"csrf_token": self.csrf, **form}
        return request_bytes(method, self.root + path, self.port, cookie=self.cookie, form=filled)

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
        for header in answer.headers("Set-Cookie"):
            name, _, value = header.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer


def csrf_of(page: str) -> str:
    """Return the token that the forms of ``page`` carry, empty where it has none."""
    found = _CSRF.search(page)
    return html.unescape(found[1]) if found else ""


def log_in(client: FlaskClient, root: str) -> None:
    """Log a client inside this process in on the login page of the shop at ``root``."""
    page = client.get(f"{root}/login").get_data(as_text=True)
    form = {"email": EMAIL, "password": PASSWORD, "csrf_token": csrf_of(page)}
    client.post(f"{root}/login", data=form)
