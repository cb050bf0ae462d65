"""The walls around one paper: what the fork that typesets it may use and reach.

The policy given to xhtml2pdf is the first wall; this is the second. It holds for any code that runs in the fork, whatever the policy
overlooks, and reports what it stopped.
"""

from __future__ import annotations

import os
import resource
import sys
import sysconfig
from pathlib import Path
from typing import Final

from core.foundation.documents.protocol import RenderLimits

#: Reports kept of one paper.
MOST_REPORTS: Final = 20
#: File descriptors of a fork; the server's own are closed in it.
_DESCRIPTORS: Final = 64
_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_PATHS: Final = sysconfig.get_paths()
#: Where code is: a module may be imported, and a traceback read its lines, while a paper is made.
_CODE: Final = tuple(
    os.path.realpath(folder) + os.sep
    for folder in (
        *(_PATHS[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")),
        str(Path(__file__).parent),
    )
)
_CODE_SUFFIXES: Final = (".py", ".pyc", ".so")
#: Events of ``sys.audit`` that no paper causes, by their beginning.
_FORBIDDEN: Final = (
    "socket.", "subprocess.", "urllib.", "http.client.", "ftplib.", "smtplib.", "ctypes.", "sqlite3.", "webbrowser.", "pty.",
    "shutil.", "tempfile.", "glob.", "mmap.", "fcntl.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile",
    "os.fork", "os.kill", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate",
    "os.chmod", "os.chown", "os.utime", "os.setxattr", "os.walk", "os.fwalk", "resource.", "signal.", "syslog.",
)  # fmt: skip
_LISTINGS: Final = frozenset({"os.listdir", "os.scandir"})


def limit_resources(limits: RenderLimits) -> None:
    """Bound memory, processor time, files and processes of this process for good."""
    held = _address_space()
    if held:
        _lower(resource.RLIMIT_AS, held + limits.memory)
    # The soft limit ends the process with SIGXCPU, which the server tells apart from a crash; at the hard one it would be SIGKILL.
    _lower(resource.RLIMIT_CPU, limits.cpu_seconds, grace=2)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, _DESCRIPTORS)
    if hasattr(resource, "RLIMIT_NPROC"):
        _lower(resource.RLIMIT_NPROC, 0)


def forbid_everything_outside() -> list[str]:
    """Stop, in this process and for good, every file, socket and process; return the list that will name what was stopped."""
    stopped: list[str] = []

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            allowed = _may_open(*arguments[:3])
        elif event in _LISTINGS:
            allowed = _is_code_folder(arguments[0])
        else:
            allowed = not event.startswith(_FORBIDDEN)
        if not allowed:
            what = f"{event} {arguments[0]!r}"[:200] if arguments else event
            if len(stopped) < MOST_REPORTS and what not in stopped:
                stopped.append(what)
            msg = f"a paper may not do this: {what}"
            raise PermissionError(msg)

    sys.addaudithook(watch)
    return stopped


def _may_open(path: object, mode: object = None, flags: object = 0) -> bool:
    """Tell whether opening ``path`` only imports a module."""
    if not isinstance(path, str | bytes | os.PathLike) or (isinstance(flags, int) and flags & _WRITES):
        return False
    if isinstance(mode, str) and not set(mode) <= set("rbt"):
        return False
    real = os.path.realpath(os.fsdecode(path))
    return real.startswith(_CODE) and real.endswith(_CODE_SUFFIXES)


def _is_code_folder(path: object) -> bool:
    return isinstance(path, str) and (os.path.realpath(path) + os.sep).startswith(_CODE)


def _address_space() -> int:
    """Return the bytes of address space held now, 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - before the first wall, and quick
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _lower(kind: int, value: int, *, grace: int = 0) -> None:
    """Set the soft limit to ``value`` and the hard one to ``grace`` above it, or lower where a hard limit is lower already."""
    hard = resource.getrlimit(kind)[1]
    most = value + grace if hard == resource.RLIM_INFINITY else min(value + grace, hard)
    resource.setrlimit(kind, (min(value, most), most))
