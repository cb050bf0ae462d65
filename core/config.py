"""The configuration of one installation, read from the environment and ``instance/workmanager.env``.

The names are a public interface (see docs/operator.md). An unknown ``WORKMANAGER_…`` name or a wrong value stops the start.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from core.errors import ConfigError

PREFIX = "WORKMANAGER_"
#: Names that the product's own tests read; known, and without effect on the product.
TEST_PREFIX = "WORKMANAGER_TEST_"
ENV_FILE = "workmanager.env"
SECRET_FILE = "secret.key"
#: Fewer characters than this can be guessed.
SHORTEST_KEY = 32
#: More reverse proxies in a row than this is a mistake in the setting.
MOST_PROXIES = 10

#: Every setting with its help, in the order of the operator's page.
SETTINGS: Mapping[str, str] = {
    "WORKMANAGER_INSTANCE": "Folder of the installation: databases, files, secret key. Default ./instance.",
    "WORKMANAGER_PUBLIC_URL": "Scheme and host of every link, e.g. https://service.example.com. Default from host and port.",
    "WORKMANAGER_DATABASE_URL": "postgresql://… for control and tenants. Default: SQLite files in the instance folder.",
    "WORKMANAGER_SECRET_KEY": "Key that signs cookies and keys access codes, 32 characters or more. Default: made on first start.",
    "WORKMANAGER_BASE_DOMAIN": "Tenants answer at <slug>.<base domain>.",
    "WORKMANAGER_TRUSTED_HOSTS": "Further host names under which this installation answers, separated by commas.",
    "WORKMANAGER_TRUSTED_PROXIES": "Number of reverse proxies whose forwarded headers are believed. Default 0.",
}


@dataclass(frozen=True, slots=True)
class Config:
    """What an operator may set; immutable once read."""

    instance: Path
    public_url: str
    #: ``None`` means SQLite files in the instance folder.
    database_url: str | None
    secret_key: str
    base_domain: str | None = None
    trusted_hosts: tuple[str, ...] = ()
    trusted_proxies: int = 0

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach this installation by https."""
        return self.public_url.startswith("https://")


def load_config(
    environment: Mapping[str, str] | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
) -> Config:
    """Read the configuration, make the instance folder and the secret key where they are missing.

    :param environment: Replaces ``os.environ``; for tests.
    :param host: With ``port``, the default of ``WORKMANAGER_PUBLIC_URL``.
    :raises ConfigError: a name is unknown or a value is wrong; the message names it.
    """
    values = dict(os.environ if environment is None else environment)
    instance = Path(values.get("WORKMANAGER_INSTANCE") or "instance").resolve()
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    values = {**_read_file(instance / ENV_FILE), **values}
    _refuse_unknown(values)
    return Config(
        instance=instance,
        public_url=_public_url(values.get("WORKMANAGER_PUBLIC_URL") or f"http://{host}:{port}"),
        database_url=_database_url(values.get("WORKMANAGER_DATABASE_URL")),
        secret_key=values.get("WORKMANAGER_SECRET_KEY") or _secret_key(instance / SECRET_FILE),
        base_domain=(values.get("WORKMANAGER_BASE_DOMAIN") or "").strip(".").lower() or None,
        trusted_hosts=tuple(
            name.strip().lower()
            for name in values.get("WORKMANAGER_TRUSTED_HOSTS", "").split(",")
            if name.strip()
        ),
        trusted_proxies=_proxies(values.get("WORKMANAGER_TRUSTED_PROXIES")),
    )


def _read_file(path: Path) -> dict[str, str]:
    """Return the settings of ``path``, none if there is no such file."""
    if not path.is_file():
        return {}
    return {name: value for name, value in dotenv_values(path).items() if value is not None}


def _refuse_unknown(values: Mapping[str, str]) -> None:
    for name in sorted(values):
        if name.startswith(PREFIX) and not name.startswith(TEST_PREFIX) and name not in SETTINGS:
            msg = f"{name} is not a setting of Workmanager; known are {', '.join(SETTINGS)}"
            raise ConfigError(msg)
    key = values.get("WORKMANAGER_SECRET_KEY")
    if key and len(key) < SHORTEST_KEY:
        msg = f"WORKMANAGER_SECRET_KEY is shorter than {SHORTEST_KEY} characters"
        raise ConfigError(msg)


def _public_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/") or parts.query:
        msg = f"WORKMANAGER_PUBLIC_URL is {url!r}; it must be a scheme and a host, such as https://service.example.com"
        raise ConfigError(msg)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _database_url(url: str | None) -> str | None:
    if not url:
        return None
    scheme, _, rest = url.partition("://")
    if scheme not in {"postgresql", "postgres", "postgresql+psycopg"} or not rest:
        msg = "WORKMANAGER_DATABASE_URL must begin with postgresql:// (leave it out for SQLite in the instance folder)"
        raise ConfigError(msg)
    return f"postgresql+psycopg://{rest}"


def _proxies(value: str | None) -> int:
    text = value or "0"
    if not text.isascii() or not text.isdigit() or int(text) > MOST_PROXIES:
        msg = f"WORKMANAGER_TRUSTED_PROXIES is {value!r}; it must be a whole number from 0 to {MOST_PROXIES}"
        raise ConfigError(msg)
    return int(text)


def _secret_key(path: Path) -> str:
    """Return the key kept in ``path``, made at the first start and readable by its owner alone."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key
