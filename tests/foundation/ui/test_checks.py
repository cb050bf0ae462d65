import pytest

from core.errors import InvalidInputError
from core.foundation.ui.checks import Checks


def wrong(message: str = "no") -> str:
    raise ValueError(message)


def test_everything_that_is_wrong_is_told_at_once_by_field() -> None:
    checks = Checks()
    assert checks.text("name", " Ana\tPop ", 7) == "Ana Pop"
    assert checks.text("street", "x" * 8, 7) == ""
    assert checks.text("city", "  ", 7, required=True) == ""
    assert checks.text("notes", "a\0", 7, required=True) == ""
    assert checks.read("phone", wrong, "none") == "none"
    checks.refuse("phone", "and again")
    with pytest.raises(InvalidInputError) as refusal:
        checks.finish("The client was not saved.")
    assert refusal.value.message == "The client was not saved."
    assert {name: len(texts) for name, texts in refusal.value.errors.items()} == {
        "street": 1,
        "city": 1,
        "notes": 1,
        "phone": 2,
    }


def test_what_another_rule_refuses_is_told_with_the_rest() -> None:
    def refuse() -> int:
        raise InvalidInputError("Not like this.", {"a": ["One."], "b": ["Two."]})

    checks = Checks()
    assert checks.take(lambda: 1, 0) == 1
    assert checks.take(refuse, 0) == 0
    checks.refuse("b", "Three.")
    with pytest.raises(InvalidInputError) as refusal:
        checks.finish()
    assert refusal.value.errors == {"a": ["One."], "b": ["Two.", "Three."]}
    assert refusal.value.message == "One.; Two.; Three."


def test_nothing_wrong_raises_nothing() -> None:
    Checks().finish()


def test_an_error_about_one_field_stands_beside_it() -> None:
    assert InvalidInputError("Taken.", field="name").errors == {"name": ["Taken."]}
    assert InvalidInputError("Taken.").errors == {}
