"""The errors of Workmanager: one class for each reason that a caller may want to tell apart.

Everything that a person may cause carries a message that people understand and an HTTP status; one handler turns it into a page, a
fragment or problem+json. What only a developer or an operator can cause stops the start or the test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class WorkmanagerError(Exception):
    """Base of every error that this product raises on purpose."""

    #: HTTP status of the answer.
    status = 500

    def __init__(self, message: object = "") -> None:
        """Keep ``message``, which may be a lazily translated string."""
        super().__init__(message)
        self._message = message

    @property
    def message(self) -> str:
        """The message in the reader's language."""
        return str(self._message)

    def __str__(self) -> str:
        """Return the message, translated when it is shown."""
        return self.message


class DomainError(WorkmanagerError):
    """A rule of the shop refuses what was asked; the message says which and what to do."""

    status = 409


class InvalidInputError(DomainError):
    """What was typed or sent cannot be taken as it is; ``errors`` says what is wrong with which field."""

    status = 422

    def __init__(
        self, message: object = "", errors: Mapping[str, Sequence[object]] | None = None, *, field: str = ""
    ) -> None:
        """Keep the messages by field name; a message alone concerns the whole form, or the one ``field`` that is named."""
        super().__init__(message)
        by_name = errors or ({field: [message]} if field else {})
        self.errors: dict[str, list[object]] = {name: list(texts) for name, texts in by_name.items()}


class NotFoundError(DomainError):
    """There is no such thing here, or it is not yours to know of."""

    status = 404


class NotAllowedError(DomainError):
    """The person is known, the thing exists, and this person may not do this to it."""

    status = 403


class LoginRequiredError(DomainError):
    """Nobody is logged in, and this page is not for everybody."""

    status = 401


class LicenceError(DomainError):
    """The plugin is lapsed: it reads, but does not write; the message says how to go on."""

    status = 403


class ConflictError(DomainError):
    """Somebody else changed the same thing first (HTTP 412 when the caller sent If-Match)."""

    status = 409


class TooManyAttemptsError(DomainError):
    """A limit on attempts is reached; ``retry_after`` says in how many seconds the next one is heard."""

    status = 429

    def __init__(self, message: object, *, retry_after: int) -> None:
        """Keep the waiting time in whole seconds."""
        super().__init__(message)
        self.retry_after = max(1, retry_after)


class BadRequestError(WorkmanagerError):
    """The request itself is malformed: no form of this product sends it."""

    status = 400


class UnknownHostError(BadRequestError):
    """The host name of the request belongs to no tenant and to no installation."""


class TenantSuspendedError(WorkmanagerError):
    """The tenant exists, and its operator has suspended it."""

    status = 403


class TenantBehindError(WorkmanagerError):
    """The tenant's database is older than this code; it is being upgraded."""

    status = 503
    #: Seconds after which a browser may ask again.
    retry_after = 10


class BusyError(WorkmanagerError):
    """The writers' lock of a database was not had in time; nothing was changed."""

    status = 503
    #: Seconds after which the caller may try again.
    retry_after = 2


class ProgrammingError(WorkmanagerError):
    """A developer broke a rule of the architecture; no input may cause it."""


class NoTenantError(ProgrammingError):
    """The tenant's database was asked for outside the context of a tenant."""


class NestedUnitOfWorkError(ProgrammingError):
    """A unit of work was opened inside another."""


class WritingGetError(ProgrammingError):
    """A GET or HEAD was about to write, without a declared reason."""


class SlowWorkError(ProgrammingError):
    """Slow work (hash, render, decode, network) was begun while a transaction was held."""


class BulkWriteError(ProgrammingError):
    """A bulk UPDATE or DELETE was sent by code that did not declare that it writes its own audit row."""


class ConfigError(WorkmanagerError):
    """A setting of the installation is unknown or wrong; the start is refused and the setting named."""


class PluginError(WorkmanagerError):
    """An installed plugin breaks a rule of the host; the start is refused and the plugin named."""


class MigrationError(WorkmanagerError):
    """A database could not be brought to the version of this code; nothing of the failed step was kept."""
