"""Hostile papers: nothing is opened, nothing is fetched, nothing runs over its limits."""

from __future__ import annotations

import base64
import http.server
import io
import struct
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from core.foundation.documents.protocol import RenderLimits
from core.foundation.documents.render import RenderServer
from tests.foundation.documents.papers import CANARY, picture

SECRET = "{secret}"
WEB = "{web}"

#: Each refers to something outside itself: SECRET is a readable file, WEB a server that counts its visitors.
OUTSIDE = {
    "img file url": f'<img src="file://{SECRET}">',
    "img localhost file url": f'<img src="file://localhost{SECRET}">',
    "img absolute path": f'<img src="{SECRET}">',
    "img relative path": '<img src="render.log">',
    "img dots": '<img src="../../../../../../../../../../etc/passwd">',
    "img windows path": '<img src="C:\\\\Windows\\\\win.ini">',
    "img unc path": '<img src="\\\\\\\\127.0.0.1\\\\share\\\\a.png">',
    "img slashes": '<img src="//127.0.0.1/a.png">',
    "img http": f'<img src="{WEB}/a.png">',
    "img https": '<img src="https://127.0.0.1:9/a.png">',
    "img ftp": '<img src="ftp://127.0.0.1/a.png">',
    "img metadata": '<img src="http://169.254.169.254/latest/meta-data/">',
    "img name": '<img src="http://localhost.localdomain/a.png">',
    "img upper case": f'<IMG SRC="FILE://{SECRET}">',
    "img with spaces": f'<img src="  file://{SECRET} ">',
    "img with entities": "<img src='&#102;ile:///etc/passwd'>",
    "img proc": '<img src="/proc/self/environ">',
    "img gopher": '<img src="gopher://127.0.0.1/">',
    "img php": '<img src="php://filter/resource=/etc/passwd">',
    "img jar": '<img src="jar:file:///etc/passwd!/a">',
    "link stylesheet file": f'<link rel="stylesheet" href="{SECRET}">',
    "link stylesheet http": f'<link rel="stylesheet" href="{WEB}/a.css">',
    "link stylesheet data": '<link rel="stylesheet" href="data:text/css,p%7Bcolor:red%7D">',
    "import file": f"<style>@import url({SECRET});</style>",
    "import quoted": f'<style>@import "{SECRET}";</style>',
    "import http": f"<style>@import url({WEB}/a.css);</style>",
    "import data": "<style>@import url(data:text/css,p);</style>",
    "font face file": f"<style>@font-face {{ font-family: X; src: url({SECRET}); }}</style>",
    "font face ttf": "<style>@font-face { font-family: X; src: url(/usr/share/fonts/a.ttf); }</style>",
    "font face http": f"<style>@font-face {{ font-family: X; src: url({WEB}/a.ttf); }}</style>",
    "font face data": "<style>@font-face { font-family: X; src: url(data:font/ttf;base64,AAEAAAAA); }</style>",
    "background image": f"<style>p {{ background-image: url({SECRET}); }}</style>",
    "background http": f'<p style="background: url({WEB}/a.png)">a</p>',
    "page background": f"<style>@page {{ background-image: url({SECRET}); }}</style>",
    "page background pdf": f"<style>@page {{ background-image: url({WEB}/a.pdf); }}</style>",
    "page background pdf data": "<style>@page { background-image: url(data:application/pdf;base64,JVBERi0=); }</style>",
    "list style image": f'<ul style="list-style-image: url({SECRET})"><li>a</li></ul>',
    "css escape": "<style>p { background-image: url(\\66 ile:///etc/passwd); }</style>",
    "content url": f"<style>p::before {{ content: url({SECRET}); }}</style>",
    "pdf font": f'<pdf:font name="x" src="{SECRET}"></pdf:font>',
    "pdf insertpdf": f'<pdf:insertpdf src="{SECRET}"></pdf:insertpdf>',
    "pdf insertpdf http": f'<pdf:insertpdf src="{WEB}/a.pdf"></pdf:insertpdf>',
    "pdf insertpdf data": '<pdf:insertpdf src="data:application/pdf;base64,JVBERi0="></pdf:insertpdf>',
    "svg data": '<img src="data:image/svg+xml,%3Csvg%20xmlns=%22http://www.w3.org/2000/svg%22%3E%3C/svg%3E">',
    "svg with an image": f"<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='{WEB}/a.png'/></svg>\">",
    "html data": '<img src="data:text/html,<b>a</b>">',
    "gif data": f'<img src="{picture(image_format="GIF")}">',
    "tiff data": f'<img src="{picture(image_format="TIFF")}">',
    "bmp data": f'<img src="{picture(image_format="BMP")}">',
    "eps data": f'<img src="data:image/png;base64,{base64.b64encode(b"%!PS-Adobe-3.0 EPSF-3.0").decode()}">',
    "text as png": f'<img src="data:image/png;base64,{base64.b64encode(CANARY.encode()).decode()}">',
    "truncated png": f'<img src="{picture(64, 64)[:-60]}">',
    "not base64": '<img src="data:image/png;base64,####">',
    "no comma": '<img src="data:image/png;base64">',
    "empty src": '<img src="">',
}  # fmt: skip

