"""The house: which floor each area stands on, that imports lead down only, and that no folder is a heap."""

from __future__ import annotations

import ast
import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# From the ground up. Areas of one floor do not import each other: they meet above, or through a Protocol of below.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("preview_runtime",),
    ("preview_runtime.plans", "preview_runtime.dependencies", "preview_runtime.routes"),
    ("preview_runtime.compiling", "preview_runtime.containers.agents"),
    ("preview_runtime.containers.docker",),
    ("preview_runtime.containers.images",),
    ("preview_runtime.containers.isolation",),
    ("preview_runtime.containers.jobs",),
    ("preview_runtime.containers.packages", "preview_runtime.containers.limits", "preview_runtime.containers.beside"),
    ("preview_runtime.containers.dockerfiles", "preview_runtime.containers.data"),
    ("preview_runtime.containers.app",),
    ("preview_runtime.containers",),
    ("builder",),
    ("builder.texts",),
    ("builder.base",),
    ("builder.accounts",),
    ("builder.safety",),
    ("builder.projects", "builder.llm", "builder.billing"),
    ("builder.demo",),
    ("builder.generation", "builder.previews"),
    ("builder.composition", "builder.migrations"),
    ("builder.api", "builder.components"),
    ("builder.pages",),
    ("shell",),
)
HEIGHT = {area: height for height, areas in enumerate(FLOORS) for area in areas}
REFLEX_ALLOWED = ("builder.pages", "builder.components", "builder.app", "builder.serve", "builder.base.http.isolation")
# Who makes engines, and who catches their errors.
DOCKER_ALLOWED = ("preview_runtime.containers", "builder.previews", "builder.doctor")
# Side by side, `__init__` aside.
MOST_MODULES = 15


def _modules() -> dict[str, Path]:
    found = {}
    for top in ("builder", "preview_runtime"):
        for path in sorted((ROOT / top).rglob("*.py")):
            if "node_modules" not in path.parts:
                name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                found[name.removesuffix(".__init__")] = path
    return found


MODULES = _modules()
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES.values()}


def _imports(path: Path) -> Iterable[tuple[str, str]]:
    """(module, name) of each import; the name is "" where the module itself is imported."""
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            yield from ((node.module or "", alias.name) for alias in node.names)


def _own_imports(path: Path) -> set[str]:
    both = {(module, f"{module}.{name}") for module, name in _imports(path)}
    return {deep if deep in MODULES else module for module, deep in both if deep in MODULES or module in MODULES}


IMPORTS = {name: _own_imports(path) for name, path in MODULES.items()}


# What TypeScript and style sheets bring in, relative or by the pages' own alias.
_BROUGHT = re.compile(
    r"""(?:\bfrom\s*|\bimport\s*\(?\s*|@import\s+|new URL\(\s*)["'](\.{1,2}/[^"']+|\$/components/[^"']+)["']"""
)
_ENDINGS = ("", ".ts", ".tsx", ".css", "/index.ts", "/index.tsx")


def _scripts() -> dict[str, set[str]]:
    """Each TypeScript file of ours → the files it brings in; paths from the root."""
    found = {
        path.relative_to(ROOT).as_posix(): path
        for top in ("builder/components", "preview_runtime/browser/src")
        for path in (ROOT / top).rglob("*.ts*")
        if "test" not in path.parts
    }
    brought = {}
    for name, path in found.items():
        brought[name] = set()
        for address in _BROUGHT.findall(path.read_text(encoding="utf-8")):
            alias = address.startswith("$/")
            whole = os.path.normpath(f"builder/{address[2:]}" if alias else f"{os.path.dirname(name)}/{address}")
            brought[name] |= {f"{whole}{ending}" for ending in _ENDINGS if f"{whole}{ending}" in found}
    return brought


SCRIPTS = _scripts()


def _folder(module: str) -> str:
    if MODULES[module].name == "__init__.py":
        return module
    folder = module.rpartition(".")[0]
    return "shell" if folder == "builder" else folder


def _area(module: str) -> str:
    folder = _folder(module)
    while folder not in HEIGHT:
        folder = folder.rpartition(".")[0]
        assert folder, f"{module} stands on no floor: name its area in FLOORS"
    return folder


