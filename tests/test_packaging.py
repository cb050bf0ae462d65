"""The wheel holds all that the product needs: installed outside the checkout it makes a tenant and serves a page."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import workmanager

ROOT = Path(__file__).resolve().parents[1]
#: All that a build reads; the checkout's own build folder, if any, stays out of it.
BUILT_FROM = ("bundles", "core", "plugins", "templates", "workmanager")
BUILT_BY = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE")
PASSWORD = "quiet lamp beside the window"
#: Logs nobody in: asks for the tenant's first page, then for the stylesheet that this page names.
VISIT = """
import re
from core.app import create_app

browser = create_app().test_client()
page = browser.get("/t/shop/", base_url="http://127.0.0.1:8000", follow_redirects=True)
assert page.status_code in {200, 401}, page.status
address = re.search(r'"(/static/app[^"]*\\.css[^"]*)"', page.text)[1]
style = browser.get(address, base_url="http://127.0.0.1:8000")
assert style.status_code == 200, style.status
assert "--wm-accent" in style.text
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("build")
    for name in BUILT_FROM:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in BUILT_BY:
        shutil.copy(ROOT / name, folder)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder / "dist")]
    done = subprocess.run([*build, str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = (folder / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def run(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Run the interpreter of an environment that has the wheel, in an empty folder with an instance of its own."""
    folder = tmp_path_factory.mktemp("elsewhere")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    python = folder / "venv/bin/python"
    install = ["install", "--quiet", "--no-index", "--no-deps", "--disable-pip-version-check", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), *install], check=True)
    # The packages that this test runs with, after the wheel and without what their .pth files add: the checkout.
    packages = next((folder / "venv/lib").glob("python*/site-packages"))
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("WORKMANAGER_", "PYTHON"))
    }
    environment = clean | {"WORKMANAGER_INSTANCE": str(folder / "instance")}

    def call(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [str(python), *arguments],
            cwd=folder,
            env=environment,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done

    yield call
    shutil.rmtree(folder)


def test_the_wheel_holds_every_file_of_the_product(wheel: Path) -> None:
    expected = {
        path.relative_to(ROOT).as_posix()
        for name in BUILT_FROM
        for path in (ROOT / name).rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == expected


def test_the_installed_product_is_not_the_checkout(run: Run) -> None:
    asked = "import core, workmanager; print(core.__file__); print(workmanager.__file__)"
    for place in run("-c", asked).stdout.split():
        assert not Path(place).is_relative_to(ROOT)


def test_the_installed_command_tells_its_version(run: Run) -> None:
    assert workmanager.__version__ in run("-m", "workmanager", "--version").stdout


def test_the_installed_product_makes_a_tenant_and_serves_its_page(run: Run) -> None:
    owner = ("--name", "Shop", "--admin-email", "a@example.com", "--admin-password-stdin")
    run("-m", "workmanager", "tenant", "create", "shop", *owner, typed=f"{PASSWORD}\n")
    run("-c", VISIT)
