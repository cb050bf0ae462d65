"""A visit to the gallery: a browser window, everything it complained of, and what tests do in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Locator, Page

AXE = Path(__file__).parents[2] / "e2e" / "vendor" / "axe.min.js"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
NARROW = {"viewport": {"width": 360, "height": 740}}
WIDE = {"viewport": {"width": 1280, "height": 800}}
HUGE = {"viewport": {"width": 1920, "height": 1080}}


@dataclass
class Visit:
    """A browser window on the gallery, and everything that it complained of."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen to the console, to errors of scripts and to violations of the policy."""
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))

    def _note(self, message: ConsoleMessage) -> None:
        # The answers of error pages are errors on purpose.
        if (
            message.type in {"error", "warning"}
            and "the server responded with a status of" not in message.text
        ):
            self.complaints.append(f"{message.type}: {message.text}")

    def open(self, path: str) -> Page:
        """Open a page; its scripts have run."""
        self.page.goto(self.address + path)
        return self.page

    def choose(self, **values: str) -> None:
        """Set the language, the theme or the menu, as the switches do."""
        self.open("/")
        self.page.evaluate(
            """async (values) => {
              const body = new FormData(document.querySelector("[data-theme-switch]"));
              for (const [name, value] of Object.entries(values)) body.set(name, value);
              await fetch("/preferences", {method: "POST", body, redirect: "manual"});
            }""",
            values,
        )

    def faults(self) -> list[str]:
        """Return what axe finds, whether the page scrolls sideways, and the complaints so far."""
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("axe.run({resultTypes: ['violations']})")
        faults = [f"{fault['id']}: {fault['nodes'][0]['html'][:200]}" for fault in found["violations"]]
        if self.scrolls_sideways():
            faults.append("the page scrolls sideways")
        return faults + self.complaints

    def scrolls_sideways(self) -> bool:
        """Tell whether the page is wider than the window."""
        return bool(
            self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        )


def box(page: Page, name: str) -> Locator:
    """Return the field called ``name``."""
    return page.get_by_role("textbox", name=name, exact=True)


def fill_in(page: Page) -> None:
    """Fill in what the form demands."""
    box(page, "Telephone").fill("0744 555 207")
    box(page, "Client").fill("Maria Popescu")
    page.get_by_label("Type").select_option("phone")
    box(page, "Unique ID: serial or IMEI").fill("356789104829153")
    box(page, "In the client's words").fill("It fell.")
    box(page, "Due").fill("27.11.2026")
    page.get_by_label("Accepts the terms").check()
