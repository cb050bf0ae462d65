"""Devices and what the shop knows them by: types, manufacturers, models, and who owned them when."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model
from core.types import UtcDateTime, key_column, now


class EquipmentType(Model):
    """A kind of device; the list is the shop's own (R25, R99)."""

    __tablename__ = "equipment_type"
    __title__ = _l("Equipment type")
    __derived_columns__ = frozenset({"name_key"})

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), info={"title": _l("Name")})
    name_key: Mapped[str] = mapped_column(key_column(100), unique=True)
    #: Where it stands in lists, from 1.
    position: Mapped[int] = mapped_column(info={"title": _l("Position")})
    #: A type that is not active is no longer offered; devices keep it.
    is_active: Mapped[bool] = mapped_column(default=True, info={"title": _l("Offered")})
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class Manufacturer(Model):
    """A maker of devices (R96)."""

    __tablename__ = "manufacturer"
    __title__ = _l("Manufacturer")
    __derived_columns__ = frozenset({"name_key"})

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), info={"title": _l("Name")})
    name_key: Mapped[str] = mapped_column(key_column(100), unique=True)


class EquipmentModel(Model):
    """A model of a manufacturer, with the type it has had before (R96)."""

    __tablename__ = "equipment_model"
    __title__ = _l("Model")
    __derived_columns__ = frozenset({"name_key"})
    __table_args__ = (UniqueConstraint("manufacturer_id", "name_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    manufacturer_id: Mapped[int] = mapped_column(
        ForeignKey("manufacturer.id"), info={"title": _l("Manufacturer")}
    )
    name: Mapped[str] = mapped_column(String(100), info={"title": _l("Name")})
    name_key: Mapped[str] = mapped_column(key_column(100))
    #: What devices of this model are, so that the form can say so.
    type_id: Mapped[int | None] = mapped_column(
        ForeignKey("equipment_type.id"), index=True, info={"title": _l("Equipment type")}
    )


class Equipment(Model):
    """One device, known by its unique ID for as long as it lives (R24, R49, R85)."""

    __tablename__ = "equipment"
    __title__ = _l("Device")
    __audit_label__ = "unique_id"
    __derived_columns__ = frozenset({"unique_key", "serial_key"})
    __table_args__ = (
        Index(None, "updated_at", "id"),
        Index(None, "type_id", "id"),
        Index(None, "client_id", "id"),
        Index(None, "manufacturer_id", "id"),
        Index(None, "model_id", "id"),
        Index(None, "serial_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Serial, IMEI, VIN, … as it was read off the device, or one that the shop generated.
    unique_id: Mapped[str] = mapped_column(String(60), info={"title": _l("Unique ID")})
    #: Without case and separators: no two devices share it.
    unique_key: Mapped[str] = mapped_column(key_column(60), unique=True)
    #: The device has no ID of its own and carries our label.
    unique_id_generated: Mapped[bool] = mapped_column(default=False, info={"title": _l("Generated ID")})
    type_id: Mapped[int | None] = mapped_column(
        ForeignKey("equipment_type.id"), info={"title": _l("Equipment type")}
    )
    manufacturer_id: Mapped[int | None] = mapped_column(
        ForeignKey("manufacturer.id"), info={"title": _l("Manufacturer")}
    )
    model_id: Mapped[int | None] = mapped_column(
        ForeignKey("equipment_model.id"), info={"title": _l("Model")}
    )
    #: What tells it from others of its model: "128 GB, blue".
    variant: Mapped[str] = mapped_column(String(100), default="", info={"title": _l("Variant")})
    #: A second identifier; the unique ID may be the IMEI.
    serial: Mapped[str] = mapped_column(String(60), default="", info={"title": _l("Serial number")})
    serial_key: Mapped[str] = mapped_column(key_column(60), default="")
    #: Who owns it now.
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"), info={"title": _l("Client")})
    notes: Mapped[str] = mapped_column(Text, default="", info={"title": _l("Notes")})
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class EquipmentOwnership(Model):
    """Who owned a device from when on; the newest row is the owner of today."""

    __tablename__ = "equipment_ownership"
    __title__ = _l("Owner")
    __audited__ = False
    __unaudited_because__ = "it is itself the history of Equipment.client_id, whose changes are recorded"
    __table_args__ = (Index(None, "equipment_id", "id"), Index(None, "client_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id"))
    #: ``None``: nobody that the shop knows.
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
