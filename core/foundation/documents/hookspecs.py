"""The hook by which areas and plugins add printed papers."""

from __future__ import annotations

from collections.abc import Sequence

from core.foundation.documents.kinds import DocumentKind
from core.plugin import hookspec


@hookspec
def document_kinds() -> Sequence[DocumentKind]:
    """Return the kinds of papers that can be printed; those whose permission the reader lacks are left out."""
    return ()
