"""Links by which somebody sets a password: an invitation or a reset, once, within a time, the newest alone."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select

from core.db import session
from core.errors import DomainError
from core.foundation.accounts.devices import revoke_sessions
from core.foundation.accounts.errors import BeyondReachError, LinkError
from core.foundation.accounts.events import tell
from core.foundation.accounts.identity import CurrentUser
from core.foundation.accounts.models import AccountToken, User
from core.foundation.accounts.reach import check_may_manage
from core.foundation.accounts.tokens import hash_token, new_token
from core.foundation.tenants.context import current_tenant
from core.types import now


class Purpose(StrEnum):
    """What a link is for; also the first part of its address."""

    INVITE = "invite"
    RESET = "reset"


#: How long each may be used.
HOLDS: Final = {Purpose.INVITE: timedelta(days=7), Purpose.RESET: timedelta(hours=24)}


def issue_link(user: User, *, by: CurrentUser | None = None) -> str:
    """Return the address under which ``user`` may set a password once; it voids all earlier ones.

    An invitation for who has no password yet, else a reset. It is shown to the one who asks and stored nowhere.

    :raises BeyondReachError: ``by`` may not manage this user, or is this user.
    :raises DomainError: the user is disabled.
    """
    check_may_manage(user, by)
    if by is not None and by.id == user.id:
        # One's own password changes where the present one is asked for: a stolen session must not get round that.
        raise BeyondReachError(_("You cannot change your own rights. Ask an owner."))
    if not user.is_active:
        raise DomainError(_("This user is disabled. Enable the account first."))
    void_links(user)
    purpose = Purpose.INVITE if user.is_invited else Purpose.RESET
    token = new_token()
    session().add(
        AccountToken(
            purpose=purpose.value,
            user_id=user.id,
            token_hash=hash_token(token),
            expires_at=now() + HOLDS[purpose],
        )
    )
    session().flush()
    tell("invited" if purpose is Purpose.INVITE else "reset_link_made", user)
    return f"{current_tenant().url}/{purpose.value}/{token}"


def find_linked_user(token: str, purpose: Purpose) -> User:
    """Return the user whose password the link may set.

    :raises LinkError: it is used, void, expired or unknown, or the user is disabled; the answer is one and the same.
    """
    return session().get_one(User, _find(token, purpose).user_id)


def use_link(token: str, purpose: Purpose, *, password_hash: str) -> User:
    """Set the password of the link's user, use the link up and end every login of the user.

    :raises LinkError: as ``find_linked_user()``.
    """
    link = _find(token, purpose, lock=True)
    user = session().get_one(User, link.user_id)
    set_password(user, password_hash)
    return user


def set_password(user: User, password_hash: str, *, keep_session: int | None = None) -> None:
    """Give ``user`` another password: links to set one are void, logins end except ``keep_session``."""
    user.password_hash = password_hash
    void_links(user)
    revoke_sessions(user.id, keep=keep_session)


def void_links(user: User) -> None:
    """Use up every link of ``user``."""
    statement = select(AccountToken).where(AccountToken.user_id == user.id, AccountToken.used_at.is_(None))
    for link in session().scalars(statement):
        link.used_at = now()
    session().flush()


def _find(token: str, purpose: Purpose, *, lock: bool = False) -> AccountToken:
    statement = (
        select(AccountToken)
        .join(User, User.id == AccountToken.user_id)
        .where(
            AccountToken.token_hash == hash_token(token),
            AccountToken.purpose == purpose.value,
            AccountToken.used_at.is_(None),
            AccountToken.expires_at > now(),
            User.is_active,
        )
    )
    if lock:
        statement = statement.with_for_update(of=AccountToken)
    found = session().scalars(statement).first()
    if found is None:
        raise LinkError(_("This link is used or expired. Ask the person who sent it for a new one."))
    return found
