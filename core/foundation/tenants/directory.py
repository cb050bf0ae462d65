"""The directory of tenants: who is asked for, by host name or by slug, read anew for every request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine, Row, Select, bindparam, select

from core.config import Config
from core.errors import NotFoundError
from core.foundation.tenants.context import Tenant
from core.foundation.tenants.models import TenantRecord
from core.foundation.tenants.storage import tenant_placement
from core.plugin import PluginStates

TABLE = TenantRecord.__table__
_BY_SLUG = select(TABLE).where(TABLE.c.slug == bindparam("name"))
_BY_DOMAIN = select(TABLE).where(TABLE.c.domain == bindparam("name"))
#: Names of this very machine: one of them in the public address stands for all.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


class TenantDirectory:
    """Finds tenants in the control database; holds no state of its own, so every process sees a change at once."""

    def __init__(self, config: Config, engine: Engine, installed: Iterable[str]) -> None:
        """Read the control database ``engine``; ``installed`` are the plugins of this process."""
        self._config = config
        self._engine = engine
        self._installed = frozenset(installed)

    def find_by_slug(self, slug: str) -> Tenant | None:
        """Return the tenant ``slug``, ``None`` if there is none."""
        return self._find(_BY_SLUG, slug)

    def find_by_host(self, host: str) -> Tenant | None:
        """Return the tenant that ``host`` (without a port) belongs to: its own domain, or ``<slug>.<base domain>``."""
        base = self._config.base_domain
        if base is not None and host.endswith(f".{base}"):
            return self._find(_BY_SLUG, host.removesuffix(f".{base}"))
        return self._find(_BY_DOMAIN, host)

    def get(self, slug: str) -> Tenant:
        """Return the tenant ``slug``.

        :raises NotFoundError: there is none.
        """
        tenant = self.find_by_slug(slug)
        if tenant is None:
            msg = f"there is no tenant {slug}"
            raise NotFoundError(msg)
        return tenant

    def list_tenants(self) -> list[Tenant]:
        """Return all tenants, oldest first."""
        with self._engine.connect() as connection:
            return [self._tenant(row) for row in connection.execute(select(TABLE).order_by(TABLE.c.id))]

    def is_own_host(self, host: str) -> bool:
        """Tell whether ``host`` (without a port) is a name of the installation itself."""
        own = urlsplit(self._config.public_url).hostname or ""
        own = f"[{own}]" if ":" in own else own
        if host == own or host in self._config.trusted_hosts or host == self._config.base_domain:
            return True
        return own in LOOPBACK and host in LOOPBACK

    def _find(self, statement: Select[Any], name: str) -> Tenant | None:
        with self._engine.connect() as connection:
            row = connection.execute(statement, {"name": name}).first()
        return None if row is None else self._tenant(row)

    def _tenant(self, row: Row[Any]) -> Tenant:
        facts = row._mapping  # noqa: SLF001 - SQLAlchemy's public name
        return Tenant(
            id=facts["id"],
            slug=facts["slug"],
            name=facts["name"],
            status=facts["status"],
            language=facts["language"],
            country=facts["country"],
            currency=facts["currency"],
            time_zone=facts["time_zone"],
            domain=facts["domain"],
            placement=tenant_placement(
                self._config,
                slug=facts["slug"],
                url=facts["url"],
                schema=facts["schema"],
            ),
            states=PluginStates.of(facts["plugins"] or {}, self._installed),
            url=self._url(facts["slug"], facts["domain"]),
        )

    def _url(self, slug: str, domain: str | None) -> str:
        """Return the canonical address of a tenant, from the configuration and never from a request."""
        parts = urlsplit(self._config.public_url)
        port = f":{parts.port}" if parts.port else ""
        if domain is not None:
            return f"{parts.scheme}://{domain}{port}"
        if self._config.base_domain is not None:
            return f"{parts.scheme}://{slug}.{self._config.base_domain}{port}"
        return f"{self._config.public_url}/t/{slug}"
