"""What the shelf adds to the pages of others."""

from collections.abc import Sequence

from workmanager import NavItem, Tenant, hookimpl, session

from .models import Place


@hookimpl
def nav_items() -> Sequence[NavItem]:
    """Lead to the shelf."""
    return (NavItem("Shelf", "shelf.index", "box-seam", "shelf.place:view", "manage"),)


@hookimpl
def plugin_enabled(tenant: Tenant, plugin: str) -> None:
    """Start with one place."""
    del tenant
    if plugin == "shelf" and session().query(Place).count() == 0:
        session().add(Place(label="A-1"))
