"""The hook by which areas and plugins let a shop add fields to their records."""

from __future__ import annotations

from collections.abc import Sequence

from core.foundation.custom.hosts import FieldHost
from core.plugin import hookspec


@hookspec
def custom_field_hosts() -> Sequence[FieldHost]:
    """Return the kinds of records that may carry fields of the shop's own, each with what narrows its fields down.

    The host shows the fields by the sections of its form (``form_sections``), the panel of its page (``fields_panel``), the columns and
    filters of its list (``ListFields``) and the words of its search entry (``search_words``).
    """
    return ()
