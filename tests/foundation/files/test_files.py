import hashlib
import io
from collections.abc import Iterator

import pytest
from PIL import Image

from core.db import session, unit_of_work
from core.errors import SlowWorkError
from core.foundation.files.images import PictureError, read_picture, write_png
from core.foundation.files.models import StoredFile
from core.foundation.files.services import FileTooLargeError, content_path, read_content, store_file
from core.testing import Shop

pytestmark = pytest.mark.both_databases


@pytest.fixture(autouse=True)
def inside(shop: Shop) -> Iterator[None]:
    """Work inside the shop."""
    with shop.context():
        yield


def picture(format_: str = "PNG", size: tuple[int, int] = (40, 20), **options: object) -> io.BytesIO:
    """Return a picture as somebody would upload it."""
    target = io.BytesIO()
    Image.new("RGB", size, (0, 80, 160)).save(target, format_, **options)
    target.seek(0)
    return target


def keep(content: bytes) -> StoredFile:
    file = store_file(io.BytesIO(content), media_type="text/plain", name="a.txt")
    with unit_of_work():
        session().add(file)
    return file


def test_a_file_lies_under_the_hash_of_its_content_and_once_for_all_who_keep_it() -> None:
    first, second = keep(b"terms"), keep(b"terms")
    assert first.id != second.id
    assert first.digest == hashlib.sha256(b"terms").hexdigest()
    assert content_path(first) == content_path(second)
    assert read_content(first) == b"terms"
    assert (first.size, content_path(first).name) == (5, first.digest)
    assert content_path(first).stat().st_mode & 0o077 == 0
    assert [one.name for one in content_path(first).parents[1].iterdir() if one.is_file()] == []


def test_a_file_that_is_too_large_leaves_nothing() -> None:
    kept = keep(b"terms")
    with pytest.raises(FileTooLargeError):
        store_file(io.BytesIO(b"x" * 11), media_type="text/plain", name="a.txt", most=10)
    files = [one for one in content_path(kept).parents[1].rglob("*") if one.is_file()]
    assert files == [content_path(kept)]


def test_writing_and_decoding_do_not_keep_writers_waiting() -> None:
    with pytest.raises(SlowWorkError), unit_of_work():
        store_file(io.BytesIO(b"x"), media_type="text/plain", name="a.txt")
    with pytest.raises(SlowWorkError), unit_of_work():
        read_picture(picture(), most=1000)


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_written_anew(format_: str) -> None:
    made = write_png(read_picture(picture(format_), most=100_000))
    assert (made.media_type, made.width, made.height) == ("image/png", 40, 20)
    assert made.content.startswith(b"\x89PNG")


def test_where_a_photo_was_taken_is_not_kept_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "taken at home"
    made = write_png(read_picture(picture("JPEG", exif=exif), most=100_000))
    assert (made.width, made.height) == (20, 40)
    assert b"taken at home" not in made.content
    assert not Image.open(io.BytesIO(made.content)).getexif()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + bytes(40),
        b"%PDF-1.7",
        picture().read()[:60],
        b"\x89PNG\r\n\x1a\n" + bytes(100),
    ],
    ids=["nothing", "svg", "gif", "pdf", "cut off", "damaged"],
)
def test_what_is_no_sound_picture_is_refused(content: bytes) -> None:
    with pytest.raises(PictureError):
        read_picture(io.BytesIO(content), most=100_000)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(PictureError, match="pixel"):
        read_picture(picture(size=(4001, 4000)), most=10_000_000)
    with pytest.raises(FileTooLargeError):
        read_picture(picture(), most=50)
