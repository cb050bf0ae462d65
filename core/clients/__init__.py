"""Clients: the people and firms whose devices the shop repairs."""
