"""Know a form that is sent twice: it is carried out once, and both times answered alike.

Stored are method, path, a keyed hash of what was sent, the status and the id of the result; the answer is rendered anew. The row is written
in the unit of work that does the work, so that there is a key exactly where there is a result.
"""

from __future__ import annotations

import hashlib
import hmac
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Final, ParamSpec

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import CursorResult, Table, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from core.db import AUDITED, connection, end_reading, session
from core.errors import BadRequestError, ConflictError, DomainError, ProgrammingError
from core.foundation.accounts.identity import find_user
from core.foundation.audit.models import IdempotencyKey
from core.foundation.tenants.context import current_tenant
from core.types import now

KEY_FIELD: Final = "_key"
#: Fields that may differ between two sendings of the same thing.
UNCOUNTED: Final = frozenset({KEY_FIELD, "csrf_token"})
#: How long a repeat is known.
KEPT_FOR: Final = timedelta(days=3)
#: Seconds between two looks of one process for keys of a tenant that are too old.
SWEEP_EVERY: Final = 3600
#: "See Other": what a form that created something is answered with.
SEE_OTHER: Final = 303

TABLE: Final[Table] = IdempotencyKey.__table__  # type: ignore[assignment] # a model's table is a Table
#: Keep a key, unless it is kept already; on PostgreSQL this waits for whoever is keeping it at this moment.
_KEEP: Final = {
    dialect.dialect.name: dialect.insert(TABLE)
    .on_conflict_do_nothing(index_elements=[TABLE.c.user_id, TABLE.c.key])
    .returning(TABLE.c.id)
    for dialect in (sqlite, postgresql)
}
_FIND: Final = select(TABLE.c.method, TABLE.c.path, TABLE.c.body_hash, TABLE.c.result_id).where(
    TABLE.c.user_id == bindparam("of_user"), TABLE.c.key == bindparam("of_key")
)

Parameters = ParamSpec("Parameters")
Answer = Callable[[int], ResponseReturnValue]


class KeyReusedError(ConflictError):
    """The form was carried out already, with other content: somebody went back and changed it."""

    #: Tells the form to take a new key, so that sending it again is meant.
    needs_new_key = True


class RepeatedError(ConflictError):
    """The form was carried out already: what was done for it a second time is undone, and the first answer given again."""


