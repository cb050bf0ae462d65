"""What a shop may set of its intake."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from core.foundation.settings.values import IntegerSetting, SettingsGroup

INTAKE: Final = SettingsGroup(
    name="intake",
    title=_l("Intake"),
    owner="core",
    order=30,
    icon="plus-square",
    help=_l("What the intake suggests."),
    fields=(
        IntegerSetting(
            name="term_days",
            title=_l("Usual term, in working days"),
            help=_l("suggested as the day on which the repair is due; empty for none"),
            most=365,
        ),
    ),
)
