"""What a process that wants a PDF and the render server say to each other over their socket.

One message is the length of a JSON header (4 bytes, big endian), the header, and a body as long as the header's ``size`` says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

_LENGTH: Final = 4
#: Bytes of a header; nothing sent here comes near.
MOST_HEADER: Final = 65_536


@dataclass(frozen=True, slots=True)
class RenderLimits:
    """What one paper may take; the defaults fit a list of a thousand lines."""

    #: Seconds by the clock, from the fork to the finished PDF.
    seconds: float = 30.0
    #: Seconds of the processor.
    cpu_seconds: int = 20
    #: Bytes that the fork may use beyond what the server holds.
    memory: int = 512 * 1024 * 1024
    #: Bytes of the HTML.
    html: int = 8 * 1024 * 1024
    #: Bytes of the PDF.
    pdf: int = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one paper."""

    #: ``ok``, ``refused``, ``limit``, ``busy`` or ``crash``.
    status: str
    pdf: bytes = b""
    #: Why it was refused: see :class:`core.foundation.documents.errors.RenderError`.
    code: str = ""
    #: In English, for the log and the template's author.
    detail: str = ""
    #: What the guard of the fork stopped: ``open /etc/passwd``, ``socket.connect``.
    denied: tuple[str, ...] = ()
    pages: int = 0
    #: Milliseconds in the fork.
    milliseconds: int = 0
    #: Process id of the server.
    server: int = 0

    def pack(self) -> bytes:
        """Return the message that carries this answer."""
        header = asdict(self)
        del header["pdf"]
        return pack(header, self.pdf)


def pack(header: Mapping[str, object], body: bytes = b"") -> bytes:
    """Return one message."""
    head = json.dumps({**header, "size": len(body)}).encode()
    return len(head).to_bytes(_LENGTH, "big") + head + body


def unpack(message: bytes | bytearray, *, most: int) -> tuple[dict[str, object], bytes] | None:
    """Return header and body of a message, ``None`` while it is incomplete.

    :param most: Bytes that the body may have.
    :raises ValueError: this is no message, or one that is too large.
    """
    if len(message) < _LENGTH:
        return None
    length = int.from_bytes(message[:_LENGTH], "big")
    if length > MOST_HEADER:
        msg = f"a header of {length} bytes"
        raise ValueError(msg)
    start = _LENGTH + length
    if len(message) < start:
        return None
    header = json.loads(message[_LENGTH:start])
    size = header.get("size")
    if type(size) is not int or not 0 <= size <= most:
        msg = f"a body of {size} bytes"
        raise ValueError(msg)
    if len(message) < start + size:
        return None
    return header, bytes(message[start : start + size])


def read_answer(message: bytes | bytearray, *, most: int) -> Answer | None:
    """Return the answer in ``message``, ``None`` while it is incomplete.

    :raises ValueError: this is no answer.
    """
    parts = unpack(message, most=most)
    if parts is None:
        return None
    header, body = parts
    del header["size"]
    denied = header.pop("denied", [])
    if not isinstance(denied, list):
        msg = "denied is not a list"
        raise ValueError(msg)  # noqa: TRY004 - what is wrong is the message
    try:
        return Answer(**header, denied=tuple(map(str, denied)), pdf=body)  # type: ignore[arg-type]  # our own server wrote it
    except TypeError as error:
        raise ValueError(str(error)) from error
