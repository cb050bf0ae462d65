"""The firm's logo: as it is uploaded, as papers carry it, and as browsers get it."""

from __future__ import annotations

import base64
import io
import logging
from typing import IO, Final

from core.db import session
from core.foundation.files.models import StoredFile
from core.foundation.files.services import read_content, store_file
from core.foundation.settings.services import get_setting

#: Bytes of an upload.
MOST_BYTES: Final = 4 * 1024 * 1024
#: The box into which a logo is fitted, in pixels; twelve millimetres high it prints at 420 to the inch.
WIDTH: Final = 800
HEIGHT: Final = 200
#: Columns of a paper's head by the widest logo that they take, as so many times its height of 12 mm.
COLUMNS: Final = ((1.3, "w16"), (2.4, "w30"), (4.0, "w50"))
_log = logging.getLogger(__name__)


def store_logo(stream: IO[bytes]) -> StoredFile:
    """Decode an uploaded logo, fit it into its box, write it anew, and keep that.

    :raises FileTooLargeError: it has too many bytes.
    :raises PictureError: it is no PNG, JPEG or WebP, is damaged, or has too many pixels.
    """
    from core.foundation.files.images import read_picture, with_room, write_png  # noqa: PLC0415 - only uploads decode

    image = read_picture(stream, most=MOST_BYTES)
    image.thumbnail((WIDTH, HEIGHT))
    # A wider one than any column at the height of a logo gets clear room above and below.
    picture = write_png(with_room(image, height=-(-image.width * HEIGHT // WIDTH)))
    size = (picture.width, picture.height)
    return store_file(io.BytesIO(picture.content), media_type=picture.media_type, name="logo.png", size=size)


def find_logo() -> StoredFile | None:
    """Return the firm's logo, ``None`` where it has none."""
    file_id = get_setting("firm.logo")
    return None if file_id is None else session().get(StoredFile, file_id)


def logo_facts() -> dict[str, str]:
    """Return what the head of a paper says of the logo: ``logo``, a ``data:`` URI, and ``logo_column``, how wide its column is."""
    file = find_logo()
    if file is None:
        return {"logo": "", "logo_column": ""}
    try:
        content = base64.b64encode(read_content(file)).decode()
    except FileNotFoundError:
        # A paper without a logo is better than no paper.
        _log.warning("the logo %s is not on the disk", file.digest)
        return {"logo": "", "logo_column": ""}
    ratio = (file.width or 1) / (file.height or 1)
    column = next((name for widest, name in COLUMNS if ratio <= widest), COLUMNS[-1][1])
    return {"logo": f"data:{file.media_type};base64,{content}", "logo_column": column}
