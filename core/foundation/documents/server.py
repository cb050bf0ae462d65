"""The render server of an instance: one small process that forks once for each paper.

It runs apart from the web processes, without their settings and secrets, is started by the first paper and ends when idle
(:mod:`core.foundation.documents.render` is its other end). Limits are set in the fork, the clock is here: a warm process under
limits of its own would sooner or later kill innocent papers.
"""

from __future__ import annotations

import gc
import logging
import os
import selectors
import signal
import socket
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Final

from core.foundation.documents import guard
from core.foundation.documents.lock import start_lock
from core.foundation.documents.protocol import MOST_HEADER, Answer, RenderLimits, pack, unpack

#: Papers that may wait, and how many of them of one owner; more are told to come again.
MOST_WAITING: Final = 64
MOST_WAITING_EACH: Final = 32
#: Seconds in which a request must have arrived, and an answer been taken.
TRANSFER_SECONDS: Final = 20.0
#: Seconds between looks at whether the server is still wanted.
LOOK_SECONDS: Final = 2.0
_CHUNK: Final = 256 * 1024
_log = logging.getLogger("workmanager.render")


@dataclass(eq=False)
class Job:
    """One request, from its first byte to the last byte of its answer."""

    connection: socket.socket
    #: Monotonic time at which the present step must be over.
    deadline: float
    request: bytearray = field(default_factory=bytearray)
    limits: RenderLimits = field(default_factory=RenderLimits)
    #: Whose paper it is: no owner keeps the others waiting.
    owner: str = ""
    html: bytes = b""
    #: Seconds since 1970, as the caller sent it.
    made_at: object = None
    pid: int = 0
    pipe: int = -1
    result: bytearray = field(default_factory=bytearray)
    answer: memoryview | None = None


