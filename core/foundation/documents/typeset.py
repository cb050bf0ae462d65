"""Make a PDF of one HTML text. Only the render server imports this module: xhtml2pdf costs 0.3 s and 45 MiB.

Before the first paper the fonts are parsed and registered, so a paper opens no file at all. Every family name means DejaVu Sans: the
fonts that PDF readers bring along have no ș and no ț, and drop them without a word.
"""

from __future__ import annotations

import io
import logging
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from PIL import Image, UnidentifiedImageError
from reportlab import rl_config
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus.doctemplate import LayoutError
from xhtml2pdf import default, files, parser
from xhtml2pdf.config.resources import (
    RenderLimitError as OverLimitError,
    ResourceAccessError,
    ResourceAccessPolicy,
)
from xhtml2pdf.document import pisaDocument

FONTS: Final = Path(__file__).parent / "fonts"
FAMILY: Final = "dejavu sans"
#: File of each face by bold and italic.
_FACES: Final = {
    (0, 0): "DejaVuSans.ttf",
    (1, 0): "DejaVuSans-Bold.ttf",
    (0, 1): "DejaVuSans-Oblique.ttf",
    (1, 1): "DejaVuSans-BoldOblique.ttf",
}
#: What a character becomes that no font here has: seen, unlike a gap.
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
#: Characters without a picture that would be printed as a box.
_INVISIBLE: Final = frozenset(
    code
    for first, last in (
        (0, 8), (11, 12), (14, 31), (0x7F, 0x9F), (0xAD, 0xAD), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F),
        (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
    )
    for code in range(first, last + 1)
)  # fmt: skip
_IMAGE_FORMATS: Final = ("PNG", "JPEG", "WEBP")
#: Pixels of one image and of all images of a paper.
MOST_PIXELS: Final = 16_000_000
MOST_PIXELS_IN_ALL: Final = 40_000_000
_DEEPEST: Final = 100
#: Warnings of xhtml2pdf that change nothing of a paper's content. Every other warning refuses the paper.
_HARMLESS: Final = ("Ignoring CSS properties xhtml2pdf does not implement", "The content of the static frame")
_FONT_WORDS: Final = ("font", "glyph")
_OUTSIDE_WORDS: Final = (
    "Blocked by the resource policy",
    "could not read",
    "image data",
    "remote",
    "No such file",
)


class PaperRefusedError(Exception):
    """This paper is not printed; ``code`` is one of the codes of ``RenderError`` and ``RenderLimitError``."""

    def __init__(self, detail: str, *, code: str) -> None:
        """Keep the reason and what the log shall say."""
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass
class _Press:
    """What is prepared once and what one paper has used; the fork of a paper has a copy of its own."""

    drawable: frozenset[int] = frozenset()
    pixels: int = 0
    images: dict[int, str] = field(default_factory=dict)


_press: Final = _Press()


class CheckedImage(files.InlineDataURI):  # type: ignore[misc]  # xhtml2pdf is not annotated
    """The only resource that a paper may refer to: an image written into it, decoded once to see that it is one."""

    def extract_data(self) -> bytes | None:
        """Return the bytes of the image.

        :raises ResourceAccessError: it is no PNG, JPEG or WebP, is damaged or too large.
        """
        try:
            data = super().extract_data()
        except (ValueError, RuntimeError) as error:
            msg = f"image: {error}"
            raise ResourceAccessError(msg) from error
        if data is None:
            return None
        key = hash(data)
        if key not in _press.images:
            _press.images[key] = check_image(data)
        self.mimetype = _press.images[key]
        return bytes(data)


