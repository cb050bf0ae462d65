"""The core of Workmanager: what a repair shop needs before any plugin is on."""
