"""Clean the markup of editable texts down to what belongs on a paper: paragraphs, lists, bold and italic."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from markupsafe import Markup, escape

_INLINE: Final = frozenset({"b", "strong", "i", "em", "u", "small", "sub", "sup"})
_BLOCK: Final = frozenset({"p", "ul", "ol", "li", "h3", "h4", "blockquote"})
_EMPTY: Final = frozenset({"br", "hr"})
#: What these hold is not text for a reader.
_DROPPED: Final = frozenset(
    {"script", "style", "head", "title", "template", "textarea", "iframe", "object", "noscript"}
)
#: Open elements at one time; the renderer's tables grow slow with depth.
_MOST_OPEN: Final = 12
#: Possessive: a name of a hundred thousand letters without an end would otherwise be tried in every split.
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*+)[^<>]*+>")
_HAS_BLOCK: Final = re.compile(r"<(?:p|ul|ol|h3|h4|blockquote|hr)>")


def clean_markup(html: str) -> Markup:
    """Return ``html`` rebuilt from allowed elements without attributes, properly nested, everything else as text or gone.

    What comes out was written here: no element, attribute or reference of the input is copied.
    """
    cleaner = _Cleaner()
    position = 0
    html = _without_comments(html)
    while match := _TAG.search(html, position):
        cleaner.text(html[position : match.start()])
        name = match[2].lower()
        position = match.end()
        if name in _DROPPED and not match[1]:
            position = _end_of(name, html, position)
        else:
            cleaner.tag(name, closing=bool(match[1]))
    cleaner.text(html[position:])
    return cleaner.finish()


def paragraphs(html: str) -> list[Markup]:
    """Return the paragraphs of an editable text: one a line, or the whole where it has blocks of its own."""
    clean = clean_markup(html)
    if _HAS_BLOCK.search(clean):
        return [clean]
    # An element that spans lines is closed by cleaning each line for itself.
    return [clean_markup(line) for line in clean.splitlines() if line.strip()]


class _Cleaner:
    """Output in progress, with the elements that are open."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._open: list[str] = []

    def text(self, text: str) -> None:
        if text:
            self._parts.append(str(escape(unescape(text))))

    def tag(self, name: str, *, closing: bool) -> None:
        if name in _EMPTY:
            self._parts.append(f"<{name}>")
        elif name not in _INLINE and name not in _BLOCK:
            return
        elif closing:
            if name in self._open:
                while self._close() != name:
                    pass
        elif len(self._open) < _MOST_OPEN:
            if name == "p" and "p" in self._open:
                self.tag("p", closing=True)
            self._open.append(name)
            self._parts.append(f"<{name}>")

    def finish(self) -> Markup:
        while self._open:
            self._close()
        return Markup("".join(self._parts))  # noqa: S704 - every part was written or escaped above

    def _close(self) -> str:
        name = self._open.pop()
        self._parts.append(f"</{name}>")
        return name


def _without_comments(html: str) -> str:
    parts: list[str] = []
    position = 0
    while (start := html.find("<!--", position)) >= 0:
        end = html.find("-->", start)
        parts.append(html[position:start])
        if end < 0:
            return "".join(parts)
        position = end + 3
    parts.append(html[position:])
    return "".join(parts)


def _end_of(name: str, html: str, position: int) -> int:
    """Return where the element ``name`` that begins before ``position`` has ended; an unclosed one swallows the rest."""
    end = re.compile(rf"</{name}[^<>]*>", re.IGNORECASE).search(html, position)
    return end.end() if end else len(html)