#: None of these is looked at, whatever it refers to; the paper around it is printed.
IGNORED = {
    "pdf template background": f'<pdf:template name="t" background="{SECRET}">'
    '<pdf:frame box="0 0 9cm 9cm" name="f"></pdf:frame></pdf:template>',
    "body background": f'<body background="{SECRET}">a</body>',
    "iframe": f'<iframe src="{SECRET}"></iframe>',
    "object": f'<object data="{SECRET}"></object>',
    "embed": f'<embed src="{WEB}/a">',
    "video": f'<video src="{WEB}/a" poster="{WEB}/b"></video>',
    "script": f'<script src="{WEB}/a.js">document.write(1)</script>',
    "meta refresh": f'<meta http-equiv="refresh" content="0; url={WEB}/a">',
    "base": f'<base href="{WEB}/">',
    "form": f'<form action="{WEB}/a"><input name="a" type="text"></form>',
    "javascript link": '<a href="javascript:app.alert(1)">a</a>',
    "event handler": '<p onclick="app.alert(1)">a</p>',
    "entity": '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><p>&x;</p>',
    "billion laughs": '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><p>&b;&b;</p>',
    "xml stylesheet": f'<?xml-stylesheet href="{SECRET}"?><p>a</p>',
    "para markup": f'<p>&lt;para&gt;&lt;img src="{SECRET}"/&gt;&lt;/para&gt;</p>',
    "ondraw markup": '<p>&lt;onDraw name="x" label="y"/&gt;&lt;font color="open(1)"&gt;</p>',
    "evaluated colour": "<p style=\"color: [__import__('os').system('id')]\">a</p>",
    "evaluated colour attribute": '<font color="toColor(open(1))">a</font>',
    "attachment": f'<pdf:attachment src="{SECRET}"></pdf:attachment>',
    "xmp": f'<pdf:xmp src="{SECRET}"></pdf:xmp>',
    "source set": f'<img src="{picture()}" srcset="{WEB}/a.png 2x">',
    "conditional comment": f'<!--[if IE]><img src="{SECRET}"><![endif]-->',
    "nul": "<p>a\x00b</p>",
}  # fmt: skip


def png_header(width: int, height: int) -> str:
    """Return a PNG that claims a size and has hardly any data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return _data(
        b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def bomb(width: int, height: int) -> str:
    """Return a sound PNG of a few kilobytes that decodes to ``width * height`` pixels."""
    buffer = io.BytesIO()
    Image.new("1", (width, height)).save(buffer, "PNG", optimize=True)
    return _data(buffer.getvalue())


def text_bomb() -> str:
    """Return a PNG whose compressed comment is a hundred times its size."""
    comments = PngImagePlugin.PngInfo()
    comments.add_text("a", "x" * 90_000_000, zip=True)
    buffer = io.BytesIO()
    Image.new("1", (4, 4)).save(buffer, "PNG", pnginfo=comments)
    return _data(buffer.getvalue())


def _data(image: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(image).decode()}"


#: Each wants more than a paper may have.
TOO_MUCH = {
    "pixels of a header": lambda: f'<img src="{png_header(60_000, 60_000)}">',
    "pixels of a sound image": lambda: f'<img src="{bomb(5_000, 5_000)}">',
    "pixels of many images": lambda: "".join(f'<img src="{bomb(3_900, 3_900 + n)}">' for n in range(4)),
    "comment of an image": lambda: f'<img src="{text_bomb()}">',
    "20,000 rows": lambda: "<table>" + "<tr><td>a</td><td>b</td><td>c</td></tr>" * 20_000 + "</table>",
    "nested tables": lambda: "<table><tr><td>" * 90 + "a" + "</td></tr></table>" * 90,
    "nested tables in pairs": lambda: "<table><tr><td>a</td><td>" * 40 + "a" + "</td></tr></table>" * 40,
    "deep elements": lambda: "<div>" * 5_000 + "a",
    "huge css": lambda: (
        "<style>"
        + "".join(f".c{n} > p + p {{ color: #{n:06d} }}" for n in range(60_000))
        + "</style><p>a</p>"
    ),
    "many classes": lambda: (
        "<style>"
        + "".join(f".c{n} p {{ color: red }}" for n in range(3_000))
        + "</style>"
        + "<p class='c1'>a</p>" * 8_000
    ),
    "200,000 paragraphs": lambda: "<p>a</p>" * 200_000,
    "one line of a million": lambda: "<p>" + "a " * 1_000_000 + "</p>",
    "huge colspan": lambda: "<table><tr><td colspan='99999999'>a</td></tr></table>",
    "huge rowspan": lambda: "<table><tr><td rowspan='99999999'>a</td></tr></table>",
    "huge image box": lambda: f'<img src="{picture()}" width="99999999" height="99999999">',
    "huge spacer": lambda: '<pdf:spacer height="99999999cm"></pdf:spacer>',
    "huge font": lambda: '<p style="font-size: 99999999pt">a</p>',
    "huge page": lambda: "<style>@page { size: 99999999cm 99999999cm }</style><p>a</p>",
    "no page": lambda: "<style>@page { size: 0cm 0cm; margin: 0 }</style><p>a</p>",
    "negative margins": lambda: "<style>@page { margin: 99cm }</style><p>a</p>",
    "huge barcode": lambda: f'<pdf:barcode type="code128" value="{"A" * 200_000}"></pdf:barcode>',
    "huge padding": lambda: '<table><tr><td style="padding: 9999cm">a</td></tr></table>',
    "variables of variables": lambda: (
        "<style>:root {"
        + "".join(f"--v{n}: var(--v{n + 1}) var(--v{n + 1});" for n in range(60))
        + "--v60: red } p { color: var(--v0) }</style><p>a</p>"
    ),
}

LIMITS = RenderLimits(seconds=10, cpu_seconds=1, memory=300 * 1024 * 1024)


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a readable file that no paper may show."""
    path = tmp_path_factory.mktemp("secret") / "secret.txt"
    path.write_text(CANARY)
    return path


