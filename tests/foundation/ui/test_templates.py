"""Templates come out of each language's own code as they come out of Jinja2's: same words, same escaping."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template
from flask_babel import Babel, force_locale, lazy_gettext
from jinja2 import DictLoader, StrictUndefined, TemplateAssertionError, Undefined, UndefinedError
from markupsafe import Markup, escape

from core.foundation.ui.language import init_language
from core.foundation.ui.templates import Templates, plain

CATALOGUES = Path(__file__).parents[3] / "core" / "translations"
#: Texts that the catalogue of the core has, each with what may be put into it.
PAGES = {
    "base.html": '<title>{{ _("Tickets") }}</title>{% block body %}{% endblock %}{% include "foot.html" %}',
    "foot.html": '<p>{{ gettext("Close") }}</p>',
    "words.html": '{% macro word() %}{{ _("Save") }}{% endmacro %}',
    "page.html": '{% extends "base.html" %}{% import "words.html" as words %}{% block body %}{{ words.word() }}{% endblock %}',
    "put_in.html": '{{ _("by %(name)s", name=name) }}',
    "chosen.html": '{{ _("Light") if on else _("Dark") }}|{{ (_("Light") ~ x)|upper }}',
    "plural.html": '{{ ngettext("%(num)s ticket", "%(num)s tickets", count) }}',
    "shadowed.html": "{% for _ in ['Save'] %}{{ _ }}{% endfor %}{{ gettext('Save') }}",
    "looked_up.html": "{{ _(word) }}",
    "percent.html": '{{ _("100%% of %(what)s", what=what) }}|{{ _("100%%") }}|{{ _("%(a)s and %(a)s", a=what) }}',
    "loud.html": '{% include "foot.html" %}{{ _("Save")|loud }}',
    "wrong.html": '{{ _("by %(name)s") }}',
    "number.html": '{{ _("%(number)d at most", number=7) }}',
    "note.txt": '{{ _("by %(name)s", name=name) }}',
}


@pytest.fixture
def app() -> Flask:
    made = Flask("templates")
    made.jinja_environment = Templates  # type: ignore[assignment]  # Flask declares its own class alone
    made.config["BABEL_TRANSLATION_DIRECTORIES"] = str(CATALOGUES)
    Babel(made)
    init_language(made)
    made.jinja_env.loader = DictLoader(PAGES)
    return made


def draw(app: Flask, template: str, language: str = "ro", /, **values: Any) -> str:
    with app.app_context(), force_locale(language):
        return render_template(template, **values)


@pytest.mark.parametrize("first", ["ro", "en"])
def test_a_page_and_all_it_is_made_of_speak_the_language_of_its_reader_whoever_came_first(
    app: Flask, first: str
) -> None:
    draw(app, "page.html", first)
    assert draw(app, "page.html", "ro") == "<title>Fișe</title>Salvează<p>Închide</p>"
    assert draw(app, "page.html", "en") == "<title>Tickets</title>Save<p>Close</p>"
    assert draw(app, "page.html", "ro") == "<title>Fișe</title>Salvează<p>Închide</p>"


def test_what_is_put_into_a_text_is_escaped_and_markup_stays_markup(app: Flask) -> None:
    assert draw(app, "put_in.html", name="<Ana>") == "de &lt;Ana&gt;"
    assert draw(app, "put_in.html", name=Markup("<b>Ana</b>")) == "de <b>Ana</b>"
    assert draw(app, "note.txt", name="<Ana>") == "de <Ana>"


def test_texts_are_words_like_any_others_in_an_expression(app: Flask) -> None:
    assert draw(app, "chosen.html", on=True, x="<") == "Luminos|LUMINOS&LT;"
    assert draw(app, "chosen.html", "en", on=False, x="") == "Dark|LIGHT"


def test_what_only_the_page_knows_is_translated_when_it_is_drawn(app: Flask) -> None:
    assert draw(app, "plural.html", count=3) == "3 fișe"
    assert draw(app, "looked_up.html", word="Save") == "Salvează"
    assert draw(app, "looked_up.html", word=lazy_gettext("Save")) == "Salvează"
    assert draw(app, "number.html", "en") == "7 at most"


def test_percent_signs_and_repeated_places_come_out_as_by_formatting(app: Flask) -> None:
    assert draw(app, "percent.html", "en", what="<") == "100% of &lt;|100%|&lt; and &lt;"


def test_a_place_that_nothing_is_given_for_fails_when_the_page_is_drawn(app: Flask) -> None:
    with pytest.raises(KeyError):
        draw(app, "wrong.html")


def test_a_name_of_the_templates_own_is_no_translation(app: Flask) -> None:
    assert draw(app, "shadowed.html") == "SaveSalvează"


def test_a_template_out_of_a_string_speaks_the_language_of_the_moment(app: Flask) -> None:
    template = app.jinja_env.from_string('{{ _("Save") }} {% include "foot.html" %}')
    for language, text in (("ro", "Salvează <p>Închide</p>"), ("en", "Save <p>Close</p>")):
        with app.app_context(), force_locale(language):
            assert template.render() == text


def test_what_is_given_to_one_template_reaches_no_other(app: Flask) -> None:
    with app.app_context():
        for word in ("Save", "Close"):
            assert app.jinja_env.get_template("looked_up.html", globals={"word": word}).render() == word
        assert "word" not in app.jinja_env.globals
        assert app.jinja_env.get_template("looked_up.html", globals={"word": "Save"}).render() == "Save"
        assert app.jinja_env.get_template("looked_up.html").render() == ""


def test_an_environment_made_of_another_has_filters_of_its_own(app: Flask) -> None:
    made = app.jinja_env.overlay(undefined=StrictUndefined)
    made.filters = {**made.filters, "loud": str.upper}
    for language, text in (("ro", "<p>Închide</p>SALVEAZĂ"), ("en", "<p>Close</p>SAVE")):
        draw(app, "foot.html", language)
        with app.app_context(), force_locale(language):
            assert made.get_template("loud.html").render() == text
            with pytest.raises(TemplateAssertionError):
                app.jinja_env.get_template("loud.html")
            with pytest.raises(UndefinedError):
                made.get_template("chosen.html").render()


class _Tag(str):
    __slots__ = ()

    def __html__(self) -> str:
        return "<i>" + self + "</i>"


@pytest.mark.parametrize(
    "value",
    [
        "plain",
        "<a href='\"'>&",
        Markup("<b>"),
        _Tag("x<"),
        5,
        Decimal("1.50"),
        None,
        Undefined(name="x"),
        1.5,
    ],
    ids=repr,
)
def test_values_come_out_as_escape_gives_them(value: object) -> None:
    assert plain(value) == escape(value)
    assert "".join([plain(value)]) == str(escape(value))
