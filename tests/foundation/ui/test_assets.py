from __future__ import annotations

import gzip
import os
import posixpath
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.errors import ProgrammingError
from core.foundation.ui.assets import Assets


def test_an_address_carries_the_hash_of_the_content(app: Flask) -> None:
    url = app.jinja_env.globals["asset"]("app.css")  # type: ignore[operator]
    assert re.fullmatch(r"/static/app\.css\?v=[0-9a-f]{16}", url)


def test_an_address_never_stands_under_a_tenants_prefix(app: Flask) -> None:
    with app.test_request_context("/tickets/", base_url="http://localhost/t/meteor/"):
        assert (
            app.jinja_env.from_string("{{ asset('app.css') }} {{ icons }}tag")
            .render()
            .startswith("/static/app.css")
        )


def test_an_address_with_its_hash_is_kept_for_good(client: FlaskClient, app: Flask) -> None:
    url = app.extensions["wm_assets"].url("app.css")
    response = client.get(url)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("query", ["", "?v=0000000000000000"])
def test_any_other_address_is_asked_for_again(client: FlaskClient, query: str) -> None:
    response = client.get(f"/static/app.css{query}")
    assert response.headers["Cache-Control"] == "no-cache"
    again = client.get(f"/static/app.css{query}", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "missing.css",
        "../assets.py",
        "..%2fassets.py",
        "%2e%2e/assets.py",
        "js",
        "",
        "a%00b",
        "/etc/passwd",
        "vendor/../../assets.py",
    ],
)
def test_no_path_leads_out_of_the_static_folders(client: FlaskClient, path: str) -> None:
    assert client.get(f"/static/{path}").status_code in {404, 308}


@pytest.mark.parametrize(
    "path", ["x/../app.css", "./app.css", "js/./../app.css", "vendor/%2e%2e/app.css", "app.css/"]
)
def test_a_file_has_one_spelling_so_that_what_is_kept_in_memory_has_an_end(
    client: FlaskClient, app: Flask, path: str
) -> None:
    assert client.get(f"/static/{path}").status_code == 404
    assert all(posixpath.normpath(name) == name for name in app.extensions["wm_assets"]._known)


def test_a_missing_file_fails_loudly_where_it_is_named(app: Flask) -> None:
    with pytest.raises(ProgrammingError, match=r"gone\.css"):
        app.extensions["wm_assets"].url("gone.css")


def test_plugins_files_are_found_under_their_own_name(tmp_path: Path) -> None:
    (tmp_path / "stock").mkdir()
    (tmp_path / "stock" / "count.js").write_text("export {}")
    assets = Assets([tmp_path])
    assert assets.url("stock/count.js").startswith("/static/stock/count.js?v=")


def test_a_changed_file_gets_a_new_address_while_it_is_watched(tmp_path: Path) -> None:
    file = tmp_path / "a.css"
    file.write_text("a{}")
    watched, kept = Assets([tmp_path], watch=True), Assets([tmp_path])
    first = watched.url("a.css")
    assert kept.url("a.css") == first
    file.write_text("b{}")
    os.utime(file, ns=(1, 1))
    assert watched.url("a.css") != first
    assert kept.url("a.css") == first


@pytest.mark.parametrize(
    ("path", "kind"),
    [("app.css", "text/css"), ("icons.svg", "image/svg+xml"), ("vendor/htmx.min.js", "text/javascript")],
)
def test_files_are_sent_as_what_they_are(client: FlaskClient, path: str, kind: str) -> None:
    assert client.get(f"/static/{path}").mimetype == kind


def test_files_travel_compressed_to_who_reads_that(client: FlaskClient) -> None:
    plain = client.get("/static/app.css")
    zipped = client.get("/static/app.css", headers={"Accept-Encoding": "gzip, br"})
    assert gzip.decompress(zipped.data) == plain.data
    assert zipped.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert zipped.headers["ETag"] != plain.headers["ETag"]
    assert len(zipped.data) * 3 < len(plain.data)
