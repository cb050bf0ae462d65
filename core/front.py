"""The front of a web process: one loop reads requests and writes answers, and a thread is taken by a whole request only.

Waitress does the work; here is what it leaves to others: a caller who sends or reads too slowly ends at a deadline, a process full of
callers closes those who bring the least, and what is buffered has a limit. docs/architecture.md tells why.
"""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, Task, ThreadedTaskDispatcher, WSGITask
from waitress.utilities import BadRequest

from core.app import LARGEST_REQUEST
from core.foundation.ui.headers import security_headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

#: Seconds in which a request must have arrived, or an answer been taken, beside the time that its bytes earn it.
PATIENCE: Final = 15.0
#: Bytes a second that a caller must manage in the long run: an eighth of what a phone has at the edge of a cell.
SLOWEST: Final = 4096
#: Seconds that a connection is kept without a request; longer than the minute that proxies keep theirs.
KEPT: Final = 75.0
#: Callers of one process. Each may need a file for what it sends and one for what it is sent.
MOST_CALLERS: Final = 1000
FILES_EACH: Final = 3
FILES_BESIDE: Final = 256
#: Bytes of a request's first line and headers.
LARGEST_HEAD: Final = 32 * 1024
#: Bytes of a request that are read at all. Up to here the application answers that it is too large, on a page of the firm.
LARGEST_BODY: Final = 2 * LARGEST_REQUEST
#: Bytes of bodies that one process keeps, of requests on their way and of those that are being answered.
MOST_HELD: Final = 256 * 1024 * 1024
#: Bytes of a body or an answer that stay in memory; what is more goes into a file.
IN_MEMORY: Final = 128 * 1024
#: Bytes of an answer that wait for its caller before its thread does: as good as all.
MOST_ANSWERED: Final = 1024**3
#: Bytes that a chunked body may spend on framing, and the part of its content that it may spend besides.
FRAMING: Final = 16 * 1024
FRAMING_PART: Final = 16
#: Seconds between looks at the clock of each caller.
LOOK_EVERY: Final = 1.0
_TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Request(HTTPRequestParser):  # type: ignore[misc] # waitress has no types
    """A request on its way."""

    completed: bool

    def received(self, data: bytes) -> int:
        """Take in ``data`` and return how many bytes belong here; refuse chunks that are mostly framing.

        Each chunk costs the loop as much as a large one, and neither its head nor the trailer has a length of its own.
        """
        taken: int = super().received(data)
        if self.chunked and not self.completed:
            content = len(self.body_rcv)
            if self.body_bytes_received - content > FRAMING + content // FRAMING_PART:
                self.error = BadRequest("the chunks are too small")
                self.completed = True
        return taken


class _Answer(Task):  # type: ignore[misc] # waitress has no types
    """What every answer of ours does to its headers."""

    def build_response_header(self) -> bytes:
        """Return the head of the answer; one of a process that ends says that it is the last."""
        if self.channel.server.is_ending:
            self.set_close_on_finish()
        head: bytes = super().build_response_header()
        return head


class PageAnswer(_Answer, WSGITask):  # type: ignore[misc] # waitress has no types
    """The application's answer."""


class Refusal(_Answer, ErrorTask):  # type: ignore[misc] # waitress has no types
    """The answer to what is no request."""

    def execute(self) -> None:
        """Say in one plain sentence what is wrong, under the headers that every answer carries."""
        error = self.request.error
        body = f"{error.reason}: {error.body}\n".encode()
        self.status = f"{error.code} {error.reason}"
        headers = {"Content-Type": "text/plain; charset=utf-8", **security_headers(nonce=None, secure=False)}
        self.response_headers.extend(headers.items())
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Caller(HTTPChannel):  # type: ignore[misc] # waitress has no types
    """One connection, with a clock for what is moving on it."""

    parser_class = Request
    task_class = PageAnswer
    error_task_class = Refusal

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - waitress's own
        """Start the clock."""
        self.began = time.monotonic()
        self.moved = 0
        super().__init__(*args, **kwargs)

    def received(self, data: bytes) -> bool:
        """Take in what was sent; the clock of a request starts with its first byte."""
        if self.request is None:
            self.began, self.moved = time.monotonic(), 0
        self.moved += len(data)
        return bool(super().received(data))

    def write_soon(self, data: Any) -> int:  # noqa: ANN401 - bytes, or a file
        """Keep ``data`` until it can be sent; the clock of an answer starts with its last piece."""
        self.began, self.moved = time.monotonic(), 0
        return int(super().write_soon(data))

    def send(self, data: bytes, do_close: bool = True) -> int:  # noqa: FBT001, FBT002 - waitress's own
        """Send what the connection takes."""
        sent: int = super().send(data, do_close=do_close)
        self.moved += sent
        return sent

    @property
    def is_served(self) -> bool:
        """Whether a whole request is here that is not yet answered."""
        return bool(self.requests)

    @property
    def is_moving(self) -> bool:
        """Whether a part of a request has come, or a part of an answer has not gone."""
        return self.request is not None or self.total_outbufs_len > 0

    @property
    def held(self) -> int:
        """Bytes of bodies that are here, whole or not."""
        return sum(one.body_bytes_received for one in (*self.requests, self.request) if one is not None)

    def is_overdue(self, now: float) -> bool:
        """Tell whether the caller has had its time."""
        if self.is_served:
            return False
        allowed = PATIENCE + self.moved / SLOWEST if self.is_moving else KEPT
        return now > self.began + allowed

    def handle_close(self) -> None:
        """Close the connection, and the file of a body that has not wholly come."""
        super().handle_close()
        if self.request is not None:
            self.request.close()

    def dismiss(self) -> None:
        """Close the connection, with a word to a caller in the middle of a request."""
        if self.request is not None and not self.total_outbufs_len:
            try:
                self.socket.send(_TOO_SLOW, socket.MSG_DONTWAIT)
            except OSError:
                self.logger.debug("gone before it was told")
        self.handle_close()


