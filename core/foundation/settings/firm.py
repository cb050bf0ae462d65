"""What the core itself lets a shop set: the firm that stands on papers and screens."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from flask_babel import gettext as _, lazy_gettext as _l
from stdnum import iban
from stdnum.exceptions import ValidationError
from stdnum.ro import cui

from core.foundation.settings.logo import store_logo
from core.foundation.settings.values import (
    BooleanSetting,
    ColourSetting,
    EmailSetting,
    PhoneSetting,
    PictureSetting,
    SettingsGroup,
    TextSetting,
)


def check_tax_id(text: str) -> str:
    """Return a tax code in capitals without spaces; a Romanian one with a right check digit (OPANAF 45/2003).

    :raises ValueError: it reads like a Romanian one, and its check digit does not fit.
    """
    code = re.sub(r"[\s.\-/]", "", text).upper()
    if re.fullmatch(r"(?:RO)?\d+", code, re.ASCII) and not cui.is_valid(code):
        raise ValueError(_("Check this tax code: its last digit does not fit the others."))
    return code


def check_iban(text: str) -> str:
    """Return an account number in capitals without spaces.

    :raises ValueError: its check digits do not fit (ISO 13616).
    """
    try:
        return str(iban.validate(text))
    except ValidationError:
        raise ValueError(_("Check this account number: its digits do not fit each other.")) from None


def check_website(text: str) -> str:
    """Return the address of a site with its scheme.

    :raises ValueError: it is no address of a site.
    """
    url = text if "://" in text else f"https://{text}"
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or "." not in parts.netloc or re.search(r"[\s<>\"]", url):
        raise ValueError(_("Write the address of a site, for example %(example)s.", example="www.exemplu.ro"))
    return url


def check_country(text: str) -> str:
    """Return a country as its two letters (ISO 3166).

    :raises ValueError: it is anything else.
    """
    if not re.fullmatch(r"[A-Za-z]{2}", text):
        raise ValueError(_("Write the two letters of the country, for example %(example)s.", example="RO"))
    return text.upper()


FIRM: Final = SettingsGroup(
    name="firm",
    title=_l("Firm"),
    owner="core",
    order=10,
    icon="card-text",
    help=_l("Stands on every paper, and tells clients whom they deal with."),
    fields=(
        TextSetting(name="name", title=_l("Legal name"), required=True),
        TextSetting(name="tax_id", title=_l("Tax code"), max_length=30, check=check_tax_id),
        BooleanSetting(name="vat_payer", title=_l("Registered for VAT"), default=True),
        BooleanSetting(name="vat_on_collection", title=_l("Pays VAT on collection")),
        TextSetting(name="trade_register", title=_l("Trade register no."), max_length=40),
        TextSetting(name="street", title=_l("Street and number")),
        TextSetting(name="city", title=_l("City"), max_length=100),
        TextSetting(name="county", title=_l("County"), max_length=100),
        TextSetting(name="postcode", title=_l("Postcode"), max_length=12),
        TextSetting(name="country", title=_l("Country"), max_length=2, default="RO", check=check_country),
        PhoneSetting(name="phone", title=_l("Phone")),
        EmailSetting(name="email", title=_l("E-mail")),
        TextSetting(name="website", title=_l("Website"), check=check_website),
        TextSetting(name="iban", title=_l("IBAN"), max_length=42, check=check_iban),
        TextSetting(name="bank", title=_l("Bank"), max_length=100),
        ColourSetting(
            name="accent",
            title=_l("Accent colour"),
            help=_l("of buttons and links; empty for the usual one"),
        ),
        PictureSetting(
            name="logo",
            title=_l("Logo"),
            help=_l("on papers and on the login page; PNG, JPEG or WebP, at most 4 MB"),
            store=store_logo,
            endpoint="logo.show",
        ),
    ),
)
