import gc
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from core.foundation.tenants.services import LANGUAGES
from core.preload import preload
from core.testing import Shop
from tests.bench.servers import ROOT, clean_environment

#: What only printing needs, and only the render server has.
PRINTING = {"xhtml2pdf", "reportlab", "PIL", "svglib", "pypdf"}
LOOK = """
import json, sys, core.commands.serve
from core.commands.serve import Server
app = Server({}).load()
templates = {language: len(one.cache) for language, one in app.jinja_env.languages.items()}
print(json.dumps([sorted({name.partition(".")[0] for name in sys.modules}), templates, list(map(str, app._maps))]))
"""


def test_what_pages_need_is_made_before_the_fork_and_what_papers_need_is_not(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        env=clean_environment(WORKMANAGER_INSTANCE=str(tmp_path)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    modules, templates, maps = json.loads(done.stdout)
    assert not PRINTING & set(modules)
    assert set(templates) == set(LANGUAGES)
    assert min(templates.values()) > 50
    assert len(maps) == 2
    assert not (tmp_path / "control.db").exists(), "a connection must not cross the fork"


def test_a_preloaded_application_answers_as_before(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    try:
        preload(shop.app)
        assert gc.get_freeze_count() > 100_000
        assert shop.client("owner").get(f"{shop.root}/tickets/").status_code == 200
    finally:
        gc.unfreeze()
