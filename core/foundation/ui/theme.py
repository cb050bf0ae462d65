"""The tenant's accent colour as one small stylesheet, darkened until everything that uses it can be read.

WCAG 2.2 asks 4.5:1 for text (1.4.3). The accent carries white text on buttons and, mixed with some black or
much white, is itself the colour of links on every ground of ``app.css``, in light and dark.
"""

from __future__ import annotations

import re

from flask import Flask, Response, request
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from core.errors import InvalidInputError
from core.foundation.ui.assets import STATIC_PREFIX, Guard, keep, open_to_all

Colour = tuple[int, int, int]

#: The accent of ``app.css``; no stylesheet is served for it.
DEFAULT_ACCENT = "#4046c8"
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
#: The least contrast of text with its ground (WCAG 2.2, 1.4.3).
READABLE = 4.5

#: Below this share of full light a channel grows in a straight line (IEC 61966-2-1).
LINEAR_BELOW = 0.04045

_SHORT = re.compile(r"#?([0-9a-fA-F])([0-9a-fA-F])([0-9a-fA-F])", re.ASCII)
_LONG = re.compile(r"#?([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})", re.ASCII)
_RGB = re.compile(r"[0-9a-f]{6}", re.ASCII)


def parse_colour(text: str) -> Colour:
    """Read ``#rgb`` or ``#rrggbb``.

    :raises InvalidInputError: ``text`` is no such colour.
    """
    found = _LONG.fullmatch(text.strip()) or _SHORT.fullmatch(text.strip())
    if not found:
        message = _(
            "Write the colour as # and six digits, 0 to 9 and A to F: %(example)s.", example=DEFAULT_ACCENT
        )
        raise InvalidInputError(message, field="accent")
    red, green, blue = (int(part if len(part) > 1 else part * 2, 16) for part in found.groups())
    return red, green, blue


def colour_text(colour: Colour) -> str:
    """Write ``colour`` as ``#rrggbb``."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def mix(colour: Colour, other: Colour, share: float) -> Colour:
    """Mix ``share`` (0 to 1) of ``colour`` with the rest of ``other``, as ``color-mix(in srgb, …)`` does."""
    red, green, blue = (round(a * share + b * (1 - share)) for a, b in zip(colour, other, strict=True))
    return red, green, blue


def luminance(colour: Colour) -> float:
    """Return the relative luminance of ``colour``, 0 to 1 (WCAG 2.2)."""
    linear = [
        part / 12.92 if part <= LINEAR_BELOW else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def reads(accent: Colour) -> bool:
    """Tell whether white text reads on ``accent``, and a link of its colour on the tint of what is chosen.

    These two are the hardest: ``app.css`` derives the colour of links by 8 % of black and the tint by 91 % of white.
    """
    link, tint = mix(accent, BLACK, 0.92), mix(accent, WHITE, 0.09)
    return contrast(accent, WHITE) >= READABLE and contrast(link, tint) >= READABLE


def readable_accent(accent: Colour) -> Colour:
    """Return ``accent``, darkened no more than reading needs; its hue stays."""
    if reads(accent):
        return accent
    # The lightest share of the accent that still reads, found to a 256th.
    low, high = 0, 256
    while high - low > 1:
        middle = (low + high) // 2
        if reads(mix(accent, BLACK, middle / 256)):
            low = middle
        else:
            high = middle
    return mix(accent, BLACK, low / 256)


def render_theme(accent: Colour) -> str:
    """Return the stylesheet that follows ``app.css`` and sets the tenant's two colours."""
    shown = colour_text(readable_accent(accent))
    return f":root,[data-bs-theme]{{--wm-accent:{shown};--wm-on-accent:#fff}}\n"


def theme_url(accent: str | None) -> str | None:
    """Return the address of the stylesheet for ``accent``; ``None`` for the default and for no colour."""
    if not accent:
        return None
    try:
        text = colour_text(parse_colour(accent))
    except InvalidInputError:
        return None
    return None if text == DEFAULT_ACCENT else f"{STATIC_PREFIX}theme/{text[1:]}.css"


def init_theme(app: Flask, *, guard: Guard = open_to_all) -> None:
    """Serve ``/static/theme/<rrggbb>.css`` and give templates ``theme_url(accent)``.

    The address is the content, so it is kept for good, and it says nothing of a tenant but a colour.
    """

    def theme(colour: str) -> Response:
        """Send the stylesheet of one accent."""
        if not _RGB.fullmatch(colour):
            raise NotFound
        response = Response(render_theme(parse_colour(colour)), mimetype="text/css")
        response.set_etag(colour)
        keep(response, asked=colour, version=colour)
        response.make_conditional(request)
        return response

    app.add_url_rule(f"{STATIC_PREFIX}theme/<colour>.css", "theme", guard(theme))
    app.jinja_env.globals["theme_url"] = theme_url
