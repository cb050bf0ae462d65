"""Kinds of printed papers, and how one is put together: data, the tenant's texts, the shipped template, the PDF."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from flask import current_app
from flask_babel import force_locale
from flask_babel.speaklater import LazyString
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from core.foundation.documents.codes import qr_image
from core.foundation.documents.data import plain_data
from core.foundation.documents.interpreter import Filter
from core.foundation.documents.markup import paragraphs
from core.foundation.documents.protocol import RenderLimits
from core.foundation.documents.render import render_pdf
from core.foundation.documents.sandbox import DocumentSandbox

_ENVIRONMENT: Final = "wm_document_environment"
#: Filters of the application that editable texts may use too, as far as the application has them.
_SHARED_FILTERS: Final = (
    "amount",
    "date",
    "datetime",
    "money",
    "number",
    "phone",
    "quantity",
    "time",
    "weekday",
)
_LONGEST_NAME: Final = 100
_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Page:
    """A size of paper, in millimetres."""

    #: The name that xhtml2pdf and browsers know.
    css: str
    width: int
    height: int


A4: Final = Page("a4 portrait", 210, 297)
A4_LANDSCAPE: Final = Page("a4 landscape", 297, 210)
A5: Final = Page("a5 portrait", 148, 210)


@dataclass(frozen=True, slots=True)
class DocumentText:
    """A text of a paper that the tenant edits: conditions, a closing line."""

    #: Under this name the template finds its paragraphs, in ``texts``.
    name: str
    title: str | LazyString
    #: What is printed until the tenant writes another; a template of the sandbox, like all editable texts.
    default: str | LazyString
    #: What the text is for and which fields it may use, shown beside it when it is edited.
    help: str | LazyString = ""


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of printed paper; areas and plugins hand them over by the hook ``document_kinds``."""

    #: Unique among the kinds of one subject: ``intake``. Part of addresses.
    name: str
    title: str | LazyString
    #: Permission to see and print it: ``simple.document:view``.
    permission: str
    #: What it is a paper of: ``ticket``.
    subject: str
    #: Path of the shipped template, which extends ``documents/base.html``.
    template: str
    #: Given the subject, returns plain data alone; it is asked inside a read-only transaction.
    data: Callable[[Any], Mapping[str, object]]
    texts: tuple[DocumentText, ...] = ()
    #: Given the subject and the language, returns what the tenant wrote in place of the defaults of ``texts``, by name; asked like
    #: ``data``.
    written: Callable[[Any, str], Mapping[str, str]] | None = None
    #: Given the saved record that the papers are of, such as a ``Ticket``, says in a few words how each of its kinds stands, by name:
    #: which version of the terms, signed or not. Shown beside the paper; kinds that share the function are asked once, in the
    #: read-only transaction of the record's page.
    standing: Callable[[Any], Mapping[str, str]] | None = None
    #: Raised whenever template or data change in a way that readers of stored papers must know of.
    version: int = 1
    #: Shows a secret of its subject, such as a ticket's access code: without it the data never hold one, and printing is written down as
    #: a use of the secret.
    reveals: bool = False
    page: Page = A4
    limits: RenderLimits = field(default_factory=RenderLimits)

    def written_texts(self, subject: object, language: str) -> Mapping[str, str]:
        """Return what the tenant wrote for this paper of ``subject``; empty where the defaults hold."""
        return self.written(subject, language) if self.written else {}


@dataclass(frozen=True, slots=True)
class ComposedDocument:
    """A paper before it is typeset: one HTML text that refers to nothing outside itself."""

    kind: str
    version: int
    language: str
    title: str
    #: Name of the file for those who download it, in ASCII.
    filename: str
    html: str

    @property
    def content_security_policy(self) -> str:
        """The header under which a browser may show ``html``: its own stylesheet and pictures, nothing else, in a sandbox."""
        style = _STYLE.search(self.html)
        digest = hashlib.sha256((style[1] if style else "").encode()).digest()
        source = f"'sha256-{base64.b64encode(digest).decode()}'"
        return f"default-src 'none'; style-src {source}; img-src data:; base-uri 'none'; form-action 'none'; sandbox"