@dataclass(slots=True)
class Call:
    """One sending of a form."""

    key: str
    user_id: int
    method: str
    path: str
    body_hash: str
    is_recorded: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What an earlier sending led to."""

    method: str
    path: str
    body_hash: str
    result_id: int

    def repeats(self, call: Call) -> bool:
        """Tell whether ``call`` is the same thing sent again."""
        return (self.method, self.path, self.body_hash) == (call.method, call.path, call.body_hash)


def idempotent(
    *, answer: Answer
) -> Callable[[Callable[Parameters, ResponseReturnValue]], Callable[Parameters, ResponseReturnValue]]:
    """Carry out a POST view once for each key; stands under the declaration of access.

    The view calls ``record_result(id)`` as the last thing in its unit of work, which undoes what a repeat has done; whatever else a
    repeat comes to, a refusal as well, is replaced by ``answer``. So a first sending asks for its key only by keeping it.

    :param answer: Answers with the id of what was made, for a repeat.
    :raises BadRequestError: the form brings no key, or none of ours.
    """

    def decorate(
        view: Callable[Parameters, ResponseReturnValue],
    ) -> Callable[Parameters, ResponseReturnValue]:
        @wraps(view)
        def once(*args: Parameters.args, **kwargs: Parameters.kwargs) -> ResponseReturnValue:
            call = flask.g._idempotent_call = _read_call()  # noqa: SLF001 - flask.g is a namespace
            try:
                response = view(*args, **kwargs)
            except DomainError:
                if (result := _made_before(call)) is not None:
                    return answer(result)
                raise
            if (result := _made_before(call)) is not None:
                return answer(result)
            return response

        return once

    return decorate


def record_result(result_id: int, *, status: int = SEE_OTHER) -> None:
    """Note in the open unit of work what the form led to.

    :raises KeyReusedError: the same key has led to a result already, with other content.
    :raises RepeatedError: it has, with the same content; the view ends its unit of work, and the first answer is given again.
    :raises ProgrammingError: the view is not ``@idempotent``.
    """
    call: Call | None = flask.g.get("_idempotent_call")
    if call is None:
        msg = "record_result() belongs into a view that is @idempotent"
        raise ProgrammingError(msg)
    values = {
        "key": call.key,
        "user_id": call.user_id,
        "method": call.method,
        "path": call.path,
        "body_hash": call.body_hash,
        "status": status,
        "result_id": result_id,
        "created_at": now(),
    }
    session().flush()
    tenant = connection()
    if tenant.execute(_KEEP[tenant.dialect.name], values).first() is None:
        _refuse(call)
    call.is_recorded = True
    _sweep_now_and_then()


def _refuse(call: Call) -> None:
    """Undo what a key that is kept already was sent for once more."""
    known = find_result(call)
    if known is not None and not known.repeats(call):
        raise KeyReusedError(
            _("This form was saved once already, with other content. To save it as a new one, send it again.")
        )
    raise RepeatedError(_("The same was saved by somebody else at the same moment. Check and save again."))


def find_result(call: Call) -> Known | None:
    """Return what an earlier sending with the key of ``call`` led to."""
    row = connection().execute(_FIND, {"of_user": call.user_id, "of_key": call.key}).first()
    return None if row is None else Known(row.method, row.path, row.body_hash, row.result_id)


def forget_old_keys(older_than: timedelta = KEPT_FOR) -> int:
    """Delete the keys made longer ago than ``older_than``, in the caller's unit of work; return how many."""
    statement = delete(IdempotencyKey).where(IdempotencyKey.created_at < now() - older_than)
    result = session().execute(statement, execution_options={AUDITED: True})
    return result.rowcount if isinstance(result, CursorResult) else 0


def _sweep_now_and_then() -> None:
    """Delete old keys in the open unit of work, at most once an hour in each process; the index finds them."""
    due: dict[int, float] = flask.current_app.extensions.setdefault("wm_sweep_keys", {})
    tenant, clock = current_tenant().id, time.monotonic()
    if clock >= due.get(tenant, 0):
        due[tenant] = clock + SWEEP_EVERY
        forget_old_keys()


def _read_call() -> Call:
    user = find_user()
    request = flask.request
    return Call(
        key=_read_key(request.form.get(KEY_FIELD, "")),
        user_id=0 if user is None else user.id,
        method=request.method,
        path=request.path[:500],
        body_hash=_body_hash(),
    )


def _read_key(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise BadRequestError(_("This form came back damaged. Open it anew and fill it in again.")) from None


def _body_hash() -> str:
    """Return the HMAC of all that was typed and of every file: a plain hash would give a short unlock code to who tries them all."""
    digest = hmac.new(f"idempotency:{flask.current_app.secret_key!s}".encode(), digestmod=hashlib.sha256)

    def add(*parts: str) -> None:
        for part in parts:
            data = part.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "big") + data)

    for name, value in sorted(flask.request.form.items(multi=True)):
        if name not in UNCOUNTED:
            add("field", name, value)
    for name, file in flask.request.files.items(multi=True):
        add("file", name, file.filename or "", hashlib.file_digest(file.stream, "sha256").hexdigest())  # type: ignore[arg-type] # Werkzeug's stream reads as a file
        file.stream.seek(0)
    return digest.hexdigest()


def _made_before(call: Call) -> int | None:
    """Return the result of the same form sent before, or at the same moment where that sending was the faster one."""
    if call.is_recorded:
        return None
    end_reading()
    known = find_result(call)
    return known.result_id if known is not None and known.repeats(call) else None
