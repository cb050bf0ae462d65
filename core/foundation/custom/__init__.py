"""Custom fields: what a shop writes down of its records beyond what the product knows; nothing here knows what the records are."""
