"""Addresses come out by the short way as Flask makes them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, url_for
from werkzeug.routing import BuildError

from core.testing import Shop

#: Endpoints with what is given for them.
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("tickets.index", {}),
    (".index", {"view": "all", "client": None, "q": "ă & <b>"}),
    ("tickets.index", {"stage": ["ready", "in_work"]}),
    ("tickets.show", {"ticket_id": 7}),
    ("tickets.show", {"ticket_id": 7, "history": "notes", "_anchor": "history"}),
    ("tickets.show", {"ticket_id": "7"}),
    ("tickets.paper", {"ticket_id": 7, "kind": "a/b ș"}),
    ("tickets.index", {"_external": True}),
    ("account.login", {"next": "/tickets/?q=a b"}),
    ("static", {"filename": "js/keys.js"}),
]


@pytest.mark.parametrize(("endpoint", "values"), ASKED)
def test_an_address_is_the_one_that_flask_makes(
    shared_shop: Shop, endpoint: str, values: dict[str, Any]
) -> None:
    for path in ("/tickets/", "/nowhere"):
        with shared_shop.app.test_request_context(path, base_url="http://localhost" + shared_shop.root):
            try:
                expected = Flask.url_for(shared_shop.app, endpoint, **values)
            except BuildError:
                with pytest.raises(BuildError):
                    url_for(endpoint, **values)
            else:
                assert url_for(endpoint, **values) == expected


@pytest.mark.parametrize("values", [{}, {"ticket_id": None}, {"ticket_id": "x"}])
def test_an_address_that_lacks_something_cannot_be_made(shared_shop: Shop, values: dict[str, Any]) -> None:
    with (
        shared_shop.app.test_request_context("/", base_url="http://localhost" + shared_shop.root),
        pytest.raises((BuildError, ValueError)),
    ):
        url_for("tickets.show", **values)
