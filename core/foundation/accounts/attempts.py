"""Guesses are slowed, people are not locked out: counters that every process shares and a refusal does not roll back.

A password is guessed from one address, at one account, or from everywhere. Each has its counter, over a minute and over an hour. A
device from which the user has logged in before has a counter of its own and is touched by none of these: whoever hammers an account
does not lock its user out. Unknown e-mail addresses count like known ones. ``workmanager user password`` is the way in from outside.
"""

from __future__ import annotations

import hashlib
import ipaddress
import time
from dataclasses import dataclass
from typing import Final

from flask_babel import ngettext

from core.errors import TooManyAttemptsError
from core.foundation.limits.services import Limit, limits
from core.foundation.tenants.context import current_tenant

MINUTE: Final = 60
HOUR: Final = 3600
#: At one account, from devices that it does not know.
ACCOUNT: Final = (Limit(5, MINUTE), Limit(20, HOUR))
#: At any account from one address: a shop behind one address logs in within a minute.
ADDRESS: Final = (Limit(20, MINUTE), Limit(100, HOUR))
#: At one account from a device that it knows.
DEVICE: Final = (Limit(10, MINUTE), Limit(60, HOUR))
#: At one tenant from everywhere: addresses nobody has logged in from are refused first, the others much later.
OVERALL_UNKNOWN: Final = Limit(60, MINUTE)
OVERALL: Final = Limit(300, MINUTE)
#: Seconds for which an address stays known after a login: 30 days.
KNOWN_FOR: Final = 30 * 24 * HOUR


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to log in, before anything is known of it."""

    #: As typed; an address that is nobody's counts the same.
    email: str
    #: IP address of the caller.
    address: str
    #: Known device and its user; ``None`` for a device that has not logged in to this account before.
    device: str | None = None


def count_attempt(attempt: Attempt) -> None:
    """Count a try to log in, before its password is looked at.

    Counters are asked from the narrowest to the widest, and one that refuses keeps the next from counting: a flood from one
    address does not fill the counter of the account it is aimed at.

    :raises TooManyAttemptsError: it is one too many; says in how many seconds the next one is heard.
    """
    if attempt.device is not None:
        _count(_device_key(attempt.device), DEVICE)
        return
    _count(_address_key(attempt.address), ADDRESS)
    _count(_account_key(attempt.email), ACCOUNT)
    overall = OVERALL if _is_known(attempt.address) else OVERALL_UNKNOWN
    _count(f"login-all:{current_tenant().id}", (overall,))


def forget_attempts(attempt: Attempt) -> None:
    """Forget what was counted against the account (or the device) after a login; the address keeps its count."""
    if attempt.device is not None:
        _clear(_device_key(attempt.device), DEVICE)
    else:
        _clear(_account_key(attempt.email), ACCOUNT)
    limits().stamp(_place_key(attempt.address))


def count_confirmation(user_id: int) -> None:
    """Count a try to confirm one's password while logged in: a stolen session must not find it out.

    :raises TooManyAttemptsError: it is one too many.
    """
    _count(_confirmation_key(user_id), ACCOUNT)


def forget_confirmations(user_id: int) -> None:
    """Forget the tries after the right one."""
    _clear(_confirmation_key(user_id), ACCOUNT)


def network_of(address: str) -> str:
    """Return the network that one caller has to themselves: an IPv4 address, a /64 of IPv6, nothing for anything else."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _count(key: str, bounds: tuple[Limit, ...]) -> None:
    for bound in bounds:
        verdict = limits().hit(f"{key}:{bound.seconds}", bound)
        if not verdict.allowed:
            raise TooManyAttemptsError(_wait(verdict.retry_after), retry_after=verdict.retry_after)


def _clear(key: str, bounds: tuple[Limit, ...]) -> None:
    for bound in bounds:
        limits().clear(f"{key}:{bound.seconds}")


def _wait(seconds: int) -> str:
    if seconds <= 2 * MINUTE:
        return ngettext(
            "Too many attempts. Wait %(num)s second and try again.",
            "Too many attempts. Wait %(num)s seconds and try again.",
            seconds,
        )
    return ngettext(
        "Too many attempts. Wait %(num)s minute and try again.",
        "Too many attempts. Wait %(num)s minutes and try again.",
        -(-seconds // MINUTE),
    )


def _is_known(address: str) -> bool:
    key = _place_key(address)
    return time.time() - limits().stamps([key]).get(key, 0) < KNOWN_FOR


def _account_key(email: str) -> str:
    return f"login:{current_tenant().id}:{_digest(email.strip().lower())}"


def _address_key(address: str) -> str:
    return f"login-from:{current_tenant().id}:{network_of(address)}"


def _device_key(device: str) -> str:
    return f"login-on:{current_tenant().id}:{device}"


def _place_key(address: str) -> str:
    return f"place:{current_tenant().id}:{network_of(address)}"


def _confirmation_key(user_id: int) -> str:
    return f"confirm:{current_tenant().id}:{user_id}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
