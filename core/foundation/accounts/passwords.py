"""Passwords: the only place that hashes them (argon2id, RFC 9106), and the rules for new ones (NIST SP 800-63B).

A hash takes a noticeable fraction of a second on purpose. It is refused inside a unit of work, where every writer of the
tenant would wait for it; callers end their read first as well.
"""

from __future__ import annotations

import base64
import secrets
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

import flask
from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _

from core.db import end_reading, forbid_in_unit_of_work
from core.errors import InvalidInputError

SHORTEST: Final = 10
LONGEST: Final = 200
#: What guessers try first, as letters alone and without case; digits where there are no letters.
COMMON_FILE: Final = Path(__file__).with_name("common_passwords.txt")
#: Runs of keys and letters that are no secret, forwards or backwards.
RUNS: Final = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


def hash_password(password: str) -> str:
    """Return ``password`` as argon2id keeps it, parameters and salt included.

    :raises SlowWorkError: a unit of work is open.
    """
    _begin_slow_work()
    return _hasher().hash(_prepared(password))


def verify_password(password: str, password_hash: str | None) -> bool:
    """Tell whether ``password`` is the one of ``password_hash``, taking as long where there is none to compare with.

    :raises SlowWorkError: a unit of work is open.
    """
    _begin_slow_work()
    hasher = _hasher()
    try:
        hasher.verify(password_hash or dummy_hash(hasher), _prepared(password[: LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None and len(password) <= LONGEST


def needs_rehash(password_hash: str) -> bool:
    """Tell whether ``password_hash`` was made with other parameters than today's."""
    return _hasher().check_needs_rehash(password_hash)


def check_rules(password: str, *, about: Iterable[str] = ()) -> str:
    """Return ``password`` if it may be somebody's; there are no rules on kinds of characters.

    :param about: Words that are no secret: e-mail address and name of the person, name of the firm.
    :raises InvalidInputError: it is too short, too long, or among the first that a guesser tries.
    """
    if len(password) < SHORTEST:
        _refuse(_("Use at least %(number)s characters; a few words are best.", number=SHORTEST))
    if len(password) > LONGEST:
        _refuse(_("Use at most %(number)s characters.", number=LONGEST))
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in password):
        _refuse(_("This holds characters that no keyboard types."))
    plain = _plain(password)
    if plain in {_plain(word) for text in about for word in (text, text.split("@")[0], *text.split())}:
        _refuse(_("This is the name or the e-mail address: others know it. Use something else."))
    if _is_common(password.casefold(), plain):
        _refuse(_("This is one of the passwords that are tried first. Use something else."))
    return password


def dummy_hash(hasher: PasswordHasher) -> str:
    """Return a hash with the parameters of ``hasher`` that no password has; made without hashing."""
    parameters = f"$argon2id$v=19$m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return "$".join((parameters, _random(hasher.salt_len), _random(hasher.hash_len)))


def _random(length: int) -> str:
    return base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")


def _begin_slow_work() -> None:
    """Refuse to hash while writers wait, and let go of the snapshot that the request reads from."""
    forbid_in_unit_of_work("hashing a password")
    if flask.has_app_context():
        end_reading()


def _hasher() -> PasswordHasher:
    """Return the hasher with today's parameters: RFC 9106's second recommendation, or the test's ``WM_ARGON2``.

    One lane instead of four: the work is the same, and a login does not take the processors of four requests.
    """
    costs: dict[str, int] = flask.current_app.config.get("WM_ARGON2", {}) if flask.has_app_context() else {}
    return _hasher_with(**{"time_cost": 3, "memory_cost": 64 * 1024, "parallelism": 1, **costs})


@cache
def _hasher_with(*, time_cost: int, memory_cost: int, parallelism: int) -> PasswordHasher:
    return PasswordHasher(time_cost, memory_cost, parallelism, type=Type.ID)


def _prepared(password: str) -> bytes:
    """Return the bytes to hash: the same for every way in which a keyboard composes a letter (RFC 8265)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "replace")


def _plain(text: str) -> str:
    """Return ``text`` as a guesser sees it: letters alone, without case and marks, or all of it where it has none."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in decomposed if letter.isalpha())
    return letters or text


def _is_common(folded: str, plain: str) -> bool:
    if plain in _common() or len(set(folded)) <= 2:  # noqa: PLR2004 - aaaaaaaaaa and abababab
        return True
    return any(folded in run or folded in run[::-1] for run in RUNS)


@cache
def _common() -> frozenset[str]:
    return frozenset(COMMON_FILE.read_text(encoding="ascii").split())


def _refuse(message: str) -> None:
    raise InvalidInputError(message, field="password")
