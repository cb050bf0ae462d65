"""The render server: one for an instance, started by the first paper, ended when idle, never in the way."""

from __future__ import annotations

import io
import json
import os
import re
import select
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

from core.db import unit_of_work
from core.errors import ConfigError, SlowWorkError
from core.foundation.documents.errors import RenderBusyError, RenderError, RenderLimitError
from core.foundation.documents.protocol import RenderLimits, pack
from core.foundation.documents.render import (
    MOST_CALLERS_EACH,
    RenderServer,
    render_pdf,
    render_server as server_of_the_app,
)
from core.testing import Shop
from tests.foundation.documents.papers import picture

ROOT = Path(__file__).parents[3]
PAPER = "<!doctype html><html><body><p>Proces-verbal: ș ț ă î â</p></body></html>"
#: Takes several seconds of processor time.
SLOW = "<p>a b c</p>" * 60_000
SOON = RenderLimits(seconds=20, cpu_seconds=20)

CALLER = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from core.foundation.documents.render import RenderServer
server = RenderServer(Path(sys.argv[1]), idle_seconds=20)
with ThreadPoolExecutor(3) as pool:
    answers = list(pool.map(server.ask, ["<p>ș</p>"] * 3))
print(json.dumps({
    "status": [answer.status for answer in answers],
    "servers": [answer.server for answer in answers],
    "heavy": [name for name in ("xhtml2pdf", "reportlab", "html5lib", "PIL") if name in sys.modules],
}))
"""


def text_of(pdf: bytes) -> str:
    """Return what a reader of the PDF sees, page after page."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def wait_until(holds: Callable[[], bool], *, seconds: float = 10) -> bool:
    """Look until something holds or the time is over; tell whether it holds."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        select.select([], [], [], 0.02)
    return holds()


def children_of(pid: int) -> list[int]:
    """Return the processes that ``pid`` has forked and that live."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def lives(pid: int) -> bool:
    """Tell whether a process runs; one that has ended may wait a while for somebody to take note."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def socket_of(instance: Path) -> Path:
    """Return the socket of the instance's server."""
    (found,) = (instance / "run").glob("*.sock")
    return found


@pytest.fixture
def own_server(tmp_path: Path) -> object:
    """Give a server that no other test uses, and end it."""
    server = RenderServer(tmp_path, idle_seconds=20)
    yield server
    server.stop()


def test_a_paper_becomes_a_pdf_whose_romanian_letters_are_there(render_server: RenderServer) -> None:
    pdf = render_server.render(PAPER)
    assert pdf.startswith(b"%PDF-")
    assert "Proces-verbal: ș ț ă î â" in text_of(pdf)


def test_every_font_of_a_text_is_embedded_and_dejavu(render_server: RenderServer) -> None:
    pdf = render_server.render("<p>a <b>b</b> <i>c</i> <b><i>d</i></b> <code>e</code> <tt>f</tt></p>")
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    used = set(re.findall(rb"/(F[0-9+]+) [0-9.]+ Tf", page.get_contents().get_data()))
    fonts = page["/Resources"]["/Font"]
    drawn = {name: fonts[name].get_object() for name in fonts if name[1:].encode() in used}
    embedded = [font for font in drawn.values() if "DejaVuSans" in font["/BaseFont"]]
    assert len(embedded) >= 4
    assert all("/FontFile2" in font["/FontDescriptor"] for font in embedded)


@pytest.mark.parametrize(
    ("html", "code"),
    [
        ('<p style="font-family: Wingdings">a</p>', "font"),
        ("<p>&#x1F9FF;</p>", "font"),
        ('<img src="data:image/png;base64,AAAA">', "image"),
        ('<img src="http://127.0.0.1:9/a.png">', "outside"),
        ('<pdf:barcode type="ean13" value="x"></pdf:barcode>', "markup"),
        ('<table style="width: 0"><tr><td style="padding: 900cm">a</td></tr></table>', "markup"),
    ],
)
def test_what_would_be_missing_on_the_paper_is_an_error(
    html: str, code: str, render_server: RenderServer
) -> None:
    with pytest.raises(RenderError) as refusal:
        render_server.render(html)
    assert (refusal.value.code, refusal.value.status) == (code, 422)
    assert refusal.value.message
    assert refusal.value.detail


def test_a_character_that_no_font_has_is_printed_as_a_sign(render_server: RenderServer) -> None:
    text = text_of(render_server.render("<p>a🧿b日c\u200bd\x07e\u00adf\ud800g</p>"))
    assert "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}cdef?g" in text


@pytest.mark.parametrize("code", ["qr", "code128", "ean13"])
def test_bar_codes_are_drawn(code: str, render_server: RenderServer) -> None:
    value = "5901234123457" if code == "ean13" else "CJ-4821"
    html = f'<pdf:barcode type="{code}" value="{value}" barwidth="0.3mm" barheight="9mm"></pdf:barcode>'
    assert render_server.ask(html).status == "ok"


