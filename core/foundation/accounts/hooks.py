"""What the core itself says of people: their permissions, and the roles of a new tenant."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from core.foundation.accounts.roles import add_presets
from core.foundation.tenants.context import Tenant
from core.plugin import Permission, hookimpl


@hookimpl
def permissions() -> Sequence[Permission]:
    """Declare who may see and change users and roles; what roles permit is the owner's to say."""
    return (
        Permission("core.user:view", _l("See users"), frozenset({"manager"})),
        Permission("core.user:edit", _l("Add, change and disable users"), frozenset({"manager"})),
        Permission("core.role:view", _l("See what roles permit"), frozenset({"manager"})),
        Permission("core.role:edit", _l("Add and change roles"), frozenset()),
    )


@hookimpl
def tenant_created(tenant: Tenant) -> None:
    """Give a new tenant its roles."""
    del tenant
    add_presets()
