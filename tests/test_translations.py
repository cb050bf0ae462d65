"""Romanian is complete and is Romanian: catalogues, templates, messages; the pages themselves are read by test_pages_in_romanian.

Beside the rules stand samples that break them.
"""

import ast
import importlib
import io
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import core
from core.errors import ConfigError, PluginError, ProgrammingError, WorkmanagerError
from tests import romanian, texts

ROOT: Final = Path(__file__).resolve().parents[1]
OWNERS: Final = (
    "core",
    *sorted(f"plugins/{path.parent.name}" for path in ROOT.glob("plugins/*/__init__.py")),
)
PLACEHOLDER: Final = re.compile(r"%\(\w+\)\w|\{\{.*?\}\}|\{%.*?%\}|</?\w+[^>]*>|&\w+;")
#: Romanian that is spelt as in English, and why.
SAME: Final[Mapping[str, str]] = {
    "%(number)s h": "the sign of the hour",
    "%(number)s min": "the sign of the minute",
    "Client": "one word in both languages",
    "Cost": "one word in both languages",
    "E-mail": "one word in both languages",
    "Text": "the same word in both",
    "IBAN": "an abbreviation that is the same everywhere",
    "Link": "Romanian has taken the word over",
    "Manager": "Romanian has taken the word over",
    "Model": "one word in both languages",
    "Status": "Romanian has taken the word over",
    "Total": "one word in both languages",
    "Total, %(unit)s": "one word in both languages",
    "h": "the sign of the hour",
    "kg": "the sign of the kilogram",
    "kilogram": "one word in both languages",
    "l": "the sign of the litre",
    "m": "the sign of the metre",
    "set": "one word in both languages",
    "urgent": "one word in both languages",
}
#: Abbreviations, whose full stop is of one language only.
ABBREVIATED: Final = frozenset({"Qty", "Record no.", "Trade register no."})
#: Where letters with a cedilla stand on purpose, and why.
CEDILLA_ALLOWED: Final[Mapping[str, str]] = {
    "core/foundation/search/fold.py": "tells that the search takes both spellings for one",
    "tests/clients/test_keys.py": "clients are typed with them",
    "tests/foundation/search/test_fold.py": "the search takes both spellings for one",
    "tests/foundation/search/test_search.py": "the search takes both spellings for one",
    "tests/foundation/ui/test_parsing.py": "fields are typed with them",
}
#: Texts of templates that no translation needs to reach, by template, and why.
BARE_ALLOWED: Final[Mapping[str, Mapping[str, str]]] = {
    "templates/errors/error.html": {"Workmanager": "the name of the product"},
    "templates/partials/nav.html": {"Workmanager": "the name of the product"},
    "templates/public.html": {"Workmanager": "the name of the product"},
    "templates/macros/panels.html": {
        '• hx-•="•" hx-target="#•" hx-select="#•" hx-swap="outerHTML ignoreTitle:true" hx-select-oob="#history"': "attributes",
    },
    "templates/macros/badges.html": dict.fromkeys(
        ("Received", "Diagnosis", "Offer", "Question", "Waiting for client", "Waiting for parts", "In work", "Ready",
         "Unrepairable", "Returned", "Cancelled"),
        "ids of messages, translated where they are printed",
    ),
}  # fmt: skip
#: Modules whose errors only the operator meets, on the command line or at the start, and which speak English.
OPERATORS: Final = (
    "core/commands/", "core/migrate.py", "core/foundation/licences/bundles.py", "core/foundation/tenants/directory.py",
    "core/foundation/tenants/services.py",
)  # fmt: skip


def po_of(owner: str) -> Path:
    return ROOT / owner / "translations" / "ro" / "LC_MESSAGES" / "messages.po"


def catalogue(owner: str) -> Catalog:
    with po_of(owner).open("rb") as file:
        return read_po(file, locale="ro")


def messages(owner: str) -> Iterator[Message]:
    return (message for message in catalogue(owner) if message.id)


def ids(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id or ())


def ending(text: str) -> str:
    return text[-1:] if text[-1:] in ".:?!…" else ""


def strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def extracted(owner: str) -> set[tuple[str | None, str]]:
    """Return context and id of what the sources of ``owner`` say, found as the Makefile finds it."""
    named: list[str] = re.findall(r"--keywords (\S+)", (ROOT / "Makefile").read_text())
    keywords = {**DEFAULT_KEYWORDS, **parse_keywords(named)}
    with (ROOT / "babel.cfg").open() as file:
        mapping, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call] # Babel's own
    folders = ("core", "templates", "workmanager") if owner == "core" else (owner,)
    found = set()
    for folder in folders:
        for _file, _line, text, _comments, context in extract_from_dir(
            ROOT / folder, mapping, options, keywords
        ):
            found.add((context, text if isinstance(text, str) else text[0]))
    return found


