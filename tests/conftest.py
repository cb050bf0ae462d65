"""What all tests share: one Chromium for a process, because Playwright starts only once in it."""

import os
import shutil
from collections.abc import Iterator

import hypothesis
import pytest
from playwright.sync_api import Browser, sync_playwright

# How long an example takes depends on what else the machine does: it tells nothing about the code.
hypothesis.settings.register_profile("workmanager", deadline=None)
hypothesis.settings.load_profile("workmanager")

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium; where none is found its tests are left out, under ``CI=true`` they fail."""
    path = next((found for name in CHROMIUMS if (found := shutil.which(name))), None)
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI needs Chromium (looked for {', '.join(CHROMIUMS)})")
        pytest.skip("no Chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()
