"""The public face of Workmanager: what plugin authors import. Re-exports only; nothing else of ``core`` is promised.

Every name here is documented where it is defined and stays within one ``API_VERSION``.
"""

from core.access import logged_in, public, require
from core.clients.models import Client
from core.db import Model, check_version, session, unit_of_work
from core.equipment.models import Equipment
from core.errors import (
    ConflictError,
    DomainError,
    InvalidInputError,
    LicenceError,
    NotAllowedError,
    NotFoundError,
)
from core.foundation.audit.services import record_change
from core.foundation.custom.hosts import FieldHost
from core.foundation.custom.lists import field_filters, list_fields
from core.foundation.custom.panels import fields_panel
from core.foundation.custom.values import dump_values, load_values, search_words
from core.foundation.documents.errors import TemplateError
from core.foundation.documents.kinds import (
    ComposedDocument,
    DocumentKind,
    DocumentText,
    compose_document,
    text_sandbox,
)
from core.foundation.documents.responses import show_paper
from core.foundation.merging.values import Merging, MovingColumn
from core.foundation.settings.calendar import (
    WorkingCalendar,
    add_working_days,
    calendar_of,
    is_open_at,
    working_time,
)
from core.foundation.settings.dated import Dated, VatRate, dated_value, vat_rate, vat_rates
from core.foundation.settings.legal import LegalValue
from core.foundation.settings.numbering import Number, NumberKind, take_number
from core.foundation.settings.services import get_group, get_setting
from core.foundation.settings.values import (
    BooleanSetting,
    ChoiceSetting,
    IntegerSetting,
    LongTextSetting,
    MoneySetting,
    SettingsGroup,
    TextSetting,
)
from core.foundation.tenants.context import Tenant, current_tenant, hooks
from core.foundation.ui.formats import format_datetime, format_money
from core.foundation.ui.forms import (
    BaseForm,
    CheckField,
    ChoiceField,
    DateField,
    DateTimeField,
    DecimalField,
    EmailField,
    FilterForm,
    IntegerField,
    MoneyField,
    MultiChoiceField,
    PhoneField,
    QuantityField,
    RadioField,
    SectionForm,
    TextAreaField,
    TextField,
    VersionedForm,
)
from core.foundation.ui.language import current_locale, current_zone
from core.foundation.ui.records import RecordNames, ToldColumns, names_in
from core.foundation.ui.saving import saving
from core.foundation.ui.sections import add_sections, save_sections
from core.foundation.ui.values import (
    Alert,
    FormSection,
    NavItem,
    Panel,
    PanelAction,
    SearchHit,
    SearchProvider,
    SettingsPage,
)
from core.plugin import API_VERSION, Permission, Plugin, hookimpl, hookspec
from core.tickets.models import Ticket, TicketStatus
from core.tickets.papers import TicketPaper
from core.tickets.sample import sample_paper
from core.tickets.services import printed_papers
from core.tickets.stages import Stage
from core.types import Money, Quantity, Rate, UnitPrice, UtcDateTime, now
from core.works.paper import paper_works

__version__ = "0.1.0"

__all__ = [
    "API_VERSION",
    "Alert",
    "BaseForm",
    "BooleanSetting",
    "CheckField",
    "ChoiceField",
    "ChoiceSetting",
    "Client",
    "ComposedDocument",
    "ConflictError",
    "DateField",
    "DateTimeField",
    "Dated",
    "DecimalField",
    "DocumentKind",
    "DocumentText",
    "DomainError",
    "EmailField",
    "Equipment",
    "FieldHost",
    "FilterForm",
    "FormSection",
    "IntegerField",
    "IntegerSetting",
    "InvalidInputError",
    "LegalValue",
    "LicenceError",
    "LongTextSetting",
    "Merging",
    "Model",
    "Money",
    "MoneyField",
    "MoneySetting",
    "MovingColumn",
    "MultiChoiceField",
    "NavItem",
    "NotAllowedError",
    "NotFoundError",
    "Number",
    "NumberKind",
    "Panel",
    "PanelAction",
    "Permission",
    "PhoneField",
    "Plugin",
    "Quantity",
    "QuantityField",
    "RadioField",
    "Rate",
    "RecordNames",
    "SearchHit",
    "SearchProvider",
    "SectionForm",
    "SettingsGroup",
    "SettingsPage",
    "Stage",
    "TemplateError",
    "Tenant",
    "TextAreaField",
    "TextField",
    "TextSetting",
    "Ticket",
    "TicketPaper",
    "TicketStatus",
    "ToldColumns",
    "UnitPrice",
    "UtcDateTime",
    "VatRate",
    "VersionedForm",
    "WorkingCalendar",
    "__version__",
    "add_sections",
    "add_working_days",
    "calendar_of",
    "check_version",
    "compose_document",
    "current_locale",
    "current_tenant",
    "current_zone",
    "dated_value",
    "dump_values",
    "field_filters",
    "fields_panel",
    "format_datetime",
    "format_money",
    "get_group",
    "get_setting",
    "hookimpl",
    "hooks",
    "hookspec",
    "is_open_at",
    "list_fields",
    "load_values",
    "logged_in",
    "names_in",
    "now",
    "paper_works",
    "printed_papers",
    "public",
    "record_change",
    "require",
    "sample_paper",
    "save_sections",
    "saving",
    "search_words",
    "session",
    "show_paper",
    "take_number",
    "text_sandbox",
    "unit_of_work",
    "vat_rate",
    "vat_rates",
    "working_time",
]
