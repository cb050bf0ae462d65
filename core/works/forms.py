"""The forms of works: a line that is added, the reason why one is taken back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from flask import request
from flask_babel import lazy_gettext as _l

from core.catalogue.forms import KINDS, UNITS, money_of
from core.catalogue.models import CatalogueItem, ItemKind, Unit, item_name
from core.catalogue.services import LONGEST_NAME, MOST_PRICE
from core.catalogue.vat import VatChoices, chargeable_key
from core.foundation.ui.choices import Choices
from core.foundation.ui.fields import TypedField
from core.foundation.ui.formats import local_today
from core.foundation.ui.forms import (
    BaseForm,
    ChoiceField,
    DateTimeField,
    IntegerField,
    MoneyField,
    QuantityField,
    RadioField,
    TextAreaField,
    TextField,
)
from core.foundation.ui.language import current_locale
from core.foundation.ui.widgets import HiddenInput
from core.tickets.models import LONGEST_TEXT
from core.types import LARGEST_ID
from core.works.services import LEAST_QUANTITY, MOST_QUANTITY, WorkData

#: The button that lets go of the catalogue item.
LET_GO: Final = "none"


class ItemField(IntegerField):
    """The catalogue item that the line is taken from."""

    kind = "hidden"
    widget = HiddenInput()  # type: ignore[assignment]  # widgets of WTForms share no base


class WorkForm(BaseForm):
    """A line of labour or of a part: taken from the catalogue while its name is typed, or written freely."""

    kind = RadioField(_l("Kind"), choices=KINDS, default=ItemKind.LABOUR, required=True)
    catalogue_item_id = ItemField(_l("Catalogue item"), least=1, most=LARGEST_ID)
    description = TextField(
        _l("What was done or fitted"), max_length=LONGEST_NAME, required=True, hint=_l("name or code")
    )
    quantity = QuantityField(
        _l("Quantity"), least=LEAST_QUANTITY, most=MOST_QUANTITY, required=True, default=Decimal(1)
    )
    unit = ChoiceField(_l("Unit"), choices=UNITS, blank=None, default=Unit.ONE, required=True)
    price = MoneyField(_l("Price"), most=MOST_PRICE, required=True, hint=_l("of one, with VAT"))
    vat_key = ChoiceField(_l("VAT"), blank=None, required=True)
    cost = MoneyField(_l("Cost"), most=MOST_PRICE, hint=_l("of one, without VAT"))
    worker_id = ChoiceField(_l("Technician"), blank=_l("nobody of the shop"))
    done_at = DateTimeField(_l("Done at"), hint=_l("empty: now"))

    def offer(self, people: Choices, *, currency: str, sees_cost: bool) -> WorkForm:
        """Set what may be chosen; who may not see the cost has no field for it."""
        self.vat_key.choices = VatChoices()
        if self.vat_key.data is None and self.vat_key.sent is None:
            self.vat_key.data = chargeable_key("", local_today())
        self.worker_id.choices = people
        for money in (self.price, self.cost):
            if currency != money.currency:
                money.currency = money.unit = currency
        if not sees_cost:
            del self.cost
        return self

    @property
    def is_find(self) -> bool:
        """Whether the search button was pressed: for browsers without script."""
        return "find" in request.form

    @property
    def is_plain_code(self) -> bool:
        """Whether nothing but a name or a code was typed: a scanner's Enter."""
        return bool(self.description.data and self.price.data is None and self.catalogue_item_id.data is None)

    def take(self, item: CatalogueItem) -> None:
        """Fill in what the catalogue says of ``item``; who did it, when, and a quantity that was typed stay."""
        untouched = self.quantity.data in (None, Decimal(1))
        values: dict[str, Any] = {
            "kind": item.kind,
            "catalogue_item_id": item.id,
            "description": item_name(item.names, current_locale().language),
            "quantity": item.usual_quantity if untouched else self.quantity.data,
            "unit": item.unit,
            "price": item.price.amount,
            "vat_key": chargeable_key(item.vat_key, local_today()),
            "cost": None if item.cost is None else item.cost.amount,
        }
        for name, value in values.items():
            self._put(name, value)

    def let_go(self) -> None:
        """Go on without the catalogue item; what was filled in stays."""
        self._put("catalogue_item_id", None)

    def _put(self, name: str, value: object) -> None:
        field = self._fields.get(name)
        if isinstance(field, ChoiceField):
            field.data, field.sent = value, None
        elif isinstance(field, TypedField):
            field.data, field.typed = value, None

    def values(self) -> WorkData:
        """Return what was typed, for the service."""
        return WorkData(
            kind=self.kind.data or ItemKind.LABOUR,
            catalogue_item_id=self.catalogue_item_id.data,
            description=self.description.data or "",
            quantity=self.quantity.data,
            unit=self.unit.data,
            cost=None if self.cost is None else money_of(self.cost),
            price=money_of(self.price),
            vat_key=self.vat_key.data or "",
            worker_id=self.worker_id.data,
            done_at=self.done_at.data,
        )


class ReverseForm(BaseForm):
    """Why a line is taken back."""

    reason = TextAreaField(
        _l("Why is it taken back?"),
        max_length=LONGEST_TEXT,
        rows=2,
        required=True,
        hint=_l("goes into the history"),
    )
