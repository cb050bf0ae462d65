"""What the tests of the architecture read from the source: imports, floors, strings, lengths.

Each function takes the parsed modules and returns what breaks its rule: a test can hand it a sketch that does.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

PARTS = ("core", "plugins", "workmanager")
#: From the ground up. A module stands on the floor of its longest prefix; it imports from there and from below.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("core.errors", "core.config", "core.console"),
    ("core.types", "core.engines", "core.db"),
    ("core.plugin", "core.loading", "core.migrate", "core.migrations", "core.access"),
    ("core.foundation",),
    ("core.clients",),
    ("core.equipment",),
    ("core.catalogue",),
    ("core.tickets",),
    ("core.works",),
    ("core.sales",),
    (
        "core.gate",
        "core.shell",
        "core.app",
        "core.front",
        "core.preload",
        "core.testing",
        "core.conformance",
        "core.demo",
        "workmanager",
    ),
    ("plugins",),
    ("core.cli", "core.commands", "workmanager.__main__"),
)
PLUGINS = ("simple", "plus", "stock", "procurement", "invoicing", "registry", "dispatch")
#: Beside ``core.db``, these commit: on connections of their own, never in a unit of work.
OWN_CONNECTIONS = {
    "core.migrate": "a revision is a transaction of its own, on a connection that nobody else uses",
}
LONGEST_FUNCTION = 60
LONGEST_FILE = 400
#: Names that say nothing of what is inside.
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}


@dataclass(frozen=True)
class Module:
    """One source file, parsed."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """The package that a relative import starts from."""
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]

    @property
    def is_revision(self) -> bool:
        """Whether this is a migration: as long as the tables it makes."""
        return "migrations" in self.path.parts


@dataclass(frozen=True)
class Import:
    """One imported name: the module it leads to, and where it stands."""

    module: Module
    target: str
    line: int

    def __str__(self) -> str:
        return f"{self.module.name}:{self.line} imports {self.target}"


def read_modules(root: Path) -> dict[str, Module]:
    """Parse every source file of the three parts below ``root``."""
    modules = {}
    for part in PARTS:
        for path in sorted((root / part).rglob("*.py")):
            names = path.relative_to(root).with_suffix("").parts
            name = ".".join(names[:-1] if names[-1] == "__init__" else names)
            text = path.read_text(encoding="utf-8")
            modules[name] = Module(name, path, text, ast.parse(text, str(path)))
    return modules


def imports(module: Module, known: Iterable[str]) -> Iterator[Import]:
    """Yield what ``module`` imports: at the top, inside functions, under ``TYPE_CHECKING``, relatively."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.package.split(".")
                base = ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])])
            for alias in node.names:
                deeper = f"{base}.{alias.name}"
                yield Import(module, deeper if deeper in known else base, node.lineno)


def all_imports(modules: dict[str, Module]) -> Iterator[Import]:
    """Yield the imports of every module."""
    for module in modules.values():
        yield from imports(module, modules)


def is_in(name: str, package: str) -> bool:
    """Tell whether ``name`` is ``package`` or inside it."""
    return name == package or name.startswith(f"{package}.")


def floor_of(name: str) -> int | None:
    """Return the number of the floor that ``name`` stands on, ``None`` where no floor names it."""
    fitting = [(len(prefix), n) for n, floor in enumerate(FLOORS) for prefix in floor if is_in(name, prefix)]
    return max(fitting)[1] if fitting else None


def inhabited_floors(modules: dict[str, Module]) -> list[list[str]]:
    """Return the floors with what stands on them by now; what is still to come is left out, and floors of that alone."""
    floors = [
        [prefix for prefix in floor if any(is_in(name, prefix) for name in modules)] for floor in FLOORS
    ]
    return [floor for floor in floors if floor]


