"""The locked packages are those that setup.cfg asks for, each with its hashes, and no address of a registry."""

import configparser
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("run", "dev")
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: ; (?P<marker>.+?))?(?: \\)?$", re.MULTILINE)


def lock(name: str) -> str:
    return (ROOT / f"requirements/{name}.txt").read_text()


def pins(text: str) -> set[tuple[str, ...]]:
    return {(pin["name"], pin["version"], pin["marker"] or "") for pin in PIN.finditer(text)}


def names(requirements: str) -> set[str]:
    """Return the distribution names of ``requirements``, one a line, as a lock writes them."""
    lines = [line for line in requirements.splitlines() if line.strip() and not line.startswith("#")]
    return {re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", line.strip())[0]).lower() for line in lines}


@pytest.fixture(scope="module")
def wanted() -> configparser.ConfigParser:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    return setup


def test_what_runs_is_locked(wanted: configparser.ConfigParser) -> None:
    asked = names(wanted["options"]["install_requires"]) | names(wanted["options.extras_require"]["postgres"])
    assert asked <= {pin[0] for pin in pins(lock("run"))}


def test_what_tests_and_checks_is_locked(wanted: configparser.ConfigParser) -> None:
    extras = wanted["options.extras_require"]
    asked = set().union(*(names(extras[extra]) for extra in extras))
    assert asked <= {pin[0] for pin in pins(lock("dev"))}


def test_tests_run_on_the_versions_that_the_product_runs_on() -> None:
    assert pins(lock("run")) <= pins(lock("dev"))


def test_the_build_tool_of_the_lock_is_the_one_that_the_build_asks_for() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    asked = [
        line for line in (ROOT / "requirements/build.in").read_text().splitlines() if not line.startswith("#")
    ]
    assert asked == build
    assert names("\n".join(build)) <= {pin[0] for pin in pins(lock("run"))}


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_hashes_and_no_address(name: str) -> None:
    text = lock(name)
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(blocks) == len(pins(text))
    assert [block for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text
    assert re.findall(r"^--.*", text, re.MULTILINE) == []
