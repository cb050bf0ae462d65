"""The public face of Workmanager: what plugin authors import. Re-exports only; nothing else of ``core`` is promised.

Every name here is documented where it is defined and stays within one ``API_VERSION``.
"""

from core.access import logged_in, public, require
from core.db import Model, session, unit_of_work
from core.errors import (
    ConflictError,
    DomainError,
    InvalidInputError,
    LicenceError,
    NotAllowedError,
    NotFoundError,
)
from core.foundation.tenants.context import Tenant, current_tenant, hooks
from core.foundation.ui.values import Alert, FormSection, NavItem, Panel, SearchHit, SearchProvider
from core.plugin import API_VERSION, Permission, Plugin, hookimpl, hookspec
from core.types import Money, Quantity, Rate, UnitPrice, UtcDateTime, now

__version__ = "0.1.0"

__all__ = [
    "API_VERSION",
    "Alert",
    "ConflictError",
    "DomainError",
    "FormSection",
    "InvalidInputError",
    "LicenceError",
    "Model",
    "Money",
    "NavItem",
    "NotAllowedError",
    "NotFoundError",
    "Panel",
    "Permission",
    "Plugin",
    "Quantity",
    "Rate",
    "SearchHit",
    "SearchProvider",
    "Tenant",
    "UnitPrice",
    "UtcDateTime",
    "__version__",
    "current_tenant",
    "hookimpl",
    "hooks",
    "hookspec",
    "logged_in",
    "now",
    "public",
    "require",
    "session",
    "unit_of_work",
]
