"""Places on the shelf."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from workmanager import Model


class Place(Model):
    """A place with a label."""

    __tablename__ = "shelf_place"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(40))
