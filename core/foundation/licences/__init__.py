"""Licence tiers and feature bundles: what is switched on together."""
