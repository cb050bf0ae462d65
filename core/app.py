"""Make the application: a readable list of steps, each of which stops the start when something is wrong."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import flask
from flask import Flask, Request
from flask.sessions import SecureCookieSessionInterface
from flask_babel import Babel
from itsdangerous import URLSafeTimedSerializer
from werkzeug.middleware.proxy_fix import ProxyFix

from core.access import instance_route
from core.config import Config, load_config
from core.db import db
from core.engines import Engines
from core.errors import ConfigError
from core.foundation.tenants.context import Tenant, find_tenant
from core.foundation.tenants.directory import TenantDirectory
from core.foundation.tenants.resolver import TENANT_KEY, TenantResolver
from core.foundation.tenants.services import LANGUAGES
from core.foundation.tenants.storage import control_placement
from core.foundation.ui.csrf import init_csrf
from core.foundation.ui.language import init_language
from core.foundation.ui.shell import init_ui
from core.gate import Application, check_routes, init_gate
from core.loading import discover, load_plugins
from core.plugin import RESERVED, Plugin, PluginHost
from core.shell import init_shell

ROOT: Final = Path(__file__).parent.parent
#: Areas from the ground up; each may have hookspecs, hooks, views and models, found by their file names.
AREAS: Final = (
    "core.foundation.tenants",
    "core.foundation.accounts",
    "core.foundation.files",
    "core.foundation.settings",
    "core.foundation.audit",
    "core.foundation.merging",
    "core.foundation.custom",
    "core.foundation.search",
    "core.foundation.documents",
    "core.foundation.ui",
    "core.clients",
    "core.equipment",
    "core.catalogue",
    "core.tickets",
    "core.works",
)
#: Bytes of one request; photos are reduced in the browser before they are sent.
LARGEST_REQUEST: Final = 16 * 1024 * 1024


def create_app(config: Config | None = None, *, plugins: Sequence[Plugin] | None = None) -> Application:
    """Return the application of one installation; touches no database.

    :param plugins: Manifests in place of those that are installed; for tests.
    :raises ConfigError: a setting is unknown or wrong.
    :raises PluginError: a plugin breaks a rule of the host.
    """
    config = load_config() if config is None else config
    _check_distribution()
    app = Application("workmanager", static_folder=None, template_folder=str(ROOT / "templates"))
    _configure(app, config)
    _register_core(app)
    host = _load_plugins(app, discover() if plugins is None else plugins)
    _connect_databases(app, config, host)
    _speak(app, host)
    init_ui(app, [plugin.folder / "static" for plugin in host.plugins.values()], guard=instance_route)
    init_gate(app)
    init_csrf(app)
    _register_plugins(app, host)
    init_shell(app)
    check_routes(app, host)
    _wrap(app, config)
    return app


def _check_distribution() -> None:
    """Refuse to start when another distribution has put its own folder where ours should be: plain names may be overwritten."""
    for name in ("core", "plugins", "templates", "bundles"):
        spec = importlib.util.find_spec(name)
        places = list(spec.submodule_search_locations or ()) if spec is not None else []
        if str(ROOT / name) not in places:
            msg = f"the package {name!r} of another distribution hides ours at {ROOT / name}; remove it"
            raise ConfigError(msg)


def _configure(app: Flask, config: Config) -> None:
    app.config.update(
        SECRET_KEY=config.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=2000,
        SQLALCHEMY_DATABASE_URI=control_placement(config).url,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.is_secure,
        WTF_CSRF_TIME_LIMIT=None,
        # Every message of a field is ours; WTForms' own catalogue would be read anew for each request.
        WTF_I18N_ENABLED=False,
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.session_interface = TenantCookies()
    app.extensions["wm_config"] = config


def _load_plugins(app: Flask, manifests: Sequence[Plugin]) -> PluginHost:
    specs = [module for area in AREAS if (module := find_module(area, "hookspecs")) is not None]
    hooks = [module for area in AREAS if (module := find_module(area, "hooks")) is not None]
    host = load_plugins(manifests, specs=specs, core_hooks=hooks, reserved=_reserved(app))
    app.extensions["wm_plugins"] = host
    return host


def find_module(area: str, name: str) -> ModuleType | None:
    """Return the module ``name`` of an area, ``None`` where it has no such file."""
    full = f"{area}.{name}"
    return importlib.import_module(full) if importlib.util.find_spec(full) is not None else None


def _connect_databases(app: Flask, config: Config, host: PluginHost) -> None:
    app.extensions["wm_engines"] = Engines()
    app.extensions["wm_control"] = control_placement(config)
    db.init_app(app)
    with app.app_context():
        app.extensions["wm_tenants"] = TenantDirectory(config, db.engine, host.plugins)


def _speak(app: Flask, host: PluginHost) -> None:
    """Translate by the user's choice, the browser's or the firm's; the core and each plugin bring their own messages."""
    folders = [
        ROOT / "core" / "translations",
        *(plugin.folder / "translations" for plugin in host.plugins.values()),
    ]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(
        str(folder) for folder in folders if folder.is_dir()
    )
    Babel(app, locale_selector=choose_language, timezone_selector=_time_zone)
    init_language(app)


