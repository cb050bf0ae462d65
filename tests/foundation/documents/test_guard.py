"""The walls of the fork hold without the policy before them; and without the walls the same probes do harm."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

PROBES = {
    "open a file": "open('/etc/hostname').read()",
    "open by os": "import os; os.open('/etc/hostname', os.O_RDONLY)",
    "open by pathlib": "import pathlib; pathlib.Path('/etc/hostname').read_text()",
    "write beside code": "import os.path, sysconfig; open(os.path.join(sysconfig.get_path('purelib'), 'x.py'), 'w')",
    "temporary file": "import tempfile; tempfile.TemporaryFile()",
    "temporary folder": "import tempfile; tempfile.mkdtemp()",
    "list a folder": "import os; os.listdir('/')",
    "connect": "import socket; socket.socket().connect(('127.0.0.1', 9))",
    "look up a name": "import socket; socket.gethostbyname('localhost')",
    "listen": "import socket; socket.socket().bind(('127.0.0.1', 0))",
    "url": "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')",
    "subprocess": "import subprocess; subprocess.run(['true'])",
    "system": "import os; os.system('true')",
    "fork": "import os; os.fork() or os._exit(0)",
    "exec": "import os; os.execv('/bin/true', ['true'])",
    "ctypes": "import ctypes; ctypes.CDLL(None)",
    "kill": "import os; os.kill(os.getpid(), 0)",
    "remove": "import os; os.remove('/nonexistent')",
    "database": "import sqlite3; sqlite3.connect(':memory:')",
    "raise a limit": "import resource; resource.setrlimit(resource.RLIMIT_CORE, resource.getrlimit(resource.RLIMIT_CORE))",
}


#: Runs each probe in a fork of its own, where the guard cannot be taken off again, and prints what became of it.
RUNNER = """
import json, os, sys
import socket, subprocess, tempfile, urllib.request, pathlib, ctypes, sqlite3, resource
from core.foundation.documents import guard

def run(probe, guarded, sink):
    stopped = guard.forbid_everything_outside() if guarded else []
    try:
        exec(probe)
        error = ""
    except BaseException as caught:
        error = type(caught).__name__
    os.write(sink, json.dumps({"stopped": stopped, "error": error}).encode())
    os._exit(0)

outcomes = {}
for name, probe in json.loads(sys.argv[1]).items():
    source, sink = os.pipe()
    if not (pid := os.fork()):
        run(probe, sys.argv[2] == "guarded", sink)
    os.close(sink)
    os.waitpid(pid, 0)
    outcomes[name] = json.loads(os.read(source, 65536) or b'{"stopped": [], "error": ""}')
    os.close(source)
print(json.dumps(outcomes))
"""


def run_probes(probes: dict[str, str], how: str) -> dict[str, dict[str, object]]:
    """Run ``probes`` and return what the guard stopped and the error of each."""
    command = [sys.executable, "-c", RUNNER, json.dumps(probes), how]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    outcomes: dict[str, dict[str, object]] = json.loads(result.stdout.splitlines()[-1])
    return outcomes


@pytest.fixture(scope="module")
def guarded() -> dict[str, dict[str, object]]:
    """Run every probe behind the guard."""
    return run_probes(PROBES, "guarded")


@pytest.mark.parametrize("name", PROBES)
def test_the_guard_stops_and_names_what_leads_outside(
    name: str, guarded: dict[str, dict[str, object]]
) -> None:
    # tempfile hides the refusal behind an error of its own.
    assert guarded[name]["error"] in {"PermissionError", "FileNotFoundError"}
    assert guarded[name]["stopped"]


def test_the_probes_do_what_they_say_where_there_is_no_guard() -> None:
    outcomes = run_probes(PROBES, "free")
    assert [name for name, outcome in outcomes.items() if outcome["error"] == "PermissionError"] == []


def test_modules_may_be_imported_behind_the_guard() -> None:
    outcomes = run_probes(
        {"import": "import wsgiref.simple_server, xml.sax.expatreader, colorsys"}, "guarded"
    )
    assert outcomes == {"import": {"stopped": [], "error": ""}}


TWIN = """
import json, sys
from core.foundation.documents import guard, typeset
from xhtml2pdf.config.resources import PERMISSIVE_POLICY, ResourceAccessPolicy
typeset.prepare()
ResourceAccessPolicy.server = classmethod(lambda *arguments, **values: PERMISSIVE_POLICY)
stopped = guard.forbid_everything_outside()
try:
    typeset.typeset(sys.argv[1])
except typeset.PaperRefusedError as refusal:
    print(json.dumps([refusal.code, stopped]))
else:
    print(json.dumps(["", stopped]))
"""


@pytest.mark.parametrize(
    ("html", "stopped"),
    [
        ('<img src="/etc/hostname">', "open '/etc/"),
        ('<img src="http://127.0.0.1:9/a.png">', "http.client.connect"),
    ],
)
def test_without_the_policy_the_guard_is_what_stops_a_paper(html: str, stopped: str) -> None:
    command = [sys.executable, "-c", TWIN, html]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    code, reports = json.loads(result.stdout.splitlines()[-1])
    assert code
    assert any(report.startswith(stopped) for report in reports), reports