def test_the_same_paper_gives_the_same_bytes_on_another_server(
    render_server: RenderServer, own_server: RenderServer
) -> None:
    moment = datetime(2026, 11, 24, 8, 42, tzinfo=UTC)
    paper = PAPER + "<p><b>" + "".join(map(chr, range(0x100, 0x250))) + "</b></p>"
    first, second = (server.render(paper, made_at=moment) for server in (render_server, own_server))
    assert first == second
    assert PdfReader(io.BytesIO(first)).metadata.creation_date == moment
    assert render_server.render(paper) != first


def test_the_caller_never_imports_the_renderer_and_an_instance_has_one_server(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CALLER, str(tmp_path)]
    callers = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _caller in range(4)]
    outcomes = [json.loads(caller.communicate(timeout=60)[0]) for caller in callers]
    RenderServer(tmp_path).stop()
    assert [outcome["status"] for outcome in outcomes] == [["ok"] * 3] * 4
    assert len({pid for outcome in outcomes for pid in outcome["servers"]}) == 1
    assert [outcome["heavy"] for outcome in outcomes] == [[]] * 4


def test_many_threads_get_their_own_papers(render_server: RenderServer) -> None:
    with ThreadPoolExecutor(8) as pool:
        pdfs = list(pool.map(render_server.render, [f"<p>paper {number}</p>" for number in range(24)]))
    assert [text_of(pdf).strip() for pdf in pdfs] == [f"paper {number}" for number in range(24)]


def test_only_the_owner_may_speak_to_the_server(own_server: RenderServer, tmp_path: Path) -> None:
    own_server.render(PAPER)
    assert stat.S_IMODE(socket_of(tmp_path).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "run").stat().st_mode) == 0o700


def test_the_server_has_none_of_the_callers_secrets(
    own_server: RenderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKMANAGER_SECRET_KEY", "canary-of-a-secret")
    pid = own_server.ask(PAPER).server
    assert b"canary-of-a-secret" not in Path(f"/proc/{pid}/environ").read_bytes()
    assert Path(f"/proc/{pid}/cmdline").read_bytes().count(b"documents.server") == 1


def test_the_server_ends_when_idle_and_the_next_paper_starts_it_again(tmp_path: Path) -> None:
    server = RenderServer(tmp_path, idle_seconds=0.2)
    first = server.ask(PAPER)
    assert wait_until(lambda: not lives(first.server))
    assert list((tmp_path / "run").glob("*.sock")) == []
    assert not server.is_running()
    second = server.ask(PAPER)
    assert second.status == "ok"
    assert second.server != first.server
    assert wait_until(lambda: not lives(second.server))


def test_a_server_that_was_killed_is_started_again(own_server: RenderServer) -> None:
    killed = own_server.ask(PAPER).server
    os.kill(killed, signal.SIGKILL)
    answer = own_server.ask(PAPER)
    assert answer.status == "ok"
    assert answer.server != killed


def test_a_server_whose_instance_is_gone_ends(tmp_path: Path) -> None:
    server = RenderServer(tmp_path, idle_seconds=60)
    pid = server.ask(PAPER).server
    socket_of(tmp_path).unlink()
    assert wait_until(lambda: not lives(pid))


def test_a_fork_that_crashes_is_one_papers_trouble(own_server: RenderServer) -> None:
    pid = own_server.ask(PAPER).server
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(own_server.render, SLOW, limits=SOON)
        assert wait_until(lambda: bool(children_of(pid)))
        os.kill(children_of(pid)[0], signal.SIGSEGV)
        with pytest.raises(RenderError) as refusal:
            slow.result(timeout=20)
    assert refusal.value.code == "crash"
    assert own_server.ask(PAPER).server == pid


def test_a_paper_nobody_waits_for_any_more_is_given_up(own_server: RenderServer, tmp_path: Path) -> None:
    pid = own_server.ask(PAPER).server
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(socket_of(tmp_path)))
        caller.sendall(pack({"what": "paper", "limits": {"seconds": 60, "cpu_seconds": 60}}, SLOW.encode()))
        assert wait_until(lambda: bool(children_of(pid)))
    assert wait_until(lambda: not children_of(pid))


def test_nonsense_on_the_socket_does_not_end_the_server(own_server: RenderServer, tmp_path: Path) -> None:
    pid = own_server.ask(PAPER).server
    for message in (
        b"", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 100, b"\0\0\0\x02{}", b"\0\0\0\x02[]", b"\0\0\0\x05nosense", pack({"what": "?"}),
        pack({"what": "paper", "limits": {"seconds": "x"}}, b"<p>a</p>"), pack({"what": "paper", "made_at": 10**30}, b"<p>a</p>"),
    ):  # fmt: skip
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(str(socket_of(tmp_path)))
            caller.sendall(message)
        assert own_server.ask(PAPER).server == pid, message


