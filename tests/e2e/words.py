"""What people read and press: English as it stands in the source, and its Romanian."""

from __future__ import annotations

from typing import Final

ROMANIAN: Final = {
    "Accessories received": "Accesorii primite",
    "Change status": "Schimbă statusul",
    "Condition on arrival": "Stare la primire",
    "Diagnosis": "Evaluare",
    "Download": "Descarcă",
    "E-mail": "E-mail",
    "Estimate": "Estimare",
    "Give": "Dă",
    "In work": "În lucru",
    "Intake": "Preluare",
    "Intake protocol": "Proces-verbal de preluare",
    "Manufacturer": "Producător",
    "Model": "Model",
    "Name": "Nume",
    "New status": "Status nou",
    "Open and print": "Deschide și tipărește",
    "Open only": "Doar deschide",
    "Open the ticket": "Deschide fișa",
    "Phone": "Telefon",
    "Print": "Tipărește",
    "Ready": "Gata",
    "Received": "Preluat",
    "Remark": "Observație",
    "Return protocol": "Proces-verbal de predare",
    "Returned": "Predat",
    "Technician": "Tehnician",
    "Type": "Tip",
    "Unique ID: serial or IMEI": "ID unic: serie sau IMEI",
    "What is wrong, in the client's words": "Ce nu merge, cu vorbele clientului",
}