@pytest.mark.parametrize("owner", OWNERS)
def test_every_message_of_the_source_is_in_the_catalogue_and_no_other(owner: str) -> None:
    known = {(message.context, ids(message)[0]) for message in messages(owner)}
    assert known == extracted(owner), "make translations"


@pytest.mark.parametrize("owner", OWNERS)
def test_every_message_is_translated_and_none_is_a_guess(owner: str) -> None:
    assert [message.id for message in messages(owner) if message.fuzzy or not all(strings(message))] == []


@pytest.mark.parametrize("owner", OWNERS)
def test_plurals_have_the_three_forms_of_romanian(owner: str) -> None:
    assert catalogue(owner).num_plurals == 3
    plurals = [message for message in messages(owner) if message.pluralizable]
    assert [message.id for message in plurals if len(strings(message)) != 3] == []
    wrong = [
        message.id
        for message in plurals
        # From twenty on a noun follows "de"; a word that is no noun stands alone and does not change.
        if "%(num)s" in strings(message)[2]
        and "%(num)s de " not in strings(message)[2]
        and strings(message)[2] != strings(message)[1]
    ]
    assert wrong == []


@pytest.mark.parametrize("owner", OWNERS)
def test_translations_keep_placeholders_and_markup(owner: str) -> None:
    wrong = []
    for message in messages(owner):
        wanted = Counter(PLACEHOLDER.findall(ids(message)[-1]))
        wrong += [text for text in strings(message) if Counter(PLACEHOLDER.findall(text)) != wanted]
    assert wrong == []


@pytest.mark.parametrize("owner", OWNERS)
def test_translations_begin_and_end_as_their_sources_do(owner: str) -> None:
    wrong = []
    for message in messages(owner):
        source, text = ids(message)[-1], strings(message)[-1]
        spaces = source != source.strip() or text != text.strip() or "  " in text
        if spaces or (ending(source) != ending(text) and source not in ABBREVIATED):
            wrong.append((source, text))
    assert wrong == []


@pytest.mark.parametrize("owner", OWNERS)
def test_a_translation_that_equals_its_source_has_its_reason(owner: str) -> None:
    same = {text for message in messages(owner) for text in strings(message) if text in ids(message)}
    assert same <= set(SAME)


def test_every_reason_for_an_equal_translation_is_needed() -> None:
    known = {
        (one, text)
        for owner in OWNERS
        for message in messages(owner)
        for one in ids(message)
        for text in strings(message)
    }
    assert [text for text in SAME if (text, text) not in known] == []


def test_a_message_says_the_same_in_every_catalogue() -> None:
    said: dict[tuple[Any, Any], set[tuple[str, ...]]] = {}
    for owner in OWNERS:
        for message in messages(owner):
            said.setdefault((message.context, message.id), set()).add(tuple(strings(message)))
    assert {key: texts for key, texts in said.items() if len(texts) > 1} == {}


@pytest.mark.parametrize("owner", OWNERS)
def test_what_is_compiled_is_what_is_written(owner: str) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(owner))
    assert po_of(owner).with_suffix(".mo").read_bytes() == compiled.getvalue(), "make translations"


@pytest.mark.parametrize("owner", OWNERS)
def test_translations_are_romanian(owner: str) -> None:
    found = {text: romanian.faults(text) for message in messages(owner) for text in strings(message)}
    assert {text: faults for text, faults in found.items() if faults} == {}


@pytest.mark.parametrize("path", romanian.files(ROOT), ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_written_beside_the_catalogues_is_romanian(path: Path) -> None:
    assert [fault for text in romanian.written(path) for fault in romanian.faults(text)] == []


@pytest.mark.parametrize(
    "text",
    ["Deschide fisa", "Stergi ciorna?", "Cauta client", "Masina nu merge", "Nu este preluata", "Scrie o nota", "Poate sa fie gata"],
)  # fmt: skip
def test_romanian_without_its_letters_is_found(text: str) -> None:
    assert romanian.faults(text)


@pytest.mark.parametrize(
    "text",
    ["Deschide fișa", "Predare la tehnician", "Telefonul și piesa sa", "Nota de la %(si)s", "{{ nota_si }} pe http://fisa.ro/si"],
)  # fmt: skip
def test_romanian_with_its_letters_is_not_found(text: str) -> None:
    assert romanian.faults(text) == []


def test_no_letter_has_a_cedilla() -> None:
    kinds = {".py", ".html", ".txt", ".md", ".toml", ".po", ".js", ".css", ".cfg", ".svg"}
    folders = ("core", "plugins", "templates", "tests", "docs", "bundles", "workmanager")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in kinds]
    files = [
        path for path in [*files, *ROOT.glob("*.md"), *ROOT.glob("*.toml")] if "_build" not in path.parts
    ]
    found = {
        str(path.relative_to(ROOT))
        for path in files
        if romanian.CEDILLA.search(path.read_text(encoding="utf-8"))
    }
    assert len(files) > 200
    assert found == set(CEDILLA_ALLOWED)


