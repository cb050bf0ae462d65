"""The catalogue of the demo shop: what a repairer of phones and appliances does and sells, with everyday prices."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from core.catalogue.models import ItemKind, Unit
from core.catalogue.services import ItemData, create_item
from core.types import Money

#: Name, name in English, unit, standard time in minutes, cost, price with VAT (lei), guarantee in months.
LABOUR: Final = (
    ("Diagnosticare", "Diagnosis", Unit.ONE, 30, "25", "60", 0),
    ("Diagnosticare avansată placă de bază", "Advanced board diagnosis", Unit.ONE, 90, "80", "150", 0),
    ("Înlocuire ecran telefon", "Phone screen replacement", Unit.ONE, 45, "50", "140", 6),
    ("Înlocuire baterie telefon", "Phone battery replacement", Unit.ONE, 30, "35", "90", 6),
    ("Înlocuire conector de încărcare", "Charging port replacement", Unit.ONE, 60, "55", "130", 6),
    ("Înlocuire cameră telefon", "Phone camera replacement", Unit.ONE, 45, "50", "140", 6),
    ("Curățare conector și difuzoare", "Cleaning of port and speakers", Unit.ONE, 20, "15", "50", 1),
    (
        "Curățare cu ultrasunete după contact cu lichid",
        "Ultrasonic cleaning after liquid damage",
        Unit.ONE,
        120,
        "90",
        "220",
        1,
    ),
    (
        "Curățare laptop și schimb pastă termică",
        "Laptop cleaning and new thermal paste",
        Unit.ONE,
        60,
        "55",
        "150",
        3,
    ),
    ("Înlocuire tastatură laptop", "Laptop keyboard replacement", Unit.ONE, 75, "65", "160", 6),
    ("Înlocuire baterie laptop", "Laptop battery replacement", Unit.ONE, 30, "35", "90", 6),
    ("Refacere balama laptop", "Laptop hinge repair", Unit.ONE, 90, "80", "190", 6),
    ("Clonare date pe disc nou", "Cloning of data to a new drive", Unit.ONE, 60, "45", "150", 0),
    ("Lipire pe placa de bază", "Board soldering", Unit.HOUR, 60, "80", "200", 3),
    ("Înlocuire pompă de evacuare", "Drain pump replacement", Unit.ONE, 45, "50", "130", 12),
    ("Înlocuire rulmenți cuvă", "Drum bearing replacement", Unit.ONE, 180, "150", "320", 12),
    (
        "Înlocuire rezistență mașină de spălat",
        "Washing machine heater replacement",
        Unit.ONE,
        60,
        "60",
        "140",
        12,
    ),
    ("Înlocuire garnitură hublou", "Door seal replacement", Unit.ONE, 60, "60", "140", 12),
    ("Înlocuire bare LED televizor", "TV backlight replacement", Unit.ONE, 120, "100", "240", 6),
    ("Reparație sursă televizor", "TV power supply repair", Unit.HOUR, 60, "70", "180", 6),
    ("Înlocuire baterie tabletă", "Tablet battery replacement", Unit.ONE, 60, "50", "130", 6),
    ("Înlocuire geam tabletă", "Tablet glass replacement", Unit.ONE, 60, "60", "160", 6),
    ("Înlocuire cărbuni", "Carbon brush replacement", Unit.ONE, 20, "20", "60", 3),
    ("Înlocuire mandrină", "Chuck replacement", Unit.ONE, 30, "25", "70", 6),
    ("Înlocuire întrerupător", "Switch replacement", Unit.ONE, 40, "35", "90", 6),
    ("Deplasare în Cluj-Napoca", "Call-out within Cluj-Napoca", Unit.ONE, 40, "30", "70", 0),
)
PARTS: Final = (
    ("Ecran iPhone 13, ansamblu", "iPhone 13 screen assembly", Unit.PIECE, "318", "590", 12),
    ("Ecran Galaxy A54, ansamblu", "Galaxy A54 screen assembly", Unit.PIECE, "214", "420", 12),
    ("Baterie iPhone 12", "iPhone 12 battery", Unit.PIECE, "82", "160", 12),
    ("Baterie Galaxy S23", "Galaxy S23 battery", Unit.PIECE, "95", "180", 12),
    ("Conector de încărcare USB-C", "USB-C charging port", Unit.PIECE, "18.50", "60", 6),
    ("Modul cameră spate", "Rear camera module", Unit.PIECE, "235", "430", 12),
    ("Adeziv capac spate", "Back cover adhesive", Unit.PIECE, "6.50", "20", 0),
    ("Folie de protecție", "Screen protector", Unit.PIECE, "7.20", "35", 0),
    ("Pastă termică", "Thermal paste", Unit.PIECE, "8", "25", 0),
    ("Tastatură laptop", "Laptop keyboard", Unit.PIECE, "110", "230", 12),
    ("Baterie laptop", "Laptop battery", Unit.PIECE, "165", "320", 12),
    ("Balama laptop, set stânga-dreapta", "Laptop hinges, left and right", Unit.SET, "72", "150", 6),
    ("SSD 500 GB", "500 GB SSD", Unit.PIECE, "148", "260", 24),
    ("Pompă de evacuare", "Drain pump", Unit.PIECE, "84", "175", 24),
    ("Set rulmenți și simering", "Bearing and seal kit", Unit.SET, "132", "260", 24),
    ("Rezistență 2000 W", "2000 W heater", Unit.PIECE, "68", "140", 24),
    ("Garnitură hublou", "Door seal", Unit.PIECE, "74", "145", 24),
    ("Set bare LED", "LED backlight kit", Unit.SET, "118", "240", 12),
    ("Condensator 1000 µF", "1000 µF capacitor", Unit.PIECE, "3.40", "12", 12),
    ("Receptor infraroșu", "Infrared receiver", Unit.PIECE, "9", "40", 12),
    ("Geam tabletă", "Tablet glass", Unit.PIECE, "96", "210", 6),
    ("Set cărbuni", "Carbon brush kit", Unit.SET, "14", "45", 3),
    ("Mandrină 13 mm", "13 mm chuck", Unit.PIECE, "52", "120", 12),
    ("Întrerupător electronic", "Electronic switch", Unit.PIECE, "48", "110", 12),
    ("Cablu electric 3 x 1,5", "3 x 1.5 power cable", Unit.METRE, "5.60", "14", 0),
)  # fmt: skip


def make_catalogue() -> None:
    """Fill the catalogue of the tenant of the context, in the caller's unit of work."""
    for name, english, unit, minutes, cost, price, months in LABOUR:
        data = ItemData(
            kind=ItemKind.LABOUR,
            names={"ro": name, "en": english},
            unit=unit,
            standard_minutes=minutes,
            cost=Money(Decimal(cost)),
            price=Money(Decimal(price)),
            vat_key="standard",
            guarantee_months=months,
        )
        create_item(data)
    for name, english, unit, cost, price, months in PARTS:
        data = ItemData(
            kind=ItemKind.PART,
            names={"ro": name, "en": english},
            unit=unit,
            cost=Money(Decimal(cost)),
            price=Money(Decimal(price)),
            vat_key="standard",
            guarantee_months=months,
        )
        create_item(data)
