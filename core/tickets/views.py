"""The pages of tickets, the dashboard and the bell."""

from __future__ import annotations

from core.tickets import code_views, intake_views, list_views, paper_views, ticket_views
from core.tickets.blueprint import tickets
from core.tickets.dashboard_views import dashboard
from core.tickets.status_views import statuses

BLUEPRINTS = (dashboard, tickets, statuses)
#: The modules that put pages on the blueprint; importing them is what it takes.
PAGES = (list_views, intake_views, ticket_views, code_views, paper_views)
