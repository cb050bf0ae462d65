"""Pictures that people upload: looked at, decoded within limits, and written anew, so that nothing of the sender's bytes is kept.

What is written anew has no EXIF: neither where a photo was taken nor with what. SVG is refused: it is a program, not a picture.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import IO, Final

from PIL import Image, ImageOps, UnidentifiedImageError

from core.db import forbid_in_unit_of_work
from core.errors import InvalidInputError
from core.foundation.files.services import refuse_larger
from core.foundation.ui.language import gettext as _

FORMATS: Final = ("PNG", "JPEG", "WEBP")
#: Pixels of what is decoded: 64 MB at four bytes each.
MOST_PIXELS: Final = 16_000_000
PNG: Final = "image/png"


class PictureError(InvalidInputError):
    """A file is no picture that can be kept."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it was written anew."""

    content: bytes
    media_type: str
    width: int
    height: int


def read_picture(stream: IO[bytes], *, most: int) -> Image.Image:
    """Return the first image of a PNG, JPEG or WebP, upright, its pixels alone.

    :param most: Bytes that it may have.
    :raises FileTooLargeError: it has more.
    :raises PictureError: it is none of these, is damaged, or has too many pixels.
    :raises SlowWorkError: a unit of work is open.
    """
    forbid_in_unit_of_work("decoding a picture")
    data = stream.read(most + 1)
    refuse_larger(len(data), most)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise PictureError(_("The picture has too many pixels: make it smaller first."))
            image.load()
            upright = ImageOps.exif_transpose(image)
            return upright.convert("RGBA" if _has_alpha(upright) else "RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise PictureError(_("This is no sound PNG, JPEG or WebP picture.")) from error


def with_room(image: Image.Image, *, height: int) -> Image.Image:
    """Return ``image`` with clear room above and below, where it is less than ``height`` pixels high."""
    if image.height >= height:
        return image
    roomy = Image.new("RGBA", (image.width, height), (255, 255, 255, 0))
    roomy.paste(image, (0, (height - image.height) // 2))
    return roomy


def write_png(image: Image.Image) -> Picture:
    """Return ``image`` written anew as PNG."""
    target = io.BytesIO()
    image.info.clear()
    image.save(target, "PNG", optimize=True)
    return Picture(target.getvalue(), PNG, image.width, image.height)


def _has_alpha(image: Image.Image) -> bool:
    return "A" in image.getbands() or "transparency" in image.info