def check_image(data: bytes) -> str:
    """Decode an image and return its media type.

    :raises ResourceAccessError: it is no PNG, JPEG or WebP, is damaged, or has too many pixels.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_IMAGE_FORMATS) as image:
            pixels = image.width * image.height
            if pixels > MOST_PIXELS or _press.pixels + pixels > MOST_PIXELS_IN_ALL:
                msg = f"image: {image.width} by {image.height} pixels are too many"
                raise ResourceAccessError(msg)
            _press.pixels += pixels
            image.load()
            return Image.MIME[str(image.format)]
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        msg = f"image: not a sound PNG, JPEG or WebP ({type(error).__name__})"
        raise ResourceAccessError(msg) from error


_pre_loop: Final = parser.pisaPreLoop


def _join_texts(node: Any, *context: Any, **options: Any) -> Any:  # noqa: ANN401 - xhtml2pdf is not annotated
    """Make one text of those that stand side by side before xhtml2pdf looks at the tree.

    Its parser cuts a text at each ``&lt;``; every piece is laid out, measured and copied by itself, and a ticket of ten thousand
    brackets took half a minute.
    """
    if node.nodeType == node.DOCUMENT_NODE:
        node.normalize()
    return _pre_loop(node, *context, **options)


def prepare() -> None:
    """Register fonts and gates, then print one paper and refuse another, so that every module and cache is warm.

    :raises RuntimeError: xhtml2pdf no longer asks the gates; no paper may be printed with it.
    """
    rl_config.invariant = 1
    # Plain bytes instead of ASCII: a fifth smaller, and quicker.
    rl_config.useA85 = 0
    covered: list[frozenset[int]] = []
    for (bold, italic), name in _FACES.items():
        # The regular face bears the family's own name: here and there xhtml2pdf takes the one for the other.
        face = f"{FAMILY}_{bold}{italic}" if bold or italic else FAMILY
        font = TTFont(face, str(FONTS / name))
        pdfmetrics.registerFont(font)
        addMapping(FAMILY, bold, italic, face)
        covered.append(frozenset(font.face.charToGlyph))
    _press.drawable = frozenset.intersection(*covered) - _INVISIBLE | {9, 10, 13}
    for family in [*default.DEFAULT_FONT, FAMILY]:
        if family not in {"symbol", "zapfdingbats", "zapf-dingbats"}:
            default.DEFAULT_FONT[family] = FAMILY
    # The factory of resources looks this name up for each data: URI.
    files.B64InlineURI = CheckedImage
    parser.pisaPreLoop = _join_texts
    _prove()


def _prove() -> None:
    pdf, _pages = typeset(_SPECIMEN)
    if not pdf.startswith(b"%PDF"):
        msg = "xhtml2pdf made no PDF"
        raise RuntimeError(msg)
    for reference in (
        "data:image/svg+xml,<svg/>",
        "data:image/png;base64,AAAA",
        "file:///etc/hostname",
        "http://127.0.0.1:9/",
    ):
        try:
            typeset(f'<img src="{reference}">')
        except PaperRefusedError:
            continue
        msg = f"xhtml2pdf took {reference} past the gate"
        raise RuntimeError(msg)


def typeset(html: str, *, made_at: int | None = None, seconds: float = 60.0) -> tuple[bytes, int]:
    """Return the PDF of ``html`` and its number of pages; the same input gives the same bytes.

    :param made_at: Seconds since 1970 that the PDF names as its creation; without it a fixed time.
    :raises PaperRefusedError: the paper refers to something outside itself, lacks a glyph, or cannot be laid out.
    """
    if made_at is not None:
        os.environ["SOURCE_DATE_EPOCH"] = str(made_at)
    with _Findings() as findings:
        pdf = _convert(drawable(html), seconds)
    findings.judge()
    return pdf, pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ")


def drawable(html: str) -> str:
    """Return ``html`` with every character that cannot be printed replaced by a sign that can, or left out."""
    table: dict[int, str | None] = {}
    for character in set(html):
        code = ord(character)
        if code in _INVISIBLE:
            table[code] = None
        elif code not in _press.drawable:
            table[code] = _REPLACEMENT
    return html.translate(table) if table else html


def _convert(html: str, seconds: float) -> bytes:
    policy = ResourceAccessPolicy.server(
        None, allow_remote=False, max_depth=_DEEPEST, max_render_seconds=seconds, max_image_pixels=MOST_PIXELS
    )
    try:
        # Without a capacity nothing is put into temporary files, which the guard would refuse.
        return bytes(pisaDocument(html, dest_bytes=True, resource_policy=policy, capacity=-1))
    except OverLimitError as error:
        reason = str(error)
        raise PaperRefusedError(reason, code="time" if "seconds" in reason else "size") from error
    except (MemoryError, RecursionError) as error:
        raise PaperRefusedError(type(error).__name__, code="memory") from error
    except ResourceAccessError as error:
        reason = str(error)
        raise PaperRefusedError(reason, code="image" if "image: " in reason else "outside") from error
    except LayoutError as error:
        reason = f"something does not fit on a page: {str(error)[:300]}"
        raise PaperRefusedError(reason, code="markup") from error
    except Exception as error:
        # The outermost edge of this process: whatever the renderer stumbles over is the paper's fault, and is logged.
        logging.getLogger(__name__).exception("a paper could not be laid out")
        reason = f"{type(error).__name__}: {str(error)[:300]}"
        raise PaperRefusedError(reason, code="markup") from error


class _Findings(logging.Handler):
    """Collects what the renderer warns of while one paper is made."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._found: list[str] = []

    def __enter__(self) -> Self:
        logging.getLogger("xhtml2pdf").addHandler(self)
        return self

    def __exit__(self, *exc: object) -> None:
        logging.getLogger("xhtml2pdf").removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a warning that is not harmless."""
        text = record.getMessage()
        if not any(word in text for word in _HARMLESS):
            self._found.append(text[:500])

    def judge(self) -> None:
        """Refuse the paper if anything was found.

        :raises PaperRefusedError: with the first finding.
        """
        for text in self._found:
            raise PaperRefusedError(text, code=_code_of(text))


def _code_of(warning: str) -> str:
    if "MemoryError" in warning:
        return "memory"
    if "image: " in warning:
        return "image"
    if any(word in warning for word in _OUTSIDE_WORDS):
        return "outside"
    return "font" if any(word in warning for word in _FONT_WORDS) else "markup"


#: Exercises tables, page frames, lists, both kinds of codes and every face.
_SPECIMEN: Final = """<!doctype html><html lang="ro"><head><title>ș</title><style>
@page { size: a4 portrait; margin: 15mm;
  @frame foot { -pdf-frame-content: foot; left: 15mm; width: 90mm; top: 283mm; height: 9mm; } }
body { font-family: DejaVu Sans; font-size: 9pt; line-height: 1.3; color: #111111; }
table { width: 100%; } td, th { vertical-align: top; text-align: left; padding: 1mm; border-bottom: 0.5pt solid #bbbbbb; }
.b { font-weight: bold; }
</style></head><body><h1>ș ț</h1><p><b>ș</b> <i>ț</i> <b><i>ă</i></b></p>
<table repeat="1"><tr><th>â</th><th>î</th></tr>
<tr><td class="b">1</td><td>2</td></tr></table><ul><li>a</li></ul><ol><li>b</li></ol><hr>
<p><img alt=""
src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="></p>
<pdf:barcode value="AB12" type="code128" humanreadable="0" barwidth="0.3mm" barheight="9mm"></pdf:barcode>
<div id="foot"><p><pdf:pagenumber></pdf:pagenumber> / <pdf:pagecount></pdf:pagecount></p></div></body></html>"""
