"""Forms of people: login, passwords, profile, users and roles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flask_babel import gettext as _, lazy_gettext as _l
from wtforms import Field
from wtforms.validators import ValidationError

from core.foundation.accounts.identity import LocationChoice
from core.foundation.accounts.models import NAME_LENGTH, Role
from core.foundation.accounts.passwords import LONGEST, SHORTEST
from core.foundation.accounts.roles import NAME_LENGTH as ROLE_NAME_LENGTH
from core.foundation.accounts.services import UserFacts
from core.foundation.tenants.services import LANGUAGE_NAMES
from core.foundation.ui.forms import (
    BaseForm,
    CheckField,
    ChoiceField,
    EmailField,
    MultiChoiceField,
    PasswordField,
    RadioField,
    TextField,
    VersionedForm,
)

THEME_NAMES: Final = (("auto", _l("As the device")), ("light", _l("Light")), ("dark", _l("Dark")))
_NEW: Final = {"autocomplete": "new-password"}


class LoginForm(BaseForm):
    """Who wants in."""

    email = EmailField(_l("E-mail"), required=True, render_kw={"autocomplete": "username"})
    password = PasswordField(_l("Password"), required=True)
    keep = CheckField(_l("Keep me logged in on this device"))


class NewPasswordForm(BaseForm):
    """A new password, typed twice because nobody sees it."""

    password = PasswordField(
        _l("New password"),
        required=True,
        max_length=LONGEST,
        hint=_l("at least %(number)s characters", number=SHORTEST),
        render_kw=_NEW,
    )
    repeat = PasswordField(_l("The same again"), required=True, max_length=LONGEST, render_kw=_NEW)

    def validate_repeat(self, field: Field) -> None:
        """Refuse two that differ."""
        if field.data != self.password.data:
            raise ValidationError(_("The two passwords differ."))


class ChangePasswordForm(NewPasswordForm):
    """A new password for who knows the old one."""

    current = PasswordField(_l("Current password"), required=True)


class ProfileForm(VersionedForm):
    """What somebody says of themselves, and how they like the product to look."""

    name = TextField(_l("Name"), required=True, max_length=NAME_LENGTH, render_kw={"autocomplete": "name"})
    language = ChoiceField(_l("Language"), choices=tuple(LANGUAGE_NAMES.items()), blank=_l("As the browser"))
    theme = RadioField(_l("Colours"), choices=THEME_NAMES, required=True)
    nav_narrow = CheckField(_l("Narrow side menu"))
    single_key_shortcuts = CheckField(_l("Single letters are shortcuts"))


class UserForm(VersionedForm):
    """A user as others set them up."""

    name = TextField(_l("Name"), required=True, max_length=NAME_LENGTH)
    email = EmailField(_l("E-mail"), required=True)
    roles = MultiChoiceField(_l("Roles"), required=True)
    location_ids = MultiChoiceField(_l("Only at these locations"), hint=_l("none chosen means all"))
    own_tickets_only = CheckField(_l("Sees only tickets assigned to them"))

    def offer(
        self, roles: Iterable[Role], locations: Iterable[LocationChoice], *, kept: Iterable[int] = ()
    ) -> None:
        """Set what may be chosen.

        :param kept: Locations of the user, to be offered although they are no longer in use: a restriction that could
            not be shown would be lost on saving, and the user would see everything.
        """
        self.roles.choices = [(role.key, role.title) for role in roles]
        offered = {location.id: location.name for location in locations}
        for number in sorted(kept):
            offered.setdefault(number, _("Location %(number)s, no longer in use", number=number))
        self.location_ids.choices = list(offered.items())

    @property
    def facts(self) -> UserFacts:
        """What was sent, once it is valid."""
        return UserFacts(
            email=self.email.data or "",
            name=self.name.data or "",
            roles=tuple(self.roles.data or ()),
            location_ids=frozenset(self.location_ids.data or ()),
            own_tickets_only=bool(self.own_tickets_only.data),
        )


class RoleForm(VersionedForm):
    """A role: its name and what it permits."""

    name = TextField(_l("Name"), required=True, max_length=ROLE_NAME_LENGTH)
    permissions = MultiChoiceField(_l("Permissions"))
