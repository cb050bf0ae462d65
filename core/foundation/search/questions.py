"""What a request asks the search for."""

from __future__ import annotations

from flask import request

from core.foundation.search.services import LONGEST_QUESTION
from core.foundation.ui.parsing import without_forbidden


def read_question(name: str = "q") -> str:
    """Return a text of the address as the search takes it: without what cannot be shown again, and not too long."""
    return without_forbidden(request.args.get(name, ""))[:LONGEST_QUESTION].strip()
