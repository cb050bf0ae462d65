"""Merging: two records that are one become one, nothing is lost, and it can be undone."""
