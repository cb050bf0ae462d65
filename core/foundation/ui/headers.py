"""Security headers on every answer, errors included (OWASP ASVS 5.0, chapter 3).

A view may set any of these headers itself, and its word stands: a download its sandbox, a widget its frames.
"""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

#: How long browsers remember to come by https only, in seconds: two years.
HSTS_FOR = 63_072_000

#: What a page may use; what is not named is refused.
POLICY = (
    "default-src 'none'",
    "script-src 'nonce-{nonce}'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "media-src 'self' blob:",
    "frame-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
)
#: What an answer may use that is no page: nothing.
BARE_POLICY = ("default-src 'none'",)

#: Camera (codes, photos) and microphone (dictating) are ours to ask for; the rest is nobody's.
PERMISSIONS = (
    "accelerometer=(), autoplay=(), camera=(self), display-capture=(), encrypted-media=(), "
    "fullscreen=(self), geolocation=(), gyroscope=(), magnetometer=(), microphone=(self), midi=(), "
    "payment=(), usb=(), xr-spatial-tracking=()"
)

#: The same on every answer. The referrer goes to our own pages only: links with tokens must not reach other
#: sites, and the CSRF check on https wants to see it.
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}


def csp_nonce() -> str:
    """Return the nonce of this request, made at first use."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    return str(g.csp_nonce)


def asks_for_fragment() -> bool:
    """Tell whether htmx asks for a part of a page rather than a browser for all of it."""
    return request.headers.get("HX-Request") == "true"


def content_policy(nonce: str | None, *, frame_ancestors: str = "'none'") -> str:
    """Return the Content-Security-Policy of a page, or, without a ``nonce``, of an answer that is no page."""
    rules = BARE_POLICY if nonce is None else POLICY
    return "; ".join((*rules, f"frame-ancestors {frame_ancestors}")).format(nonce=nonce)


def security_headers(*, nonce: str | None, secure: bool) -> dict[str, str]:
    """Return the headers of one answer; also for answers made before Flask sees the request.

    :param nonce: The nonce of the page, ``None`` for an answer that is no page.
    :param secure: The request came by https.
    """
    headers = {"Content-Security-Policy": content_policy(nonce), **FIXED}
    if secure:
        headers["Strict-Transport-Security"] = f"max-age={HSTS_FOR}"
    return headers


def allow_own_frame(response: Response) -> Response:
    """Let our own pages show ``response`` in a frame (the preview of a paper), and nobody else's."""
    nonce = csp_nonce() if response.mimetype == "text/html" else None
    response.headers["Content-Security-Policy"] = content_policy(nonce, frame_ancestors="'self'")
    return response


def protect(response: Response) -> Response:
    """Add to ``response`` the headers that its view did not set itself."""
    nonce = csp_nonce() if response.mimetype == "text/html" else None
    for name, value in security_headers(nonce=nonce, secure=request.is_secure).items():
        response.headers.setdefault(name, value)
    if "Cache-Control" not in response.headers:
        # With an ETag the browser may keep the answer, and asks each time whether it still holds.
        response.headers["Cache-Control"] = "private, no-cache" if "ETag" in response.headers else "no-store"
    return response


def init_headers(app: Flask) -> None:
    """Protect every answer of ``app`` and give templates ``csp_nonce``.

    Call it before anything else registers ``after_request``: functions registered first run last.
    """
    app.after_request(protect)
    app.context_processor(lambda: {"csp_nonce": csp_nonce()})
