"""Make once, before the workers are forked, what each of them would make at its first pages: memory that they then share.

Nothing here touches a database: a connection must not cross a fork.
"""

from __future__ import annotations

import gc
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

from babel import dates, numbers
from flask_babel import force_locale
from jinja2 import TemplateAssertionError
from sqlalchemy.orm import configure_mappers

from core.foundation.tenants.services import LANGUAGES
from core.foundation.ui.language import translations
from core.gate import Application


def preload(app: Application) -> None:
    """Compile templates, lay out routes, read languages, and hold all that is here out of the garbage collector's way.

    The collector writes into every object that it looks at, and each page of memory that it writes to becomes a worker's own.
    """
    configure_mappers()
    app.lay_out_routes()
    names = app.jinja_env.list_templates(extensions=["html"])
    for language in LANGUAGES:
        with app.app_context(), force_locale(language):
            translations()
            for name in names:
                # A printed paper's is made for an environment of its own, with filters that pages lack.
                with suppress(TemplateAssertionError):
                    app.jinja_env.get_template(name)
            numbers.format_decimal(Decimal("1234.5"), locale=language)
            dates.format_datetime(datetime.now(UTC), locale=language)
    gc.collect()
    gc.freeze()
