import pytest
from hypothesis import given, strategies as st

from core.clients.keys import match_key, name_key, phone_key, read_email, read_tax_id
from core.clients.models import ClientKind
from core.foundation.search.marks import mark


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Popescu Maria", "Maria Popescu"),
        ("Maria Popescu", "MARIA  POPESCU"),
        ("Ștefan Țuțuianu", "Stefan Tutuianu"),
        ("Ştefan Ţuţuianu", "Ștefan Țuțuianu"),
        ("S.C. Meteor Service S.R.L.", "Meteor Service SRL"),
        ("Szabo Attila", "Sabo Atila"),
        ("Elena Popesccu", "Elena Popescu"),
        ("Mihaela Ioniță", "Mihaela Ionita"),
    ],
)
def test_names_that_are_the_same_to_a_person_match(one: str, other: str) -> None:
    assert match_key(one) == match_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Maria Popescu", "Maria Ionescu"),
        ("Ana Pop", "Ion Pop"),
        ("Atelier 12 SRL", "Atelier 13 SRL"),
        ("SRL", "SA"),
    ],
)
def test_names_of_two_people_do_not_match(one: str, other: str) -> None:
    assert match_key(one) != match_key(other)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("0742 555 138", "0742555138"),
        ("+40742555138", "0742555138"),
        ("0040 742.555.138", "0742555138"),
        ("(0742) 555-138", "0742555138"),
        ("+49 151 1234567", "491511234567"),
        ("0742 555 1", "07425551"),
        ("", ""),
        ("abc", ""),
    ],
)
def test_a_phone_has_one_key_in_every_spelling(typed: str, key: str) -> None:
    assert phone_key(typed, country="RO") == key


@pytest.mark.parametrize(
    ("typed", "read"),
    [("RO 185 472 90", "RO18547290"), ("18547290", "18547290"), ("ro18547290", "RO18547290"), ("  ", "")],
)
def test_a_romanian_tax_code_is_normalised(typed: str, read: str) -> None:
    assert read_tax_id(typed, kind=ClientKind.COMPANY, country="RO") == read


@pytest.mark.parametrize("typed", ["18547291", "RO1", "ABC", "RO 185 472 90 11 2", "1" * 40, "0"])
def test_a_wrong_romanian_tax_code_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="tax code"):
        read_tax_id(typed, kind=ClientKind.COMPANY, country="RO")


def test_a_tax_code_of_elsewhere_is_taken_as_it_is() -> None:
    assert read_tax_id("DE 136.695-976", kind=ClientKind.COMPANY, country="DE") == "DE136695976"
    assert read_tax_id("1-80.01", kind=ClientKind.PERSON, country="RO") == "18001"
    with pytest.raises(ValueError, match="letters and digits"):
        read_tax_id("ș?", kind=ClientKind.COMPANY, country="DE")


@pytest.mark.parametrize("typed", ["a", "a@b", "a b@c.ro", "@b.ro", "a@@b.ro", "a@b.ro,c@d.ro"])
def test_what_is_no_email_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="e-mail"):
        read_email(typed)


@pytest.mark.parametrize(
    ("shown", "question", "marked"),
    [
        ("0742 555 138", "07425551", "<mark>0742 555 1</mark>38"),
        ("0742 555 138", "+40 742 555", "<mark>0742 555</mark> 138"),
        ("0742 555 138", "40", "0742 555 138"),
        ("George Țuțuianu", "tutu", "George <mark>Țuțu</mark>ianu"),
        ("George Țuțuianu", "geo tutu", "<mark>Geo</mark>rge <mark>Țuțu</mark>ianu"),
        ("<b>&", "b", "&lt;<mark>b</mark>&gt;&amp;"),
        ("Maria", "", "Maria"),
        ("", "maria", ""),
        ("Straße", "sse", "Stra<mark>ße</mark>"),
    ],
)
def test_the_typed_part_is_marked(shown: str, question: str, marked: str) -> None:
    assert str(mark(shown, question)) == marked


@given(st.text(max_size=60), st.text(max_size=20))
def test_marking_never_loses_or_adds_a_letter(shown: str, question: str) -> None:
    assert mark(shown, question).striptags().split() == mark(shown, "").striptags().split()


@given(st.text(max_size=300))
def test_keys_fit_their_columns(text: str) -> None:
    assert len(name_key(text)) <= 200
    assert len(match_key(text)) <= 200
