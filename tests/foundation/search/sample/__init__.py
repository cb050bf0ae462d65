"""A plugin with two kinds of records that search finds, for these tests alone."""

from core.plugin import Permission, Plugin

EVERYBODY = frozenset({"manager", "receptionist", "technician", "accountant"})

plugin = Plugin(
    name="sample",
    package="tests.foundation.search.sample",
    title="Sample",
    version="1",
    permissions=(
        Permission("sample.thing:view", "See things", EVERYBODY),
        Permission("sample.secret:view", "See secrets", frozenset({"manager"})),
    ),
    hooks=("hooks",),
)
