import string
import unicodedata

import pytest
from hypothesis import given, strategies as st

from core.foundation.search.fold import asked_words, fold_code, fold_text, fold_words, phone_forms


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Țuțuianu Ștefan", "tutuianu stefan"),
        ("Ţuţuianu Ştefan", "tutuianu stefan"),
        ("T\u0326ut\u0326uianu S\u0327tefan", "tutuianu stefan"),
        ("ĂÂÎăâî", "aaiaai"),
        ("Straße  GROẞ", "strasse gross"),
        ("ﬁlm ﬀ", "film ff"),
        ("Œuvre Æsop Søren Łódź Đorđe", "oeuvre aesop soren lodz dorde"),
        ("İSTANBUL \N{LATIN SMALL LETTER DOTLESS I}spanak", "istanbul ispanak"),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER A}\N{FULLWIDTH DIGIT ONE}", "a1"),
        ("a\u00a0b\tc\nd", "a b c d"),
        ("x²", "x2"),
        ("", ""),
    ],
)
def test_every_spelling_of_a_word_folds_to_one(text: str, folded: str) -> None:
    assert fold_text(text) == folded


@pytest.mark.parametrize("text", ["SN-12 34/b", "sn1234B", "SN 1234 B", "ș.n.1-2-3-4-b"])
def test_a_code_is_what_is_left_without_its_marks(text: str) -> None:
    assert fold_code(text) == "sn1234b"


def test_a_word_is_one_word_whatever_stands_inside_it() -> None:
    assert fold_words("Pop-Ionescu, O'Brien & ion.pop@gmail.com") == [
        "popionescu",
        "obrien",
        "ionpopgmailcom",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "0744555207",
        "0744 555 207",
        "0744.555.207",
        "(0744) 555-207",
        "+40744555207",
        "+40 744 555 207",
        "+40 (0)744 555 207",
        "0040744555207",
        "0040 744 555 207",
    ],
)
def test_every_spelling_of_a_telephone_is_one_number_at_home_and_abroad(text: str) -> None:
    assert phone_forms(text) == ("0744555207", "40744555207")


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("+36 1 234 5678", ("3612345678",)),
        ("0036 1 234 5678", ("3612345678",)),
        ("112", ("112",)),
        ("", ()),
        ("-", ()),
    ],
)
def test_a_number_that_is_not_romanian_keeps_its_digits(text: str, forms: tuple[str, ...]) -> None:
    assert phone_forms(text) == forms


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("tutu 11", ["tutu", "11"]),
        ("  Ștef   Pop-Ion ", ["stef", "popion"]),
        ("0744 555 2", ["07445552"]),
        ("0744.555-2", ["07445552"]),
        ("(0744) 55", ["074455"]),
        ("00 40 744", ["40744"]),
        ("0744 pop", ["0744", "pop"]),
        ("+40 744 555", ["40744555"]),
        ("0040 744", ["40744"]),
        ("+4", ["4"]),
        ("0012", ["0012"]),
        ("000123", ["000123"]),
        ("a a a", ["a"]),
        ("%_*\"'", []),
        ("", []),
    ],
)
def test_a_question_is_its_words(question: str, words: list[str]) -> None:
    assert asked_words(question) == words


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold_text(text)
    assert fold_text(once) == once
    assert fold_code(fold_code(text)) == fold_code(text)


@given(st.text())
def test_composed_and_decomposed_text_fold_alike(text: str) -> None:
    folded = fold_text(text)
    assert fold_text(unicodedata.normalize("NFC", text)) == folded
    assert fold_text(unicodedata.normalize("NFD", text)) == folded


@given(st.text(alphabet=string.ascii_letters + string.digits + " ăâîșțĂÂÎȘȚ"))
def test_capitals_make_no_difference(text: str) -> None:
    assert fold_text(text.upper()) == fold_text(text.lower())
    assert fold_text(text).isascii()
