"""The shop's own fields: added, changed, put into order, retired and brought back. What writes belongs into a unit of work."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field as part, replace
from typing import Any, Final

from flask_babel import gettext as _, ngettext
from sqlalchemy import func, select

from core.db import check_version, session
from core.errors import DomainError, InvalidInputError, NotFoundError
from core.foundation.custom.conversions import Conversion, convert_values, preview, records_with
from core.foundation.custom.fields import COLUMNS, Choice, Field, field_of, forget_fields
from core.foundation.custom.hosts import FieldHost, get_host
from core.foundation.custom.kinds import plain_value
from core.foundation.custom.models import KEY_LENGTH, CustomField, CustomValue, FieldKind
from core.foundation.custom.texts import of_text
from core.foundation.search.fold import fold_text
from core.foundation.tenants.context import current_tenant
from core.foundation.tenants.services import LANGUAGES
from core.foundation.ui.checks import Checks, is_id
from core.types import now

MOST_FIELDS: Final = 100
#: Keys of several choices together fit into an entry of the index.
MOST_CHOICES: Final = 40
CHOICE_KEY: Final = 13
NAME_LENGTH: Final = 80
HELP_LENGTH: Final = 200


class LossyChangeError(DomainError):
    """The field cannot become another kind, because some of its values could not be kept."""


class UnseenConversionError(DomainError):
    """The field becomes another kind and nobody has seen yet what becomes of its values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldData:
    """What is said of a field, as it was typed."""

    names: Mapping[str, str]
    help: Mapping[str, str] = part(default_factory=dict)
    kind: FieldKind | str = FieldKind.TEXT
    #: In their order; those that are missing are no longer offered. A new one has no key.
    choices: Sequence[Choice] = ()
    #: As one would type it; empty for none.
    default: str = ""
    narrowing_id: int | None = None
    is_required: bool = False
    at_intake: bool = False
    on_paper: bool = False
    is_public: bool = False
    is_searchable: bool = False
    is_listed: bool = False


def create_field(record_kind: str, data: FieldData) -> CustomField:
    """Add a field behind the others of its kind of record.

    :raises NotFoundError: there are no such records.
    :raises InvalidInputError: something of ``data`` cannot be taken, by field.
    """
    host = get_host(record_kind)
    statement = select(func.count(), func.max(CustomField.position)).where(
        CustomField.record_kind == record_kind
    )
    count, last = session().execute(statement).one()
    if count >= MOST_FIELDS:
        raise InvalidInputError(_("There are %(most)s fields already.", most=MOST_FIELDS), field="names")
    columns = _read(host, data, None)
    keys = set(session().scalars(select(CustomField.key).where(CustomField.record_kind == record_kind)))
    key = make_key(next(iter(columns["names"].values())), keys, KEY_LENGTH)
    created = CustomField(record_kind=record_kind, key=key, position=(last or 0) + 1, **columns)
    session().add(created)
    session().flush()
    forget_fields()
    return created


def change_field(field_id: int, data: FieldData, *, version: int, seen: bool = False) -> CustomField:
    """Change what is said of a field; where it becomes another kind, its values follow.

    :param version: The version that the person saw.
    :param seen: The person knows what becomes of the values.
    :raises NotFoundError: there is no such field.
    :raises ConflictError: somebody else changed it since.
    :raises LossyChangeError: some values could not be kept.
    :raises UnseenConversionError: values would be converted, and ``seen`` does not say that this is known.
    :raises InvalidInputError: something of ``data`` cannot be taken, by field.
    """
    row = get_field(field_id, lock=True)
    check_version(row.version, version)
    host = get_host(row.record_kind)
    columns = _read(host, data, row)
    before = field_of([getattr(row, column.key) for column in COLUMNS])
    after = _field(row, columns)
    if before.kind is not after.kind:
        _convert(before, after, seen=seen)
    for name, value in columns.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    session().flush()
    forget_fields()
    if _is_found_otherwise(before, after):
        _reindex(host, field_id)
    return row


def _convert(before: Field, after: Field, *, seen: bool) -> None:
    found = preview(before, after)
    if not found.is_possible:
        raise LossyChangeError(refusal(found))
    if found.total and not seen:
        raise UnseenConversionError(
            ngettext(
                "%(num)s value becomes: %(kind)s. Nothing is lost; save again to do it.",
                "%(num)s values become: %(kind)s. Nothing is lost; save again to do it.",
                found.total,
                kind=after.kind.label,
            )
        )
    convert_values(before, after)


