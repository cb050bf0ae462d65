"""What the plugin lets people find."""

from collections.abc import Sequence

from core.foundation.ui.values import SearchHit, SearchProvider
from core.plugin import hookimpl

#: An id whose record its provider does not show: it is another location's.
HIDDEN = 666


def things(ids: list[int]) -> list[SearchHit]:
    """Return the hits, in an order of its own."""
    return [SearchHit(one, f"Thing <{one}>", f"/things/{one}") for one in sorted(ids) if one != HIDDEN]


def secrets(ids: list[int]) -> list[SearchHit]:
    """Return the hits that few may see."""
    return [SearchHit(one, f"Secret {one}", f"/secrets/{one}") for one in ids]


def by_secret(text: str) -> int | None:
    """Return the thing whose code is known to the provider alone."""
    return 13 if text == "open sesame" else None


@hookimpl
def search_providers() -> Sequence[SearchProvider]:
    """Declare the two kinds."""
    return (
        SearchProvider("sample_secret", "Secrets", "lock", "sample.secret:view", secrets, order=900),
        SearchProvider(
            "sample_thing", "Things", "tag", "sample.thing:view", things, order=800, exact=by_secret
        ),
    )
