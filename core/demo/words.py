"""What the demo shop is made of: invented people, real kinds of devices, and what goes wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FIRST_NAMES: Final = (
    "Andrei", "Maria", "Ioana", "Mihai", "Elena", "Alexandru", "Ana", "Cristian", "Gabriela", "Bogdan", "Raluca", "Vlad",
    "Diana", "Radu", "Simona", "Ștefan", "Larisa", "Tudor", "Bianca", "Sorin", "Oana", "Dragoș", "Mădălina", "Cătălin",
    "Roxana", "Liviu", "Anca", "Florin", "Teodora", "Paul", "Ilinca", "Răzvan", "Denisa", "Nicolae",
)  # fmt: skip
LAST_NAMES: Final = (
    "Popescu", "Mureșan", "Pop", "Moldovan", "Rusu", "Câmpean", "Hanganu", "Ionescu", "Crișan", "Bălan", "Oltean", "Lazăr",
    "Stoica", "Chiș", "Țăran", "Șerban", "Dumitrescu", "Vasilescu", "Nistor", "Ardelean", "Botezatu", "Ciobanu", "Marinescu",
    "Sabău", "Petrescu", "Grigorescu", "Tămaș", "Suciu", "Bărbulescu", "Costea", "Iacob", "Zăvoianu", "Mihăilă", "Onișor",
)  # fmt: skip
STREETS: Final = (
    "Memorandumului", "Horea", "Eroilor", "Avram Iancu", "Fabricii", "Observatorului", "Constanța", "Mehedinți", "Dorobanților",
    "Republicii", "Plopilor", "Donath", "Buna Ziua", "Teodor Mihali", "Primăverii", "Florilor", "Aurel Vlaicu", "Traian",
)  # fmt: skip
TOWNS: Final = (
    ("Cluj-Napoca", "CJ"),
    ("Florești", "CJ"),
    ("Turda", "CJ"),
    ("Dej", "CJ"),
    ("Zalău", "SJ"),
    ("Bistrița", "BN"),
)
#: Invented firms; the check digits of their tax codes are right, the numbers are not given out yet.
COMPANIES: Final = (
    ("Panificația Ciuc SRL", "RO99001170"),
    ("Hotel Belvedere Cluj SRL", "RO99002175"),
    ("Cabinet Dentar Dr. Sabău SRL", "RO99003170"),
    ("Transilvania Print SRL", "RO99004176"),
    ("Grădinița Licurici SRL", "RO99005171"),
    ("Curier Rapid Nord SRL", "RO99006177"),
    ("Restaurant La Vatra SRL", "RO99007172"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that breaks: what the client says, what the bench finds, what it costs (lei, from and to)."""

    said: str
    found: str
    price: tuple[int, int]
    #: Names of catalogue items that mend it.
    items: tuple[str, ...]
    #: A part that is ordered for the one device, outside the catalogue; ``{model}`` is its model.
    part: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of device with its models and faults."""

    #: Name of the equipment type that a Romanian shop starts with.
    type_name: str
    #: Manufacturer and model.
    models: tuple[tuple[str, str], ...]
    faults: tuple[Fault, ...]
    accessories: tuple[str, ...]
    conditions: tuple[str, ...]
    #: How often it comes in, against the others.
    weight: int


KINDS: Final = (
    Kind(
        "Telefon",
        (
            ("Apple", "iPhone 13, 128 GB"), ("Apple", "iPhone 12 mini"), ("Apple", "iPhone 14 Pro, 256 GB"), ("Apple", "iPhone SE 2022"),
            ("Samsung", "Galaxy S23"), ("Samsung", "Galaxy A54"), ("Samsung", "Galaxy A34"), ("Xiaomi", "Redmi Note 12"),
            ("Xiaomi", "13T"), ("Google", "Pixel 7a"), ("Motorola", "Edge 40"), ("Huawei", "P30 Lite"),
        ),
        (
            Fault("A scăpat telefonul pe gresie. Ecranul e spart și tactilul răspunde doar în jumătatea de sus.", "Ecran spart, rama dreaptă. Se înlocuiește ansamblul de ecran.", (380, 980), ("Înlocuire ecran telefon", "Adeziv capac spate"), "Ecran {model}"),
            Fault("Bateria ține doar până la prânz și telefonul se închide la frig.", "Baterie la 71% din capacitate. Se înlocuiește.", (180, 320), ("Înlocuire baterie telefon",), "Baterie {model}"),
            Fault("Nu se mai încarcă decât dacă ține cablul într-o anumită poziție.", "Conector de încărcare uzat și plin de scame. Curățare și înlocuire conector.", (150, 280), ("Înlocuire conector de încărcare", "Conector de încărcare USB-C")),
            Fault("A căzut în apă acum două zile. Se aprinde, dar nu se aude nimic.", "Oxidare pe placa de bază, zona audio. Curățare cu ultrasunete.", (200, 450), ("Curățare cu ultrasunete după contact cu lichid",)),
            Fault("Camera din spate tremură și nu focalizează după o căzătură.", "Stabilizatorul camerei este rupt. Se înlocuiește modulul.", (350, 620), ("Înlocuire cameră telefon", "Modul cameră spate")),
            Fault("Difuzorul de convorbire se aude foarte încet.", "Sita difuzorului este înfundată. Curățare, probă bună.", (60, 120), ("Curățare conector și difuzoare",)),
        ),
        ("husă", "cartelă SIM", "încărcător", "cutie", "folie de protecție"),
        ("zgârieturi fine pe spate", "colț lovit dreapta jos", "fără urme", "ecran crăpat, folie ciobită", "capac spate fisurat"),
        50,
    ),
    Kind(
        "Laptop",
        (
            ("Lenovo", "ThinkPad T14"), ("Lenovo", "IdeaPad 5"), ("Dell", "Latitude 5420"), ("Dell", "XPS 13"), ("HP", "ProBook 450 G8"),
            ("Asus", "VivoBook 15"), ("Apple", "MacBook Air M1"), ("Acer", "Aspire 5"),
        ),
        (
            Fault("Se încălzește tare și ventilatorul merge tot timpul.", "Radiator înfundat cu praf, pastă termică întărită. Curățare și pastă nouă.", (150, 250), ("Curățare laptop și schimb pastă termică", "Pastă termică")),
            Fault("S-a vărsat cafea pe tastatură, câteva taste nu merg.", "Tastatură contaminată, placa curată. Se înlocuiește tastatura.", (280, 520), ("Înlocuire tastatură laptop", "Tastatură laptop")),
            Fault("Pornește foarte greu și uneori rămâne în ecran negru.", "SSD cu sectoare realocate. Se clonează pe un disc nou.", (320, 640), ("Clonare date pe disc nou", "SSD 500 GB")),
            Fault("Balamaua din stânga s-a rupt și ecranul se clatină.", "Prinderea balamalei ruptă din carcasă. Refacere filet și balama nouă.", (220, 420), ("Refacere balama laptop", "Balama laptop, set stânga-dreapta")),
            Fault("Nu mai ține deloc bateria, merge doar în priză.", "Baterie la 12% din capacitate. Se înlocuiește.", (260, 480), ("Înlocuire baterie laptop", "Baterie laptop")),
        ),
        ("încărcător", "geantă", "mouse", "husă"),
        ("capac zgâriat", "urme de lichid", "fără urme", "colț ciobit", "lipsește un picior de cauciuc"),
        20,
    ),
    Kind(
        "Mașină de spălat",
        (("Arctic", "APL71022"), ("Beko", "WTV8636"), ("Whirlpool", "FFB 8248"), ("Bosch", "Serie 4 WAN28"), ("Samsung", "WW70T"), ("LG", "F2WV3")),
        (
            Fault("Nu evacuează apa, rămâne cu rufele în apă.", "Pompă de evacuare blocată și arsă. Se înlocuiește.", (250, 420), ("Înlocuire pompă de evacuare", "Pompă de evacuare")),
            Fault("Face un zgomot foarte tare la centrifugare.", "Rulmenți uzați la cuvă. Se înlocuiesc rulmenții și simeringul.", (450, 750), ("Înlocuire rulmenți cuvă", "Set rulmenți și simering")),
            Fault("Nu încălzește apa, rufele ies nespălate.", "Rezistență întreruptă, depuneri de calcar. Se înlocuiește.", (220, 360), ("Înlocuire rezistență mașină de spălat", "Rezistență 2000 W")),
            Fault("Pierde apă pe sub ușă.", "Garnitura de la hublou fisurată. Se înlocuiește.", (200, 340), ("Înlocuire garnitură hublou", "Garnitură hublou")),
        ),
        ("furtun de alimentare", "furtun de evacuare"),
        ("zgârieturi pe laterală", "rugină la bază", "fără urme"),
        10,
    ),
    Kind(
        "Televizor",
        (("Samsung", "UE55AU7172"), ("LG", "55UP7500"), ("Philips", "50PUS7506"), ("Sony", "KD-55X80J")),
        (
            Fault("Sunet are, imagine nu. Se vede foarte slab cu o lanternă.", "Barele LED de iluminare întrerupte. Se înlocuiesc.", (350, 600), ("Înlocuire bare LED televizor", "Set bare LED")),
            Fault("Se oprește singur după câteva minute.", "Condensatori umflați în sursă. Se înlocuiesc.", (180, 320), ("Reparație sursă televizor", "Condensator 1000 µF")),
            Fault("Nu mai răspunde la telecomandă.", "Receptorul de infraroșu defect. Se înlocuiește.", (120, 200), ("Lipire pe placa de bază", "Receptor infraroșu")),
        ),
        ("telecomandă", "picioare", "cablu de alimentare"),
        ("fără urme", "zgârietură pe ramă"),
        7,
    ),
    Kind(
        "Tabletă",
        (("Samsung", "Galaxy Tab A8"), ("Apple", "iPad 9"), ("Lenovo", "Tab M10")),
        (
            Fault("Geamul s-a spart, copilul a călcat pe ea.", "Geam spart, afișajul bun. Se înlocuiește geamul.", (280, 520), ("Înlocuire geam tabletă", "Geam tabletă")),
            Fault("Nu mai pornește de când s-a descărcat de tot.", "Baterie descărcată profund. Se înlocuiește bateria.", (200, 320), ("Înlocuire baterie tabletă",), "Baterie {model}"),
        ),
        ("husă", "încărcător"),
        ("geam spart", "zgârieturi pe spate"),
        6,
    ),
    Kind(
        "Unealtă electrică",
        (("Bosch", "GSB 18V-55"), ("Makita", "GA5030R"), ("DeWalt", "DCD796"), ("Metabo", "KHE 2645")),
        (
            Fault("Scoate scântei și miros de ars.", "Cărbuni uzați, colectorul curat. Se înlocuiesc cărbunii.", (90, 180), ("Înlocuire cărbuni", "Set cărbuni")),
            Fault("Mandrina nu mai strânge burghiul.", "Mandrină uzată. Se înlocuiește.", (120, 260), ("Înlocuire mandrină", "Mandrină 13 mm")),
            Fault("Se oprește când apasă mai tare.", "Întrerupătorul electronic defect. Se înlocuiește.", (140, 280), ("Înlocuire întrerupător", "Întrerupător electronic")),
        ),
        ("valiză", "acumulator", "încărcător"),
        ("murdară de praf de moloz", "cablu cârpit", "fără urme"),
        7,
    ),
)  # fmt: skip

#: What a technician or the reception writes into the timeline.
NOTES: Final = (
    "Am vorbit cu clientul la telefon, trece după ora 17.",
    "Piesa vine mâine dimineață cu curierul.",
    "Atenție la datele din telefon, clientul nu are copie.",
    "Client grăbit, pleacă din oraș vineri.",
    "Am făcut probă o oră, totul în regulă.",
    "De verificat și difuzorul la final.",
    "Clientul întreabă dacă se poate păstra piesa veche.",
)
QUESTIONS: Final = (
    "Întreabă clientul dacă acceptă piesă compatibilă în loc de originală.",
    "Nu știm codul de deblocare, de întrebat clientul.",
    "Mai găsim un defect, de întrebat dacă îl reparăm și pe acela.",
)
CANCEL_REASONS: Final = (
    "Clientul a renunțat, reparația depășește valoarea.",
    "Clientul și-a cumpărat alt aparat.",
)
#: Name of the catalogue item that is charged where nothing can be repaired.
DIAGNOSIS: Final = "Diagnosticare"
UNREPAIRABLE: Final = (
    "Placa de bază este scurtcircuitată în mai multe straturi.",
    "Nu se mai găsesc piese compatibile pentru modelul acesta.",
)
