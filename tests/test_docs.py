"""The reference pages are what the code says; every hook is documented, and used by somebody."""

import importlib.util
import inspect
from pathlib import Path
from types import ModuleType

import pytest

from core.app import Application
from core.plugin import PluginHost

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs" / "reference"


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_what_the_code_says(generate: ModuleType, app: Application) -> None:
    pages: dict[str, str] = generate.pages(app)
    for name, text in pages.items():
        written = (REFERENCE / name).read_text(encoding="utf-8")
        assert written == generate.NOTE + text, f"run python docs/generate.py: {name} is behind"


def test_the_reference_has_no_page_that_nobody_writes(generate: ModuleType, app: Application) -> None:
    assert {path.name for path in REFERENCE.glob("*.md")} == set(generate.pages(app))


def test_every_hook_says_what_it_is_for(app: Application) -> None:
    host: PluginHost = app.extensions["wm_plugins"]
    for name in vars(host.manager.hook):
        if name.startswith("_"):
            continue
        spec = getattr(host.manager.hook, name).spec
        if spec is None:
            continue
        text = inspect.getdoc(spec.function) or ""
        assert text.endswith((".", ".``")) or ":" in text, name
        for argument in spec.argnames:
            assert f":param {argument}:" in text, f"{name} does not say what {argument} is"


def test_every_hook_is_used_by_somebody(app: Application) -> None:
    host: PluginHost = app.extensions["wm_plugins"]
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for part in ("core", "plugins")
        for path in (ROOT / part).rglob("*.py")
        if path.name != "hookspecs.py"
    )
    for name in vars(host.manager.hook):
        if not name.startswith("_"):
            assert f"hooks().{name}" in source or f".{name}(" in source, f"nobody calls {name}"
