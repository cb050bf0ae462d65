import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest

from core import front
from core.front import Front

BIG = 8 * 1024 * 1024
ANSWER = re.compile(rb".*?\r\nContent-Length: ([0-9]+)\r\n.*?\r\n\r\n(.*)", re.DOTALL)


def application(environ: Any, start_response: Any) -> list[bytes]:
    """Answer ``/big`` with 8 MiB, everything else with the length of what was sent."""
    body = environ["wsgi.input"].read()
    answer = b"x" * BIG if environ["PATH_INFO"] == "/big" else str(len(body)).encode()
    start_response("200 OK", [("Content-Length", str(len(answer)))])
    return [answer]


@pytest.fixture
def connect() -> Iterator[Callable[[], socket.socket]]:
    """Serve the application by one thread, and connect to it as often as wanted."""
    with ExitStack() as stack:
        port = stack.enter_context(running(Front(application, [listening(stack)], threads=1)))

        def one() -> socket.socket:
            return stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))

        yield one


def listening(stack: ExitStack) -> socket.socket:
    return stack.enter_context(socket.create_server(("127.0.0.1", 0)))


@contextmanager
def running(served: Front) -> Iterator[int]:
    """Turn the loop of a front in a thread until the block ends, and hand over its port."""
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            served.turn(0.02)
        served.drain(5, alive=lambda: None)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield int(served._listeners[0].effective_port)
    finally:
        ended.set()
        thread.join(20)


