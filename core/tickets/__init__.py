"""Tickets: one for each time a device comes in, from intake to return."""
