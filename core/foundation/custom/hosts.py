"""What areas and plugins say of the records that may carry fields: frozen values, handed over by a hook."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from flask_babel import gettext as _

from core.errors import NotFoundError, PluginError
from core.foundation.tenants.context import hooks

#: What a column of the trail begins with that is a field of the shop's own.
PREFIX: Final = "custom."

#: Plain values before and after, by ``custom.<key>``.
Changes = Mapping[str, Sequence[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldHost:
    """A kind of record that may carry fields of the shop's own."""

    #: Name of the table; also what addresses and files call it: ``client``.
    kind: str
    #: What people call all of them: Clients.
    title: Any
    #: Name in icons.svg, without ``i-``.
    icon: str
    #: What narrows fields down, as people call it ("Equipment type"); empty where every field is for all records.
    narrowing: Any = ""
    #: The narrowings that may be chosen, id and name, those no longer in use too.
    narrowings: Callable[[], Sequence[tuple[int, str]]] | None = None
    #: The narrowing of a record; ``None`` where it has none.
    narrowing_of: Callable[[Any], int | None] = lambda record: None  # noqa: ARG005 - the default has no narrowings
    #: The forms that show the fields, by the name that they hand to ``form_sections``: what the control is called in which the narrowing is
    #: chosen, empty where there is none.
    forms: Mapping[str, str] = field(default_factory=dict)
    #: Of ``forms``, those that show only what is required or asked at the intake.
    short_forms: frozenset[str] = frozenset()
    #: Called inside the unit of work when values of a record have changed, so that its version grows and its search entry follows.
    #: Changes are plain values by ``custom.<key>``; none where the record is new.
    changed: Callable[[Any, Changes], None]
    #: Writes the search entries of the records with these ids anew, in the caller's unit of work: a number of statements that does not grow
    #: with them.
    reindex: Callable[[Collection[int]], None]
    #: A paper of such a record prints the fields that say so.
    has_papers: bool = False
    #: Such records are taken in, or made, at the intake.
    has_intake: bool = False
    order: int = 100


def field_hosts() -> dict[str, FieldHost]:
    """Return the kinds of records that may carry fields, in their order.

    :raises PluginError: two say it of one kind.
    """
    declared = sorted(
        (host for part in hooks().custom_field_hosts() for host in part),
        key=lambda one: (one.order, one.kind),
    )
    found = {host.kind: host for host in declared}
    if len(found) != len(declared):
        msg = "two hosts of custom fields have one kind"
        raise PluginError(msg)
    return found


def get_host(kind: str) -> FieldHost:
    """Return the host ``kind``.

    :raises NotFoundError: nobody that is on declares it.
    """
    host = field_hosts().get(kind)
    if host is None:
        raise NotFoundError(_("There are no records of this kind."))
    return host


def narrowing_names(hosts: Iterable[FieldHost]) -> dict[tuple[str, int], str]:
    """Return what the narrowings of ``hosts`` are called, by kind of record and id; one statement for each host that has some."""
    return {
        (host.kind, number): name
        for host in hosts
        if host.narrowings is not None
        for number, name in host.narrowings()
    }
