"""The form of a catalogue item, and the filters of the list."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from core.catalogue.models import CatalogueItem, ItemKind, Unit
from core.catalogue.services import (
    LONGEST_CODE,
    LONGEST_NAME,
    MOST_MINUTES,
    MOST_MONTHS,
    MOST_PRICE,
    ItemData,
)
from core.catalogue.vat import VatChoices, default_vat_key
from core.foundation.tenants.context import current_tenant
from core.foundation.tenants.services import LANGUAGES
from core.foundation.ui.forms import (
    ChoiceField,
    FilterForm,
    IntegerField,
    MoneyField,
    RadioField,
    TextAreaField,
    TextField,
    VersionedForm,
)
from core.types import Money

KINDS: Final = tuple(
    (kind, text) for kind, text in ((ItemKind.LABOUR, _l("Labour")), (ItemKind.PART, _l("Part")))
)
UNITS: Final = (
    (Unit.PIECE, _l("piece")),
    (Unit.ONE, _l("service")),
    (Unit.HOUR, _l("hour")),
    (Unit.SET, _l("set")),
    (Unit.METRE, _l("metre")),
    (Unit.KILOGRAM, _l("kilogram")),
    (Unit.LITRE, _l("litre")),
)
OFFERED: Final = (("yes", _l("offered")), ("no", _l("no longer offered")))


class ItemForm(VersionedForm):
    """Everything that is said of a catalogue item."""

    kind = RadioField(_l("Kind"), choices=KINDS, default=ItemKind.LABOUR, required=True)
    code = TextField(
        _l("Code"),
        max_length=LONGEST_CODE,
        hint=_l("empty: one is given"),
        render_kw={"spellcheck": "false", "autocapitalize": "characters", "data-scan": True},
    )
    name_ro = TextField(_l("Name in Romanian"), max_length=LONGEST_NAME)
    name_en = TextField(_l("Name in English"), max_length=LONGEST_NAME)
    unit = ChoiceField(_l("Unit"), choices=UNITS, blank=None, default=Unit.PIECE, required=True)
    standard_minutes = IntegerField(_l("Standard time"), most=MOST_MINUTES, hint=_l("minutes, of labour"))
    price = MoneyField(_l("Price"), most=MOST_PRICE, required=True, hint=_l("with VAT"))
    cost = MoneyField(_l("Cost"), most=MOST_PRICE, hint=_l("without VAT"))
    vat_key = ChoiceField(_l("VAT"), blank=None, required=True)
    guarantee_months = IntegerField(_l("Guarantee"), most=MOST_MONTHS, hint=_l("months"))
    notes = TextAreaField(_l("Notes"), hint=_l("for the shop only"))

    def offer(self, *, sees_cost: bool, item: CatalogueItem | None = None) -> ItemForm:
        """Set what may be chosen, in the firm's language and currency; who may not see the cost has no field for it."""
        tenant = current_tenant()
        self.vat_key.choices = VatChoices(None if item is None else item.vat_key)
        if self.vat_key.data is None and self.vat_key.sent is None:
            self.vat_key.data = default_vat_key()
        self._fields[f"name_{tenant.language}"].flags.required = True
        for money in (self.price, self.cost):
            if tenant.currency != money.currency:
                money.currency = money.unit = tenant.currency
        if not sees_cost:
            del self.cost
        return self

    def fill(self, item: CatalogueItem) -> None:
        """Show what is said of ``item`` now."""
        names: dict[str, Any] = {f"name_{language}": item.names.get(language, "") for language in LANGUAGES}
        self.process(
            formdata=None,
            version=item.version,
            kind=item.kind,
            code=item.code,
            unit=item.unit,
            standard_minutes=item.standard_minutes,
            price=item.price,
            cost=item.cost,
            vat_key=item.vat_key,
            guarantee_months=item.guarantee_months,
            notes=item.notes,
            **names,
        )

    @property
    def names(self) -> Mapping[str, Any]:
        """The fields of the names by language, the firm's own first."""
        own = current_tenant().language
        order = (own, *(language for language in LANGUAGES if language != own))
        return {language: self._fields[f"name_{language}"] for language in order}

    def values(self, *, of: CatalogueItem | None = None) -> ItemData:
        """Return what was typed, for the service; whoever does not see the cost of ``of`` leaves it as it is."""
        cost = money_of(self.cost) if self.cost is not None else (of.cost if of is not None else None)
        return ItemData(
            kind=self.kind.data or ItemKind.LABOUR,
            code=self.code.data or "",
            names={language: field.data or "" for language, field in self.names.items()},
            unit=self.unit.data or Unit.PIECE,
            standard_minutes=self.standard_minutes.data,
            cost=cost,
            price=money_of(self.price),
            vat_key=self.vat_key.data or "",
            guarantee_months=self.guarantee_months.data,
            notes=self.notes.data or "",
        )


def money_of(field: MoneyField) -> Money | None:
    """Return what was typed into ``field``, in its currency."""
    amount: Decimal | None = field.data
    return None if amount is None else Money(amount, field.currency)


class CatalogueFilters(FilterForm):
    """What the list of catalogue items is narrowed down to."""

    q = TextField(_l("Name or code"), max_length=200)
    kind = ChoiceField(_l("Kind"), choices=KINDS, blank=_l("Labour and parts"))
    offered = ChoiceField(_l("State"), choices=OFFERED, blank=_l("offered or not"))
