"""Files as answers: to be kept or shown as pictures, never opened as pages."""

from __future__ import annotations

from flask import Response, send_file
from flask_babel import gettext as _

from core.errors import NotFoundError
from core.foundation.files.models import StoredFile
from core.foundation.files.services import content_path

#: Whatever a browser makes of the content, nothing in it runs or loads.
POLICY = "default-src 'none'; sandbox"


def send_stored(file: StoredFile) -> Response:
    """Answer with the content of ``file``, once to each browser: it is known by its hash.

    :raises NotFoundError: the content is gone from the disk.
    """
    path = content_path(file)
    if not path.is_file():
        raise NotFoundError(_("This file is not there any more."))
    response = send_file(
        path,
        mimetype=file.media_type,
        as_attachment=True,
        download_name=file.name,
        conditional=True,
        etag=file.digest,
    )
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.cache_control.clear()
    response.headers["Cache-Control"] = "private, no-cache"
    return response
