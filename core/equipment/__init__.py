"""Equipment: the devices that come in for repair, each with one unique ID and one history."""