@pytest.mark.parametrize(
    ("html", "limits", "code"),
    [
        (SLOW, RenderLimits(seconds=0.5), "time"),
        (SLOW, RenderLimits(seconds=20, cpu_seconds=1), "time"),
        (f'<img src="{picture(3_900, 3_900)}">', RenderLimits(memory=20 * 1024 * 1024), "memory"),
        ("<p>a</p>" * 300, RenderLimits(html=1_000), "size"),
        (PAPER, RenderLimits(pdf=1_000), "size"),
    ],
)
def test_a_paper_over_a_limit_is_refused(
    html: str, limits: RenderLimits, code: str, render_server: RenderServer
) -> None:
    began = time.monotonic()
    with pytest.raises(RenderLimitError) as refusal:
        render_server.render(html, limits=limits)
    assert refusal.value.code == code
    assert time.monotonic() - began < 25


def test_no_request_gets_more_than_the_server_allows_to_anybody(own_server: RenderServer) -> None:
    answer = own_server.ask(
        "<table><tr><td colspan='99999999'>a</td></tr></table>",
        limits=RenderLimits(memory=2**50, cpu_seconds=1),
    )
    assert (answer.status, answer.code) in {("limit", "memory"), ("limit", "time")}


def test_other_papers_go_on_beside_a_slow_one(own_server: RenderServer) -> None:
    pid = own_server.ask(PAPER).server
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(own_server.ask, SLOW, limits=SOON)
        assert wait_until(lambda: bool(children_of(pid)))
        assert own_server.ask(PAPER).status == "ok"
        assert not slow.done()
        os.kill(children_of(pid)[0], signal.SIGKILL)


def test_an_instance_may_lie_deeper_than_a_socket_address_is_long(tmp_path: Path) -> None:
    server = RenderServer(tmp_path / ("long" * 20) / ("folder" * 10), idle_seconds=20)
    answer = server.ask(PAPER)
    assert answer.status == "ok", answer.detail
    assert server.ask(PAPER).server == answer.server
    server.stop()


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file where the folder should be")
    with pytest.raises(ConfigError, match=re.escape(str(tmp_path))):
        RenderServer(tmp_path).ask(PAPER)


def test_rendering_inside_a_unit_of_work_is_refused(shop: Shop) -> None:
    with shop.context(), unit_of_work(), pytest.raises(SlowWorkError):
        render_pdf(PAPER)


def test_an_application_has_the_server_of_its_instance(shop: Shop) -> None:
    with shop.app.app_context():
        assert "ș ț" in text_of(render_pdf(PAPER))
        server = server_of_the_app()
        assert server.is_running()
        assert (shop.app.extensions["wm_config"].instance / "run").is_dir()
        server.stop()


def test_who_prints_much_leaves_threads_to_those_who_open_pages(shop: Shop) -> None:
    def paper(_number: int) -> str:
        with shop.context():
            try:
                render_pdf(SLOW, limits=RenderLimits(seconds=3))
            except (RenderBusyError, RenderLimitError) as error:
                return type(error).__name__
        return "printed"

    with shop.context():
        render_pdf(PAPER)
    with ThreadPoolExecutor(6) as pool:
        outcomes = sorted(pool.map(paper, range(6)))
    assert outcomes == ["RenderBusyError"] * 4 + ["RenderLimitError"] * MOST_CALLERS_EACH
    with shop.context():
        assert "ș ț" in text_of(render_pdf(PAPER))
        server_of_the_app().stop()


def test_a_firm_that_prints_much_keeps_no_other_firm_waiting(
    shop: Shop, make_shop: Callable[..., Shop], tmp_path: Path
) -> None:
    other, limits = make_shop(), RenderLimits(seconds=6)

    def greedy(number: int) -> None:
        with shop.context(), suppress(RenderBusyError, RenderLimitError):
            if number % 2:
                render_pdf(SLOW, limits=limits)
            else:
                # As the threads of the other web processes would.
                server_of_the_app().render(SLOW, limits=limits, owner=str(shop.tenant.id))

    with shop.context():
        render_pdf(PAPER)
    began = time.monotonic()
    with ThreadPoolExecutor(12) as pool:
        waiting = [pool.submit(greedy, number) for number in range(12)]
        wait_for_forks(shop)
        with other.context():
            assert "ș ț" in text_of(render_pdf(PAPER))
        took = time.monotonic() - began
        assert not all(one.done() for one in waiting)
    assert took < limits.seconds, "it waited for the papers of the other firm"
    with shop.context():
        server_of_the_app().stop()


def wait_for_forks(shop: Shop) -> None:
    """Return when every processor is busy with a paper of ``shop``."""
    with shop.context():
        server = server_of_the_app()
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            answer = server._exchange(pack({"what": "status"}), deadline, most=0)
            if answer is not None and answer.detail != "0 waiting":
                return
            time.sleep(0.05)
    pytest.fail("nobody had to wait")
