"""A disk whose power can be cut: SQLite writes to it through a VFS of our own.

What was synced is on the platters. What was written since is in the cache, and a cut keeps any part of it: none, all, the first writes,
or each sector in a state of its own, torn in the middle if chance wants it. Nothing of the cache is promised, and nothing forbidden.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import apsw

#: Bytes that a drive writes at once; it may tear even those.
SECTOR: Final = 512
#: One sector in this many is torn in the middle.
TORN: Final = 8


@dataclass
class Content:
    """What a file holds: for who reads it now, and after a cut."""

    cached: bytearray = field(default_factory=bytearray)
    platters: bytearray = field(default_factory=bytearray)
    #: Since the last sync, in order: a write at an offset, or a new size.
    waiting: list[tuple[int, bytes] | int] = field(default_factory=list)

    def sync(self) -> None:
        """Bring the cache to the platters."""
        if self.waiting:
            self.platters = bytearray(self.cached)
            self.waiting = []

    def after_cut(self, chance: random.Random) -> bytearray:
        """Return what is found when the power is back."""
        image = bytearray(self.platters)
        match chance.randrange(4):
            case 0:
                return image
            case 1:
                return bytearray(self.cached)
            case 2:
                kept = chance.randint(0, len(self.waiting))
                for change in self.waiting[:kept]:
                    _apply(image, change)
            case _:
                _scatter(image, self.waiting, chance)
        return image


def _apply(image: bytearray, change: tuple[int, bytes] | int) -> None:
    if isinstance(change, int):
        del image[change:]
        image.extend(bytes(change - len(image)))
        return
    offset, data = change
    image.extend(bytes(max(0, offset - len(image))))
    image[offset : offset + len(data)] = data


def _scatter(image: bytearray, changes: list[tuple[int, bytes] | int], chance: random.Random) -> None:
    """Let each sector keep the first few of its writes, the next one perhaps in part."""
    pieces: list[tuple[int, int, bytes] | int] = []
    writes: dict[int, int] = {}
    for change in changes:
        if isinstance(change, int):
            pieces.append(change)
            continue
        for sector, offset, data in _sectors(*change):
            pieces.append((sector, offset, data))
            writes[sector] = writes.get(sector, 0) + 1
    kept = {sector: chance.randint(0, count) for sector, count in writes.items()}
    for piece in pieces:
        if isinstance(piece, int):
            if chance.randrange(2):
                _apply(image, piece)
            continue
        sector, offset, data = piece
        kept[sector] -= 1
        if kept[sector] >= 0:
            _apply(image, (offset, data))
        elif kept[sector] == -1 and not chance.randrange(TORN):
            _apply(image, (offset, data[: chance.randrange(len(data))]))


def _sectors(offset: int, data: bytes) -> list[tuple[int, int, bytes]]:
    """Return a write in pieces: the sector, the offset in the file, the bytes."""
    found = []
    position = 0
    while position < len(data):
        place = offset + position
        length = min(SECTOR - place % SECTOR, len(data) - position)
        found.append((place // SECTOR, place, data[position : position + length]))
        position += length
    return found


class PowerError(apsw.IOError):
    """The power is off."""


class Disk(apsw.VFS):
    """A VFS that keeps its files in memory and forgets what was not synced when its power is cut.

    Only locks and the shared memory of WAL, which no cut survives, are those of the operating system, in ``folder``.

    :param lies: The drive says that it has synced, and has not.
    """

    def __init__(self, name: str, folder: Path, chance: random.Random, *, lies: bool = False) -> None:
        """Register the disk as the VFS ``name``."""
        self.name = name
        self._folder = folder
        self._chance = chance
        self._lies = lies
        #: The directory as it is, and as it is on the platters.
        self._names: dict[str, Content] = {}
        self._platters: dict[str, Content] = {}
        self._left: int | None = None
        self.is_off = False
        #: Writes, syncs and deletions so far, since the power came.
        self.done = 0
        super().__init__(name, "")

    def connect(self, file: str) -> apsw.Connection:
        """Open the database ``file``."""
        return apsw.Connection(str(self._folder / file), vfs=self.name)

    def settle(self) -> None:
        """Bring everything to the platters: the ground on which a trial begins."""
        for content in self._names.values():
            content.sync()
        self._platters = dict(self._names)

    def cut_after(self, changes: int | None) -> None:
        """Cut the power at the so-manieth change from now; that one is still in the cache. ``None`` takes the order back."""
        self._left = changes

    def power_on(self) -> None:
        """Bring the power back after a cut, or cut it now and bring it back; all connections must be closed."""
        names = {}
        for name in sorted({*self._names, *self._platters}):
            now, before = self._names.get(name), self._platters.get(name)
            content = now if now is before else self._chance.choice((now, before))
            if content is not None:
                image = content.after_cut(self._chance)
                names[name] = Content(bytearray(image), image)
        self._names, self._platters = names, dict(names)
        self.is_off, self._left, self.done = False, None, 0
        for file in self._folder.iterdir():
            file.unlink()

    def change(self) -> None:
        """Count one change, and cut the power when it was the last.

        :raises PowerError: the power is off now.
        """
        self.done += 1
        if self._left is not None:
            self._left -= 1
            self.is_off = self._left <= 0
        self.demand_power()

    def demand_power(self) -> None:
        """Refuse to work without power."""
        if self.is_off:
            msg = "the power is off"
            raise PowerError(msg)

    def sync(self, name: str) -> None:
        """Bring one file and its entry in the directory to the platters, as the unix VFS does."""
        if not self._lies:
            self._names[name].sync()
            self._platters[name] = self._names[name]

    def content(self, name: str) -> Content:
        """Return the file ``name``, made where it is missing."""
        return self._names.setdefault(name, Content())

    def xOpen(self, name: apsw.URIFilename | str | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's name
        """Open a file of the disk; temporary files are none of its business."""
        if name is None:
            return apsw.VFSFile("", None, flags)
        self.demand_power()
        return DiskFile(self, name, flags)

    def xAccess(self, pathname: str, flags: int) -> bool:  # noqa: N802 - SQLite's name
        """Tell whether a file is there; an empty one is not, as in the unix VFS."""
        del flags
        self.demand_power()
        return pathname in self._names and bool(self._names[pathname].cached)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802 - SQLite's name
        """Delete a file: on the platters as well where SQLite asks for it."""
        self.change()
        self._names.pop(filename, None)
        if syncdir:
            self._platters.pop(filename, None)


class DiskFile(apsw.VFSFile):
    """An open file of a ``Disk``."""

    def __init__(self, disk: Disk, name: apsw.URIFilename | str, flags: list[int]) -> None:
        """Open ``name``; the file of the same name in the folder serves for locks alone."""
        super().__init__("", name, flags)
        self._disk = disk
        self._name = name if isinstance(name, str) else name.filename()
        self._content = disk.content(self._name)

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 - SQLite's name
        """Read from the cache."""
        self._disk.demand_power()
        return bytes(self._content.cached[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        """Write to the cache."""
        self._disk.demand_power()
        self._keep((offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - SQLite's name
        """Change the size in the cache."""
        self._disk.demand_power()
        self._keep(newsize)

    def _keep(self, change: tuple[int, bytes] | int) -> None:
        _apply(self._content.cached, change)
        self._content.waiting.append(change)
        self._disk.change()

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        """Bring the file to the platters, unless the power goes at that moment."""
        del flags
        self._disk.change()
        self._disk.sync(self._name)

    def xFileSize(self) -> int:  # noqa: N802 - SQLite's name
        """Return the size that the cache knows."""
        return len(self._content.cached)
