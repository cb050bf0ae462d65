"""A small plugin of a third party, for the tests: places on the shelf, with a page, a form and a table of its own."""

from workmanager import Permission, Plugin

plugin = Plugin(
    name="shelf",
    package=__name__,
    title="Shelf",
    version="1.0",
    permissions=(
        Permission("shelf.place:view", "See places", frozenset({"manager", "technician"})),
        Permission("shelf.place:edit", "Add and remove places", frozenset({"manager"})),
    ),
    blueprints=("views:blueprint",),
    hooks=("hooks",),
    models=("models",),
    migrations="migrations",
)
