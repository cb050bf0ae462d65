"""The search page, and what stands under the search box while one types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access import logged_in
from core.foundation.accounts.identity import current_user
from core.foundation.search.marks import has_mark, marker
from core.foundation.search.questions import read_question
from core.foundation.search.services import FoundHit, search as search_all, search_ids, search_whole
from core.foundation.tenants.context import hooks
from core.foundation.ui.headers import asks_for_fragment
from core.foundation.ui.values import SearchHit, SearchProvider

search = Blueprint("search", __name__)
BLUEPRINTS = (search,)

#: Records of each kind under the search box, on the page, and on the page of one kind.
IN_BOX: Final = 6
ON_PAGE: Final = 20
OF_ONE_KIND: Final = 100


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind."""

    kind: str
    title: Any
    icon: str
    hits: list[SearchHit]
    #: The page of this kind alone, where it may show more.
    more_url: str = ""


@search.get("/search")
@logged_in
def index() -> ResponseReturnValue:
    """Show what fits the question, of the kinds that the reader may see.

    Asked by htmx it answers with the list alone; a whole number or code leads to its record at once.
    """
    question = read_question()
    providers = _providers()
    if asks_for_fragment():
        found = search_all(question, providers, IN_BOX) or _by_secret(question, providers)
        groups = _groups(question, providers, found, IN_BOX)
        return render_template(
            "partials/search_results.html", groups=groups, q=question, marked=marker(question)
        )
    kind = request.args.get("kind", "")
    asked = [one for one in providers if one.kind == kind] or providers
    limit = OF_ONE_KIND if len(asked) < len(providers) else ON_PAGE
    found = search_all(question, asked, limit) or _by_secret(question, asked)
    one = _only_whole(question, found, providers, limit)
    if one is not None:
        return redirect(one.url)
    groups = _groups(question, asked, found, limit)
    return render_template("search/results.html", groups=groups, q=question, marked=marker(question))


def _providers() -> list[SearchProvider]:
    """Return the kinds that the reader may see, in their order."""
    user = current_user()
    found = [one for providers in hooks().search_providers() for one in providers]
    return [one for one in sorted(found, key=lambda one: (one.order, one.kind)) if user.can(one.permission)]


def _groups(
    question: str, providers: Sequence[SearchProvider], found: Sequence[FoundHit], limit: int
) -> list[Group]:
    groups = []
    for provider in providers:
        hits = [_told(question, one.hit) for one in found if one.kind == provider.kind]
        more = len(hits) >= limit and limit != OF_ONE_KIND
        more_url = url_for("search.index", q=question, kind=provider.kind) if more else ""
        if hits:
            groups.append(Group(provider.kind, provider.title, provider.icon, hits, more_url))
    return groups


def _told(question: str, hit: SearchHit) -> SearchHit:
    """Return the hit with what it was found by, where nothing of it that is shown says so."""
    if has_mark(hit.title, question) or has_mark(hit.detail, question):
        return hit
    by = next((text for text in hit.found_by if text and has_mark(text, question)), "")
    return replace(hit, detail=" · ".join(filter(None, (by, hit.detail))))


def _only_whole(
    question: str, found: Sequence[FoundHit], providers: Sequence[SearchProvider], limit: int
) -> SearchHit | None:
    """Return the one record whose number or code the question is, ``None`` where there is none or more than one.

    Where a kind has more hits than are shown, it may stand behind them: then it is asked for by itself.
    """
    kinds = [one.kind for one in found]
    is_cut = any(kinds.count(kind) >= limit for kind in set(kinds))
    whole = search_whole(question, providers) if is_cut else [one for one in found if one.is_whole]
    return whole[0].hit if len(whole) == 1 else None


def _by_secret(question: str, providers: Sequence[SearchProvider]) -> list[FoundHit]:
    """Return the records whose code the question is where only they themselves can tell: it is stored as a hash."""
    asked = [(one, one.exact(question)) for one in providers if one.exact]
    ids = [(one, record_id) for one, record_id in asked if record_id is not None]
    return [replace(hit, is_whole=True) for one, record_id in ids for hit in search_ids(one, [record_id])]
