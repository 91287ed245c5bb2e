"""The JSON of a graph."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Level = Literal["folder", "file", "symbol"]
NodeKind = Literal["folder", "file", "symbol", "table"]
EdgeKind = Literal["import", "style", "fetch", "table", "use"]
How = Literal["typed", "generation", "mend", "save", "import", "restore", "starter"]


class GraphNode(BaseModel):
    """`id`: its path; of a symbol `path#name`, of a table `table:name`. `path`: the file or folder it is in, of a table
    the file that defines it. `size` in bytes, of a folder of all files directly in it; 0 for symbols and tables.
    `line`: where a symbol begins, from 1, else 0. `files`: how many a folder has, else 1. `faults`: places that are not
    of the file's language. `changed_at`, `changed_by` (a key of the graph's `people`) and `changed_how`: of the last
    change; null where that is not known or not this actor's to know."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)
    id: str
    kind: NodeKind
    name: str
    path: str
    language: str
    size: int = 0
    lines: int = 0
    line: int = 0
    files: int = 1
    faults: int = 0
    changed_at: str | None = None
    changed_by: str | None = None
    changed_how: How | None = None


class GraphEdge(BaseModel):
    """`source` needs `target` (both ids of nodes). `import`: its code; `style`: its style sheet; `fetch`: it asks for what
    the other answers; `table`: it uses the table; `use`: one symbol names the other. `names`: the addresses that are
    asked for, at most eight. `count`: how many such there are between files of two folders, else 1."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)
    source: str
    target: str
    kind: EdgeKind
    names: list[str] = []
    count: int = 1


class ProjectGraph(BaseModel):
    """`cycles`: files that import one another in a circle, each circle in its order. `unused`: source files that nothing
    leads to from where an app begins. Both are of the whole project whatever the focus is, and hold at most 100.
    `left_out`: how many nodes there are beyond the 3,000 that are sent."""

    revision: int
    level: Level
    nodes: list[GraphNode]
    edges: list[GraphEdge]
    people: dict[str, str]
    cycles: list[list[str]]
    unused: list[str]
    left_out: int
