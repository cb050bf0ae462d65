"""The papers as they look now, filled with an invented ticket: for whoever writes their texts."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from plugins.simple.papers import KINDS
from plugins.simple.texts import LANGUAGES
from workmanager import NotFoundError, compose_document, require, sample_paper, show_paper

simple = Blueprint("simple", __name__, url_prefix="/simple", template_folder="templates")


@simple.get("/")
@require("simple.protocol:print")
def index() -> ResponseReturnValue:
    """Show every paper in every language."""
    return render_template("simple/index.html", kinds=KINDS, paper_languages=LANGUAGES)


@simple.get("/preview/<kind>/<language>")
@require("simple.protocol:print")
def preview(kind: str, language: str) -> ResponseReturnValue:
    """Answer with one paper of an invented ticket, as the page shows it in a frame."""
    found = next((one for one in KINDS if one.name == kind), None)
    if found is None or language not in LANGUAGES:
        raise NotFoundError(_("There is no such paper."))
    sample = sample_paper(language)
    texts = found.written_texts(sample, language)
    return show_paper(compose_document(found, found.data(sample), language=language, texts=texts))
