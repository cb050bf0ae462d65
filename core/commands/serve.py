"""``workmanager serve``: gunicorn keeps the processes, the front serves in each; no configuration file."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click
from gunicorn.app.base import BaseApplication
from gunicorn.workers.base import Worker

from core.config import load_config
from core.foundation.tenants.storage import prepare_control
from core.front import Front
from core.preload import preload

if TYPE_CHECKING:
    from types import FrameType

    from core.gate import Application

#: Requests that one worker works on at the same time; SQLAlchemy and SQLite release the interpreter while they wait.
THREADS = 4
#: Seconds that a stopping server gives to requests that are here, and a part of them to close what is left.
GRACE = 20
CLOSING = 2


class FrontWorker(Worker):  # type: ignore[misc] # gunicorn has no types
    """A process that gunicorn starts, watches and stops, with the front as its server."""

    front: Front | None = None

    def run(self) -> None:
        """Serve until told to stop, then answer what is here."""
        sockets = [listener.sock for listener in self.sockets]
        self.front = front = Front(self.wsgi, sockets, threads=self.cfg.threads)
        while self.alive and self.ppid == os.getppid():
            self.notify()
            front.turn()
        front.drain(self.cfg.graceful_timeout - CLOSING, alive=self.notify)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop after the requests that are here."""
        super().handle_exit(sig, frame)
        if self.front is not None:
            self.front.wake()


class Server(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    """Gunicorn, told what to do by arguments."""

    def __init__(self, options: dict[str, Any]) -> None:
        """Keep gunicorn's ``options``."""
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand the options to gunicorn."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Application:
        """Make the application: once, and the workers are forked from it."""
        from core.app import create_app

        app = create_app(load_config())
        preload(app)
        return app


def server_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give ``command`` the options of those that serve."""
    for option in (
        click.option(
            "--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Worker processes."
        ),
        click.option(
            "--port",
            default=8000,
            show_default=True,
            type=click.IntRange(1, 65535),
            envvar="PORT",
            help="Port to listen on.",
        ),
        click.option(
            "--host", default="127.0.0.1", show_default=True, envvar="HOST", help="Address to listen on."
        ),
    ):
        command = option(command)
    return command


@click.command()
@server_options
def serve(host: str, port: int, workers: int) -> None:
    """Serve the web application."""
    run_server(host=host, port=port, workers=workers)


def run_server(*, host: str, port: int, workers: int) -> None:
    """Prepare the control database and serve until stopped; a port in use ends with exit 1.

    The address that links begin with is handed to the workers by the environment.
    """
    os.environ.setdefault("WORKMANAGER_PUBLIC_URL", f"http://{host}:{port}")
    prepare_control(load_config())
    Server(
        {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": workers,
            "threads": THREADS,
            "worker_class": FrontWorker,
            "preload_app": True,
            "loglevel": "warning",
            "graceful_timeout": GRACE,
            "timeout": 60,
            "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: PTH112, S108 - gunicorn's advice
            "control_socket_disable": True,
        }
    ).run()
