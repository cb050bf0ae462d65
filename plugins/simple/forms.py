"""The part of the intake that the protocols add: the client's yes to the terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _, lazy_gettext as _l

from workmanager import CheckField, SectionForm, get_group


class AcceptanceForm(SectionForm):
    """Whether the client accepts the terms; where the shop wants it, nothing is taken in without."""

    accepts = CheckField(_l("The client accepts the terms and conditions"))

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Tell whether the shop's rule is kept."""
        valid = super().validate(extra_validators)
        if get_group("simple")["require_acceptance"] and not self.accepts.data:
            self.accepts.errors = [_("Ask the client: nothing is taken in without this.")]
            return False
        return valid