def choose_language() -> str:
    """Return the language of this answer: of the user, of this browser's earlier choice, of the browser, of the firm."""
    user = flask.g.get("user") if flask.has_app_context() else None
    if user is not None and user.language in LANGUAGES:
        return str(user.language)
    tenant = find_tenant()
    if flask.has_request_context():
        chosen = flask.session.get("language")
        if chosen in LANGUAGES:
            return str(chosen)
        preferred = flask.request.accept_languages.best_match(LANGUAGES)
        if preferred is not None:
            return preferred
    return tenant.language if tenant is not None else LANGUAGES[0]


def _time_zone() -> str:
    tenant = find_tenant()
    return tenant.time_zone if tenant is not None else "UTC"


def _register_core(app: Flask) -> None:
    """Register the views of every area."""
    for area in AREAS:
        find_module(area, "models")
        module = find_module(area, "views")
        for blueprint in getattr(module, "BLUEPRINTS", ()) if module is not None else ():
            app.register_blueprint(blueprint)


def _register_plugins(app: Flask, host: PluginHost) -> None:
    for blueprints in host.blueprints.values():
        for blueprint in blueprints:
            app.register_blueprint(blueprint)


def _reserved(app: Flask) -> frozenset[str]:
    """Return what no plugin may claim: the names of the core's blueprints, and the first parts of its addresses."""
    paths = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    return RESERVED | frozenset(app.blueprints) | frozenset(path for path in paths if path.isalpha())


def _wrap(app: Flask, config: Config) -> None:
    app.wsgi_app = TenantResolver(app.wsgi_app, app.extensions["wm_tenants"])  # type: ignore[method-assign]
    if config.trusted_proxies:
        count = config.trusted_proxies
        # The host is in Host, which proxies pass on; many let their callers write X-Forwarded-Host.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]


class TenantCookies(SecureCookieSessionInterface):
    """Flask's signed cookie (CSRF token, flashed messages, language), one for each tenant under a name and a key of its own."""

    def open_session(self, app: Flask, request: Request) -> Any:  # noqa: ANN401 - Flask's own
        """Read the cookie of the tenant that the resolver found."""
        flask.g._cookie_tenant = request.environ.get(TENANT_KEY)  # noqa: SLF001 - flask.g is a namespace
        return super().open_session(app, request)

    def get_cookie_name(self, app: Flask) -> str:
        """Return the name of this tenant's cookie."""
        del app
        tenant = self._tenant()
        return "wms" if tenant is None else f"wms_{tenant.id}"

    def get_cookie_path(self, app: Flask) -> str:
        """Return the path below which the browser sends it."""
        del app
        tenant = self._tenant()
        return "/" if tenant is None else f"{tenant.root}/"

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Sign with a salt of the tenant's own: a cookie carried over to another tenant is no cookie."""
        tenant = self._tenant()
        return URLSafeTimedSerializer(
            str(app.secret_key),
            salt="session" if tenant is None else f"session-{tenant.id}",
            serializer=self.serializer,
            signer_kwargs={"key_derivation": self.key_derivation, "digest_method": self.digest_method},
        )

    @staticmethod
    def _tenant() -> Tenant | None:
        found = flask.g.get("_cookie_tenant")
        return found if isinstance(found, Tenant) else None
