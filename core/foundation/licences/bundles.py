"""Bundles: the plugins that a tier or a reseller's package switches on together, one TOML file each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.errors import InvalidInputError

#: The bundles that come with the product.
FOLDER: Final = Path(__file__).parents[3] / "bundles"


@dataclass(frozen=True, slots=True)
class Bundle:
    """What one file says."""

    name: str
    plugins: tuple[str, ...]
    #: By language.
    title: Mapping[str, str]
    text: Mapping[str, str]


def read_bundle(path: Path) -> Bundle:
    """Return the bundle in ``path``.

    :raises InvalidInputError: the file is no bundle; the message says where.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return Bundle(
            name=str(data["name"]),
            plugins=tuple(str(name) for name in data["plugins"]),
            title={str(key): str(value) for key, value in data["title"].items()},
            text={str(key): str(value) for key, value in data["text"].items()},
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        msg = f"{path.name} is no bundle: {error}"
        raise InvalidInputError(msg) from error


def list_bundles() -> list[Bundle]:
    """Return the bundles that come with the product, by name."""
    return [read_bundle(path) for path in sorted(FOLDER.glob("*.toml"))]


def find_bundle(name: str) -> Bundle:
    """Return the bundle ``name``.

    :raises InvalidInputError: there is none; the message lists those that there are.
    """
    known = {bundle.name: bundle for bundle in list_bundles()}
    if name not in known:
        msg = f"there is no bundle {name}; there are {', '.join(known)}"
        raise InvalidInputError(msg, field="bundle")
    return known[name]
