"""Get the PDF of an HTML text from the render server of this instance, which is started where it does not run.

xhtml2pdf is never imported in the process that calls: it costs 0.3 s and 45 MiB, and what it is given may be hostile.
"""

from __future__ import annotations

import hashlib
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from flask import current_app
from flask_babel import gettext as _

from core.config import Config
from core.db import forbid_in_unit_of_work
from core.errors import ConfigError
from core.foundation.documents.errors import RenderBusyError, RenderError, RenderLimitError
from core.foundation.documents.lock import start_lock
from core.foundation.documents.protocol import Answer, RenderLimits, pack, read_answer
from core.foundation.tenants.context import find_tenant

_EXTENSION: Final = "wm_documents"
_ROOT: Final = Path(__file__).parents[3]
#: Seconds without a paper after which the server ends.
IDLE_SECONDS: Final = 300.0
#: Seconds that a caller waits beyond the paper's own limit: for the start, and for papers before it.
PATIENCE: Final = 45.0
_STARTS: Final = 3
_CHUNK: Final = 256 * 1024
#: Bytes after which the server's log begins anew.
_LONGEST_LOG: Final = 1_000_000
#: Bytes of a socket's address.
_LONGEST_ADDRESS: Final = 100
#: Callers of one process that wait for a paper at a time, of the four threads that ``serve`` gives it; how many of them of one tenant;
#: seconds that one more waits.
MOST_CALLERS: Final = 3
MOST_CALLERS_EACH: Final = 2
PAUSE: Final = 0.5
_log = logging.getLogger(__name__)


class RenderServer:
    """The render server of one instance, as its callers see it; safe in threads and in several processes."""

    def __init__(
        self, instance: Path, *, idle_seconds: float = IDLE_SECONDS, limits: RenderLimits | None = None
    ) -> None:
        """Use the server of the folder ``instance``; nothing is started yet."""
        self._folder = instance.resolve() / "run"
        self._idle_seconds = idle_seconds
        self.limits = limits or RenderLimits()

    def render(
        self,
        html: str,
        *,
        made_at: datetime | None = None,
        limits: RenderLimits | None = None,
        owner: str = "",
    ) -> bytes:
        """Return the PDF of ``html``; the same HTML and ``made_at`` give the same bytes.

        :param made_at: Aware time that the PDF names as its creation.
        :param owner: Whose paper it is; the papers of one owner do not keep those of another waiting.
        :raises SlowWorkError: a unit of work is open.
        :raises RenderLimitError: it takes more time, memory or room than a paper may.
        :raises RenderError: it refers to something outside itself or cannot be laid out.
        :raises RenderBusyError: the server cannot be started or has too much to do.
        """
        forbid_in_unit_of_work("rendering a PDF")
        answer = self.ask(html, made_at=made_at, limits=limits, owner=owner)
        if answer.status == "ok":
            return answer.pdf
        _log.warning(
            "a paper was not printed: %s %s %s %s", answer.status, answer.code, answer.detail, answer.denied
        )
        raise _error(answer)

    def ask(
        self,
        html: str,
        *,
        made_at: datetime | None = None,
        limits: RenderLimits | None = None,
        owner: str = "",
    ) -> Answer:
        """Return the server's answer as it is, for checks and measurements."""
        limits = limits or self.limits
        body = html.encode("utf-8", "replace")
        if len(body) > limits.html:
            return Answer("limit", code="size", detail=f"{len(body)} bytes of HTML")
        header: dict[str, object] = {"what": "paper", "limits": asdict(limits), "owner": owner}
        if made_at is not None:
            header["made_at"] = int(made_at.timestamp())
        message = pack(header, body)
        deadline = time.monotonic() + limits.seconds + PATIENCE
        for attempt in range(_STARTS):
            answer = self._exchange(message, deadline, most=limits.pdf)
            if answer is not None:
                return answer
            # It was never there, or ended between our look and our request; a paper is the same however often it is made.
            _log.info("starting the render server, attempt %s", attempt + 1)
            self._start()
        return Answer("busy", detail=f"the server does not answer; see {self._log_file}")

    def is_running(self) -> bool:
        """Tell whether the server answers; it is not started for this."""
        answer = self._exchange(pack({"what": "status"}), time.monotonic() + 5, most=0)
        return answer is not None and answer.status == "ok"

    def stop(self) -> None:
        """Ask the server, if it runs, to end after the papers it has."""
        self._exchange(pack({"what": "stop"}), time.monotonic() + 5, most=0)

    @property
    def _socket(self) -> Path:
        # Another version of this code finds another name, and the old server ends when it is idle.
        return self._folder / f"render-{_fingerprint()}.sock"

    @property
    def _log_file(self) -> Path:
        return self._folder / "render.log"

    def _exchange(self, message: bytes, deadline: float, *, most: int) -> Answer | None:
        """Send ``message`` and return the answer, ``None`` if there is no server or it ended."""
        received = bytearray()
        try:
            with self._connect() as connection:
                connection.settimeout(max(0.1, deadline - time.monotonic()))
                connection.sendall(message)
                while (answer := read_answer(received, most=most)) is None:
                    connection.settimeout(max(0.1, deadline - time.monotonic()))
                    chunk = connection.recv(_CHUNK)
                    if not chunk:
                        return None
                    received += chunk
        except TimeoutError:
            return Answer("busy", detail="no answer in time")
        except (FileNotFoundError, NotADirectoryError, ConnectionError):
            return None
        return answer

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            if len(os.fsencode(self._socket)) < _LONGEST_ADDRESS:
                connection.connect(str(self._socket))
            else:
                _connect_by_folder(connection, self._socket)
        except BaseException:
            connection.close()
            raise
        return connection

    def _start(self) -> None:
        """Start the server unless another process has just done so."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with start_lock(self._socket.with_suffix(".lock"), wait=True):
                if not self._is_listening():
                    self._socket.unlink(missing_ok=True)
                    self._spawn()
        except OSError as error:
            msg = f"the render server cannot be started in {self._folder}: {error}"
            raise ConfigError(msg) from error

    def _is_listening(self) -> bool:
        try:
            self._connect().close()
        except (FileNotFoundError, ConnectionError):
            return False
        return True

    def _spawn(self) -> None:
        """Start the server in the background, with neither the settings nor the secrets of this process."""
        environment = {
            name: os.environ[name] for name in ("PATH", "TMPDIR", "SYSTEMROOT") if name in os.environ
        }
        environment |= {
            "PYTHONPATH": os.pathsep.join([str(_ROOT), *(entry for entry in sys.path if entry)]),
            # Together with ReportLab's invariant mode: the same paper, the same bytes.
            "PYTHONHASHSEED": "0",
            "LC_ALL": "C.UTF-8",
        }
        command = [
            sys.executable,
            "-P",
            "-s",
            "-m",
            "core.foundation.documents.server",
            str(self._socket),
            str(self._idle_seconds),
        ]
        with self._log_file.open("ab") as log:
            if log.tell() > _LONGEST_LOG:
                log.truncate(0)
            process = subprocess.run(  # noqa: S603 - our own interpreter and our own module
                command,
                env=environment,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                timeout=PATIENCE,
                check=False,
            )
        if process.returncode:
            _log.error("the render server did not start; see %s", self._log_file)


class Callers:
    """The threads of this process that wait for papers, counted by tenant."""

    def __init__(self) -> None:
        """Begin with none."""
        self._changed = threading.Condition()
        self._waiting: Counter[str] = Counter()

    @contextmanager
    def turn(self, owner: str) -> Iterator[None]:
        """Wait for a paper of ``owner`` inside the block.

        :raises RenderBusyError: too many wait already, and go on to do so.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._has_room(owner), PAUSE):
                raise RenderBusyError(_("Too many papers are waiting to be printed. Try again in a moment."))
            self._waiting[owner] += 1
        try:
            yield
        finally:
            with self._changed:
                self._waiting -= Counter((owner,))
                self._changed.notify_all()

    def _has_room(self, owner: str) -> bool:
        return self._waiting.total() < MOST_CALLERS and self._waiting[owner] < MOST_CALLERS_EACH


