"""The floors of the code: no import runs up, there is no circle, the core knows no plugin.

Beside each rule stands a sketch that breaks it.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import architecture
from tests.architecture import Module

ROOT = Path(__file__).resolve().parents[1]
Sketch = Callable[[dict[str, str]], dict[str, Module]]


@pytest.fixture(scope="module")
def source() -> dict[str, Module]:
    return architecture.read_modules(ROOT)


@pytest.fixture
def sketch(tmp_path: Path) -> Sketch:
    def write(files: dict[str, str]) -> dict[str, Module]:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return architecture.read_modules(tmp_path)

    return write


def test_the_source_was_read(source: dict[str, Module]) -> None:
    assert {"core", "core.errors", "core.db", "workmanager"} <= set(source)
    assert sum(1 for _ in architecture.all_imports(source)) > 100


def test_every_module_stands_on_a_floor(source: dict[str, Module]) -> None:
    assert architecture.without_floor(source) == []


def test_a_module_without_floor_is_found(sketch: Sketch) -> None:
    modules = sketch({"core/errors.py": "", "core/__init__.py": "", "core/novelty.py": ""})
    assert architecture.without_floor(modules) == ["core.novelty"]


def test_no_import_runs_up(source: dict[str, Module]) -> None:
    assert architecture.running_up(source) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("core/errors.py", "import core.db"),
        ("core/db.py", "from core import plugin"),
        ("core/foundation/audit/services.py", "from core.clients.models import Client"),
        ("core/foundation/audit/services.py", "from ...clients import models"),
        ("core/clients/services.py", "def find():\n    from core.tickets import models\n"),
        ("core/clients/models.py", "if TYPE_CHECKING:\n    from core.equipment.models import Equipment\n"),
        ("core/tickets/services.py", "from core.app import create_app"),
        ("core/app.py", "from core.cli import main"),
        ("workmanager/__init__.py", "from core.cli import main"),
    ],
)
def test_an_import_that_runs_up_is_found(sketch: Sketch, path: str, text: str) -> None:
    ground = dict.fromkeys(("core/plugin.py", "core/tickets/models.py", "core/clients/models.py"), "")
    assert len(architecture.running_up(sketch(ground | {path: text}))) == 1


def test_an_import_that_runs_down_is_not_taken_for_one_that_runs_up(sketch: Sketch) -> None:
    modules = sketch(
        {"core/tickets/services.py": "from core.clients.models import Client", "core/clients/models.py": ""}
    )
    assert architecture.running_up(modules) == []


def test_the_guide_tells_the_floors_that_there_are(source: dict[str, Module]) -> None:
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    assert architecture.floors_told(page) == architecture.inhabited_floors(source)


def test_a_floor_that_is_still_to_come_is_not_told(sketch: Sketch) -> None:
    modules = sketch({"core/errors.py": "", "core/clients/models.py": ""})
    assert architecture.inhabited_floors(modules) == [["core.errors"], ["core.clients"]]


def test_there_is_no_circle(source: dict[str, Module]) -> None:
    assert architecture.circle(source) == []
    assert architecture.circle(source, of_areas=True) == []


@pytest.mark.parametrize(
    "back",
    [
        "from core.foundation.audit import services",
        "from ..audit import services",
        "if TYPE_CHECKING:\n    import core.foundation.audit.services\n",
        "def late():\n    from core.foundation.audit.services import record\n",
    ],
)
def test_a_circle_is_found(sketch: Sketch, back: str) -> None:
    there = "from core.foundation.accounts.models import User"
    modules = sketch({"core/foundation/audit/services.py": there, "core/foundation/accounts/models.py": back})
    assert set(architecture.circle(modules)) == {
        "core.foundation.audit.services",
        "core.foundation.accounts.models",
    }


def test_a_circle_through_a_package_is_found(sketch: Sketch) -> None:
    modules = sketch(
        {
            "core/clients/__init__.py": "from core.clients.services import open_client",
            "core/clients/services.py": "from core.clients import KINDS",
        }
    )
    assert set(architecture.circle(modules)) == {"core.clients", "core.clients.services"}


def test_a_circle_between_folders_is_found(sketch: Sketch) -> None:
    modules = sketch(
        {
            "core/foundation/audit/services.py": "from core.foundation.accounts import models",
            "core/foundation/accounts/models.py": "",
            "core/foundation/accounts/views.py": "from core.foundation.audit import models",
            "core/foundation/audit/models.py": "",
        }
    )
    assert architecture.circle(modules) == []
    circle = architecture.circle(modules, of_areas=True)
    assert set(circle) == {"core.foundation.audit", "core.foundation.accounts"}


def test_the_core_imports_nothing_that_stands_on_it(source: dict[str, Module]) -> None:
    assert architecture.core_on_what_stands_on_it(source) == []


@pytest.mark.parametrize("path", ["core/cli.py", "core/testing.py", "core/tickets/views.py"])
@pytest.mark.parametrize(
    "text", ["import workmanager", "from plugins.simple import services", "from plugins import simple"]
)
def test_an_import_of_what_stands_on_the_core_is_found(sketch: Sketch, path: str, text: str) -> None:
    assert len(architecture.core_on_what_stands_on_it(sketch({path: text}))) == 1


def test_plugins_stay_before_the_public_face(source: dict[str, Module]) -> None:
    assert architecture.plugins_behind_the_face(source) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from core.db import Model", 1),
        ("import core", 1),
        ("from plugins.stock.services import reserve", 1),
        ("from workmanager.secrets import key", 1),
        ("from workmanager import Model", 0),
        ("from plugins.plus.services import offer", 0),
        ("from . import models", 0),
        ("from plugins.invoicing.models import Invoice\nimport sqlalchemy", 0),
    ],
)
def test_a_plugin_that_reaches_behind_the_public_face_is_found(sketch: Sketch, text: str, found: int) -> None:
    manifest = "from workmanager import Plugin\nplugin = Plugin(name='invoicing', requires=('plus',))"
    modules = sketch({"plugins/invoicing/__init__.py": manifest, "plugins/invoicing/services.py": text})
    assert len(architecture.plugins_behind_the_face(modules)) == found


def test_the_core_says_no_name_of_a_plugin(source: dict[str, Module]) -> None:
    names = {*architecture.PLUGINS, *(path.parent.name for path in ROOT.glob("plugins/*/__init__.py"))}
    assert architecture.plugin_names_in_core(ROOT, source, names) == []


@pytest.mark.parametrize(
    "text",
    [
        'if "stock" in on: pass',
        'url_for("stock.index")',
        'require("stock.product:view")',
        'redirect("/stock/products")',
        'import_module("plugins.stock")',
    ],
)
def test_a_plugins_name_in_the_core_is_found(sketch: Sketch, tmp_path: Path, text: str) -> None:
    assert architecture.plugin_names_in_core(tmp_path, sketch({"core/tickets/views.py": text}), ["stock"])


def test_a_plugins_name_in_a_template_of_the_core_is_found(sketch: Sketch, tmp_path: Path) -> None:
    modules = sketch({"templates/base.html": """<a href="{{ url_for('stock.index') }}">"""})
    assert architecture.plugin_names_in_core(tmp_path, modules, ["stock"])


def test_a_plugins_name_as_a_plain_word_is_allowed(sketch: Sketch, tmp_path: Path) -> None:
    text = '"""stock"""\n\ndef view():\n    """stock."""\n    return "Parts that are in stock"\n'
    modules = sketch({"core/tickets/views.py": text, "templates/base.html": "<p>in stock.</p>"})
    assert architecture.plugin_names_in_core(tmp_path, modules, ["stock"]) == []


def test_services_do_not_see_the_request(source: dict[str, Module]) -> None:
    assert architecture.services_that_see_the_request(source) == []


@pytest.mark.parametrize("path", ["core/clients/services.py", "core/clients/services/people.py"])
@pytest.mark.parametrize(
    "text",
    ["from flask import request", "from flask.globals import session", "import flask\nflask.request.form"],
)
def test_a_service_that_sees_the_request_is_found(sketch: Sketch, path: str, text: str) -> None:
    assert len(architecture.services_that_see_the_request(sketch({path: text}))) == 1


def test_models_import_no_services(source: dict[str, Module]) -> None:
    assert architecture.models_on_services(source) == []


def test_a_model_that_imports_a_service_is_found(sketch: Sketch) -> None:
    modules = sketch(
        {"core/clients/models.py": "from .services import find_client", "core/clients/services.py": ""}
    )
    assert len(architecture.models_on_services(modules)) == 1


def test_only_the_database_module_commits(source: dict[str, Module]) -> None:
    assert architecture.commits(source) == []


@pytest.mark.parametrize("name", architecture.OWN_CONNECTIONS)
def test_a_module_that_may_commit_does(source: dict[str, Module], name: str) -> None:
    assert architecture.commit_lines(source[name])


def test_a_commit_elsewhere_is_found(sketch: Sketch) -> None:
    modules = sketch({"core/db.py": "session.commit()", "plugins/stock/services.py": "db.session.commit()"})
    assert architecture.commits(modules) == ["plugins.stock.services:1"]


def test_functions_and_files_are_short(source: dict[str, Module]) -> None:
    assert architecture.long_functions(source) == []
    assert architecture.long_files(source) == []


def test_long_functions_and_files_are_found(sketch: Sketch) -> None:
    body = "    pass\n"
    modules = sketch(
        {
            "core/clients/views.py": f"def index():\n{body * 59}",
            "core/clients/api.py": f"def index():\n{body * 60}",
            "core/clients/models.py": "\n" * 401,
            "core/migrations/versions/0001_all.py": f"def upgrade():\n{body * 500}",
        }
    )
    assert architecture.long_functions(modules) == ["core.clients.api:1 index has 61 lines"]
    assert architecture.long_files(modules) == ["core.clients.models has 401 lines"]


def test_every_file_is_named_for_what_it_does(source: dict[str, Module]) -> None:
    assert architecture.empty_names(source) == []


def test_a_file_whose_name_says_nothing_is_found(sketch: Sketch) -> None:
    assert architecture.empty_names(sketch({"core/clients/utils.py": ""})) == ["core.clients.utils"]
