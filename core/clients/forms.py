"""The form of a client, and the filters of the list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from core.clients.keys import ROMANIA, read_tax_id
from core.clients.models import ClientKind
from core.clients.services import ClientData
from core.foundation.search.fold import fold_text
from core.foundation.tenants.context import current_tenant
from core.foundation.tenants.services import LANGUAGE_NAMES
from core.foundation.ui.forms import (
    ChoiceField,
    EmailField,
    FilterForm,
    PhoneField,
    RadioField,
    TextAreaField,
    TextField,
    VersionedForm,
)
from core.foundation.ui.language import current_locale

_KINDS: Final = ((ClientKind.PERSON, _l("Person")), (ClientKind.COMPANY, _l("Company")))
#: ISO 3166-1 alpha-2 has two letters; what else Babel knows are regions of the world.
_COUNTRY_CODE: Final = 2


class CountryNames:
    """The countries by code and name, read anew for every form: in the order and the language of its reader."""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield code and name."""
        names = current_locale().territories
        countries = [pair for pair in names.items() if len(pair[0]) == _COUNTRY_CODE and pair[0].isalpha()]
        return iter(sorted(countries, key=lambda country: fold_text(country[1])))


class ClientForm(VersionedForm):
    """Everything that is said of a client."""

    kind = RadioField(_l("Kind"), choices=_KINDS, default=ClientKind.PERSON, required=True)
    name = TextField(_l("Name"), required=True, max_length=200)
    phone = PhoneField(_l("Phone"))
    email = EmailField(_l("E-mail"))
    tax_id = TextField(_l("Tax code"), max_length=40, hint=_l("of a firm; RO in front when it pays VAT"))
    street = TextField(_l("Street, number"), max_length=200)
    city = TextField(_l("City"), max_length=100)
    county = TextField(_l("County or sector"), max_length=100)
    postcode = TextField(_l("Postcode"), max_length=20)
    country = ChoiceField(
        _l("Country"), choices=CountryNames(), blank=None, default=lambda: current_tenant().country
    )
    language = ChoiceField(
        _l("Language"),
        choices=tuple(LANGUAGE_NAMES.items()),
        blank=None,
        default=lambda: current_tenant().language,
        hint=_l("of papers and messages"),
    )
    notes = TextAreaField(_l("Notes"), hint=_l("for the shop only"))

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Tell whether what was sent can be taken; the tax code is read once kind and country are known."""
        valid = super().validate(extra_validators)
        try:
            kind, country = self.kind.data or ClientKind.PERSON, self.country.data or ROMANIA
            read_tax_id(self.tax_id.data or "", kind=kind, country=country)
        except ValueError as error:
            self.add_errors({"tax_id": [str(error)]})
            return False
        return valid

    def values(self) -> ClientData:
        """Return what was typed, for the service."""
        return ClientData(
            kind=self.kind.data or ClientKind.PERSON,
            name=self.name.data or "",
            phone=self.phone.data or "",
            email=self.email.data or "",
            tax_id=self.tax_id.data or "",
            street=self.street.data or "",
            city=self.city.data or "",
            county=self.county.data or "",
            postcode=self.postcode.data or "",
            country=self.country.data,
            language=self.language.data,
            notes=self.notes.data or "",
        )


class ClientFilters(FilterForm):
    """What the list of clients is narrowed down to."""

    q = TextField(_l("Name, phone, e-mail, tax code"), max_length=200)
    kind = ChoiceField(_l("Kind"), choices=_KINDS, blank=_l("People and companies"))
