"""The graph of a project: its files, or their folders or symbols, the tables they use, and what leads to what. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from posixpath import basename, dirname
from typing import Final

from builder.generation.context.project_map import ProjectMap
from builder.generation.graph.definitions import Definition, definitions
from builder.generation.graph.shapes import EdgeKind, GraphEdge, GraphNode, Level
from builder.generation.graph.stored_tables import TablesOfFile, tables_of
from builder.projects.files.facts import FileFacts
from preview_runtime.file_tree import FileTree

MOST_NODES: Final = 3_000
_MOST_NAMES: Final = 8
_STYLES: Final = frozenset({"css", "scss", "sass", "less", "styl"})
_LANGUAGES: Final = {
    **dict.fromkeys(("ts", "tsx", "mts", "cts"), "typescript"),
    **dict.fromkeys(("js", "jsx", "mjs", "cjs"), "javascript"),
    "py": "python", "htm": "html", "md": "markdown", "yml": "yaml",
}  # fmt: skip
_EMPTY: Final = FileFacts("", 0, None)


@dataclass(frozen=True, slots=True)
class Drawn:
    """`left_out`: how many nodes there are beyond `MOST_NODES`."""

    nodes: list[GraphNode]
    edges: list[GraphEdge]
    left_out: int = 0


class FileGraph:
    """Of the files of `tree`; `facts`: what is known of each."""

    def __init__(self, tree: FileTree, facts: Mapping[str, FileFacts]) -> None:
        self.map = ProjectMap(tree)
        self.texts = {path: text for path, text in tree.items() if isinstance(text, str)}
        self._digests, self._facts, self._paths = tree.digests(), facts, tuple(tree)

    def drawn(self, level: Level, focus: str, depth: int) -> Drawn | None:
        """At most `depth` steps from the `focus`, which is a file, a folder or the id of a node; "" for everything. None
        where there is no such thing."""
        nodes, edges = self._files()
        if level == "folder":
            nodes, edges = _by_folder(nodes, edges)
        elif level == "symbol":
            path, _, name = focus.partition("#")
            near = _near(nodes, edges, path, depth) if focus else {node.id for node in nodes}
            nodes, edges = self._symbols(near)
            if focus and not name and near:
                return _bounded(nodes, edges)
        if focus:
            near = _near(nodes, edges, focus, depth)
            if not near:
                return None
            nodes, edges = _within(nodes, edges, near)
        return _bounded(nodes, edges)

    def _files(self) -> tuple[list[GraphNode], list[GraphEdge]]:
        nodes = [self._file(path) for path in self._paths]
        edges = [
            GraphEdge(source=path, target=other, kind="style" if _ending(other) in _STYLES else "import")
            for path, others in self.map.imports.items()
            for other in others
        ]
        edges += [
            GraphEdge(source=path, target=owner, kind="fetch", names=list(addresses[:_MOST_NAMES]))
            for path, owners in self.map.requests.items()
            for owner, addresses in owners.items()
        ]
        made, used = self._tables
        nodes += [
            GraphNode(id=_table(name), kind="table", name=name, path=paths[0], language="sql")
            for name, paths in sorted(made.items())
        ]
        edges += [
            GraphEdge(source=path, target=_table(name), kind="table") for name in sorted(used) for path in used[name]
        ]
        return nodes, edges

    def _file(self, path: str) -> GraphNode:
        seen, facts = self.map.outlines.get(path), self._facts.get(path, _EMPTY)
        return GraphNode(
            id=path, kind="file", name=basename(path), path=path, language=_language(path), size=facts.size,
            lines=seen.lines if seen else 0, faults=seen.mistakes if seen else 0, **_changed(facts),
        )  # fmt: skip

    @cached_property
    def _tables(self) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        """Table → the files that make it; table → the files that make or use it."""
        read = {path: tables_of(path, text, self._digests[path]) for path, text in self.texts.items()}
        made: dict[str, list[str]] = defaultdict(list)
        for path, tables in read.items():
            for name in tables.made:
                made[name].append(path)
        used = {name: dict.fromkeys(paths) for name, paths in made.items()}
        for path, tables in read.items():
            for name in tables.spoken_of & made.keys():
                used[name][path] = None
        for path, name in self._by_model(read):
            used[name][path] = None
        return dict(made), {name: list(paths) for name, paths in used.items()}

    def _by_model(self, read: Mapping[str, TablesOfFile]) -> Iterator[tuple[str, str]]:
        """Who imports a file with the model of a table and names it: (path, table)."""
        for owner, tables in read.items():
            for name, model in tables.models.items():
                word = re.compile(rf"\b{re.escape(model)}\b")
                for path in self.map.importers.get(owner, ()):
                    if name in tables.made and word.search(self.texts[path]):
                        yield path, name

    def _symbols(self, paths: Collection[str]) -> tuple[list[GraphNode], list[GraphEdge]]:
        found: dict[str, dict[str, Definition]] = {}
        for path in self._paths:
            if path in paths and path in self.texts:
                found[path] = {one.name: one for one in definitions(path, self.texts[path], self._digests[path])}
        nodes = [self._symbol(path, one) for path, defined in found.items() for one in defined.values()]
        edges = []
        for path, defined in found.items():
            places = {name: other for other in self.map.imports.get(path, ()) for name in found.get(other, ())}
            places |= dict.fromkeys(defined, path)
            for one in defined.values():
                for name in sorted((one.names & places.keys()) - {one.name}):
                    source, target = _id(path, one.name), _id(places[name], name)
                    edges.append(GraphEdge(source=source, target=target, kind="use"))
        return nodes, edges

    def _symbol(self, path: str, one: Definition) -> GraphNode:
        return GraphNode(
            id=_id(path, one.name), kind="symbol", name=one.name, path=path, language=_language(path), lines=one.lines,
            line=one.line, **_changed(self._facts.get(path, _EMPTY)),
        )  # fmt: skip


def _by_folder(files: Iterable[GraphNode], edges: Iterable[GraphEdge]) -> tuple[list[GraphNode], list[GraphEdge]]:
    folders: dict[str, GraphNode] = {}
    tables = []
    place: dict[str, str] = {}
    for file in files:
        if file.kind == "table":
            tables.append(file)
            place[file.id] = file.id
            continue
        path = place[file.id] = dirname(file.path) or "."
        folder = folders.setdefault(
            path, GraphNode(id=path, kind="folder", name=basename(path), path=path, language=file.language, files=0)
        )
        folder.files += 1
        folder.size += file.size
        folder.lines += file.lines
        folder.faults += file.faults
        if (file.changed_at or "") > (folder.changed_at or ""):
            folder.changed_at, folder.changed_by, folder.changed_how = (
                file.changed_at,
                file.changed_by,
                file.changed_how,
            )
    counted: Counter[tuple[str, str, EdgeKind]] = Counter()
    names: dict[tuple[str, str, EdgeKind], dict[str, None]] = defaultdict(dict)
    for edge in edges:
        key = (place[edge.source], place[edge.target], edge.kind)
        if key[0] != key[1]:
            counted[key] += 1
            names[key].update(dict.fromkeys(edge.names))
    between = [
        GraphEdge(source=key[0], target=key[1], kind=key[2], names=[*names[key]][:_MOST_NAMES], count=count)
        for key, count in counted.items()
    ]
    return [*(folders[path] for path in sorted(folders)), *tables], between


def _near(nodes: Iterable[GraphNode], edges: Iterable[GraphEdge], focus: str, depth: int) -> set[str]:
    """The ids of what is `depth` steps from the focus, whichever way they go."""
    beside: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        beside[edge.source].append(edge.target)
        beside[edge.target].append(edge.source)
    focus = focus.rstrip("/")
    seen = {node.id for node in nodes if node.id == focus or node.path == focus or node.path.startswith(f"{focus}/")}
    waiting = deque((one, 0) for one in seen)
    while waiting:
        one, steps = waiting.popleft()
        for other in beside[one] if steps < depth else ():
            if other not in seen:
                seen.add(other)
                waiting.append((other, steps + 1))
    return seen


def _within(
    nodes: Iterable[GraphNode], edges: Iterable[GraphEdge], ids: Collection[str]
) -> tuple[list[GraphNode], list[GraphEdge]]:
    return (
        [node for node in nodes if node.id in ids],
        [edge for edge in edges if edge.source in ids and edge.target in ids],
    )


def _bounded(nodes: list[GraphNode], edges: list[GraphEdge]) -> Drawn:
    """Where there are too many, those that lead to most others stay."""
    if len(nodes) <= MOST_NODES:
        return Drawn(nodes, edges)
    degree = Counter(end for edge in edges for end in (edge.source, edge.target))
    kept = {node.id for node in sorted(nodes, key=lambda node: (-degree[node.id], node.id))[:MOST_NODES]}
    return Drawn(*_within(nodes, edges, kept), len(nodes) - MOST_NODES)


def _changed(facts: FileFacts) -> dict[str, str | None]:
    return {"changed_at": facts.modified_at, "changed_by": facts.changed_by, "changed_how": facts.how}


def _id(path: str, name: str) -> str:
    return f"{path}#{name}"


def _table(name: str) -> str:
    return f"table:{name}"


def _ending(path: str) -> str:
    return path.rpartition(".")[2].lower()


def _language(path: str) -> str:
    ending = _ending(basename(path)) if "." in basename(path) else ""
    return _LANGUAGES.get(ending, ending)
