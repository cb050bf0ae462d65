"""The WSGI layer that finds the tenant of a request before Flask sees it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from flask_babel import lazy_gettext as _l

from core.errors import (
    BadRequestError,
    NotFoundError,
    TenantSuspendedError,
    UnknownHostError,
    WorkmanagerError,
)
from core.foundation.tenants.context import Tenant
from core.foundation.tenants.directory import LOOPBACK, TenantDirectory
from core.foundation.tenants.models import TenantStatus

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TENANT_KEY: Final = "wm.tenant"
REFUSAL_KEY: Final = "wm.refusal"
REDIRECT_KEY: Final = "wm.redirect"
#: Paths that belong to the installation under every host.
INSTANCE_PATHS: Final = ("/static/", "/healthz", "/readyz")


class TenantResolver:
    """Finds the tenant by host name, else by ``/t/<slug>/``, which moves into SCRIPT_NAME."""

    def __init__(self, application: WSGIApplication, directory: TenantDirectory) -> None:
        """Wrap ``application``."""
        self._application = application
        self._directory = directory

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Note the tenant, or why there is none, for the application to answer."""
        try:
            environ[TENANT_KEY] = self._resolve(environ)
        except WorkmanagerError as refusal:
            environ[TENANT_KEY] = None
            environ[REFUSAL_KEY] = refusal
        return self._application(environ, start_response)

    def _resolve(self, environ: WSGIEnvironment) -> Tenant | None:
        host = _host(environ)
        path = _path(environ)
        if self._directory.is_own_host(host):
            return self._by_path(environ, path, host)
        tenant = self._directory.find_by_host(host)
        if tenant is None:
            raise UnknownHostError
        if path.startswith(INSTANCE_PATHS):
            return None
        return _checked(environ, tenant, host)

    def _by_path(self, environ: WSGIEnvironment, path: str, host: str) -> Tenant | None:
        if not path.startswith("/t/"):
            return None
        slug, slash, rest = path.removeprefix("/t/").partition("/")
        tenant = self._directory.find_by_slug(slug) if slug.isascii() else None
        if tenant is None:
            raise NotFoundError(_l("There is no firm at this address."))
        if not slash:
            environ[REDIRECT_KEY] = f"{tenant.url}/"
            return tenant
        environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/t/{slug}"
        environ["PATH_INFO"] = f"/{rest}".encode().decode("latin-1")
        return _checked(environ, tenant, host)


def _checked(environ: WSGIEnvironment, tenant: Tenant, host: str) -> Tenant:
    """Refuse a tenant that is suspended, send the caller of another address to the canonical one."""
    if tenant.status != TenantStatus.ACTIVE:
        raise TenantSuspendedError
    canonical = re.sub(r":[0-9]+$", "", tenant.url.split("/")[2])
    if host != canonical and not (host in LOOPBACK and canonical in LOOPBACK):
        query = environ.get("QUERY_STRING")
        # Decoded by the server: a line break would end the header, and what follows the host must begin with a slash.
        path = quote(environ["PATH_INFO"].encode("latin-1").removeprefix(b"/"), safe="/!$&'()*+,;=:@~")
        environ[REDIRECT_KEY] = f"{tenant.url}/{path}{'?' + query if query else ''}"
    return tenant


def _host(environ: WSGIEnvironment) -> str:
    """Return the host name of the request without its port, in lower case."""
    host: str = environ.get("HTTP_HOST") or environ.get("SERVER_NAME", "")
    name, colon, port = host.lower().rpartition(":")
    if colon and port.isdigit():
        host = name
    host = host.lower().rstrip(".")
    if not host or not all(letter.isalnum() or letter in "-.[]:" for letter in host) or not host.isascii():
        raise UnknownHostError
    return host


def _path(environ: WSGIEnvironment) -> str:
    """Return the path of the request as text.

    :raises BadRequestError: it is not UTF-8, or holds NUL.
    """
    try:
        path: str = environ.get("PATH_INFO", "").encode("latin-1").decode()
    except UnicodeDecodeError as error:
        raise BadRequestError from error
    if "\0" in path:
        raise BadRequestError
    return path
