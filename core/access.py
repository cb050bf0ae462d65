"""Who may call a route: every view function carries exactly one declaration, and the start fails on one that has none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

View = TypeVar("View", bound=Callable[..., object])
ATTRIBUTE: Final = "__wm_access__"


@dataclass(frozen=True, slots=True)
class Access:
    """What a route demands of its caller."""

    #: ``None``: any logged-in user, unless ``public``.
    permission: str | None = None
    #: Nobody needs to be logged in.
    public: bool = False
    #: The route belongs to the installation and answers without a tenant.
    instance: bool = False
    #: Why a GET of this route may write (OAuth and OIDC call-backs only).
    writes_on_get: str | None = None


def require(permission: str) -> Callable[[View], View]:
    """Let only users pass who have ``permission``, e.g. ``core.ticket:view``."""
    return _declare(Access(permission=permission))


def logged_in(view: View) -> View:
    """Let every logged-in user of the tenant pass: for their own account and the dashboard."""
    return _declare(Access())(view)


def public(view: View) -> View:
    """Let everybody pass: for the login page and what a client opens by a link."""
    return _declare(Access(public=True))(view)


def writes_on_get(reason: str) -> Callable[[View], View]:
    """Let everybody's GET of this view write, because a protocol (OAuth, OIDC) brings its answer by GET.

    :param reason: Which protocol; the list of these views is tested.
    """
    return _declare(Access(public=True, writes_on_get=reason))


def instance_route(view: View) -> View:
    """Answer without a tenant: health, static files."""
    return _declare(Access(public=True, instance=True))(view)


def access_of(view: Callable[..., object]) -> Access | None:
    """Return the declaration of ``view``, ``None`` where it has none."""
    found = getattr(view, ATTRIBUTE, None)
    return found if isinstance(found, Access) else None


def _declare(access: Access) -> Callable[[View], View]:
    def declare(view: View) -> View:
        if access_of(view) is not None:
            msg = f"{view.__qualname__} declares its access twice"
            raise TypeError(msg)
        setattr(view, ATTRIBUTE, access)
        return view

    return declare
