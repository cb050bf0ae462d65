"""Files of other projects are the ones their publishers made, and each has a row that says so."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
STATIC = ROOT / "core/foundation/ui/static"
README = STATIC / "vendor/README.md"
FOLDERS = (STATIC / "vendor", ROOT / "core/foundation/documents/fonts", ROOT / "tests/e2e/vendor")
ROW = re.compile(r"^\| `(?P<file>[^`]+)` \|.*\| `(?P<sha256>[0-9a-f]{64})` \|$", re.MULTILINE)


def listed_hashes(text: str) -> dict[str, str]:
    return {row["file"]: row["sha256"] for row in ROW.finditer(text)}


def changed_files(hashes: dict[str, str], root: Path) -> list[str]:
    return [
        name
        for name, sha256 in hashes.items()
        if hashlib.sha256((root / name).read_bytes()).hexdigest() != sha256
    ]


def test_every_vendored_file_has_the_hash_its_row_says() -> None:
    assert changed_files(listed_hashes(README.read_text()), ROOT) == []


def test_every_vendored_file_has_a_row() -> None:
    kept = {
        path.relative_to(ROOT).as_posix()
        for folder in FOLDERS
        for path in folder.iterdir()
        if path.name != "README.md" and not path.name.startswith("LICENSE")
    }
    assert kept == set(listed_hashes(README.read_text()))


def test_one_changed_byte_is_seen(tmp_path: Path) -> None:
    (tmp_path / "file.js").write_bytes(b"let a = 1")
    hashes = {"file.js": hashlib.sha256(b"let a = 1").hexdigest()}
    assert changed_files(hashes, tmp_path) == []
    (tmp_path / "file.js").write_bytes(b"let a = 2")
    assert changed_files(hashes, tmp_path) == ["file.js"]


@pytest.mark.parametrize("licence", re.findall(r"\]\(([^)]*LICENSE[^)]*)\)", README.read_text()))
def test_the_licence_a_row_names_is_beside_it(licence: str) -> None:
    assert (README.parent / licence).resolve().is_file()


def test_every_icon_has_one_symbol_of_its_own() -> None:
    names = re.findall(r'<symbol id="i-([a-z0-9-]+)"', (STATIC / "icons.svg").read_text())
    assert names
    assert len(names) == len(set(names))
