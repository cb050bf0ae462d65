"""The form field of one picture: what is stored is shown, another may be chosen, or it may be taken away."""

from __future__ import annotations

from typing import Any, Unpack

from werkzeug.datastructures import FileStorage
from wtforms import Field
from wtforms.widgets import FileInput

from core.foundation.ui.fields import FieldOptions, rules_of

#: Behind the name of the field: the box that takes the picture away.
REMOVE = "-remove"


class PictureField(Field):
    """One picture. ``data`` is what is stored, ``None`` once it is taken away; ``upload`` is what was sent in its place."""

    kind = "picture"
    widget = FileInput()

    def __init__(self, label: object = None, *, url: str = "", **options: Unpack[FieldOptions]) -> None:
        """Bind the field; the picture that is stored is at ``url``."""
        self.hint, self.unit, self.url = options.pop("hint", ""), options.pop("unit", ""), url
        self.stored: str | None = None
        self.upload: FileStorage | None = None
        options["render_kw"] = {"accept": "image/png,image/jpeg,image/webp"}
        super().__init__(label, rules_of(options), **options)  # type: ignore[arg-type, misc]

    @property
    def remove_name(self) -> str:
        """The name of the box that takes the picture away."""
        return f"{self.name}{REMOVE}"

    def process(self, formdata: Any, *rest: Any, **named: Any) -> None:  # noqa: ANN401 - WTForms' own
        """Take the file that was sent, or the word that none is wanted."""
        super().process(formdata, *rest, **named)
        if formdata is None:
            return
        if formdata.getlist(self.remove_name):
            self.data = None
        sent = [one for one in formdata.getlist(self.name) if isinstance(one, FileStorage) and one.filename]
        self.upload = sent[0] if sent else None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Leave ``data`` as it is stored: a file is no value of a form."""
