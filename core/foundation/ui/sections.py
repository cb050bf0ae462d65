"""Sections that plugins and the shop add to a core form: read with it, validated with it, saved in its unit of work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from core.foundation.ui.forms import BaseForm
from core.foundation.ui.values import FormSection, SectionForm


@dataclass(slots=True)
class Section:
    """A part of a form, with its own form as it was sent."""

    spec: FormSection
    form: SectionForm

    @property
    def is_shown(self) -> bool:
        """Whether it shows anything; one that does not may save something all the same."""
        return bool(getattr(self.form, "is_shown", True))


def read_sections(
    found: Iterable[Iterable[FormSection]],
    can: Callable[[str], bool],
    subject: object,
    *,
    stored: bool = False,
) -> list[Section]:
    """Return the sections that a form gets from elsewhere, for a reader who may fill them in, in their order.

    :param found: What the hook ``form_sections`` collected for the form.
    :param can: Tells whether the reader has a permission.
    :param subject: The record that the form changes, ``None`` for a new one.
    :param stored: As they are stored, whatever was sent; those that cannot say are left out.
    """
    specs = [spec for part in found for spec in part]
    allowed = [spec for spec in specs if spec.permission is None or can(spec.permission)]
    allowed.sort(key=lambda one: (one.order, one.name))
    if stored:
        return [Section(spec, spec.stored(subject)) for spec in allowed if spec.stored is not None]
    return [Section(spec, spec.make(subject)) for spec in allowed]


def add_sections(
    form: BaseForm,
    found: Iterable[Iterable[FormSection]],
    can: Callable[[str], bool],
    subject: object,
    *,
    stored: bool = False,
) -> None:
    """Let ``form`` have its sections: it validates them, and shows what is wrong with them. See ``read_sections``."""
    form.sections = read_sections(found, can, subject, stored=stored)


def save_sections(form: BaseForm, subject: Any) -> None:  # noqa: ANN401 - the record of the form
    """Save what the sections of ``form`` say of ``subject``, in the unit of work that has saved the record."""
    for section in form.sections:
        section.spec.save(subject, section.form)
