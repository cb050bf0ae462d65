"""Papers as answers: shown in a frame of our own pages, or handed over as PDF."""

from __future__ import annotations

from flask import Response

from core.foundation.documents.kinds import ComposedDocument, RenderedDocument
from core.foundation.ui.headers import allow_own_frame


def show_paper(paper: ComposedDocument) -> Response:
    """Answer with a paper for the frame of one of our pages: its own stylesheet, no script, in a sandbox."""
    response = Response(paper.html, mimetype="text/html")
    policy = f"{paper.content_security_policy}; frame-ancestors 'self'"
    response.headers["Content-Security-Policy"] = policy
    return response


def send_pdf(paper: RenderedDocument, *, download: bool) -> Response:
    """Answer with the PDF of a paper.

    :param download: To be kept, under the name of the paper; else to be shown in place.
    """
    response = Response(paper.pdf, mimetype="application/pdf")
    disposition = "attachment" if download else "inline"
    response.headers["Content-Disposition"] = f'{disposition}; filename="{paper.filename}"'
    return allow_own_frame(response)
