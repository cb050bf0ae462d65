"""What the plugin declares."""

from collections.abc import Sequence
from decimal import Decimal

from core.foundation.settings.legal import LegalValue
from core.foundation.settings.values import (
    BooleanSetting,
    ChoiceSetting,
    ColourSetting,
    EmailSetting,
    IntegerSetting,
    LongTextSetting,
    MoneySetting,
    PhoneSetting,
    SettingsGroup,
    TextSetting,
)
from core.plugin import hookimpl
from core.types import Money

GROUP = SettingsGroup(
    name="sample",
    title="Samples",
    owner="sample",
    permission="sample.settings:edit",
    fields=(
        TextSetting(name="greeting", title="Greeting", translated=True, default={"ro": "Salut"}),
        LongTextSetting(name="terms", title="Terms", translated=True),
        # Names that forms use for themselves.
        TextSetting(name="data", title="Data"),
        TextSetting(name="version", title="Version"),
        BooleanSetting(name="errors", title="Errors"),
        IntegerSetting(name="days", title="Days", default=30, least=1, most=365),
        ChoiceSetting(name="paper", title="Paper", choices=(("a4", "A4"), ("a5", "A5")), default="a4"),
        MoneySetting(name="fee", title="Fee", default=Money(Decimal(50))),
        ColourSetting(name="colour", title="Colour"),
        EmailSetting(name="email", title="E-mail"),
        PhoneSetting(name="phone", title="Phone"),
    ),
)


@hookimpl
def settings_groups() -> Sequence[SettingsGroup]:
    """Declare the samples."""
    return (GROUP,)


@hookimpl
def legal_values() -> Sequence[LegalValue]:
    """Declare what the law fixes for samples."""
    return (LegalValue("sample.tax", "Tax on samples", ("percent", "RON")),)
