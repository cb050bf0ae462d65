"""Printed papers: document kinds, the sandbox for texts that a tenant edits, and the render server that makes PDFs.

Nothing is imported here: the render server's own process imports from this package and must stay small.
"""
