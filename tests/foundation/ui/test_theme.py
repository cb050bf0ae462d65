from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings, strategies as st

from core.errors import InvalidInputError
from core.foundation.ui.assets import OWN_FOLDER
from core.foundation.ui.theme import (
    BLACK,
    READABLE,
    WHITE,
    Colour,
    colour_text,
    contrast,
    mix,
    parse_colour,
    readable_accent,
    reads,
    render_theme,
    theme_url,
)

colours = st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))


def tokens(theme: str) -> dict[str, str]:
    """Read the colours of ``theme`` (light, dark) from the stylesheet itself."""
    css = (OWN_FOLDER / "app.css").read_text()
    block = re.search(rf"\[data-bs-theme={theme}\] {{(.*?)\n}}", css, re.DOTALL)
    assert block
    return dict(re.findall(r"--wm-([\w-]+):\s*(#[0-9a-f]{3,6})\b", block[1]))


LIGHT = {name: parse_colour(value) for name, value in tokens("light").items()}
DARK = {name: parse_colour(value) for name, value in tokens("dark").items()}


@given(colours)
def test_white_text_reads_on_every_accent(colour: Colour) -> None:
    assert contrast(readable_accent(colour), WHITE) >= READABLE


@settings(max_examples=1000)
@given(colours)
def test_links_read_on_every_ground_in_light_and_dark(colour: Colour) -> None:
    accent = readable_accent(colour)
    ink = mix(accent, BLACK, 0.92)
    for ground in ("bg", "surface", "sunken"):
        assert contrast(ink, LIGHT[ground]) >= READABLE, ground
    assert contrast(ink, mix(accent, LIGHT["surface"], 0.09)) >= READABLE
    ink = mix(accent, WHITE, 0.42)
    for ground in ("bg", "surface", "sunken"):
        assert contrast(ink, DARK[ground]) >= READABLE, ground
    assert contrast(ink, mix(accent, DARK["surface"], 0.16)) >= READABLE


@given(colours)
def test_an_accent_that_reads_stays_as_it_is_and_no_other_is_darkened_twice(colour: Colour) -> None:
    shown = readable_accent(colour)
    assert readable_accent(shown) == shown
    if reads(colour):
        assert shown == colour
    else:
        assert contrast(shown, WHITE) < READABLE + 0.6


@given(colours)
def test_a_colour_written_is_the_colour_read(colour: Colour) -> None:
    assert parse_colour(colour_text(colour)) == colour


@pytest.mark.parametrize(
    ("text", "colour"), [("#abc", (170, 187, 204)), ("4046C8", (64, 70, 200)), (" #fff ", WHITE)]
)
def test_colours_are_read_short_and_long(text: str, colour: Colour) -> None:
    assert parse_colour(text) == colour


@pytest.mark.parametrize(
    "text", ["", "red", "#12", "#12345", "#1234567", "#ggg", "#fff;}", "\u0661\u0662\u0663", "#fff\n#fff"]
)
def test_what_is_no_colour_is_refused_with_its_field(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_colour(text)
    assert "accent" in caught.value.errors


def test_the_known_contrasts_of_the_standard_come_out() -> None:
    assert contrast(BLACK, WHITE) == 21
    assert round(contrast(parse_colour("#767676"), WHITE), 2) == 4.54


def test_the_stylesheet_sets_two_colours_and_nothing_else() -> None:
    assert render_theme(parse_colour("#ffcc00")) == (
        f":root,[data-bs-theme]{{--wm-accent:{colour_text(readable_accent((255, 204, 0)))};--wm-on-accent:#fff}}\n"
    )


def test_the_default_accent_needs_no_stylesheet() -> None:
    assert theme_url("#4046c8") is None
    assert theme_url(None) is None
    assert theme_url("</style>") is None
    assert theme_url("#F60") == "/static/theme/ff6600.css"


def test_the_stylesheet_is_served_for_good(client: FlaskClient) -> None:
    response = client.get("/static/theme/ff6600.css")
    assert response.mimetype == "text/css"
    assert "immutable" in response.headers["Cache-Control"]
    assert (
        client.get(
            "/static/theme/ff6600.css", headers={"If-None-Match": response.headers["ETag"]}
        ).status_code
        == 304
    )
    assert client.get("/static/theme/FF6600.css").status_code == 404
    assert client.get("/static/theme/red.css").status_code == 404


def test_the_vendored_stylesheet_stands_beside_ours() -> None:
    assert Path(OWN_FOLDER, "vendor", "bootstrap.min.css").is_file()
