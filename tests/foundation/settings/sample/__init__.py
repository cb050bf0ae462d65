"""A plugin with settings of each kind, for these tests alone."""

from core.plugin import Permission, Plugin

plugin = Plugin(
    name="sample",
    package="tests.foundation.settings.sample",
    title="Sample",
    version="1",
    permissions=(
        Permission("sample.settings:edit", "Change the samples", frozenset({"receptionist", "manager"})),
    ),
    hooks=("hooks",),
)
