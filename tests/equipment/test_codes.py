import itertools

import pytest

from core.clients.keys import code_key
from core.equipment.codes import (
    ALPHABET,
    GENERATED,
    check_character,
    code_label,
    identifier_warning,
    is_imei,
    new_unique_id,
    shown_code,
)


def test_a_generated_id_reads_like_a_label_and_passes_its_own_check() -> None:
    for _time in range(200):
        unique_id = new_unique_id()
        assert GENERATED.fullmatch(unique_id.replace("-", ""))
        assert [len(part) for part in unique_id.split("-")] == [2, 4, 4]
        assert identifier_warning(unique_id) is None
        assert identifier_warning(unique_id.lower().replace("-", " ")) is None


def test_no_character_of_a_generated_id_is_taken_for_another() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 31
    assert not set(ALPHABET) & set("01OIL")


def test_one_misread_character_of_a_generated_id_is_always_found() -> None:
    body = "7K2M94Q"
    code = body + check_character(body)
    for place, wrong in itertools.product(range(len(code)), ALPHABET):
        misread = code[:place] + wrong + code[place + 1 :]
        assert (identifier_warning(f"WM-{misread}") is None) == (misread == code)


def test_two_swapped_neighbours_of_a_generated_id_are_always_found() -> None:
    body = "7K2M94Q"
    code = body + check_character(body)
    for place in range(len(code) - 1):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert swapped == code or identifier_warning(f"WM-{swapped}") is not None


@pytest.mark.parametrize("imei", ["356789104829153", "35 678910 482915 3", "35-678910-482915-3"])
def test_an_imei_with_the_right_check_digit_is_not_doubted(imei: str) -> None:
    assert identifier_warning(imei) is None
    assert is_imei(imei)
    assert shown_code(imei) == "356789 10 482915 3"


@pytest.mark.parametrize("wrong", ["356789104829158", "356789104829135"])
def test_fifteen_digits_that_are_no_imei_are_doubted(wrong: str) -> None:
    assert identifier_warning(wrong) is not None
    assert not is_imei(wrong)
    assert shown_code(wrong) == wrong


@pytest.mark.parametrize(
    "other", ["", "SN-7188240157", "35678910482915", "3567891048291533", "٣٥٦٧٨٩١٠٤٨٢٩١٥٨", "WM-1"]
)
def test_other_identifiers_are_not_doubted(other: str) -> None:
    assert identifier_warning(other) is None


def test_a_code_is_the_same_in_any_spelling() -> None:
    assert (
        len({code_key(text) for text in ("WM-7K2M-94QD", "wm 7k2m 94qd", "WM7K2M94QD", "wm_7k2m/94qd")}) == 1
    )


@pytest.mark.parametrize(
    ("text", "label"),
    [("356789104829153", "IMEI"), ("356789104829154", "S/N"), ("wm 7k2m 94qd", "ID"), ("F2LX9Q3K", "S/N")],
)
def test_a_unique_id_is_called_what_it_is(text: str, label: str) -> None:
    assert code_label(text) == label