def ask(line: socket.socket, request: bytes = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") -> bytes:
    line.sendall(request)
    answer = b""
    while not (found := ANSWER.match(answer)) or len(found[2]) < int(found[1]):
        part = line.recv(65536)
        assert part, answer
        answer += part
    return answer


def read_to_the_end(line: socket.socket) -> bytes:
    parts = []
    try:
        while part := line.recv(1 << 20):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def test_a_request_comes_in_pieces_and_its_connection_is_kept(connect: Callable[[], socket.socket]) -> None:
    line = connect()
    line.sendall(b"POST / HTTP/1.1\r\nHo")
    line.sendall(b"st: x\r\nContent-Length: 5\r\n\r\nab")
    assert ask(line, b"cde").endswith(b"\r\n\r\n5")
    assert ask(line).endswith(b"\r\n\r\n0")


@pytest.mark.parametrize(
    "start",
    [b"GET / HTT", b"GET / HTTP/1.1\r\nHost: x\r\n", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab"],
)
def test_a_request_that_does_not_end_is_told_so_at_its_deadline(
    connect: Callable[[], socket.socket], monkeypatch: pytest.MonkeyPatch, start: bytes
) -> None:
    monkeypatch.setattr(front, "PATIENCE", 0.2)
    monkeypatch.setattr(front, "LOOK_EVERY", 0.05)
    line = connect()
    line.sendall(start)
    assert read_to_the_end(line).startswith(b"HTTP/1.1 408 ")


def test_a_drip_does_not_put_the_deadline_off(
    connect: Callable[[], socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "PATIENCE", 0.5)
    monkeypatch.setattr(front, "LOOK_EVERY", 0.05)
    line = connect()
    line.settimeout(0.05)
    began = time.monotonic()
    line.sendall(b"POST / HTTP/1.1\r\nContent-Length: 9000\r\n\r\n")
    answer = b""
    while not answer and time.monotonic() < began + 10:
        line.sendall(b"x")
        try:
            answer = line.recv(1000)
        except TimeoutError:
            continue
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_bytes_that_come_fast_enough_earn_time(monkeypatch: pytest.MonkeyPatch) -> None:
    caller = front.Caller.__new__(front.Caller)
    caller.requests, caller.request, caller.total_outbufs_len = [], object(), 0
    caller.began = 1000.0
    caller.moved = 0
    assert not caller.is_overdue(1000 + front.PATIENCE)
    assert caller.is_overdue(1000 + front.PATIENCE + 1)
    caller.moved = 10 * front.SLOWEST
    assert not caller.is_overdue(1000 + front.PATIENCE + 9)
    assert caller.is_overdue(1000 + front.PATIENCE + 11)
    caller.requests = [object()]
    assert not caller.is_overdue(9999)


def test_who_asks_for_nothing_is_closed_without_a_word(
    connect: Callable[[], socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "KEPT", 0.2)
    monkeypatch.setattr(front, "LOOK_EVERY", 0.05)
    asked, silent = connect(), connect()
    assert b"200 OK" in ask(asked)
    assert read_to_the_end(asked) == read_to_the_end(silent) == b""


def test_answers_that_nobody_reads_keep_no_thread(connect: Callable[[], socket.socket]) -> None:
    greedy = [connect() for _ in range(5)]
    for line in greedy:
        line.sendall(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
    assert ask(connect()).endswith(b"\r\n\r\n0")
    greedy[0].shutdown(socket.SHUT_WR)
    assert len(read_to_the_end(greedy[0]).partition(b"\r\n\r\n")[2]) == BIG


def test_an_answer_that_is_not_read_is_dropped_at_its_deadline(
    connect: Callable[[], socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "PATIENCE", 0.2)
    monkeypatch.setattr(front, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(front, "SLOWEST", 10**9)
    greedy = connect()
    greedy.sendall(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
    other = connect()
    other.sendall(b"GET / HTTP/1.1\r\n")
    assert read_to_the_end(other).startswith(b"HTTP/1.1 408 ")
    assert len(read_to_the_end(greedy)) < BIG


def test_a_full_house_makes_room_for_who_brings_a_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(front, "MOST_CALLERS", 20)
    with ExitStack() as stack:
        port = stack.enter_context(running(Front(application, [listening(stack)], threads=1)))

        def one() -> socket.socket:
            return stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))

        upload = one()
        upload.sendall(b"POST / HTTP/1.1\r\nContent-Length: 60000\r\n\r\n" + b"x" * 50000)
        for _ in range(60):
            one().sendall(b"GET / HTTP/1.1\r\n")
            assert b"200 OK" in ask(one())
        assert ask(upload, b"x" * 10000).endswith(b"\r\n\r\n60000")


def test_bodies_that_are_too_much_together_go_the_largest_first(
    connect: Callable[[], socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "MOST_HELD", 300_000)
    monkeypatch.setattr(front, "LOOK_EVERY", 0.02)
    small, large = connect(), connect()
    small.sendall(b"POST / HTTP/1.1\r\nContent-Length: 60000\r\n\r\n" + b"x" * 50_000)
    large.sendall(b"POST / HTTP/1.1\r\nContent-Length: 900000\r\n\r\n" + b"x" * 400_000)
    assert read_to_the_end(large).startswith(b"HTTP/1.1 408 ")
    assert ask(small, b"x" * 10_000).endswith(b"\r\n\r\n60000")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost x\r\n\r\n", b"400 "),
        (b"nonsense\r\n\r\n", b"400 "),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * front.LARGEST_HEAD, b"431 "),
        (b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % front.LARGEST_BODY, b"413 "),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", b"501 "),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 20_000, b"400 "),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;" + b"x" * 40_000, b"400 "),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: " + b"x" * 40_000, b"400 "),
    ],
)
def test_what_is_no_request_is_refused_under_the_headers_of_every_answer(
    connect: Callable[[], socket.socket], request_: bytes, status: bytes
) -> None:
    line = connect()
    with suppress(BrokenPipeError, ConnectionResetError):
        line.sendall(request_)
    answer = read_to_the_end(line)
    assert answer.startswith((b"HTTP/1.1 " + status, b"HTTP/1.0 " + status))
    assert b"\r\nX-Content-Type-Options: nosniff\r\n" in answer
    assert b"waitress" not in answer.lower()


def test_chunks_of_some_size_are_one_body(connect: Callable[[], socket.socket]) -> None:
    chunks = b"".join(b"3e8\r\n" + b"x" * 1000 + b"\r\n" for _ in range(300)) + b"0\r\n\r\n"
    answer = ask(connect(), b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
    assert answer.endswith(b"\r\n\r\n300000")


def test_a_front_that_ends_answers_what_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as stack:
        served = Front(application, [listening(stack)], threads=1)
        port = int(served._listeners[0].effective_port)
        lines = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20)) for _ in range(3)
        ]
        begun, idle, sent = lines
        begun.sendall(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab")
        while len(served.callers) < 3:
            served.turn(0.02)
        sent.sendall(b"GET / HTTP/1.1\r\n\r\n")
        thread = threading.Thread(target=served.drain, args=(20,), kwargs={"alive": lambda: None})
        thread.start()
        assert read_to_the_end(idle) == b""
        assert b"\r\nConnection: close\r\n" in read_to_the_end(sent)
        begun.sendall(b"cde")
        answer = read_to_the_end(begun)
        thread.join(20)
    assert b"\r\nConnection: close\r\n" in answer
    assert answer.endswith(b"\r\n\r\n5")
    assert not thread.is_alive()
