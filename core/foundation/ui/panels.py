"""Parts of a page that other areas add: which of them the reader may see, and their bodies."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from core.foundation.ui.values import Panel


def readable_panels(found: Iterable[Iterable[Panel]], can: Callable[[str], bool]) -> list[Panel]:
    """Return the panels that a hook collected, without those that the reader may not see, in their order.

    :param can: Tells whether the reader has a permission.
    """
    panels = [panel for part in found for panel in part if panel.permission is None or can(panel.permission)]
    return sorted(panels, key=lambda panel: (panel.order, panel.name))


@pass_context
def panel_body(context: Context, panel: Panel) -> Markup:
    """Render the template of ``panel`` with what the page knows and the panel's own data."""
    template = context.environment.get_template(panel.template)
    return Markup(template.render({**context.get_all(), **panel.data}))  # noqa: S704 - a template of ours, which escapes