class Server:
    """The loop: take requests, fork, watch the clock, hand out answers."""

    def __init__(self, listener: socket.socket, path: Path, *, idle_seconds: float) -> None:
        """Serve ``listener``, which is bound to ``path``, until no paper has come for ``idle_seconds``."""
        self._listener = listener
        self._path = path
        self._inode = path.stat().st_ino
        self._idle_seconds = idle_seconds
        self._last_work = time.monotonic()
        self._most_forks = max(1, os.cpu_count() or 1)
        self._jobs: set[Job] = set()
        self._waiting: list[Job] = []
        self._selector = selectors.DefaultSelector()
        listener.setblocking(False)  # noqa: FBT003 - the socket's own interface
        self._selector.register(listener, selectors.EVENT_READ, self._accept)

    def serve(self) -> None:
        """Serve until idle, told to stop, or until the socket is gone from its folder."""
        while not self._may_end():
            for key, _events in self._selector.select(self._patience()):
                handle: Callable[[], None] = key.data
                handle()
            self._end_overdue()
            while (job := self._next()) is not None:
                self._waiting.remove(job)
                self._fork(job)

    # Requests

    def _accept(self) -> None:
        with suppress(BlockingIOError, ConnectionAbortedError):
            connection, _address = self._listener.accept()
            connection.setblocking(False)  # noqa: FBT003 - the socket's own interface
            job = Job(connection, time.monotonic() + TRANSFER_SECONDS)
            self._jobs.add(job)
            self._selector.register(connection, selectors.EVENT_READ, lambda: self._read(job))

    def _read(self, job: Job) -> None:
        try:
            chunk = job.connection.recv(_CHUNK)
        except OSError:
            chunk = b""
        if not chunk or job.html:
            # Gone, or talking out of turn.
            self._drop(job)
            return
        job.request += chunk
        most = RenderLimits().html
        try:
            parts = unpack(job.request, most=most)
        except (ValueError, AttributeError):
            self._answer(job, Answer("limit", code="size", detail="the request is too large or no request"))
            return
        if parts is None:
            if len(job.request) > most + MOST_HEADER:
                self._drop(job)
            return
        self._take(job, *parts)

    def _take(self, job: Job, header: dict[str, object], html: bytes) -> None:
        job.request.clear()
        if header.get("what") == "stop":
            self._idle_seconds = 0
            self._answer(job, Answer("ok"))
        elif header.get("what") == "status":
            self._answer(job, Answer("ok", detail=f"{len(self._waiting)} waiting"))
        elif self._is_full_for(owner := str(header.get("owner", ""))):
            self._answer(job, Answer("busy"))
        elif (limits := _limits(header.get("limits"))) is None:
            self._answer(job, Answer("refused", code="markup", detail="the limits are no numbers"))
        else:
            job.html = html or b" "
            job.limits = limits
            job.owner = owner
            job.made_at = header.get("made_at")
            job.deadline = float("inf")
            self._waiting.append(job)

    def _is_full_for(self, owner: str) -> bool:
        owners = [job.owner for job in self._waiting]
        return len(owners) >= MOST_WAITING or owners.count(owner) >= MOST_WAITING_EACH

    # Forks

    def _next(self) -> Job | None:
        """Return the first paper of the owner with fewest in work; one fork beyond the processors is for an owner who has none."""
        running = Counter(job.owner for job in self._jobs if job.pid)
        spare = self._most_forks - running.total()
        ready = [job for job in self._waiting if spare > 0 or (spare == 0 and not running[job.owner])]
        return min(ready, key=lambda job: running[job.owner], default=None)

    def _fork(self, job: Job) -> None:
        source, sink = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(source)
            self._be_the_fork(job, sink)
        os.close(sink)
        os.set_blocking(source, False)
        job.pid, job.pipe = pid, source
        job.deadline = time.monotonic() + job.limits.seconds
        self._selector.register(source, selectors.EVENT_READ, lambda: self._collect(job))

    def _be_the_fork(self, job: Job, sink: int) -> None:
        """Typeset the paper and end; nothing of the server's is left open here."""
        status = 1
        try:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            self._selector.close()
            self._listener.close()
            for other in self._jobs:
                other.connection.close()
                if other.pipe >= 0:
                    os.close(other.pipe)
            _write_all(sink, work(job).pack())
            status = 0
        except MemoryError:
            _write_all(sink, Answer("limit", code="memory").pack())
        except BaseException:  # noqa: BLE001 - the outermost edge of this process: it must not return into the server's loop
            traceback.print_exc()
        finally:
            os._exit(status)

    def _collect(self, job: Job) -> None:
        try:
            chunk = os.read(job.pipe, _CHUNK)
        except OSError:
            chunk = b""
        job.result += chunk
        if len(job.result) > job.limits.pdf + MOST_HEADER:
            self._answer(job, Answer("limit", code="size", detail="the PDF is too large"))
        elif not chunk:
            ended = self._reap(job)
            self._answer(job, None if self._is_whole(job) else _reason(ended))

    def _is_whole(self, job: Job) -> bool:
        try:
            return unpack(job.result, most=job.limits.pdf) is not None
        except ValueError:
            return False

    def _reap(self, job: Job) -> int:
        """End the fork, wait for it, and return its wait status."""
        ended = 0
        if job.pid:
            with suppress(ProcessLookupError):
                os.kill(job.pid, signal.SIGKILL)
            _pid, ended = os.waitpid(job.pid, 0)
            self._selector.unregister(job.pipe)
            os.close(job.pipe)
            job.pid, job.pipe = 0, -1
        return ended

    # Answers

    def _answer(self, job: Job, answer: Answer | None) -> None:
        """Begin to send ``answer``, or what the fork wrote."""
        self._reap(job)
        if answer is not None:
            job.result = bytearray(pack({**_header(answer), "server": os.getpid()}))
        job.answer = memoryview(job.result)
        job.deadline = time.monotonic() + TRANSFER_SECONDS
        self._selector.modify(job.connection, selectors.EVENT_WRITE, lambda: self._send(job))
        self._send(job)

    def _send(self, job: Job) -> None:
        if job.answer is None:
            return
        try:
            sent = job.connection.send(job.answer)
        except BlockingIOError:
            return
        except OSError:
            self._drop(job)
            return
        job.answer = job.answer[sent:]
        if not job.answer:
            self._drop(job)

    def _drop(self, job: Job) -> None:
        self._reap(job)
        if job in self._waiting:
            self._waiting.remove(job)
        if job in self._jobs:
            self._jobs.remove(job)
            self._selector.unregister(job.connection)
            job.connection.close()
        self._last_work = time.monotonic()

    # The clock

    def _patience(self) -> float:
        now = time.monotonic()
        times = [job.deadline - now for job in self._jobs]
        if not self._jobs:
            times.append(self._last_work + self._idle_seconds - now)
        return max(0.0, min([*times, LOOK_SECONDS]))

    def _end_overdue(self) -> None:
        now = time.monotonic()
        for job in [job for job in self._jobs if job.deadline <= now]:
            if job.pid:
                self._answer(
                    job, Answer("limit", code="time", detail=f"{job.limits.seconds:g} s by the clock")
                )
            else:
                self._drop(job)

    def _may_end(self) -> bool:
        if not self._is_mine():
            # Removed or taken over: nobody can reach this server any more.
            return not self._jobs
        if self._jobs or time.monotonic() < self._last_work + self._idle_seconds:
            return False
        with start_lock(self._path.with_suffix(".lock"), wait=False) as is_locked:
            if not is_locked:
                return False
            self._accept()
            if self._jobs:
                return False
            self._path.unlink(missing_ok=True)
            return True

    def _is_mine(self) -> bool:
        try:
            return self._path.stat().st_ino == self._inode
        except OSError:
            return False


