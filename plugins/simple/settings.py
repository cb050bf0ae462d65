"""What a shop may set of its protocols: terms, texts, the figures that they mention, and two rules of its own."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from flask_babel import gettext as _, lazy_gettext as _l

from plugins.simple.texts import default_texts
from plugins.simple.wordings import figures_in_words
from workmanager import (
    BooleanSetting,
    IntegerSetting,
    LongTextSetting,
    Money,
    MoneySetting,
    SettingsGroup,
    TemplateError,
    sample_paper,
    text_sandbox,
)

#: What a text is tried out with before it is saved; the figures of the shop may be others.
TRIAL: Final = {
    "diagnosis_fee": Money(Decimal(50)),
    "storage_fee": Money(Decimal(2)),
    "estimate_days": 14,
    "storage_days": 30,
    "guarantee_months": 12,
}
HELP: Final = _l("Terms and texts of the intake and return protocols; a ticket keeps the wording of its day.")
#: What stands beside the first text, for all of them.
FIELDS: Final = _l(
    "Each line is a paragraph. Fields: {{ number }}, {{ client.name }}, {{ device.title }}, {{ firm.name }}, {{ diagnosis_fee }}, "
    "{{ estimate_validity }}, {{ guarantee }}, {{ storage_after }}, {{ storage_fee }}."
)


def check_text(text: str) -> str:
    """Return ``text`` if it can be printed, tried out with an invented ticket.

    :raises ValueError: it does not parse or asks for what is not there; the sentence names the line.
    """
    facts = {**sample_paper("ro").facts(), **figures_in_words(TRIAL, "ro")}
    try:
        text_sandbox().render(text, facts)
    except TemplateError as error:
        line = error.line
        if line is None or str(line) in error.message:
            raise ValueError(error.message) from error
        raise ValueError(_("Line %(line)s: %(reason)s", line=line, reason=error.message)) from error
    return text


SIMPLE: Final = SettingsGroup(
    name="simple",
    title=_l("Protocols"),
    owner="simple",
    order=40,
    icon="file-earmark-text",
    help=HELP,
    fields=(
        LongTextSetting(
            name="terms",
            title=_l("Terms and conditions"),
            help=FIELDS,
            default=default_texts("terms"),
            translated=True,
            check=check_text,
        ),
        LongTextSetting(
            name="intake_note",
            title=_l("Text at the foot of the intake protocol"),
            default=default_texts("intake_note"),
            translated=True,
            max_length=300,
            check=check_text,
        ),
        LongTextSetting(
            name="return_note",
            title=_l("Text of the return protocol"),
            default=default_texts("return_note"),
            translated=True,
            check=check_text,
        ),
        MoneySetting(name="diagnosis_fee", title=_l("Fee for the diagnosis if the repair is declined")),
        IntegerSetting(
            name="estimate_days", title=_l("Days an estimate is good for"), default=14, least=1, most=365
        ),
        IntegerSetting(
            name="guarantee_months", title=_l("Months of guarantee on the work"), default=3, most=120
        ),
        IntegerSetting(
            name="storage_days", title=_l("Days to collect a finished device"), default=30, least=1, most=3650
        ),
        MoneySetting(name="storage_fee", title=_l("Storage fee a day after that")),
        BooleanSetting(
            name="require_acceptance",
            title=_l("Nothing is taken in before the client accepts the terms"),
        ),
        BooleanSetting(
            name="require_condition",
            title=_l("Nothing is taken in without its condition written down"),
        ),
        BooleanSetting(
            name="require_return",
            title=_l("Nothing is handed back before its return protocol was printed"),
        ),
    ),
)
