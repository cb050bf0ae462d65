"""Save what a form says: one unit of work, and the page again where it is refused or somebody else was faster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from core.db import unit_of_work
from core.errors import ConflictError, DomainError
from core.foundation.ui.forms import BaseForm, VersionedForm


@dataclass(slots=True)
class Saving:
    """What came of it: ``error`` is what refused the form, ``None`` where it is saved."""

    error: DomainError | None = None

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows the form again."""
        return 200 if self.error is None else self.error.status


@contextmanager
def saving(form: BaseForm, *, stored: Callable[[], VersionedForm] | None = None) -> Iterator[Saving]:
    """Open a unit of work for what ``form`` says; what the services refuse stands on the form afterwards.

    Look at ``error`` behind the block, and show the page again with ``status`` where there is one::

        with saving(form, stored=lambda: _stored_form(get_client(client_id))) as attempt:
            client = change_client(client_id, form.values(), version=form.version.data or 0)
        if attempt.error is not None:
            return _form_page(form), attempt.status

    :param stored: Makes the form of what is stored now, asked once the transaction has ended. Where somebody else has changed
        the record since ``form`` was shown, both values stand on the page and saving again is a decision.
    """
    attempt = Saving()
    try:
        with unit_of_work():
            yield attempt
    except DomainError as error:
        attempt.error = error
        _tell(form, error, stored)


def _tell(form: BaseForm, error: DomainError, stored: Callable[[], VersionedForm] | None) -> None:
    if stored is not None and isinstance(error, ConflictError) and isinstance(form, VersionedForm):
        present = stored()
        # Two who add the same at one moment conflict too, and nothing of this record has changed.
        if present.version.data != form.version.data:
            form.conflict(present.shown())
            return
    form.refuse(error)