def _circle(edges: Mapping[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_imports_lead_down_only() -> None:
    up = [
        f"{module} imports {other}"
        for module, others in IMPORTS.items()
        for other in others
        if _area(module) != _area(other) and HEIGHT[_area(module)] <= HEIGHT[_area(other)]
    ]
    assert up == []


@pytest.mark.parametrize("imports", [IMPORTS, SCRIPTS], ids=["python", "typescript"])
def test_no_circle_between_files(imports: Mapping[str, set[str]]) -> None:
    assert len(imports) > 100
    assert _circle(imports) == []


@pytest.mark.parametrize(
    ("imports", "folder"), [(IMPORTS, _folder), (SCRIPTS, os.path.dirname)], ids=["python", "typescript"]
)
def test_no_circle_between_folders(imports: Mapping[str, set[str]], folder: Callable[[str], str]) -> None:
    edges = defaultdict[str, set[str]](set)
    for file, others in imports.items():
        edges[folder(file)] |= {folder(other) for other in others} - {folder(file)}
    assert _circle(edges) == []


def test_no_folder_is_a_heap() -> None:
    counted = Counter(_folder(module) for module, path in MODULES.items() if path.name != "__init__.py")
    counted += Counter(os.path.dirname(script) for script in SCRIPTS)
    tests = [path for top in ("tests", "benchmarks") for path in (ROOT / top).rglob("*.py")]
    counted += Counter(str(path.parent.relative_to(ROOT)) for path in tests if path.name != "__init__.py")
    del counted["builder.migrations.versions"]  # they stand in the order of time, and nobody looks for one
    assert {folder: count for folder, count in counted.items() if count > MOST_MODULES} == {}


def test_a_public_class_name_stands_for_one_thing() -> None:
    places = defaultdict[str, list[str]](list)
    for module, path in MODULES.items():
        for node in ast.walk(TREES[path]):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(module)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_an_exported_type_name_of_the_pages_stands_for_one_thing() -> None:
    named = re.compile(
        r"^export (?:default )?(?:declare )?(?:abstract )?(?:class|interface|type|enum) (\w+)", re.MULTILINE
    )
    places = defaultdict[str, list[str]](list)
    for folder in ("builder/components", "preview_runtime/browser/src"):
        for path in sorted((ROOT / folder).rglob("*.ts*")):
            if not path.name.endswith(
                (".d.ts", ".test.ts")
            ):  # what libraries are, and what is made of the server's models
                for name in named.findall(path.read_text(encoding="utf-8")):
                    places[name].append(path.relative_to(ROOT).as_posix())
    assert len(places) > 100
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    ("ways", "place"),
    [
        (("containers.create", "containers.create_or_replace", "containers.run"), "docker.creation"),
        (("container.log", "/logs"), "docker.logs"),
    ],
    ids=["created", "read"],
)
def test_containers_are_created_and_their_logs_read_in_one_place_each(ways: tuple[str, ...], place: str) -> None:
    found = {
        name
        for name, path in MODULES.items()
        if name.startswith("preview_runtime.containers")
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.Call)
        and any(ast.unparse(part).rstrip("'\"").endswith(ways) for part in (node.func, *node.args[:1]))
    }
    assert found == {f"preview_runtime.containers.{place}"}


def test_who_asks_is_made_by_the_accounts_alone() -> None:
    """A person written into the code is one that nobody else can be."""
    found = [name for name, path in MODULES.items() if "LOCAL_OWNER" in {imported for _, imported in _imports(path)}]
    assert {name.rpartition(".")[0] for name in found} == {"builder.accounts"}


@pytest.mark.parametrize(("package", "allowed"), [("reflex", REFLEX_ALLOWED), ("aiodocker", DOCKER_ALLOWED)])
def test_a_library_stays_where_it_belongs(package: str, allowed: tuple[str, ...]) -> None:
    found = [
        name
        for name, path in MODULES.items()
        if not name.startswith(allowed)
        and any(module.partition(".")[0] in {package, f"{package}_base"} for module, _ in _imports(path))
    ]
    assert found == []
