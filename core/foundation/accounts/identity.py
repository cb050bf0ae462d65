"""Who acts: the user of a request as a frozen snapshot, and the actor that records name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import flask
from flask_babel import gettext as _

from core.errors import LoginRequiredError
from core.foundation.accounts.presets import OWNER


@dataclass(frozen=True, slots=True)
class CurrentUser:
    """The user of a request, read anew for each by one statement; never changes while it is answered."""

    id: int
    email: str
    name: str
    language: str | None
    #: ``light``, ``dark`` or ``auto``.
    theme: str
    nav_narrow: bool
    #: Whether single letters are keyboard shortcuts (WCAG 2.1.4 asks that they can be switched off).
    shortcuts: bool
    #: Keys of the roles.
    roles: frozenset[str]
    permissions: frozenset[str]
    #: Locations that the user is restricted to; empty means all.
    location_ids: frozenset[int]
    own_tickets_only: bool
    #: The login session, a row of ``login_session``.
    session_id: int

    @property
    def initials(self) -> str:
        """Two letters that stand for the name."""
        return initials_of(self.name)

    @property
    def is_owner(self) -> bool:
        """Whether this is an owner of the firm."""
        return OWNER in self.roles

    def can(self, permission: str) -> bool:
        """Tell whether one of the roles gives ``permission``, e.g. ``core.ticket:view``."""
        return permission in self.permissions


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something, as records keep it: the name stays when the user is renamed."""

    #: ``None`` for the product itself and for people without an account.
    id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class LocationChoice:
    """A location of the shop that a user may be restricted to."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """Something that happened to an account and that no change of a row tells; never carries a secret."""

    #: ``logged_in``, ``logins_ended``, ``invited``, ``reset_link_made``.
    action: str
    #: Table of the subject: ``user``.
    kind: str
    subject_id: int
    #: Name of the user at that moment.
    subject: str
    #: Values before and after, by field.
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


def initials_of(name: str) -> str:
    """Return the first letters of the first and the last word of ``name``."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def find_user() -> CurrentUser | None:
    """Return the user of the request, ``None`` where nobody is logged in."""
    found = flask.g.get("user") if flask.has_app_context() else None
    return found if isinstance(found, CurrentUser) else None


def current_user() -> CurrentUser:
    """Return the user of the request.

    :raises LoginRequiredError: nobody is logged in.
    """
    user = find_user()
    if user is None:
        raise LoginRequiredError(_("Log in to go on."))
    return user


def current_actor() -> Actor:
    """Return who acts: as declared by ``acting_as()``, else the user of the request, else the product itself."""
    declared = flask.g.get("_actor") if flask.has_app_context() else None
    if isinstance(declared, Actor):
        return declared
    user = find_user()
    return Actor(None, "system") if user is None else Actor(user.id, user.name)


@contextmanager
def acting_as(name: str, *, user_id: int | None = None) -> Iterator[Actor]:
    """Let ``name`` be the actor of what is done inside: commands, the worker, a client who follows a link."""
    before = flask.g.get("_actor")
    flask.g._actor = Actor(user_id, name)  # noqa: SLF001 - flask.g is a namespace
    try:
        yield flask.g._actor  # noqa: SLF001 - flask.g is a namespace
    finally:
        flask.g._actor = before  # noqa: SLF001 - flask.g is a namespace
