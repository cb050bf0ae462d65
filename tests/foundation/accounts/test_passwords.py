import unicodedata
from collections.abc import Iterator

import pytest
from argon2 import extract_parameters

from core.db import session, unit_of_work
from core.errors import InvalidInputError, SlowWorkError
from core.foundation.accounts.models import Role
from core.foundation.accounts.passwords import (
    LONGEST,
    SHORTEST,
    check_rules,
    hash_password,
    needs_rehash,
    verify_password,
)
from core.foundation.accounts.roles import list_roles
from core.testing import Shop


@pytest.fixture(autouse=True)
def _inside(shared_shop: Shop) -> Iterator[None]:
    with shared_shop.context():
        yield


@pytest.mark.parametrize(
    "password",
    [
        "short1234",
        "p" * (LONGEST + 1),
        "",
        "parola12345",
        "Password!!2024",
        "QWERTYUIOP",
        "1234567890",
        "0987654321",
        "aaaaaaaaaaaa",
        "abababababab",
        "abcdefghijkl",
        "Ana.Popescu1",
        "ana@atelier.ro",
        "Atelier Meteor",
        "popescu12345",
        "ten\0letters",
        "lone\ud800surrogate",
    ],
)
def test_a_password_that_guessers_try_first_is_refused(password: str) -> None:
    about = ("ana@atelier.ro", "Ana Popescu", "Atelier Meteor")
    with pytest.raises(InvalidInputError) as refusal:
        check_rules(password, about=about)
    assert list(refusal.value.errors) == ["password"]


@pytest.mark.parametrize(
    "password", ["correct horse battery", "x" * 5 + "yz" * 3, "șurubelniță mică", "kQ8!zz01Lm"]
)
def test_a_password_needs_length_and_no_kinds_of_characters(password: str) -> None:
    assert check_rules(password, about=("ana@atelier.ro", "Ana Popescu")) == password
    assert len(password) >= SHORTEST


def test_a_password_is_kept_as_argon2id_with_a_salt_of_its_own() -> None:
    one, other = hash_password("correct horse battery"), hash_password("correct horse battery")
    assert one.startswith("$argon2id$")
    assert one != other
    assert verify_password("correct horse battery", one)
    assert not verify_password("correct horse batterz", one)


def test_a_letter_is_the_same_however_the_keyboard_composes_it() -> None:
    composed = unicodedata.normalize("NFC", "șurubelniță mică")
    kept = hash_password(composed)
    assert verify_password(unicodedata.normalize("NFD", composed), kept)


def test_nothing_is_the_password_of_who_has_none() -> None:
    assert not verify_password("correct horse battery", None)
    assert not verify_password("", None)


def test_a_password_longer_than_any_is_not_compared_by_its_beginning() -> None:
    kept = hash_password("p" * LONGEST)
    assert verify_password("p" * LONGEST, kept)
    assert not verify_password("p" * (LONGEST + 1), kept)


def test_an_unknown_account_costs_what_a_known_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    from core.foundation.accounts import passwords

    compared: list[str] = []
    original = passwords.PasswordHasher.verify

    def verify(self: passwords.PasswordHasher, known: str, given: bytes) -> bool:
        compared.append(known)
        return original(self, known, given)

    monkeypatch.setattr(passwords.PasswordHasher, "verify", verify)
    kept = hash_password("correct horse battery")
    verify_password("something else", kept)
    verify_password("something else", None)
    assert len(compared) == 2
    assert extract_parameters(compared[0]) == extract_parameters(compared[1])


def test_a_hash_of_other_parameters_is_made_anew(shared_shop: Shop) -> None:
    kept = hash_password("correct horse battery")
    assert not needs_rehash(kept)
    before = shared_shop.app.config["WM_ARGON2"]
    shared_shop.app.config["WM_ARGON2"] = {**before, "time_cost": before["time_cost"] + 1}
    try:
        assert needs_rehash(kept)
        assert verify_password("correct horse battery", kept)
    finally:
        shared_shop.app.config["WM_ARGON2"] = before


def test_the_product_hashes_with_the_parameters_of_rfc_9106(shared_shop: Shop) -> None:
    before = shared_shop.app.config.pop("WM_ARGON2")
    try:
        found = extract_parameters(hash_password("correct horse battery"))
    finally:
        shared_shop.app.config["WM_ARGON2"] = before
    assert (found.time_cost, found.memory_cost) == (3, 64 * 1024)


def test_hashing_inside_a_unit_of_work_is_refused() -> None:
    kept = hash_password("correct horse battery")
    with unit_of_work():
        with pytest.raises(SlowWorkError):
            hash_password("correct horse battery")
        with pytest.raises(SlowWorkError):
            verify_password("correct horse battery", kept)


def test_hashing_ends_the_read_before_it_begins() -> None:
    list_roles()
    assert session().in_transaction()
    hash_password("correct horse battery")
    assert not session().in_transaction()
    assert session().get(Role, 1) is not None
    verify_password("correct horse battery", None)
    assert not session().in_transaction()
