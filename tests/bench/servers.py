"""Servers of a benchmark: started on free ports of 127.0.0.1, asked until they answer, stopped by their own process id."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.commands.serve import THREADS
from tests.bench.load import Line, request_bytes

#: Worker processes of either server.
WORKERS: Final = 2
#: Seconds that a server has to come up, and to go.
PATIENCE: Final = 60.0
ROOT: Final = Path(__file__).parents[2]


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    port: int
    process: subprocess.Popen[bytes]

    def processes(self) -> list[int]:
        """Return the ids of the server and of its workers."""
        return [self.process.pid, *children(self.process.pid)]

    def worked(self) -> float:
        """Return the processor time that all its processes have taken so far, seconds."""
        return sum(worked_by(pid) for pid in self.processes())

    def memory(self) -> float:
        """Return what all its processes take, MiB: PSS, in which shared pages count once."""
        return sum(memory_of(pid) for pid in self.processes())


def children(pid: int) -> list[int]:
    """Return the ids of the processes below ``pid``."""
    found = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *children(int(child))]
    return found


def worked_by(pid: int) -> float:
    """Return the processor time of one process, seconds."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def memory_of(pid: int) -> float:
    """Return the PSS of one process, MiB."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def clean_environment(**values: str) -> dict[str, str]:
    """Return this environment without any setting of the product, and with ``values``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WORKMANAGER_")}
    return {**kept, "PYTHONPATH": str(ROOT), **values}


@contextmanager
def running(command: Sequence[str], port: int, environment: Mapping[str, str], path: str) -> Iterator[Server]:
    """Run ``command`` until the block ends; the block begins once ``path`` is answered."""
    process = launch(command, environment)
    try:
        wait_for(port, path, process)
        yield Server(port, process)
    finally:
        stop(process)


def launch(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start ``command`` as the leader of a group of processes of its own."""
    return subprocess.Popen(
        command, env=dict(environment), cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True
    )


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a server and its workers at once: none of them can do anything about it."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(PATIENCE)


def wait_for(port: int, path: str, process: subprocess.Popen[bytes]) -> float:
    """Wait until ``path`` is answered, with whatever status, and return the seconds that it took.

    :raises RuntimeError: the process ended, or nobody answered in time.
    """
    began = time.perf_counter()
    while time.perf_counter() - began < PATIENCE:
        if process.poll() is not None:
            message = f"the server ended with {process.returncode}"
            raise RuntimeError(message)
        with contextlib.suppress(OSError):
            line = Line(port)
            line.ask(request_bytes("GET", path, port))
            line.close()
            return time.perf_counter() - began
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
    message = "the server did not answer in time"
    raise RuntimeError(message)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to end, and end it if it does not."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def product_command(port: int) -> list[str]:
    """Return the command that serves the product."""
    options = ["--host", "127.0.0.1", "--port", str(port), "--workers", str(WORKERS)]
    return [sys.executable, "-m", "workmanager", "serve", *options]


def reference_command(port: int) -> list[str]:
    """Return the command that serves the bare stack, with gunicorn set as the product sets it."""
    return [
        sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS),
        "--worker-class", "gthread", "--threads", str(THREADS), "--log-level", "warning", "--no-control-socket",
        "--worker-tmp-dir", "/dev/shm" if Path("/dev/shm").is_dir() else "/tmp",  # noqa: S108 - as the product
        "tests.bench.reference:application()",
    ]  # fmt: skip
