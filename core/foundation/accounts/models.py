"""Users, their roles and locations, their login sessions and the links by which they set a password."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Model
from core.foundation.accounts.identity import initials_of
from core.foundation.accounts.presets import OWNER, PRESETS
from core.types import UtcDateTime, now

#: Longest e-mail address that SMTP carries (RFC 5321).
EMAIL_LENGTH = 254
NAME_LENGTH = 100


class User(Model):
    """Somebody who works with the tenant's data; never deleted, because records name their users."""

    __tablename__ = "user"
    __title__ = _l("User")
    __audit_label__ = "name"
    __secret_columns__ = frozenset({"password_hash"})

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Lower case, as it is compared.
    email: Mapped[str] = mapped_column(String(EMAIL_LENGTH), unique=True, info={"title": _l("E-mail")})
    name: Mapped[str] = mapped_column(String(NAME_LENGTH), info={"title": _l("Name")})
    #: argon2id in its encoded form; ``None`` until an invited user has set a password.
    password_hash: Mapped[str | None] = mapped_column(String(255), info={"title": _l("Password")})
    #: ``None`` follows the browser, then the firm.
    language: Mapped[str | None] = mapped_column(String(5), info={"title": _l("Language")})
    theme: Mapped[str] = mapped_column(String(5), default="auto", info={"title": _l("Colours")})
    nav_narrow: Mapped[bool] = mapped_column(default=False, info={"title": _l("Narrow side menu")})
    single_key_shortcuts: Mapped[bool] = mapped_column(
        default=True, info={"title": _l("Single letters are shortcuts")}
    )
    is_active: Mapped[bool] = mapped_column(default=True, info={"title": _l("May log in")})
    #: Sees only tickets assigned to them.
    own_tickets_only: Mapped[bool] = mapped_column(default=False, info={"title": _l("Only own tickets")})
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)

    roles: Mapped[list[Role]] = relationship(
        secondary="user_role", order_by="Role.id", lazy="selectin", info={"title": _l("Roles")}
    )
    locations: Mapped[list[UserLocation]] = relationship(
        cascade="all, delete-orphan", order_by="UserLocation.location_id", lazy="selectin"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name

    @property
    def initials(self) -> str:
        """Two letters that stand for the name."""
        return initials_of(self.name)

    @property
    def is_owner(self) -> bool:
        """Whether the user has the role Owner."""
        return any(role.key == OWNER for role in self.roles)

    @property
    def is_invited(self) -> bool:
        """Whether the user has yet to set a password."""
        return self.password_hash is None

    @property
    def location_ids(self) -> frozenset[int]:
        """Locations that the user is restricted to; empty means all."""
        return frozenset(row.location_id for row in self.locations)


class Role(Model):
    """A set of permissions; users may have several."""

    __tablename__ = "role"
    __title__ = _l("Role")
    __audit_label__ = "title"
    #: Nobody sees the key; it is made from the first name.
    __derived_columns__ = frozenset({"key"})

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Presets are named by the product; the key of others is made from their first name.
    key: Mapped[str] = mapped_column(String(40), unique=True)
    #: ``None``: a preset that the shop has not renamed; its name is translated.
    name: Mapped[str | None] = mapped_column(String(60), info={"title": _l("Name")})
    #: Names of permissions; ``None``: those that core and plugins declare for the preset.
    permissions: Mapped[list[str] | None] = mapped_column(
        JSON(none_as_null=True), info={"title": _l("Permissions")}
    )
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name

    @property
    def title(self) -> str:
        """Name of the role: the shop's own, else the preset's in the reader's language."""
        return self.name or str(PRESETS.get(self.key, self.key))

    @property
    def is_preset(self) -> bool:
        """Whether the product brought the role along; it cannot be deleted."""
        return self.key in PRESETS


class UserRole(Model):
    """That a user has a role."""

    __tablename__ = "user_role"
    __table_args__ = (Index(None, "role_id"),)
    __title__ = _l("Role of a user")

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, info={"title": _l("User")}
    )
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"), primary_key=True, info={"title": _l("Role")})


class UserLocation(Model):
    """That a user is restricted to a location; a user without rows works at all of them."""

    __tablename__ = "user_location"
    __title__ = _l("Location of a user")

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, info={"title": _l("User")}
    )
    #: Id of a location. No foreign key: locations stand on this area, and theirs are never deleted.
    location_id: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, info={"title": _l("Location"), "refers": "location"}
    )


class LoginSession(Model):
    """One login of a user on one device, in force until it expires or is revoked."""

    __tablename__ = "login_session"
    __table_args__ = (Index(None, "user_id"),)
    __audited__ = False
    __unaudited_because__ = (
        "logins are recorded by name of the user, and a list of them shows what is in force"
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    #: SHA-256 of the token in the cookie, in hexadecimal digits.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Kept on this device: does not end by being idle.
    is_kept: Mapped[bool] = mapped_column(default=False)
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    #: Address of the login, as text.
    address: Mapped[str] = mapped_column(String(45), default="")
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AccountToken(Model):
    """A link by which somebody sets a password, once."""

    __tablename__ = "account_token"
    __table_args__ = (Index(None, "user_id"),)
    __audited__ = False
    __unaudited_because__ = "that a link was made and a password set by it is recorded by name of the user"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: ``invite`` or ``reset``.
    purpose: Mapped[str] = mapped_column(String(10))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    #: SHA-256 of the token in the link, in hexadecimal digits.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: When it was used, or made void by a newer one.
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
