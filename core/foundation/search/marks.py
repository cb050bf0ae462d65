"""Mark in what is shown the part that was typed, in whatever spelling."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from markupsafe import Markup, escape

from core.foundation.search.fold import FRAGMENT, ROMANIA, asked_words, fold_code


def marker(question: str) -> Callable[[object], Markup]:
    """Return the function that marks ``question``, for a template."""
    return lambda shown: mark(str(shown), question)


def mark(shown: str, question: str) -> Markup:
    """Return ``shown`` with each word of ``question`` inside ``<mark>``; marks, case and separators do not count.

    ``0742 555 138`` is marked up to its first 1 by ``07425551``, ``Țuțuianu`` up to its i by ``tutu``.
    """
    folded, places = _folded(shown)
    marked = [False] * len(shown)
    for word in asked_words(question):
        for spelling in _spellings(word):
            start = folded.find(spelling)
            if start >= 0:
                first, last = places[start], places[start + len(spelling) - 1]
                marked[first : last + 1] = [True] * (last + 1 - first)
                break
    parts = []
    begin = 0
    for at in range(1, len(shown) + 1):
        if at == len(shown) or marked[at] is not marked[begin]:
            text = escape(shown[begin:at])
            parts.append(Markup("<mark>{}</mark>").format(text) if marked[begin] else text)
            begin = at
    return Markup().join(parts)


def has_mark(shown: str, question: str) -> bool:
    """Tell whether something of ``question`` would be marked in ``shown``."""
    folded = "".join(map(_letter, shown))
    return any(spelling in folded for word in asked_words(question) for spelling in _spellings(word))


def _spellings(word: str) -> tuple[str, ...]:
    """Return how a word may stand in what is shown: a telephone typed as from abroad is shown as people at home dial it."""
    abroad = word.isdigit() and word.startswith(ROMANIA) and len(word) >= len(ROMANIA) + FRAGMENT
    return (word, "0" + word.removeprefix(ROMANIA)) if abroad else (word,)


def _folded(shown: str) -> tuple[str, list[int]]:
    """Return the folded letters and digits of ``shown``, and the place in it that each comes from."""
    letters = [_letter(letter) for letter in shown]
    return "".join(letters), [place for place, letter in enumerate(letters) for _ in letter]


@lru_cache(maxsize=1024)
def _letter(letter: str) -> str:
    """Return what is left of one letter; a page has thousands of a few dozen."""
    return fold_code(letter)
