"""What Sayso makes of the corpus' projects: the instant engine's output, or the words with which it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.corpus.projects import Project
from benchmarks.corpus.sites import read
from builder.texts import said
from preview_runtime.compiling.compiler import BuildFault, Compiler, Order
from preview_runtime.dependencies import DependencyService
from preview_runtime.file_tree import FileTree
from preview_runtime.output import Output
from preview_runtime.stack import StackKind, detect_stack

BROWSER: Final = Path(__file__).parents[2] / "preview_runtime" / "browser"

# What Vite's pages showed, for tests that build nothing with Vite.
RECORDED: Final = Path(__file__).with_name("recorded.json")
# Styles that do not depend on the fonts of a machine.
_LASTING: Final = frozenset(
    [
        "color",
        "background-color",
        "border-top-style",
        "border-top-width",
        "border-top-color",
        "padding-left",
        "margin-top",
        "font-style",
        "font-weight",
        "letter-spacing",
        "text-transform",
        "text-decoration-line",
        "display",
        "opacity",
        "border-top-left-radius",
    ]
)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why the engine does not run a project. `named`: told before it runs, so that the next engine takes it."""

    says: str
    named: bool


class OurSite:
    """An output of the engine as the preview host serves it."""

    def __init__(self, output: Output, dependencies: DependencyService) -> None:
        self._output = output
        self._dependencies = dependencies

    def file(self, path: str) -> tuple[str, bytes] | None:
        """A file of the output, of a set of packages, or of the preview's own scripts."""
        if path.startswith("/@deps/"):
            _, _, name, file = path.split("/", 3)
            found = self._dependencies.path(name, file)
            return read(found) if found else None
        if path.startswith("/@sayso/"):
            return read(BROWSER / "dist" / "preview" / path.removeprefix("/@sayso/"))
        served = self._output.get(path.removeprefix("/") or "index.html")
        return (served.type, served.body) if served else None


async def compiled(project: Project, compiler: Compiler, *, built: bool) -> Output | Refused:
    """The output for its author, or (`built`) for the visitors of a live link."""
    tree = FileTree(project.files)
    stack = detect_stack(tree)
    if stack.kind is not StackKind.FRONT_END or stack.needs:
        return Refused(said(stack.needs) if stack.needs else stack.name, named=True)
    try:
        return await compiler.compile(tree, Order(person="bench", project=project.name, built=built))
    except BuildFault as fault:
        return Refused(f"{fault.code}: {said(fault.says)}", named=fault.kind == "policy")


def recorded(seen: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a look at a page that is the same on every machine."""
    styles = [{name: one[name] for name in sorted(one) if name in _LASTING or name == "is"} for one in seen["styles"]]
    return {"text": seen["text"], "styles": styles, "byMode": seen["byMode"]}


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    """What differs between two looks at pages: texts, and styles of marked elements."""
    found = []
    if ours["text"] != theirs["text"]:
        found.append(f"text {ours['text']!r} for {theirs['text']!r}")
    mine, other = list(ours["styles"]), list(theirs["styles"])
    if len(mine) != len(other):
        return [*found, f"{len(mine)} marked elements for {len(other)}"]
    for one, two in zip(mine, other, strict=True):
        for name in sorted(one.keys() | two.keys()):
            if one.get(name) != two.get(name):
                found.append(f"{two['is']} {name}: {one.get(name)} for {two.get(name)}")
    return found
