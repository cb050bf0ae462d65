"""The commands of the installation; those of an area live in the area's ``cli.py``."""
