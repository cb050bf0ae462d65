"""What people of a shop do at the counter and at the bench, each step as they do it: by keyboard, or by finger on a phone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from playwright.sync_api import Locator, expect
from pypdf import PdfReader

from tests.e2e.people import Person

#: Steps of the arrow keys that lead at most to what was searched for.
STEPS: Final = 8


@dataclass(frozen=True)
class Visitor:
    """Somebody at the counter, with a device under the arm."""

    name: str = "Ștefan Țuțuianu"
    phone: str = "0744 555 207"
    email: str = "stefan@exemplu.example"
    kind: str = "Telefon"
    manufacturer: str = "Samsung"
    model: str = "Galaxy A34"
    imei: str = "356938035643809"
    problem: str = "Ecranul s-a spart și nu mai reacționează la atingere."
    accessories: str = "husă, încărcător"
    estimate: str = "480"


def textbox(person: Person, label: str) -> Locator:
    """Return the field with an English label, as the reader's language calls it."""
    return person.page.get_by_role("textbox", name=person.word(label), exact=True)


def button(person: Person, label: str) -> Locator:
    """Return the button with an English label; a shortcut may stand behind the words."""
    return person.page.get_by_role("button", name=re.compile(rf"^{re.escape(person.word(label))}"))


def begin_intake(person: Person) -> None:
    """Go from any page to the intake."""
    if person.look.is_phone:
        person.page.locator(".wm-tabs a.scan").tap()
    else:
        person.page.keyboard.press("c")
    expect(person.page).to_have_url(re.compile(r"/tickets/new$"))
    expect(person.page.locator("[name=q][accesskey]")).to_be_focused()


def type_all(person: Person, texts: dict[str, str]) -> None:
    """Type into fields that follow each other; Enter leads from one to the next, on a phone a finger does."""
    for label, text in texts.items():
        field = textbox(person, label)
        if person.look.is_phone:
            field.tap()
            field.fill(text)
            continue
        expect(field).to_be_focused()
        if field.input_value() != text:
            person.page.keyboard.type(text)
        person.page.keyboard.press("Enter")


def type_visitor(person: Person, visitor: Visitor) -> None:
    """Look for a client nobody knows, and write them down with what they brought."""
    page = person.page
    page.keyboard.type(visitor.phone)
    expect(page.locator("#found [role=status]")).to_be_visible()
    person.check()
    # The radio "New client" is chosen already; what was looked for is its telephone.
    for _stop in range(0 if person.look.is_phone else 2):
        page.keyboard.press("Enter")
    type_all(person, {"Name": visitor.name, "Phone": visitor.phone, "E-mail": visitor.email})
    if not person.look.is_phone:
        expect(page.locator("[name=client-kind]:checked")).to_be_focused()
        for _stop in range(2):
            page.keyboard.press("Enter")
        expect(page.get_by_label(person.word("Type"), exact=True)).to_be_focused()
    page.get_by_label(person.word("Type"), exact=True).select_option(visitor.kind)
    if not person.look.is_phone:
        page.keyboard.press("Enter")
    type_all(
        person,
        {"Manufacturer": visitor.manufacturer, "Model": visitor.model},
    )
    type_scanned(person, visitor.imei)


def type_scanned(person: Person, imei: str) -> None:
    """Scan the number of the device: the scanner's Enter moves on and sends nothing."""
    field = textbox(person, "Unique ID: serial or IMEI")
    field.focus()
    person.page.keyboard.type(imei)
    person.page.keyboard.press("Enter")
    expect(field).not_to_be_focused()


def type_problem(person: Person, visitor: Visitor) -> None:
    """Write down what is wrong, what came along and what it may cost."""
    textbox(person, "What is wrong, in the client's words").fill(visitor.problem)
    textbox(person, "Accessories received").fill(visitor.accessories)
    textbox(person, "Condition on arrival").fill("zgârieturi pe rame")
    textbox(person, "Estimate").fill(visitor.estimate)
    person.tap(person.page.locator("[data-due]").nth(1))
    expect(person.page.locator(".wm-actions [data-deal=estimate]")).to_contain_text(visitor.estimate)


def save(person: Person, label: str) -> None:
    """Do the main thing of a form: by Ctrl Enter, on a phone by its button."""
    if person.look.is_phone:
        button(person, label).tap()
    else:
        person.page.keyboard.press("Control+Enter")


def number_on_page(person: Person) -> str:
    """Return the number of the ticket whose page or paper is open."""
    expect(person.page).to_have_url(re.compile(r"/tickets/\d+"))
    found = re.search(r"[A-Z]{2,4}-\d{6}", person.page.locator("main").inner_text())
    assert found is not None
    return found.group(0)


def download(person: Person, folder: Path) -> str:
    """Download the paper that is open and return the text of its PDF."""
    with person.page.expect_download() as started:
        person.tap(button(person, "Download"))
    target = folder / started.value.suggested_filename
    started.value.save_as(target)
    reader = PdfReader(BytesIO(target.read_bytes()))
    return "\n".join(page.extract_text() for page in reader.pages)


def search_and_open(person: Person, text: str, wanted: str) -> None:
    """Type into the search of the shell and walk by arrow to what names ``wanted``; Enter opens it."""
    page = person.page
    box = page.locator("#wm-q")
    if person.look.is_phone:
        box.tap()
    else:
        page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type(text)
    expect(page.locator("#wm-found")).to_contain_text(wanted)
    person.check()
    focused = page.locator(":focus")
    for _step in range(STEPS):
        page.keyboard.press("ArrowDown")
        if wanted in focused.inner_text():
            break
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/tickets/\d+$"))


def open_by_number(person: Person, number: str) -> None:
    """Type a number whole into the search: it opens at once."""
    box = person.page.locator("#wm-q")
    box.fill(number)
    box.press("Enter")
    expect(person.page).to_have_url(re.compile(r"/tickets/\d+$"))


def take_over(person: Person, name: str) -> None:
    """Give the ticket that is open to somebody."""
    page = person.page
    if person.look.is_phone:
        page.locator("a[href='#assign']").tap()
    else:
        page.keyboard.press("a")
    dialog = page.locator("dialog[open]")
    person.check()
    dialog.get_by_label(person.word("Technician"), exact=True).select_option(name)
    person.tap(button(person, "Give"))
    expect(page.locator(".wm-facts")).to_contain_text([name])


def change_status(person: Person, status: str, note: str) -> None:
    """Change the status of the ticket that is open, with a remark: in the dialog, by letters and figures."""
    page = person.page
    if person.look.is_phone:
        page.locator("a[href='#stage']").tap()
    else:
        page.keyboard.press("s")
    dialog = page.locator("dialog[open]")
    chip = dialog.locator("label.wm-chip").filter(has_text=re.compile(f"^{person.word(status)}"))
    expect(chip).to_be_visible()
    person.check()
    if person.look.is_phone:
        chip.tap()
    else:
        page.keyboard.press(chip.locator("kbd").inner_text())
    expect(dialog.get_by_role("radio", name=person.word(status), exact=True)).to_be_checked()
    textbox(person, "Remark").fill(note)
    save(person, "Change status")
    expect(page.locator("h1 ~ .wm-stage")).to_have_text(person.word(status))
    expect(page.locator("#history")).to_contain_text(note)
    person.check()
