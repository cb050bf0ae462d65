import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from core.config import Config
from core.testing import PASSWORD, Shop
from tests.bench.browser import Browser
from tests.bench.servers import (
    PATIENCE,
    Server,
    children,
    clean_environment,
    free_port,
    product_command,
    running,
    stop,
)

#: Of each kind: more than all the threads of all workers.
SLOW = 100


@contextmanager
def serving(shop: Shop) -> Iterator[Server]:
    config: Config = shop.app.extensions["wm_config"]
    port = free_port()
    environment = clean_environment(
        WORKMANAGER_INSTANCE=str(config.instance), WORKMANAGER_PUBLIC_URL=f"http://127.0.0.1:{port}"
    )
    with running(product_command(port), port, environment, f"{shop.root}/login") as server:
        yield server


def connect(stack: ExitStack, server: Server) -> socket.socket:
    return stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE))


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_listening(server: Server) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", server.port)) == 0


def test_a_server_believes_no_forwarded_header_of_its_own_machine_unless_told_to(shop: Shop) -> None:
    lies = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7", "SCRIPT_NAME": "//evil.example"}
    login = f"{shop.root}/login"
    with ExitStack() as stack:
        server = stack.enter_context(serving(shop))
        browser = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        stack.callback(browser.close)
        browser.request("GET", f"//evil.example{login}", headers=lies)
        answer = browser.getresponse()
        page = answer.read().decode()
        assert (answer.status, answer.headers["Strict-Transport-Security"]) == (404, None)
        assert "evil" not in page
        browser.request("GET", login, headers={"X-Forwarded-Proto": "https"})
        answer = browser.getresponse()
        assert (answer.status, answer.headers["Strict-Transport-Security"]) == (200, None)


def test_callers_who_send_slowly_keep_nobody_waiting(shop: Shop) -> None:
    login = f"{shop.root}/login"
    email = f"owner@{shop.slug}.example"
    with ExitStack() as stack:
        server = stack.enter_context(serving(shop))
        browser = Browser(server.port, shop.root)
        stack.callback(browser.line.close)
        browser.get("/login")
        for _ in range(SLOW):
            connect(stack, server).sendall(f"GET {login} HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ".encode())
            connect(stack, server).sendall(
                f"POST {login} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n\r\nemail=".encode()
            )
        began = time.monotonic()
        status = browser.get("/login").status
        assert status == 200
        assert browser.post("/login", {"email": email, "password": PASSWORD}).status in {303, 422}
        assert time.monotonic() - began < 10, "they wait for the deadline of the slow ones"


def test_a_stopped_server_answers_what_it_has_begun_to_read(shop: Shop) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(serving(shop))
        line = connect(stack, server)
        line.sendall(f"GET {shop.root}/login HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode())
        # Each worker has taken in what came before this was answered.
        for _ in range(10):
            probe = Browser(server.port, shop.root)
            probe.get("/login")
            probe.line.close()
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: not is_listening(server))
        line.sendall(b"\r\n")
        answer = b"".join(iter(lambda: line.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert b"\r\nConnection: close\r\n" in answer
        assert server.process.wait(PATIENCE) == 0


def test_a_worker_that_is_killed_is_replaced(shop: Shop) -> None:
    with serving(shop) as server:
        wait_until(lambda: len(children(server.process.pid)) == 2)
        before = children(server.process.pid)
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: len(set(children(server.process.pid)) - set(before)) == 2)
        browser = Browser(server.port, shop.root)
        assert browser.get("/login").status == 200
        browser.line.close()
        stop(server.process)
        assert server.process.returncode == 0


@pytest.mark.timeout(60)
def test_a_port_in_use_ends_with_1(shop: Shop) -> None:
    config: Config = shop.app.extensions["wm_config"]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = subprocess.run(
            product_command(taken.getsockname()[1]),
            env=clean_environment(WORKMANAGER_INSTANCE=str(config.instance)),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "in use" in done.stderr
