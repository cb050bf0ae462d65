"""Tenants: the firms that work with this installation, each in a database of its own."""
