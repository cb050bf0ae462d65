"""The texts that a shop starts with, a file for each text and language; the shop's to change under Settings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("ro", "en")


@cache
def default_texts(name: str) -> Mapping[str, str]:
    """Return the text ``name`` by language."""
    folder = Path(__file__).parent
    return {
        language: (folder / f"{name}.{language}.txt").read_text(encoding="utf-8").strip()
        for language in LANGUAGES
    }
