"""The roles that every tenant starts with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _l

#: Key of the role that has every permission and cannot be edited.
OWNER: Final = "owner"
#: Names by key, in the order in which people read them.
PRESETS: Final[Mapping[str, Any]] = {
    OWNER: _l("Owner"),
    "manager": _l("Manager"),
    "receptionist": _l("Receptionist"),
    "technician": _l("Technician"),
    "accountant": _l("Accountant"),
}
