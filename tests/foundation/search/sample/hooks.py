"""What the plugin lets people find."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, bindparam, select

from core.foundation.ui.values import Reach, SearchHit, SearchProvider
from core.plugin import hookimpl

#: An id whose record its provider does not show: it is another location's.
HIDDEN = 666


def shown(found: FromClause) -> Select[Any]:
    """Return the statement of what is shown: the id alone."""
    statement: Any = select(found.c.record_id)
    return statement  # type: ignore[no-any-return]


def thing(record_id: int, texts: Sequence[str]) -> SearchHit:
    """Return a thing."""
    return SearchHit(record_id, f"Thing <{texts[0]}>", f"/things/{record_id}")


def secret(record_id: int, texts: Sequence[str]) -> SearchHit:
    """Return what few may see."""
    return SearchHit(record_id, f"Secret {texts[0]}", f"/secrets/{record_id}")


def not_hidden(ids: Any) -> ColumnElement[bool]:
    """Say that a thing is not the hidden one."""
    condition: ColumnElement[bool] = ids != bindparam("sample_hidden")
    return condition


def by_secret(text: str) -> int | None:
    """Return the thing whose code is known to the provider alone."""
    return 13 if text == "open sesame" else None


@hookimpl
def search_providers() -> Sequence[SearchProvider]:
    """Declare the two kinds."""
    return (
        SearchProvider("sample_secret", "Secrets", "lock", "sample.secret:view", shown, secret, order=900),
        SearchProvider(
            "sample_thing",
            "Things",
            "tag",
            "sample.thing:view",
            shown,
            thing,
            order=800,
            reach=lambda: Reach(not_hidden, {"sample_hidden": HIDDEN}),
            exact=by_secret,
        ),
    )