_CALLERS: Final = Callers()


def render_server() -> RenderServer:
    """Return the render server of the current application's instance; it is started by its first paper."""
    extensions = current_app.extensions
    if _EXTENSION not in extensions:
        config: Config = extensions["wm_config"]
        extensions[_EXTENSION] = RenderServer(config.instance)
    server: RenderServer = extensions[_EXTENSION]
    return server


def render_pdf(html: str, *, made_at: datetime | None = None, limits: RenderLimits | None = None) -> bytes:
    """Return the PDF of ``html`` from the current application's server; see :meth:`RenderServer.render`.

    A few callers of a process wait for papers at a time, and not all of them for one tenant: whoever prints, however much, leaves
    threads to those who open pages, and a place to the next firm.
    """
    tenant = find_tenant()
    owner = "" if tenant is None else str(tenant.id)
    with _CALLERS.turn(owner):
        return render_server().render(html, made_at=made_at, limits=limits, owner=owner)


def _connect_by_folder(connection: socket.socket, path: Path) -> None:
    """Connect to a socket whose path is longer than an address may be."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        connection.connect(f"/proc/self/fd/{folder}/{path.name}")
    finally:
        os.close(folder)


def _error(answer: Answer) -> RenderError | RenderBusyError:
    """Return the error that says why there is no PDF."""
    if answer.status == "busy":
        return RenderBusyError(_("Too many papers are waiting to be printed. Try again in a moment."))
    if answer.status == "limit":
        return RenderLimitError(
            {
                "time": _("This paper takes too long to make. Make it shorter."),
                "memory": _("This paper needs too much memory. Use fewer or smaller images."),
            }.get(answer.code, _("This paper is too large. Make it shorter.")),
            code=answer.code,
            detail=answer.detail,
        )
    messages = {
        "outside": _("This paper refers to a file or an address outside itself; it was not printed."),
        "image": _(
            "A picture of this paper is damaged, too large, or not a PNG, JPEG or WebP; it was not printed."
        ),
        "font": _("This paper asks for a font or a character that cannot be printed."),
    }
    message = messages.get(
        answer.code, _("This paper cannot be laid out on the page. Look for a very long line or cell.")
    )
    return RenderError(message, code=answer.code, detail=answer.detail)


@cache
def _fingerprint() -> str:
    """Return a short name of the code that the server would run."""
    digest = hashlib.sha256(sys.executable.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        state = path.stat()
        digest.update(f"{path}:{state.st_mtime_ns}:{state.st_size}".encode())
    for package in ("xhtml2pdf", "reportlab", "pillow"):
        try:
            digest.update(version(package).encode())
        except PackageNotFoundError:
            digest.update(b"none")
    return digest.hexdigest()[:10]
