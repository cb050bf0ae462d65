"""The conformance sweep: every route by method, role, tenant and plugin state, generated from the routes that are there.

For the product's own tests and for plugin authors, who run it over their plugin with the fixtures of ``workmanager.testing``. A route
without a ``Case`` is a finding, so a new route that nobody thought about fails the build.
"""

from core.conformance.sweeps import SWEEPS, sweep_states
from core.conformance.world import CANARY, FOREIGN_IDS, Call, Case, World, fingerprint, make_call, merge_cases

__all__ = [
    "CANARY",
    "FOREIGN_IDS",
    "SWEEPS",
    "Call",
    "Case",
    "World",
    "fingerprint",
    "make_call",
    "merge_cases",
    "sweep_states",
]
