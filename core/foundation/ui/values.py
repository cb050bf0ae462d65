"""What hooks hand to pages: frozen values with a place, never markup."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the side menu; shown to who has ``permission``."""

    label: Any
    endpoint: str
    #: Name in icons.svg, without ``i-``.
    icon: str
    permission: str | None = None
    #: ``work`` (no heading), ``manage`` or ``foot``.
    group: str = "work"
    order: int = 100


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """A page that the index of settings leads to, beside those of the groups; shown to who has ``permission``."""

    title: Any
    help: Any
    #: Name in icons.svg, without ``i-``.
    icon: str
    endpoint: str
    permission: str
    order: int = 500


@dataclass(frozen=True, slots=True)
class PanelAction:
    """A quiet button in the head of a panel."""

    text: Any
    url: str
    #: Name in icons.svg, without ``i-``.
    icon: str = ""
    #: The letter that presses it.
    key: str = ""
    #: The page at ``url`` holds the panel under its name: with script that one takes the place of this one, and nobody leaves the page.
    in_place: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of somebody else's page: a template that gets ``data`` as its variables, placed by ``order``.

    The page draws the frame and the title; the template is what stands inside.
    """

    name: str
    title: Any
    template: str
    data: Mapping[str, Any] = field(default_factory=dict)
    permission: str | None = None
    order: int = 100
    #: ``main`` or ``side``; on the dashboard also ``top``, which has no frame.
    place: str = "main"
    #: How many there are, as the title says it.
    count: str = ""
    #: Where all of them are.
    url: str = ""
    actions: Sequence[PanelAction] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that waits for somebody; the bell counts and lists them."""

    text: Any
    url: str
    icon: str = "bell"
    #: ``bad``, ``warn`` or ``info``.
    tone: str = "info"
    count: int = 1


class SectionForm(Protocol):
    """The part of a form that a plugin adds: a WTForms form with its own prefix."""

    def validate(self) -> bool:
        """Tell whether what was typed can be taken; messages stand beside the fields."""
        ...


@dataclass(frozen=True, slots=True)
class FormSection:
    """A section that a plugin adds to a core form, saved in the same unit of work.

    ``make(subject)`` builds its form (bound to the request's data on a POST), ``save(subject, form)`` is called inside the unit of
    work after the core has saved ``subject``.
    """

    name: str
    title: Any
    template: str
    make: Callable[[Any], SectionForm]
    save: Callable[[Any, Any], None]
    permission: str | None = None
    order: int = 100
    #: Builds its form as the section is stored, whatever was sent: who was overtaken by somebody else sees both.
    stored: Callable[[Any], SectionForm] | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """Which records of a kind somebody may know of, where that is not all of them.

    Statements are kept by ``condition``: it is a function of a module, the same for every reader who is restricted in the same way, and
    what differs between them stands in ``values``, by the names of the parameters in the condition.
    """

    #: Says of a column of ids whether its record may be known of.
    condition: Callable[[Any], Any]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SearchProvider:
    """A kind of record that the search box finds.

    All kinds are read by one statement, so what is shown is told in SQL: ``shown(found)`` returns a statement over ``found``, which has a
    ``record_id`` for each record, joined outwards to the tables that are shown; its columns are texts. ``hit(id, texts)`` makes of them
    what the page shows. ``shown`` is asked once, and its statement is kept.
    """

    kind: str
    title: Any
    icon: str
    permission: str
    shown: Callable[[Any], Any]
    hit: Callable[[int, Sequence[str]], SearchHit]
    order: int = 100
    #: Which records the reader may know of; ``None``, or a ``None`` from it, means all. What is not theirs to know takes no place among
    #: the hits.
    reach: Callable[[], Reach | None] | None = None
    #: Asked with what was typed or scanned whole when the index knows no such number or code: the id of the record
    #: that opens at once. For codes that are stored as a hash only.
    exact: Callable[[str], int | None] | None = None


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One found record as the search box shows it."""

    id: int
    title: str
    url: str
    detail: str = ""
    stage: str | None = None
    #: The shop's own word for the status; empty shows that of the stage.
    stage_text: str = ""
    #: By what else it may have been found: a telephone, a serial. Shown where the question stands in one of them.
    found_by: tuple[str, ...] = ()