class Listener(TcpWSGIServer):  # type: ignore[misc] # waitress has no types
    """A listening socket that was inherited."""

    channel_class = Caller
    is_ending = False

    def readable(self) -> bool:
        """Tell whether another caller may come in; who is overdue is the front's business."""
        return bool(self.accepting) and len(self._map) < self.adj.connection_limit

    def end(self) -> None:
        """Take no more callers, and let each answer be the last on its connection."""
        self.is_ending = True
        wasyncore.dispatcher.close(self)


class Front:
    """The loop of one process, its callers and the threads that answer them."""

    def __init__(
        self, application: WSGIApplication, sockets: Sequence[socket.socket], *, threads: int
    ) -> None:
        """Serve ``application`` on listening ``sockets``; nothing happens before the first turn."""
        self._map: dict[int, wasyncore.dispatcher] = {}
        self._threads = ThreadedTaskDispatcher()
        self._threads.queue_logger.disabled = True
        self._threads.set_thread_count(threads)
        settings = _adjustments()
        self._most = settings.connection_limit - 1
        self._listeners = [
            Listener(
                application,
                self._map,
                _sock=one,
                dispatcher=self._threads,
                adj=settings,
                sockinfo=(one.family, one.type, one.proto, one.getsockname()),
                bind_socket=False,
            )
            for one in sockets
        ]
        for listener in self._listeners:
            # The name of this server for callers who send none: checks of a load balancer.
            listener.server_name = listener.effective_host
        self._next_look = 0.0

    @property
    def callers(self) -> list[Caller]:
        """All connections."""
        return [one for listener in self._listeners for one in listener.active_channels.values()]

    def turn(self, seconds: float = 1.0) -> None:
        """Do what there is to do, waiting for it as long as ``seconds``."""
        wasyncore.loop(timeout=seconds, map=self._map, use_poll=True, count=1)
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + LOOK_EVERY
            self._look(now)
        if len(self._map) >= self._most:
            self._make_room()

    def wake(self) -> None:
        """End the wait of a turn; from a signal handler too."""
        for listener in self._listeners:
            listener.pull_trigger()

    def drain(self, seconds: float, *, alive: Callable[[], None]) -> None:
        """Take no more callers, and go on until everybody is answered.

        :param seconds: How long at most.
        :param alive: Called between turns.
        """
        for listener in self._listeners:
            listener.end()
        deadline = time.monotonic() + seconds
        while self.callers and time.monotonic() < deadline:
            alive()
            # First what has been sent meanwhile, or a form would be lost with its connection.
            self.turn(0.1)
            _close(one for one in self.callers if not one.is_served and not one.is_moving)
        self._threads.shutdown(timeout=1)
        _close(self.callers)
        if not self._threads.threads:
            # A thread that is still at work writes to the trigger, and must not find another file under its number.
            for listener in self._listeners:
                listener.close()

    def _look(self, now: float) -> None:
        """Dismiss who is overdue, and the largest of those who send more than can be kept together."""
        callers = self.callers
        for caller in callers:
            if caller.is_overdue(now):
                caller.dismiss()
        total = sum(one.held for one in callers)
        arriving = sorted(
            (one for one in callers if one.held and not one.is_served), key=lambda one: one.held
        )
        while total > MOST_HELD and arriving:
            total -= arriving[-1].held
            arriving.pop().dismiss()

    def _make_room(self) -> None:
        """Dismiss the callers who have waited longest; those who have brought a part of a body stay, if there are others."""
        waiting = [one for one in self.callers if not one.is_served]
        waiting.sort(key=lambda one: (one.moved > LARGEST_HEAD, one.began))
        for caller in waiting[: len(self._map) - self._most + 1]:
            caller.dismiss()


def _close(callers: Iterable[Caller]) -> None:
    for caller in callers:
        caller.handle_close()


def _adjustments() -> Adjustments:
    return Adjustments(
        ident=None,
        backlog=1024,
        # Whose forwarded headers count is said by WORKMANAGER_TRUSTED_PROXIES alone.
        clear_untrusted_proxy_headers=False,
        connection_limit=_most_callers(),
        inbuf_overflow=IN_MEMORY,
        outbuf_overflow=IN_MEMORY,
        outbuf_high_watermark=MOST_ANSWERED,
        max_request_header_size=LARGEST_HEAD,
        max_request_body_size=LARGEST_BODY,
    )


def _most_callers() -> int:
    """Return how many callers this process may have open files for, having asked for enough of them."""
    wanted = MOST_CALLERS * FILES_EACH + FILES_BESIDE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(MOST_CALLERS, max(10, (soft - FILES_BESIDE) // FILES_EACH))