@dataclass(frozen=True, slots=True)
class RenderedDocument(ComposedDocument):
    """A paper ready to be shown, printed, stored or sent."""

    pdf: bytes


def compose_document(
    kind: DocumentKind, data: Mapping[str, object], *, language: str, texts: Mapping[str, str] | None = None
) -> ComposedDocument:
    """Return the HTML of a paper in ``language``.

    ``data`` has at least ``firm`` (``name``, ``tax_id``, ``registration``, ``address``, ``phone``, ``email``, ``hours``, ``logo``),
    ``number`` and ``printed_at``; the README of this package says what each is.

    :param texts: What the tenant wrote, by the name of the :class:`DocumentText`; where there is none the default is printed.
    :raises TypeError: ``data`` holds something else than plain values.
    :raises TemplateError: a text of the tenant does not render; names the line.
    """
    plain = plain_data(data)
    environment = _environment()
    with force_locale(language):
        title = str(kind.title)
        number = str(plain.get("number") or "")
        html = environment.get_template(kind.template).render(
            {
                **plain,
                "texts": _texts(kind, plain, texts or {}),
                "document": {
                    "kind": kind.name,
                    "version": kind.version,
                    "language": language,
                    "title": title,
                    "page": kind.page,
                },
            }
        )
    # A lone surrogate in the data has no bytes and would stop whoever stores or sends the paper.
    html = html.encode("utf-8", "replace").decode("utf-8")
    return ComposedDocument(kind.name, kind.version, language, title, document_filename(title, number), html)


def render_document(
    kind: DocumentKind,
    data: Mapping[str, object],
    *,
    language: str,
    texts: Mapping[str, str] | None = None,
    made_at: datetime | None = None,
) -> RenderedDocument:
    """Return the PDF of a paper in ``language``, with the HTML it was made from.

    :param made_at: Aware time that the PDF names as its creation; by default ``printed_at`` of ``data``.
    :raises TypeError: as :func:`compose_document`.
    :raises TemplateError: as :func:`compose_document`.
    :raises RenderError: the renderer refused it.
    :raises SlowWorkError: a unit of work is open.
    """
    paper = compose_document(kind, data, language=language, texts=texts)
    printed_at = data.get("printed_at")
    if made_at is None and isinstance(printed_at, datetime) and printed_at.tzinfo is not None:
        made_at = printed_at
    pdf = render_pdf(paper.html, made_at=made_at, limits=kind.limits)
    return RenderedDocument(
        paper.kind, paper.version, paper.language, paper.title, paper.filename, paper.html, pdf
    )


def document_filename(title: str, number: str) -> str:
    """Return a file name of lower-case ASCII words and the number: ``proces-verbal-de-preluare-CJ-4821.pdf``."""
    plain = unicodedata.normalize("NFKD", f"{title.lower()} {number}").encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:_LONGEST_NAME].strip("-")
    return f"{words or 'document'}.pdf"


def text_sandbox() -> DocumentSandbox:
    """Return the sandbox of this application's editable texts, with its filters for money and dates."""
    filters = _environment().filters
    return DocumentSandbox({name: _as_text(filters[name]) for name in _SHARED_FILTERS if name in filters})


def _texts(
    kind: DocumentKind, data: Mapping[str, object], written: Mapping[str, str]
) -> dict[str, list[Markup]]:
    """Return the paragraphs of each editable text, cleaned."""
    sandbox = text_sandbox()
    return {
        text.name: paragraphs(sandbox.render(written.get(text.name, str(text.default)), data))
        for text in kind.texts
    }


def _as_text(function: Callable[..., object]) -> Filter:
    """Return ``function`` as a filter of editable texts, whose result is a text and nothing more."""
    return lambda value, *arguments: str(function(value, *arguments))


def _environment() -> Environment:
    """Return the application's template environment, strict: what a paper lacks is an error, never a gap on paper."""
    environment = current_app.extensions.get(_ENVIRONMENT)
    if environment is None:
        environment = current_app.jinja_env.overlay(undefined=StrictUndefined)
        environment.filters = {**environment.filters, "qr": qr_image}
        current_app.extensions[_ENVIRONMENT] = environment
    return environment
