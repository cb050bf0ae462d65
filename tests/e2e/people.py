"""People in front of the product: a browser window with a role, a language, a size and a theme."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, expect

from core.db import unit_of_work
from core.foundation.accounts.models import User
from core.foundation.accounts.services import change_preferences, get_user
from core.testing import PASSWORD, Shop
from tests.e2e.words import ROMANIAN

AXE: Final = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
#: WCAG 2.2 AA, and what axe calls good practice.
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Milliseconds that anything may take on a machine that is busy with other tests.
PATIENCE: Final = 15_000
expect.set_options(timeout=PATIENCE)
#: A folder that gets a picture of each page that is checked, for people to look at; none by default.
PICTURES: Final = os.environ.get("E2E_PICTURES", "")

#: What a form is answered with that cannot be taken.
REFUSED: Final = 422

SIZES: Final = {"phone": (390, 844), "desktop": (1280, 900)}

#: Bars that stay in sight would cover what lies beneath, which axe takes for small targets; while it looks they scroll along.
LOOK: Final = """async (rules) => {
  const bars = [...document.querySelectorAll(".wm-actions, .wm-tabs, .wm-top, .wm-sub")];
  for (const bar of bars) bar.style.position = "static";
  const found = await axe.run({runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]});
  for (const bar of bars) bar.style.removeProperty("position");
  return found.violations.flatMap((fault) => fault.nodes.map((node) => `${fault.id}: ${node.html.slice(0, 200)}`));
}"""
#: Said on the console, where the listener for errors hears it.
POLICY: Final = """addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy: ${event.violatedDirective} refuses ${event.blockedURI || event.sample}`);
}, true);"""
#: What is cut off: a list that must be scrolled sideways to be read.
CUT: Final = """(parts) => [...document.querySelectorAll(parts)]
  .filter((each) => each.checkVisibility() && each.scrollWidth > each.clientWidth + 1)
  .map((each) => `${each.className} is cut off: ${each.scrollWidth} px in ${each.clientWidth}`)"""
#: Labels, links and errors find what they name by its id.
TWICE: Final = """() => {
  const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
  return ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `the id ${id} is there twice`);
}"""


@dataclass(frozen=True)
class Look:
    """How somebody sees the product."""

    language: str = "ro"
    size: str = "desktop"
    theme: str = "light"

    def __str__(self) -> str:
        """Return the look as the name of a test shows it."""
        return f"{self.language}-{self.size}-{self.theme}"

    @property
    def is_phone(self) -> bool:
        """Whether it is a phone, with touch and no keyboard."""
        return self.size == "phone"

    def options(self) -> dict[str, Any]:
        """Return what Playwright's ``new_context`` takes."""
        width, height = SIZES[self.size]
        return {
            "viewport": {"width": width, "height": height},
            "color_scheme": self.theme,
            "has_touch": self.is_phone,
            "is_mobile": self.is_phone,
            "locale": "ro-RO",
        }


#: Every pair of language, size and theme once.
PAIRWISE: Final = (
    Look("ro", "phone", "light"),
    Look("ro", "desktop", "dark"),
    Look("en", "phone", "dark"),
    Look("en", "desktop", "light"),
)


@dataclass
class Person:
    """Somebody with a browser of their own, and everything that it complained of."""

    role: str
    shop: Shop
    look: Look
    page: Page
    complaints: list[str] = field(default_factory=list)
    pictures: int = 0

    @classmethod
    def seated(cls, browser: Browser, shop: Shop, role: str | None, look: Look, **options: Any) -> Person:
        """Open a window; with a role the person is logged in and has set language and theme."""
        context = browser.new_context(**{**look.options(), **options})
        context.set_default_timeout(PATIENCE)
        context.add_init_script(POLICY)
        person = cls(role or "visitor", shop, look, context.new_page())
        person.listen()
        if role is not None:
            person.come_in(role)
        return person

    def listen(self) -> None:
        """Note what the browser complains of."""
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("response", self._judge)

    def _note(self, message: ConsoleMessage) -> None:
        # Answers are judged below: that a refused form is answered with 422 is no fault.
        if message.type in {"error", "warning"} and "responded with a status of" not in message.text:
            self.complaints.append(f"{message.type} on {self.page.url}: {message.text}")

    def _judge(self, response: Response) -> None:
        is_page = response.request.is_navigation_request() and response.frame == self.page.main_frame
        # A form that htmx sends is refused in its place.
        is_refusal = response.request.method == "POST" and response.status == REFUSED
        if response.status >= (500 if is_page or is_refusal else 400):
            self.complaints.append(f"{response.status} for {response.url}")

    def come_in(self, role: str) -> None:
        """Be logged in without the login page, which has a test of its own, and set what the look says."""
        token = self.shop.client(role).get_cookie(self.cookie, path=f"{self.shop.root}/")
        assert token is not None
        self.page.context.add_cookies(
            [{"name": self.cookie, "value": token.value, "domain": "127.0.0.1", "path": f"{self.shop.root}/"}]
        )
        self.prefer(role)

    def prefer(self, role: str) -> None:
        """Let the user of ``role`` have chosen this language and theme."""
        with self.shop.context(), unit_of_work():
            change_preferences(self.shop.users[role], language=self.look.language, theme=self.look.theme)

    @property
    def cookie(self) -> str:
        """The name of the cookie that holds the login."""
        return self.shop.tenant.cookie

    def word(self, english: str) -> str:
        """Return what the person reads where the source says ``english``."""
        return ROMANIAN[english] if self.look.language == "ro" else english

    @property
    def user(self) -> User:
        """The user that the person is, as stored now."""
        with self.shop.context():
            return get_user(self.shop.users[self.role])

    def leave(self) -> None:
        """Close the window."""
        self.page.context.close()

    def url(self, path: str = "/") -> str:
        """Return the address of a page of the shop."""
        return f"{self.shop.tenant.url}{path}"

    def open(self, path: str) -> Page:
        """Open a page of the shop by its address; its scripts have run."""
        self.page.goto(self.url(path))
        return self.page

    def read(self, language: str) -> None:
        """Choose a language on a page whose switch is in sight, unless it is in that language already."""
        switch = self.page.locator(f"button[name=language][value={language}]")
        if switch.get_attribute("aria-pressed") == "false":
            self.tap(switch)
        expect(self.page.locator("html")).to_have_attribute("lang", language)

    def log_in(self) -> None:
        """Log in on the login page."""
        self.page.locator("[name=email]").fill(self.user.email)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.locator("main .btn-primary").click()
        expect(self.page).to_have_url(re.compile(rf"{self.shop.root}/$"))

    def tap(self, target: Locator) -> None:
        """Press something as the device does it: with the finger or the mouse."""
        if self.look.is_phone:
            target.tap()
        else:
            target.click()

    def faults(self) -> list[str]:
        """Return what axe finds on the page, and whether it scrolls sideways or cuts something off."""
        page = self.page
        if PICTURES:
            self._picture()
        page.evaluate(AXE)
        found: list[str] = page.evaluate(LOOK, RULES)
        if self.scrolls_sideways():
            found.append("the page scrolls sideways")
        found += self.cut_off()
        found += page.evaluate(TWICE)
        language = page.locator("html").get_attribute("lang")
        if language != self.look.language:
            found.append(f"the page is in {language}")
        return found

    def scrolls_sideways(self) -> bool:
        """Tell whether the page is wider than the window."""
        return bool(
            self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        )

    def cut_off(self) -> list[str]:
        """Return the lists and panels that do not show all that they have."""
        # On a phone a row of views may be moved sideways by finger.
        parts = ".wm-scroll, .wm-panel" + ("" if self.look.is_phone else ", .wm-seg")
        found: list[str] = self.page.evaluate(CUT, parts)
        return found

    def check(self) -> None:
        """Find nothing wrong with the page as it stands."""
        faults = self.faults()
        assert not faults, "\n".join([self.page.url, *faults])

    def _picture(self) -> None:
        self.pictures += 1
        path = self.page.url.partition("?")[0].partition(self.shop.slug)[2]
        name = re.sub(r"\W+", "-", path).strip("-") or "home"
        self.page.screenshot(path=f"{PICTURES}/{self.look}-{self.role}-{self.pictures:02}-{name}.png")
