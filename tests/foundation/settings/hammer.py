"""A process that takes numbers, as a worker of the web server would; every fifth time it changes its mind."""

from contextlib import suppress

from core.app import create_app
from core.config import Config
from core.db import unit_of_work
from core.foundation.audit.services import record_change
from core.foundation.settings.locations import list_locations
from core.foundation.settings.numbering import NumberKind, take_number
from core.foundation.tenants.context import tenant_context
from core.foundation.tenants.services import directory

TICKETS = NumberKind("ticket", "{location}-", per_location=True)


class ChangedMindError(Exception):
    """The unit of work is rolled back after it took a number."""


def take_many(config: Config, slug: str, times: int) -> int:
    """Take ``times`` numbers, each in a unit of work that notes it, and return how many were kept."""
    app = create_app(config, plugins=[])
    with app.app_context():
        tenant = directory().get(slug)
    kept = 0
    with tenant_context(app, tenant):
        location = list_locations()[0]
        for turn in range(times):
            with suppress(ChangedMindError), unit_of_work():
                number = take_number(TICKETS, location=location)
                record_change("taken", number.value, "create", label=number.text)
                if turn % 5 == 4:
                    raise ChangedMindError
                kept += 1
    app.extensions["wm_engines"].dispose()
    return kept
