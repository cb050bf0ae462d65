"""Static files under ``/static/``: addresses that carry a hash of the content, kept for a year."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import posixpath
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, request
from flask.typing import RouteCallable
from markupsafe import Markup
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from core.errors import ProgrammingError

#: Every static address begins with this, whatever the tenant's prefix is.
STATIC_PREFIX = "/static/"
#: The files of the shell itself.
OWN_FOLDER = Path(__file__).parent / "static"
#: How long a browser keeps an address that carries its hash, in seconds: a year.
KEPT_FOR = 31_536_000
#: The types that ``mimetypes`` does not know alike on every system; ``nosniff`` makes them matter.
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json; charset=utf-8",
    ".woff2": "font/woff2",
}

#: A decorator that declares who may call a route.
Guard = Callable[[RouteCallable], RouteCallable]


def open_to_all(view: RouteCallable) -> RouteCallable:
    """Leave ``view`` as it is: the guard of applications that have none."""
    return view


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is sent, read once."""

    changed: int
    version: str
    kind: str
    body: bytes
    #: The body compressed, where that makes it smaller.
    zipped: bytes | None

    @classmethod
    def read(cls, file: Path) -> StaticFile:
        """Read, hash and compress ``file``."""
        body = file.read_bytes()
        kind = (
            CONTENT_TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        )
        zipped = gzip.compress(body, mtime=0)
        return cls(
            changed=file.stat().st_mtime_ns,
            version=hashlib.sha256(body).hexdigest()[:16],
            kind=kind,
            body=body,
            zipped=zipped if len(zipped) < len(body) else None,
        )


class Assets:
    """The static files of the shell and of the plugins, found by their path below ``/static/``."""

    def __init__(self, folders: Iterable[Path] = (), *, watch: bool = False) -> None:
        """Look into ``folders`` after the shell's own; ``watch`` reads a file anew when it has changed."""
        self._folders: Sequence[Path] = (OWN_FOLDER, *folders)
        self._watch = watch
        self._known: dict[str, StaticFile] = {}

    def find(self, path: str) -> StaticFile | None:
        """Return the file that answers for ``path``, or ``None``; no path leads out of the folders."""
        known = self._known.get(path)
        if known is not None and not self._watch:
            return known
        file = self._locate(path)
        if file is None:
            return None
        if known is None or known.changed != file.stat().st_mtime_ns:
            known = self._known[path] = StaticFile.read(file)
        return known

    def _locate(self, path: str) -> Path | None:
        # One spelling for each file: what was read is kept by its path, and a/../app.css has no end of cousins.
        if posixpath.normpath(path) != path:
            return None
        for folder in self._folders:
            joined = safe_join(str(folder), path)
            if joined is not None and "\x00" not in joined and Path(joined).is_file():
                return Path(joined)
        return None

    def url(self, path: str) -> str:
        """Return the address of ``path``, never under a tenant's prefix, with the hash of its content.

        :raises ProgrammingError: there is no such file.
        """
        file = self.find(path)
        if file is None:
            message = f"there is no static file {path!r}"
            raise ProgrammingError(message)
        return f"{STATIC_PREFIX}{path}?v={file.version}"

    def respond(self, path: str) -> Response:
        """Answer with the file ``path``: kept for a year under its hash, asked for again without it.

        :raises NotFound: there is no such file.
        """
        file = self.find(path)
        if file is None:
            raise NotFound
        zipped = file.zipped if request.accept_encodings["gzip"] > 0 else None
        response = Response(file.body if zipped is None else zipped, content_type=file.kind)
        if zipped is not None:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        response.set_etag(file.version if zipped is None else f"{file.version}-gzip")
        keep(response, asked=request.args.get("v"), version=file.version)
        response.make_conditional(request)
        return response


def keep(response: Response, *, asked: str | None, version: str) -> None:
    """Let browsers keep ``response`` for good when the address they ``asked`` carries its ``version``."""
    response.cache_control.clear()
    if asked == version:
        response.cache_control.public = True
        response.cache_control.max_age = KEPT_FOR
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    # Fonts and icons may be fetched by any page of this installation, whatever its host name.
    response.headers["Cross-Origin-Resource-Policy"] = "same-site"


def init_assets(
    app: Flask,
    folders: Iterable[Path] = (),
    *,
    guard: Guard = open_to_all,
) -> Assets:
    """Serve ``/static/`` and give templates ``asset(path)`` and ``icons`` (the address of the icon set).

    :param folders: ``static`` folders of plugins, each with its files under the plugin's own name.
    :param guard: The decorator that declares who may call the route.
    """
    assets = Assets(folders, watch=app.debug)
    app.extensions["wm_assets"] = assets

    def static(filename: str) -> Response:
        """Send one static file."""
        return assets.respond(filename)

    app.add_url_rule(f"{STATIC_PREFIX}<path:filename>", "static", guard(static))
    app.jinja_env.globals["asset"] = assets.url
    app.jinja_env.globals["icons"] = Markup(f"{assets.url('icons.svg')}#i-")  # noqa: S704 - an address of ours
    return assets