def refusal(found: Conversion) -> str:
    """Say which values keep a field from becoming another kind."""
    named = "; ".join(f"“{one.text}”: {one.why}" for one in found.named)
    said = ngettext(
        "%(num)s value cannot be kept like this, so the kind stays.",
        "%(num)s values cannot be kept like this, so the kind stays.",
        found.refused,
    )
    return f"{said} {named}"


def preview_change(field_id: int, data: FieldData) -> Conversion:
    """Return what would become of the values of a field with ``data``.

    :raises NotFoundError: there is no such field.
    :raises InvalidInputError: something of ``data`` cannot be taken, by field.
    """
    row = get_field(field_id)
    columns = _read(get_host(row.record_kind), data, row)
    return preview(field_of([getattr(row, column.key) for column in COLUMNS]), _field(row, columns))


def _field(row: CustomField, columns: Mapping[str, Any]) -> Field:
    return field_of([columns.get(column.key, getattr(row, column.key)) for column in COLUMNS])


def _is_found_otherwise(before: Field, after: Field) -> bool:
    """Tell whether the search entries of records with this field are other than they were."""
    if before.is_searchable != after.is_searchable:
        return True
    told = [(one.kind, {choice.key: choice.names for choice in one.choices}) for one in (before, after)]
    return after.is_searchable and told[0] != told[1]


def _reindex(host: FieldHost, field_id: int) -> None:
    for ids in records_with(field_id):
        host.reindex(ids)


def retire_field(field_id: int, *, retired: bool = True) -> CustomField:
    """Ask a field no longer, or again; what stands in it is kept either way.

    :raises NotFoundError: there is no such field.
    """
    row = get_field(field_id, lock=True)
    if (row.retired_at is not None) == retired:
        return row
    row.retired_at = now() if retired else None
    session().flush()
    forget_fields()
    if row.is_searchable:
        _reindex(get_host(row.record_kind), field_id)
    return row


def move_field(field_id: int, *, up: bool) -> CustomField:
    """Let a field change places with the one before or behind it that is asked; at the end of the list nothing happens.

    :raises NotFoundError: there is no such field.
    """
    row = get_field(field_id)
    others = [one.id for one in _in_order(row.record_kind) if one.retired_at is None]
    if field_id not in others:
        return row
    at = others.index(field_id) + (-1 if up else 1)
    return place_field(field_id, at) if 0 <= at < len(others) else row


def place_field(field_id: int, at: int) -> CustomField:
    """Put a field at a place among those of its kind of record that are asked, the first being 0.

    :raises NotFoundError: there is no such field.
    """
    row = get_field(field_id)
    rows = _in_order(row.record_kind)
    asked = [one for one in rows if one.retired_at is None and one.id != field_id]
    asked.insert(max(0, min(at, len(asked))), row)
    retired = [one for one in rows if one.retired_at is not None and one.id != field_id]
    for position, one in enumerate([*asked, *retired], 1):
        if one.position != position:
            one.position = position
    session().flush()
    forget_fields()
    return row


def _in_order(record_kind: str) -> list[CustomField]:
    statement = (
        select(CustomField)
        .where(CustomField.record_kind == record_kind)
        .order_by(CustomField.position, CustomField.id)
    )
    return list(session().scalars(statement))


def get_field(field_id: int, *, lock: bool = False) -> CustomField:
    """Return a field.

    :param lock: Keep others from changing it, and from writing values into it, until the unit of work ends.
    :raises NotFoundError: there is none with this id.
    """
    statement = select(CustomField).where(CustomField.id == field_id)
    if lock:
        statement = statement.with_for_update()
    found = session().scalars(statement).one_or_none() if is_id(field_id) else None
    if found is None:
        raise NotFoundError(_("There is no such field."))
    return found


def count_values(field_id: int) -> int:
    """Return in how many records something stands in a field."""
    return session().scalar(select(func.count()).where(CustomValue.field_id == field_id)) or 0


