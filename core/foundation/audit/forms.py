"""The filters of the audit trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from core.foundation.ui.choices import Choices
from core.foundation.ui.forms import ChoiceField, FilterForm, IntegerField


class TrailFilter(FilterForm):
    """Whose changes of which records to show."""

    entity = ChoiceField(_l("What"), blank=_l("Everything"))
    entity_id = IntegerField(_l("Record no."))
    actor = ChoiceField(_l("Who"), blank=_l("Everybody"))

    def __init__(self, args: MultiDict[str, str], *, entities: Choices, people: Choices) -> None:
        """Read ``args``; what is not among the choices does not count."""
        self._entities, self._people = entities, people
        super().__init__(args)

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Give the fields their choices, then read them."""
        self.entity.choices, self.actor.choices = self._entities, self._people
        return super().validate(extra_validators)
