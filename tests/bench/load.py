"""A small load generator: users on kept connections that ask, wait for the whole answer, and ask again.

It speaks just enough HTTP for that, so that on two cores it takes little from the server that it measures.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf
from statistics import fmean, median
from typing import Final
from urllib.parse import urlencode

#: Seconds that one answer may take.
PATIENCE: Final = 30.0
_HOST: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first header called ``name``."""
        found = self.headers(name)
        return found[0] if found else None

    def headers(self, name: str) -> list[str]:
        """Return every header called ``name``."""
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        pairs = (line.partition(":") for line in lines)
        return [value.strip() for key, _, value in pairs if key.lower() == name.lower()]


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks for, below the root of the pages."""

    method: str
    path: str
    form: dict[str, str] | None = None


def request_bytes(
    method: str, path: str, port: int, *, cookie: str = "", form: dict[str, str] | None = None
) -> bytes:
    """Return a request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {_HOST}:{port}", "Accept-Language: en"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    body = b""
    if form is not None:
        body = urlencode(form).encode()
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Line:
    """A kept connection to a server on this machine."""

    def __init__(self, port: int) -> None:
        """Connect when the first request comes."""
        self.port = port
        self._socket: socket.socket | None = None

    def ask(self, request: bytes) -> Answer:
        """Send ``request`` and return the whole answer; a connection that the server has closed is made anew, once.

        :raises OSError: nobody listens, or the answer was cut off.
        """
        for fresh in (False, True):
            if self._socket is None or fresh:
                self.close()
                self._socket = socket.create_connection((_HOST, self.port), timeout=PATIENCE)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                self._socket.sendall(request)
                first = self._socket.recv(65536)
            except (BrokenPipeError, ConnectionResetError):
                first = b""
            if first:
                return self._read(first)
        message = "the server closed the connection without an answer"
        raise ConnectionError(message)

    def _read(self, data: bytes) -> Answer:
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        answer = Answer(int(head[9:12]), head, body)
        length = int(answer.header("Content-Length") or 0)
        while len(body) < length:
            body += self._more()
        if answer.header("Connection") == "close":
            self.close()
        return Answer(answer.status, head, body)

    def _more(self) -> bytes:
        data = self._socket.recv(65536) if self._socket is not None else b""
        if not data:
            self.close()
            message = "the answer was cut off"
            raise ConnectionError(message)
        return data

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


#: Makes the next request of a user: the user's number, the number of the request.
Script = Callable[[int, int], Request]
#: Asks, and returns the answer that the user sees.
Visit = Callable[[Request], Answer]


@dataclass
class Sample:
    """What one stretch of load gave."""

    seconds: float
    #: Of each answer that was the expected one, in seconds.
    times: list[float] = field(default_factory=list)
    #: Statuses that nobody expected.
    wrong: list[int] = field(default_factory=list)
    #: Bytes of the answers on average.
    size: float = 0.0
    #: Processor time that the server took meanwhile, seconds.
    worked: float = 0.0

    @property
    def p50(self) -> float:
        """Median time of an answer, milliseconds."""
        return median(self.times) * 1000

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds

    @property
    def work(self) -> float:
        """Processor time of the server for one answer, milliseconds."""
        return self.worked / len(self.times) * 1000

    @property
    def longest(self) -> float:
        """The longest wait, milliseconds."""
        return max(self.times) * 1000


def measure(
    visits: Sequence[Visit], script: Script, *, seconds: float, expect: int, most: float = inf
) -> Sample:
    """Let one user with each of ``visits`` follow ``script`` for ``seconds``, but all together for no more than ``most`` visits."""
    begin = threading.Barrier(len(visits) + 1)
    parts: list[Sample] = [Sample(seconds) for _ in visits]

    def follow(user: int) -> None:
        begin.wait()
        _follow(visits[user], lambda number: script(user, number), parts[user], expect, most / len(visits))

    threads = [threading.Thread(target=follow, args=(user,)) for user in range(len(visits))]
    for thread in threads:
        thread.start()
    begin.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    whole = Sample(time.perf_counter() - began)
    for part in parts:
        whole.times += part.times
        whole.wrong += part.wrong
    whole.size = fmean(part.size for part in parts)
    return whole


def _follow(visit: Visit, script: Callable[[int], Request], sample: Sample, expect: int, most: float) -> None:
    end = time.perf_counter() + sample.seconds
    number = 0
    sizes: list[int] = []
    while time.perf_counter() < end and number < most:
        request = script(number)
        number += 1
        sent = time.perf_counter()
        answer = visit(request)
        if answer.status == expect:
            sample.times.append(time.perf_counter() - sent)
            sizes.append(len(answer.body))
        else:
            sample.wrong.append(answer.status)
    sample.size = fmean(sizes or [0])
