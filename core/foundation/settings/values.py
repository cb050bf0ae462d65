"""Declarations of settings: frozen values that say what a setting is called, what it may hold and what it is by default.

A declaration keeps a value in three forms: what code gets (``load``), what the database keeps in JSON (``clean``), and the field of a
form (``core.foundation.settings.forms``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import IO, Any, ClassVar, Final

from flask_babel import gettext as _

from core.errors import InvalidInputError
from core.foundation.files.models import StoredFile
from core.foundation.tenants.services import LANGUAGES
from core.foundation.ui import parsing, theme
from core.foundation.ui.fields import phone_prefix
from core.types import LARGEST_INTEGER, Money

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
#: An amount of money has no more digits before its decimal mark.
MOST_DIGITS: Final = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingDeclaration:
    """What every setting has; the kinds below say what it holds."""

    #: Small letters, digits and underscores, unique in its group.
    name: str
    title: Any
    #: A few words beside the label.
    help: Any = ""
    default: Any = None
    required: bool = False
    #: Looks at a clean value that is not empty and returns it, corrected where that is safe.
    #: :raises ValueError: with a sentence for the person.
    check: Callable[[Any], Any] | None = None

    #: What is kept when nothing is given.
    empty: ClassVar[Any] = None

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            msg = f"{self.name!r} is no name of a setting: small letters, digits, underscores"
            raise ValueError(msg)

    def clean(self, value: object) -> Any:  # noqa: ANN401 - whatever JSON keeps
        """Return ``value`` as the database keeps it.

        :raises ValueError: it is none that this setting may have; with a sentence for the person.
        """
        if value is None or value == "":
            if self.required:
                raise ValueError(_("Fill this in."))
            return self.empty
        kept = self.read(value)
        return kept if self.check is None else self.check(kept)

    def read(self, value: object) -> Any:  # noqa: ANN401 - whatever JSON keeps
        """Return a value that is not empty as the database keeps it.

        :raises ValueError: as ``clean``.
        """
        raise TypeError(type(self), value)

    def load(self, kept: Any) -> Any:  # noqa: ANN401 - what the kind of setting says
        """Return what the database keeps as code gets it."""
        return kept

    def initial(self) -> Any:  # noqa: ANN401 - what the kind of setting says
        """Return what code gets where the shop has set nothing."""
        return self.load(self.empty) if self.default is None else self.default


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSetting(SettingDeclaration):
    """One line of text; with ``translated`` one for each language, which code gets as a mapping from language to text."""

    max_length: int = 200
    translated: bool = False
    multiline: ClassVar[bool] = False
    empty: ClassVar[Any] = ""

    def clean(self, value: object) -> Any:  # noqa: ANN401 - whatever JSON keeps
        """Return the text, or the texts by language."""
        if not self.translated:
            return SettingDeclaration.clean(self, value)
        if not isinstance(value, Mapping):
            raise ValueError(_("Write a text for each language."))  # noqa: TRY004 - a sentence beside the field
        if not set(value) <= set(LANGUAGES):
            raise ValueError(_("Choose from the list."))
        texts = {str(language): SettingDeclaration.clean(self, text) for language, text in value.items()}
        return {language: text for language, text in texts.items() if text}

    def initial(self) -> Any:  # noqa: ANN401 - a text, or texts by language
        """Return the default."""
        if self.default is None and self.translated:
            return {}
        return SettingDeclaration.initial(self)

    def read(self, value: object) -> str:
        """Return the text without what cannot be shown."""
        text = parsing.clean_text(str(value), multiline=self.multiline)
        parsing.check_length(text, self.max_length)
        if self.required and not text:
            raise ValueError(_("Fill this in."))
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTextSetting(TextSetting):
    """Several lines of text."""

    max_length: int = 10_000
    multiline: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class BooleanSetting(SettingDeclaration):
    """Yes or no."""

    default: Any = False
    empty: ClassVar[Any] = False

    def read(self, value: object) -> bool:
        """Return the answer."""
        if not isinstance(value, bool):
            raise ValueError(_("Choose yes or no."))  # noqa: TRY004 - a sentence beside the field
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegerSetting(SettingDeclaration):
    """A whole number from ``least`` to ``most``."""

    least: int = 0
    most: int = LARGEST_INTEGER

    def read(self, value: object) -> int:
        """Return the number."""
        return parsing.parse_integer(str(value), least=self.least, most=self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceSetting(SettingDeclaration):
    """One of ``choices``, pairs of what is kept and what people read."""

    choices: Sequence[tuple[str, Any]]
    empty: ClassVar[Any] = ""

    def read(self, value: object) -> str:
        """Return the choice."""
        if not isinstance(value, str) or value not in {key for key, _title in self.choices}:
            raise ValueError(_("Choose from the list."))
        return str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneySetting(SettingDeclaration):
    """An amount in ``currency``; code gets ``Money`` or ``None``."""

    currency: str = "RON"
    least: Decimal = Decimal(0)

    def read(self, value: object) -> dict[str, str]:
        """Return amount and currency."""
        try:
            amount = value.amount if isinstance(value, Money) else Decimal(str(value))
        except InvalidOperation:
            raise ValueError(_("Write an amount.")) from None
        if not amount.is_finite() or amount.adjusted() > MOST_DIGITS:
            raise ValueError(_("Write an amount."))
        if amount < self.least:
            raise ValueError(_("Write %(least)s or more.", least=self.least))
        exact = Money.from_minor(Money(amount, self.currency).minor, self.currency)
        return {"amount": str(exact.amount), "currency": self.currency}

    def load(self, kept: Any) -> Money | None:  # noqa: ANN401 - from JSON
        """Return the money."""
        if kept is None or isinstance(kept, Money):
            return kept
        return Money(Decimal(kept["amount"]), kept["currency"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ColourSetting(SettingDeclaration):
    """A colour that carries white text, kept as ``#rrggbb``; empty for the product's own."""

    empty: ClassVar[Any] = ""

    def read(self, value: object) -> str:
        """Return the colour, refused when white on it cannot be read (WCAG 2.2, 1.4.3)."""
        try:
            colour = theme.parse_colour(str(value))
        except InvalidInputError as error:
            raise ValueError(error.message) from None
        readable = theme.readable_accent(colour)
        if readable != colour:
            raise ValueError(
                _(
                    "White text on this colour is hard to read. %(colour)s is the nearest that can be read.",
                    colour=theme.colour_text(readable),
                )
            )
        return theme.colour_text(colour)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailSetting(SettingDeclaration):
    """An e-mail address."""

    empty: ClassVar[Any] = ""

    def read(self, value: object) -> str:
        """Return the address; whether somebody reads it only a message can tell."""
        return parsing.parse_email(parsing.clean_text(str(value)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSetting(SettingDeclaration):
    """A telephone number, kept as ``+40744555207``; without its country it is one of ``country``, by default the tenant's."""

    country: str | None = None
    empty: ClassVar[Any] = ""

    def read(self, value: object) -> str:
        """Return the number with its country."""
        return parsing.parse_phone(str(value), prefix=phone_prefix(self.country))


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSetting(SettingDeclaration):
    """A picture that is uploaded; what is kept, and what code gets, is the id of its ``StoredFile``."""

    #: Decodes an upload and writes it anew, with no transaction open.
    store: Callable[[IO[bytes]], StoredFile]
    #: Endpoint, without parts of its own, that answers with what is stored.
    endpoint: str

    def read(self, value: object) -> int:
        """Return the id."""
        if not isinstance(value, int):
            raise ValueError(_("Choose a picture."))  # noqa: TRY004 - a sentence beside the field
        return value


@dataclass(frozen=True, slots=True)
class SettingsGroup:
    """Settings that one owner declares and that stand on one page."""

    #: ``firm``; a plugin's is its own name, or begins with it and an underscore.
    name: str
    title: Any
    #: ``core`` or the plugin.
    owner: str
    fields: Sequence[SettingDeclaration]
    #: Who may change them.
    permission: str = "core.settings:edit"
    order: int = 100
    help: Any = ""
    icon: str = "gear"
    _by_name: Mapping[str, SettingDeclaration] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        named = {one.name: one for one in self.fields}
        if len(named) != len(self.fields) or not NAME.fullmatch(self.name):
            msg = f"the settings group {self.name!r} has a wrong name, or two settings of one name"
            raise ValueError(msg)
        if self.owner not in {"core", self.name} and not self.name.startswith(f"{self.owner}_"):
            msg = f"the settings group {self.name!r} of {self.owner} must be called {self.owner} or {self.owner}_…"
            raise ValueError(msg)
        object.__setattr__(self, "_by_name", named)

    def __iter__(self) -> Iterator[SettingDeclaration]:
        return iter(self.fields)

    def find(self, name: str) -> SettingDeclaration | None:
        """Return the setting ``name``, ``None`` where the group has none of that name."""
        return self._by_name.get(name)
