"""The rows by which a tenant's files are known."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model
from core.types import UtcDateTime, now

NAME_LENGTH = 200


class StoredFile(Model):
    """One file that somebody keeps; several may have one content, which lies on the disk once."""

    __tablename__ = "stored_file"
    __title__ = _l("File")

    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 of the content, in hexadecimal: also where it lies.
    digest: Mapped[str] = mapped_column(String(64), index=True, info={"title": _l("Content")})
    #: As it was found to be, never as somebody said it was.
    media_type: Mapped[str] = mapped_column(String(100), info={"title": _l("Kind")})
    #: Bytes.
    size: Mapped[int] = mapped_column(BigInteger, info={"title": _l("Size")})
    #: Under which those who download it keep it.
    name: Mapped[str] = mapped_column(String(NAME_LENGTH), info={"title": _l("Name")})
    #: Pixels of a picture.
    width: Mapped[int | None]
    height: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