@pytest.fixture(scope="module")
def visits() -> Iterator[tuple[str, list[str]]]:
    """Serve on this machine and record who comes."""
    seen: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_error(404)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    server.server_close()
    thread.join()


def filled(payload: str, secret: Path, web: str) -> str:
    """Return a paper around ``payload``."""
    payload = payload.replace(SECRET, str(secret)).replace(WEB, web)
    return (
        payload
        if payload.startswith("<!DOCTYPE")
        else f"<!doctype html><html><body><p>ș</p>{payload}</body></html>"
    )


@pytest.mark.parametrize("payload", OUTSIDE.values(), ids=list(OUTSIDE))
def test_a_paper_that_refers_outside_itself_is_refused_before_anything_is_opened(
    payload: str, secret: Path, visits: tuple[str, list[str]], render_server: RenderServer
) -> None:
    answer = render_server.ask(filled(payload, secret, visits[0]), limits=LIMITS)
    assert (answer.status, answer.pdf) == ("refused", b"")
    assert answer.denied == ()
    assert visits[1] == []


@pytest.mark.parametrize("payload", IGNORED.values(), ids=list(IGNORED))
def test_what_the_renderer_does_not_know_has_no_effect(
    payload: str, secret: Path, visits: tuple[str, list[str]], render_server: RenderServer
) -> None:
    answer = render_server.ask(filled(payload, secret, visits[0]), limits=LIMITS)
    assert answer.status in {"ok", "refused"}, answer.detail
    assert answer.denied == ()
    assert visits[1] == []
    for trace in (
        CANARY.encode(),
        b"/JavaScript",
        b"/JS",
        b"/EmbeddedFile",
        b"/Launch",
        b"/SubmitForm",
        b"/GoToR",
    ):
        assert trace not in answer.pdf


@pytest.mark.parametrize("make", TOO_MUCH.values(), ids=list(TOO_MUCH))
def test_no_paper_takes_more_than_it_may(make: object, render_server: RenderServer) -> None:
    assert callable(make)
    answer = render_server.ask(f"<!doctype html><html><body><p>ș</p>{make()}</body></html>", limits=LIMITS)
    assert answer.status in {"ok", "refused", "limit"}, answer.detail
    assert answer.milliseconds <= LIMITS.seconds * 1000
    assert answer.denied == ()
    assert bool(answer.pdf) == (answer.status == "ok")
    assert len(answer.pdf) < LIMITS.pdf


def test_the_server_still_prints_after_all_that(render_server: RenderServer) -> None:
    answer = render_server.ask("<p>ș</p>", limits=LIMITS)
    assert (answer.status, answer.pages) == ("ok", 1)


def test_a_text_of_brackets_costs_no_more_than_one_of_words(render_server: RenderServer) -> None:
    took = []
    for text in ("W " * 4_999, "&lt;" * 9_999):
        rows = f"<tr><td>Defect</td><td>{text}</td></tr>" * 3
        answer = render_server.ask(f"<table>{rows}</table>", limits=LIMITS)
        assert answer.status == "ok", answer.detail
        took.append(answer.milliseconds)
    assert took[1] < took[0], took
