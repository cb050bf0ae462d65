"""The steps of a login: count the try, compare the password with no transaction open, begin a session."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from core.db import end_reading, session
from core.foundation.accounts.attempts import Attempt, count_attempt
from core.foundation.accounts.devices import start_session
from core.foundation.accounts.known_devices import KnownDevice
from core.foundation.accounts.models import User
from core.foundation.accounts.passwords import hash_password, needs_rehash, verify_password
from core.foundation.accounts.services import clean_email, keep_rehash


@dataclass(frozen=True, slots=True)
class Proof:
    """That somebody knew the password of a user a moment ago."""

    user_id: int
    #: What the password was compared with.
    password_hash: str
    #: The same password with today's parameters, where the stored hash has older ones.
    rehashed: str | None
    attempt: Attempt


def prove(email: str, password: str, *, address: str, device: KnownDevice) -> Proof | None:
    """Return the proof of a right password; ``None`` for all else, after the same work whatever the reason is.

    Belongs outside a unit of work: it hashes. Whether the user is disabled is looked at where the session begins.

    :param address: IP address of the caller.
    :raises TooManyAttemptsError: the try is one too many and was not looked at.
    """
    known = clean_email(email)
    row = (
        session().execute(select(User.id, User.password_hash).where(User.email == known)).first()
        if known is not None
        else None
    )
    end_reading()
    attempt = Attempt(known or email, address, device.known_to(None if row is None else row.id))
    count_attempt(attempt)
    password_hash = None if row is None else row.password_hash
    if not verify_password(password, password_hash) or row is None or password_hash is None:
        return None
    rehashed = hash_password(password) if needs_rehash(password_hash) else None
    return Proof(row.id, password_hash, rehashed, attempt)


def admit(proof: Proof, *, keep: bool, user_agent: str, address: str) -> str | None:
    """Begin the session that ``proof`` gives a right to and return its token; belongs inside a unit of work.

    ``None`` where the user was disabled or the password changed since.
    """
    if proof.rehashed is not None:
        keep_rehash(proof.user_id, old=proof.password_hash, new=proof.rehashed)
    return start_session(
        proof.user_id,
        password_hash=proof.rehashed or proof.password_hash,
        keep=keep,
        user_agent=user_agent,
        address=address,
    )