def _read(host: FieldHost, data: FieldData, row: CustomField | None) -> dict[str, Any]:
    """Return the columns of a field from what was typed.

    :param row: The field that is changed.
    :raises InvalidInputError: something cannot be taken, by field.
    """
    checks = Checks()
    kind = checks.read("kind", lambda: _read_kind(data.kind), FieldKind.TEXT)
    names = _read_texts(checks, "names", data.names, NAME_LENGTH)
    if not names and not checks.errors:
        checks.refuse(f"names_{current_tenant().language}", _("Fill this in."))
    known = () if row is None else field_of([getattr(row, column.key) for column in COLUMNS]).choices
    choices = _read_choices(checks, data.choices, known) if kind.has_choices else known
    if kind.has_choices and not any(choice.offered for choice in choices) and "choices" not in checks.errors:
        checks.refuse("choices", _("Write at least one choice."))
    columns: dict[str, Any] = {
        "names": names,
        "help": _read_texts(checks, "help", data.help, HELP_LENGTH),
        "kind": kind,
        "choices": [{"key": one.key, "names": dict(one.names), "offered": one.offered} for one in choices],
        "currency": _currency(kind, row),
        "default": None,
        "narrowing_id": checks.read("narrowing_id", lambda: _read_narrowing(host, data.narrowing_id), None),
        "is_required": data.is_required,
        "at_intake": data.at_intake and host.has_intake,
        "on_paper": data.on_paper and host.has_papers,
        "is_public": data.is_public,
        "is_searchable": data.is_searchable,
        "is_listed": data.is_listed,
    }
    if columns["on_paper"] and not data.is_public:
        checks.refuse(
            "on_paper", _("Papers go to the client: let the client see this field, or do not print it.")
        )
    if data.default.strip() and not checks.errors:
        columns["default"] = checks.read("default", lambda: _read_default(columns, data.default), None)
    checks.finish(_("The field was not saved."))
    return columns


def _read_kind(kind: FieldKind | str) -> FieldKind:
    try:
        return FieldKind(kind)
    except ValueError:
        raise ValueError(_("Choose from the list.")) from None


def _currency(kind: FieldKind, row: CustomField | None) -> str:
    if kind is not FieldKind.MONEY:
        return ""
    return row.currency if row is not None and row.currency else current_tenant().currency


def _read_texts(checks: Checks, name: str, texts: Mapping[str, str], most: int) -> dict[str, str]:
    read = {
        language: checks.text(f"{name}_{language}", texts.get(language, ""), most) for language in LANGUAGES
    }
    own = current_tenant().language
    ordered = sorted(read, key=lambda language: language != own)
    return {language: read[language] for language in ordered if read[language]}


def _read_choices(checks: Checks, given: Sequence[Choice], known: Sequence[Choice]) -> list[Choice]:
    """Return the choices in their order; those of ``known`` that are not given stay behind them and are not offered."""
    keys = {choice.key for choice in known}
    given_keys = {one.key for one in given}
    choices: list[Choice] = []
    taken: set[str] = set()
    for one in given:
        names = _read_texts(checks, "choices", one.names, NAME_LENGTH)
        for language in LANGUAGES:
            checks.errors.setdefault("choices", []).extend(checks.errors.pop(f"choices_{language}", []))
        if not names:
            continue
        folded = {fold_text(name) for name in names.values()}
        if folded & taken:
            checks.refuse("choices", _("“%(name)s” stands there twice.", name=next(iter(names.values()))))
        taken |= folded
        key = one.key if one.key in keys else ""
        if not key:
            # What was taken off the list and is written down again is the same choice.
            again = (choice for choice in known if choice.key not in given_keys | {c.key for c in choices})
            key = next((c.key for c in again if folded & set(map(fold_text, c.names.values()))), "")
        if not key:
            used = keys | {choice.key for choice in choices}
            key = make_key(next(iter(names.values())), used, CHOICE_KEY)
        choices.append(replace(one, key=key, names=names))
    if len(choices) > MOST_CHOICES:
        checks.refuse("choices", _("Write at most %(most)s choices.", most=MOST_CHOICES))
    if not checks.errors.get("choices", True):
        del checks.errors["choices"]
    kept = {choice.key for choice in choices}
    gone = [replace(choice, offered=False) for choice in known if choice.key not in kept]
    return [*choices, *gone]


def _read_narrowing(host: FieldHost, narrowing_id: int | None) -> int | None:
    if narrowing_id is None:
        return None
    if host.narrowings is None or narrowing_id not in dict(host.narrowings()):
        raise ValueError(_("Choose from the list."))
    return narrowing_id


def _read_default(columns: Mapping[str, Any], text: str) -> Any:  # noqa: ANN401 - plain JSON
    blank = Field(0, "", None, "", {}, {}, columns["kind"], (), columns["currency"], *[None] * 8)  # type: ignore[arg-type]
    choices = tuple(Choice(one["key"], one["names"], one["offered"]) for one in columns["choices"])
    field = replace(blank, choices=choices)
    return plain_value(field, of_text(field, text))


def make_key(name: str, taken: set[str], most: int) -> str:
    """Return a key of small letters, digits and underscores for ``name`` that is none of ``taken``."""
    plain = re.sub(r"[^a-z0-9]+", "_", fold_text(name).encode("ascii", "ignore").decode()).strip("_")
    plain = re.sub(r"^(?=\d)", "n", plain)[:most].strip("_") or "n"
    key, number = plain, 2
    while key in taken:
        end = f"_{number}"
        key, number = plain[: most - len(end)] + end, number + 1
    return key