def work(job: Job) -> Answer:
    """Typeset one paper inside the walls; called in the fork."""
    from core.foundation.documents.typeset import PaperRefusedError, typeset  # noqa: PLC0415 - not in a web process

    began = time.perf_counter()
    html = job.html.decode("utf-8", "replace")
    guard.limit_resources(job.limits)
    made_at = job.made_at if type(job.made_at) is int and 0 <= job.made_at < 2**33 else None
    stopped = guard.forbid_everything_outside()
    try:
        pdf, pages = typeset(html, made_at=made_at, seconds=job.limits.seconds)
        answer = Answer("ok", pdf, pages=pages)
        if len(pdf) > job.limits.pdf:
            answer = Answer("limit", code="size", detail=f"{len(pdf)} bytes of PDF")
    except PaperRefusedError as refusal:
        status = "limit" if refusal.code in {"time", "memory", "size"} else "refused"
        answer = Answer(status, code=refusal.code, detail=refusal.detail)
    if stopped and answer.status == "ok":
        answer = Answer("refused", code="outside", detail=stopped[0])
    took = round((time.perf_counter() - began) * 1000)
    return Answer(
        answer.status,
        answer.pdf,
        answer.code,
        answer.detail,
        tuple(stopped),
        answer.pages,
        took,
        os.getppid(),
    )


def _header(answer: Answer) -> dict[str, object]:
    return {item.name: getattr(answer, item.name) for item in fields(answer) if item.name != "pdf"}


def _reason(ended: int) -> Answer:
    """Return what the end of a fork without an answer means."""
    if os.WIFSIGNALED(ended):
        number = os.WTERMSIG(ended)
        if number == signal.SIGXCPU:
            return Answer("limit", code="time", detail="the processor time is used up")
        return Answer("crash", code="crash", detail=f"ended by signal {number}")
    return Answer("crash", code="crash", detail=f"ended with status {os.waitstatus_to_exitcode(ended)}")


def _limits(sent: object) -> RenderLimits | None:
    """Return the limits of a request, none above what this server allows to anybody; ``None`` if they are no limits."""
    most = RenderLimits()
    values = sent if isinstance(sent, dict) else {}
    try:
        return RenderLimits(
            seconds=min(float(values.get("seconds", most.seconds)), most.seconds * 10),
            cpu_seconds=max(1, min(int(values.get("cpu_seconds", most.cpu_seconds)), most.cpu_seconds * 10)),
            memory=max(0, min(int(values.get("memory", most.memory)), most.memory * 2)),
            html=most.html,
            pdf=min(int(values.get("pdf", most.pdf)), most.pdf),
        )
    except (ValueError, TypeError, OverflowError):
        return None


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def main(path: Path, idle_seconds: float) -> None:
    """Listen at ``path``, go into the background, and serve: the caller waits only until papers are taken.

    :raises OSError: the socket cannot be made.
    """
    # For the socket; nothing else is ever created here.
    os.umask(0o177)
    os.setsid()
    # A relative name: the whole path may be longer than a socket's address.
    os.chdir(path.parent)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path.name)
    listener.listen(MOST_WAITING)
    if os.fork():
        os._exit(0)
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    try:
        try:
            _prepare()
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        Server(listener, path, idle_seconds=idle_seconds).serve()
    finally:
        listener.close()


def _prepare() -> None:
    from core.foundation.documents.typeset import prepare  # noqa: PLC0415 - after the fork, while the first client waits

    prepare()
    # What is here now never becomes garbage; untouched, its memory stays shared with the forks.
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