def floors_told(page: str) -> list[list[str]]:
    """Return the floors that the table of a page lists, row by row."""
    section = page.partition("\n## Floors\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return [re.findall(r"`([\w.]+)`", row) for row in rows]


def without_floor(modules: dict[str, Module]) -> list[str]:
    """List the modules that no floor names."""
    return [name for name in modules if name not in PARTS and floor_of(name) is None]


def running_up(modules: dict[str, Module]) -> list[str]:
    """List the imports that lead from a floor to a higher one."""
    found = []
    for one in all_imports(modules):
        here, there = floor_of(one.module.name), floor_of(one.target)
        if here is not None and there is not None and there > here:
            found.append(str(one))
    return found


def area_of(name: str) -> str:
    """Return the folder that ``name`` belongs to: ``core.tickets``, ``core.foundation.audit``, ``plugins.stock``."""
    parts = name.split(".")
    return ".".join(parts[: 3 if parts[:2] == ["core", "foundation"] else 2])


def circle(modules: dict[str, Module], *, of_areas: bool = False) -> list[str]:
    """Return one circle of imports between modules, or between the folders that they are in; none where there is none."""
    graph: dict[str, set[str]] = {}
    for one in all_imports(modules):
        here, there = one.module.name, one.target
        if there in modules:
            here, there = (area_of(here), area_of(there)) if of_areas else (here, there)
            graph.setdefault(here, set()).update({there} - {here})
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def core_on_what_stands_on_it(modules: dict[str, Module]) -> list[str]:
    """List the imports of plugins and of the public face in the core."""
    return [
        str(one)
        for one in all_imports(modules)
        if is_in(one.module.name, "core")
        and (is_in(one.target, "plugins") or is_in(one.target, "workmanager"))
    ]


def requirements(modules: dict[str, Module], plugin: str) -> set[str]:
    """Read the ``requires`` of a plugin's manifest."""
    for node in ast.walk(modules[f"plugins.{plugin}"].tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Plugin":
            return {
                str(name)
                for key in node.keywords
                if key.arg == "requires"
                for name in ast.literal_eval(key.value)
            }
    return set()


def plugins_behind_the_face(modules: dict[str, Module]) -> list[str]:
    """List imports of plugins that are not of ``workmanager``, their own, or a plugin that they require."""
    found = []
    for one in all_imports(modules):
        if not is_in(one.module.name, "plugins") or one.module.name == "plugins":
            continue
        plugin = one.module.name.split(".")[1]
        allowed = {plugin, *requirements(modules, plugin)}
        foreign = is_in(one.target, "plugins") and one.target.split(".")[1:2] not in [
            [name] for name in allowed
        ]
        deep = one.target.startswith("workmanager.") and not is_in(one.target, "workmanager.testing")
        if is_in(one.target, "core") or foreign or deep:
            found.append(str(one))
    return found


def docstrings(tree: ast.Module) -> set[int]:
    """Return the ids of the constants that are docstrings."""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, holders)]
    return {id(body[0].value) for body in bodies if body and isinstance(body[0], ast.Expr)}


def plugin_names_in_core(root: Path, modules: dict[str, Module], names: Iterable[str]) -> list[str]:
    """List strings of the core that are a plugin's name, or begin with it: endpoints, permissions, paths."""
    name = f"(?:{'|'.join(map(re.escape, names))})"
    literal = re.compile(rf"/?(?:plugins[./])?{name}(?:[.:/].*)?", re.DOTALL)
    quoted = re.compile(rf"""["']/?(?:plugins[./])?{name}[.:/]""")
    found = []
    for module in modules.values():
        if is_in(module.name, "core"):
            told = docstrings(module.tree)
            found += [
                f"{module.name}:{node.lineno} says {node.value!r}"
                for node in ast.walk(module.tree)
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
                if id(node) not in told and literal.fullmatch(node.value)
            ]
    for path in sorted((root / "templates").rglob("*")):
        if path.is_file():
            lines = path.read_text(encoding="utf-8").splitlines()
            found += [
                f"{path.name}:{n} says {line.strip()}"
                for n, line in enumerate(lines, 1)
                if quoted.search(line)
            ]
    return found


def services_that_see_the_request(modules: dict[str, Module]) -> list[str]:
    """List where services import or read Flask's ``request`` or ``session``."""
    found = []
    for module in modules.values():
        if "services" not in module.name.split("."):
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "flask":
                names = {alias.name for alias in node.names}
            elif (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "flask"
            ):
                names = {node.attr}
            else:
                continue
            found += [
                f"{module.name}:{node.lineno} sees {name}" for name in sorted(names & {"request", "session"})
            ]
    return found


def models_on_services(modules: dict[str, Module]) -> list[str]:
    """List the imports of services in models."""
    return [
        str(one)
        for one in all_imports(modules)
        if "models" in one.module.name.split(".") and "services" in one.target.split(".")
    ]


def commits(modules: dict[str, Module]) -> list[str]:
    """List the calls of ``commit()`` outside ``core/db.py`` and ``OWN_CONNECTIONS``."""
    return [
        f"{module.name}:{line}"
        for module in modules.values()
        if module.name != "core.db" and module.name not in OWN_CONNECTIONS
        for line in commit_lines(module)
    ]


def commit_lines(module: Module) -> list[int]:
    """Return the lines on which ``module`` calls ``commit()``."""
    return [
        node.lineno
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]


def long_functions(modules: dict[str, Module]) -> list[str]:
    """List the functions that are too long, migrations left out."""
    return [
        f"{module.name}:{node.lineno} {node.name} has {(node.end_lineno or node.lineno) - node.lineno + 1} lines"
        for module in modules.values()
        if not module.is_revision
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (node.end_lineno or node.lineno) - node.lineno + 1 > LONGEST_FUNCTION
    ]


def long_files(modules: dict[str, Module]) -> list[str]:
    """List the files that are too long, migrations left out."""
    return [
        f"{module.name} has {len(module.text.splitlines())} lines"
        for module in modules.values()
        if not module.is_revision and len(module.text.splitlines()) > LONGEST_FILE
    ]


def empty_names(modules: dict[str, Module]) -> list[str]:
    """List the modules whose name says nothing of what is inside."""
    return [name for name in modules if EMPTY_NAMES & set(name.split("."))]