@pytest.mark.parametrize("path", texts.templates(ROOT), ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_say_nothing_that_no_translation_reaches(path: Path) -> None:
    allowed = BARE_ALLOWED.get(str(path.relative_to(ROOT)), {})
    found = texts.untranslated(path.read_text(encoding="utf-8"))
    assert [said for said in found if said.text not in allowed] == []


@pytest.mark.parametrize(
    "sample",
    [
        "<p>Saved</p>",
        '<a title="Open it">{{ name }}</a>',
        '<button data-copied="Copied">{{ _("Copy") }}</button>',
        '<input type="submit" value="Send">',
        '{{ panels.note("Nothing here") }}',
        '{{ panels.note(_("Right"), title="Wrong") }}',
        '{% set word = "Saved" if saved else _("Lost") %}',
        "<b>{{ number }} tickets</b>",
    ],
)
def test_a_bare_text_of_a_template_is_found(sample: str) -> None:
    assert texts.untranslated(sample)


@pytest.mark.parametrize(
    "sample",
    [
        '<p class="wm-note">{{ _("Saved") }}</p>',
        '{{ ngettext("%(num)s ticket", "%(num)s tickets", count) }} · {{ pgettext("login", "Device") }}',
        '{{ forms.field(form.name, class="form-control", label=_("Name (%(x)s)", x=one("two"))) }}',
        "<kbd>Ctrl</kbd><script>let text = 1;</script>{# Not shown #}<a data-key='e'>→</a>",
    ],
)
def test_a_text_that_is_translated_is_not_found(sample: str) -> None:
    assert texts.untranslated(sample) == []


def spoken_errors() -> frozenset[str]:
    """Return the names of the errors whose message a person reads: all but those of developers and operators."""
    for module in pkgutil.walk_packages(core.__path__, "core."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)

    def below(kind: type[Exception]) -> Iterator[str]:
        yield kind.__name__
        for one in kind.__subclasses__():
            yield from below(one)

    quiet = {name for kind in (ProgrammingError, ConfigError, PluginError) for name in below(kind)}
    return frozenset(below(WorkmanagerError)) - quiet | {"flash", "toast"}


def test_messages_to_people_go_through_a_translation() -> None:
    names = spoken_errors()
    assert "NotFoundError" in names
    found = []
    for path in sorted([*ROOT.glob("core/**/*.py"), *ROOT.glob("plugins/**/*.py")]):
        name = str(path.relative_to(ROOT))
        if not name.startswith(OPERATORS) and "migrations" not in path.parts:
            found += [(name, said) for said in texts.bare_messages(path.read_text(encoding="utf-8"), names)]
    assert found == []


@pytest.mark.parametrize(
    "body",
    ['raise NotFoundError("gone")', 'raise errors.NotFoundError(f"{x}")', 'm = "gone"; raise NotFoundError(m)', 'flash("Saved")'],
)  # fmt: skip
def test_a_bare_message_is_found(body: str) -> None:
    assert texts.bare_messages(f"def do(x):\n    {body}\n", frozenset({"NotFoundError", "flash"}))


def test_scripts_bring_no_sentences_of_their_own() -> None:
    found = []
    for path in (ROOT / "core/foundation/ui/static/js").glob("*.js"):
        code = re.sub(r"^\s*(?://|\*|/\*).*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        found += [(path.name, text) for text in re.findall(r"[\"'`][A-Z][a-z]+(?: [^\"'`\n]*)?[\"'`]", code)]
    # Names of keys, and the months of English pages.
    allowed = re.compile(r"Enter|Escape|Tab|Delete|Space|Backspace|Home|End|Jan Feb .*")
    assert [one for one in found if not allowed.fullmatch(one[1].strip("\"'`"))] == []


def translated_inside(text: str) -> list[int]:
    """Return the lines of a source whose f-strings translate: the extractor does not look into them."""
    calls = (
        call
        for part in ast.walk(ast.parse(text))
        if isinstance(part, ast.JoinedStr)
        for call in ast.walk(part)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    )
    return [
        call.lineno for call in calls if call.func.id in {"_", "_l", "gettext", "lazy_gettext", "ngettext"}
    ]


def test_no_message_hides_inside_an_f_string() -> None:
    assert translated_inside("f\"a {_('b')}\"\nf'{c}'") == [1]
    found = [
        f"{path}:{line}"
        for part in ("core", "plugins", "workmanager")
        for path in (ROOT / part).rglob("*.py")
        for line in translated_inside(path.read_text(encoding="utf-8"))
    ]
    assert found == []
