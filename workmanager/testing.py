"""The pytest plugin for plugin authors: fixtures and the conformance suite of ``core.testing``."""

from core.testing import *  # noqa: F403 - pytest finds fixtures by name
