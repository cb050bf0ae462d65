"""Where to go after a login: a page of this tenant, and nowhere else."""

from __future__ import annotations

import re
from typing import Final

from core.foundation.tenants.context import current_tenant

#: Longer addresses lead nowhere that a person was.
LONGEST: Final = 2000
#: A path of plain printable ASCII: browsers drop tabs and line breaks and read a backslash as a slash.
PATH: Final = re.compile(r"/(?!/)[!-\[\]-~]*")
#: Dot segments, also written with %2e: browsers resolve them, and would leave the tenant's prefix.
DOTS: Final = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)


def safe_path(target: str | None) -> str:
    """Return ``target`` as a path of this tenant with its prefix; its first page for anything that could lead elsewhere.

    :param target: Path and query, with or without the tenant's prefix, as sent in ``next``.
    """
    root = current_tenant().root
    home = f"{root}/"
    if not target or len(target) > LONGEST or not PATH.fullmatch(target):
        return home
    path, _question, query = target.partition("#")[0].partition("?")
    if root and (path == root or path.startswith(home)):
        path = path.removeprefix(root) or "/"
    if path.startswith("//") or DOTS.search(path):
        return home
    return f"{root}{path}?{query}" if query else f"{root}{path}"
