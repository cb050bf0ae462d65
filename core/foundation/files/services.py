"""Keep files: the content first, written and flushed to the disk with no transaction open, then the row that names it.

A content without a row is what a refused form has left, and harms nobody. A row without its content cannot come about.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Final

import flask

from core.config import Config
from core.db import forbid_in_unit_of_work, session
from core.errors import InvalidInputError
from core.foundation.files.models import NAME_LENGTH, StoredFile
from core.foundation.tenants.context import current_tenant
from core.foundation.tenants.storage import tenant_folder
from core.foundation.ui.formats import format_number
from core.foundation.ui.language import current_locale, gettext as _

CHUNK: Final = 256 * 1024
#: Bytes of a file, unless the caller says otherwise; a request holds no more.
MOST_BYTES: Final = 16 * 1024 * 1024
MEGABYTE: Final = 1024 * 1024


class FileTooLargeError(InvalidInputError):
    """A file has more bytes than its place takes."""


def store_file(
    stream: IO[bytes],
    *,
    media_type: str,
    name: str,
    most: int = MOST_BYTES,
    size: tuple[int, int] | None = None,
) -> StoredFile:
    """Write the content of ``stream`` to the disk and return the row that will name it; the caller adds it in its unit of work.

    :param media_type: What the content was found to be; never what its sender called it.
    :param most: Bytes that it may have.
    :param size: Width and height of a picture.
    :raises FileTooLargeError: it has more than ``most`` bytes.
    :raises SlowWorkError: a unit of work is open.
    """
    forbid_in_unit_of_work("writing a file")
    folder = files_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, length = hashlib.sha256(), 0
    descriptor, path = tempfile.mkstemp(dir=folder, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            while chunk := stream.read(CHUNK):
                length += len(chunk)
                refuse_larger(length, most)
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        _place(Path(path), digest.hexdigest())
    except BaseException:
        Path(path).unlink(missing_ok=True)
        raise
    width, height = size or (None, None)
    return StoredFile(
        digest=digest.hexdigest(),
        media_type=media_type,
        size=length,
        name=name[:NAME_LENGTH],
        width=width,
        height=height,
    )


def keep_files(files: Mapping[str, StoredFile]) -> dict[str, int]:
    """Add the rows of ``files`` in the caller's unit of work; return their ids by the same names."""
    session().add_all(files.values())
    session().flush()
    return {name: file.id for name, file in files.items()}


def refuse_larger(length: int, most: int) -> None:
    """Refuse a content of more than ``most`` bytes.

    :raises FileTooLargeError: ``length`` is more.
    """
    if length > most:
        limit = format_number(most / MEGABYTE, locale=current_locale())
        raise FileTooLargeError(_("The file is too large: at most %(limit)s MB.", limit=limit))


def content_path(file: StoredFile) -> Path:
    """Return where the content of ``file`` lies."""
    return _path(file.digest)


def read_content(file: StoredFile) -> bytes:
    """Return the content of ``file``.

    :raises FileNotFoundError: it is gone from the disk.
    """
    return content_path(file).read_bytes()


def files_folder() -> Path:
    """Return the folder of the files of the tenant in the context."""
    config: Config = flask.current_app.extensions["wm_config"]
    return tenant_folder(config, current_tenant().slug) / "files"


def _path(digest: str) -> Path:
    return files_folder() / digest[:2] / digest


def _place(path: Path, digest: str) -> None:
    """Give a written content its name, and make the name outlive a power cut."""
    target = _path(digest)
    target.parent.mkdir(exist_ok=True, mode=0o700)
    path.replace(target)
    for folder in (target.parent, target.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
