"""The first tier: the protocols of intake and return, with the shop's own terms and texts (R27-R32, R46, R87, R88)."""

from flask_babel import lazy_gettext as _l

from workmanager import Permission, Plugin

plugin = Plugin(
    name="simple",
    package=__name__,
    title=_l("Simple"),
    version="0.1.0",
    permissions=(
        Permission(
            "simple.protocol:print",
            _l("Print intake and return protocols"),
            frozenset({"manager", "receptionist", "technician"}),
        ),
    ),
    blueprints=("views:simple",),
    hooks=("hooks",),
    models=("models",),
    migrations="migrations",
)
