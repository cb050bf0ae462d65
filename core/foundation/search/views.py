"""The search page, and what stands under the search box while one types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access import logged_in
from core.foundation.accounts.identity import current_user
from core.foundation.search.questions import read_question
from core.foundation.search.services import Found, find, find_exact
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
        groups = _groups(question, providers, IN_BOX)
        return render_template("partials/search_results.html", groups=groups, q=question)
    one = _only_exact(question, providers)
    if one is not None:
        return redirect(one.url)
    kind = request.args.get("kind", "")
    of_one = {kind: providers[kind]} if kind in providers else None
    groups = _groups(question, of_one or providers, OF_ONE_KIND if of_one else ON_PAGE)
    return render_template("search/results.html", groups=groups, q=question)


def _providers() -> dict[str, SearchProvider]:
    """Return the kinds that the reader may see, in their order."""
    user = current_user()
    found = [one for providers in hooks().search_providers() for one in providers]
    return {
        one.kind: one
        for one in sorted(found, key=lambda one: (one.order, one.kind))
        if user.can(one.permission)
    }


def _groups(question: str, providers: dict[str, SearchProvider], limit: int) -> list[Group]:
    ids: dict[str, list[int]] = {}
    for kind, record_id in find(question, list(providers), limit) or _by_secret(question, providers):
        ids.setdefault(kind, []).append(record_id)
    groups = []
    for kind, found in ids.items():
        provider = providers[kind]
        place = {record_id: at for at, record_id in enumerate(found)}
        hits = sorted(provider.hits(found), key=lambda hit: place[hit.id])
        more = len(found) >= limit and limit != OF_ONE_KIND
        more_url = url_for("search.index", q=question, kind=kind) if more else ""
        if hits:
            groups.append(Group(kind, provider.title, provider.icon, hits, more_url))
    return groups


def _only_exact(question: str, providers: dict[str, SearchProvider]) -> SearchHit | None:
    """Return the one record whose number or code the question is, ``None`` where there is none or more than one."""
    found = find_exact(question, list(providers)) or _by_secret(question, providers)
    hits = [hit for kind, record_id in found for hit in providers[kind].hits([record_id])]
    return hits[0] if len(hits) == 1 else None


def _by_secret(question: str, providers: dict[str, SearchProvider]) -> Found:
    """Return the records whose code the question is where only they themselves can tell: it is stored as a hash."""
    asked = [(kind, provider.exact(question)) for kind, provider in providers.items() if provider.exact]
    return [(kind, record_id) for kind, record_id in asked if record_id is not None]
