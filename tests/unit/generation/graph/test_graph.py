"""A project's graph: its files and tables, and what leads from one to the other."""

from __future__ import annotations

import time

import pytest

from builder.generation.graph.graph import MOST_NODES, FileGraph
from builder.generation.graph.shapes import GraphEdge
from builder.projects.files.facts import FileFacts
from preview_runtime.file_tree import FileTree
from tests.unit.generation.context.large_project import large_project

FILES: dict[str, str | bytes] = {
    "index.html": '<script type="module" src="/src/main.tsx"></script>\n',
    "src/main.tsx": "import { App } from './App'\nimport './app.css'\n",
    "src/App.tsx": "import { books } from './api'\nexport function App() { return <p>{books()}</p> }\n",
    "src/api.ts": "export const base = 1\nexport const books = () => fetch(`/api/books/${base}`)\n",
    "src/app.css": ".a { color: red }\n",
    "src/pages/Home.vue": "<script setup>\nimport { books } from '../api'\n</script>\n",
    "src/routes.ts": "export const pages = import.meta.glob('./pages/*.vue')\n",
    "server/main.py": "import sqlite3\nfrom server.books import router\nTABLE = 'create table if not exists books (id)'\n",
    "server/books.py": "router = APIRouter(prefix='/api/books')\n@router.get('/{one}')\ndef one(): return db.execute('select * from books')\n",
    "server/people.py": "class Person(SQLModel, table=True):\n    id: int\n",
    "server/staff.py": "from server.people import Person\nALL = select(Person)\n",
    "go.mod": "module example.org/app\n",
    "main.go": 'package main\nimport "example.org/app/internal/store"\nfunc Main() { store.Open() }\n',
    "internal/store/store.go": "package store\nfunc Open() {}\n",
    "internal/store/store_test.go": "package store\n",
    "java/org/App.java": "import org.Store;\nclass App { Store store; }\n",
    "java/org/Store.java": "class Store { }\n",
    "broken.ts": "export const = 1\n",
    "logo.png": b"\x89PNG\x00",
}  # fmt: skip
APP = FileTree(FILES)
FACTS = {
    path: FileFacts("", len(path), f"2026-01-{number + 1:02}T00:00:00Z", "owner", "save")
    for number, path in enumerate(APP)
}


def drawn(level: str = "file", focus: str = "", depth: int = 1) -> tuple[dict[str, object], list[GraphEdge]]:
    graph = FileGraph(APP, FACTS).drawn(level, focus, depth)  # type: ignore[arg-type]
    assert graph is not None
    return {node.id: node for node in graph.nodes}, graph.edges


@pytest.mark.parametrize(
    ("source", "kind", "target"),
    [
        ("index.html", "import", "src/main.tsx"),
        ("src/main.tsx", "import", "src/App.tsx"),
        ("src/main.tsx", "style", "src/app.css"),
        ("src/pages/Home.vue", "import", "src/api.ts"),
        ("src/routes.ts", "import", "src/pages/Home.vue"),
        ("src/api.ts", "fetch", "server/books.py"),
        ("server/main.py", "import", "server/books.py"),
        ("server/main.py", "table", "table:books"),
        ("server/books.py", "table", "table:books"),
        ("server/people.py", "table", "table:person"),
        ("server/staff.py", "table", "table:person"),
        ("main.go", "import", "internal/store/store.go"),
        ("java/org/App.java", "import", "java/org/Store.java"),
    ],
)
def test_what_leads_to_what(source: str, kind: str, target: str) -> None:
    _, edges = drawn()
    assert (source, kind, target) in {(edge.source, edge.kind, edge.target) for edge in edges}


def test_nothing_leads_further() -> None:
    _, edges = drawn()
    assert len(edges) == 15
    assert next(edge.names for edge in edges if edge.kind == "fetch") == ["/api/books/"]


def test_what_is_known_of_a_file() -> None:
    nodes = {node.id: node for node in FileGraph(APP, FACTS).drawn("file", "", 1).nodes}  # type: ignore[union-attr]
    api = nodes["src/api.ts"]
    assert (api.kind, api.name, api.language, api.lines, api.size) == ("file", "api.ts", "typescript", 3, 10)
    assert (api.changed_at, api.changed_by, api.changed_how) == ("2026-01-15T00:00:00Z", "owner", "save")
    assert {node.id for node in nodes.values() if node.faults} == {"broken.ts"}
    assert (nodes["logo.png"].lines, nodes["table:books"].path) == (0, "server/main.py")


def test_folders_have_the_sums_of_their_files() -> None:
    graph = FileGraph(APP, FACTS).drawn("folder", "", 1)
    assert graph is not None
    folders = {node.id: node for node in graph.nodes}
    assert (folders["src"].files, folders["src"].lines) == (5, 13)
    assert folders["src"].changed_at == "2026-01-19T00:00:00Z"
    assert folders["."].faults == 1
    between = {(edge.source, edge.kind, edge.target): edge.count for edge in graph.edges}
    assert between[("server", "table", "table:books")] == 2
    assert ("src", "fetch", "server") in between
    assert all(edge.source != edge.target for edge in graph.edges)


def test_symbols_name_one_another() -> None:
    nodes, edges = drawn("symbol", "src/App.tsx")
    assert nodes.keys() == {"src/App.tsx#App", "src/api.ts#base", "src/api.ts#books"}
    uses = {(edge.source, edge.target) for edge in edges}
    assert uses == {("src/App.tsx#App", "src/api.ts#books"), ("src/api.ts#books", "src/api.ts#base")}


def test_a_focus_shows_what_is_beside_it() -> None:
    assert drawn(focus="src/api.ts")[0].keys() == {"src/api.ts", "src/App.tsx", "src/pages/Home.vue", "server/books.py"}
    assert drawn(focus="src/api.ts", depth=0)[0].keys() == {"src/api.ts"}
    assert drawn(focus="table:books")[0].keys() == {"table:books", "server/main.py", "server/books.py"}
    assert "server/staff.py" in drawn(focus="server", depth=0)[0]
    assert FileGraph(APP, FACTS).drawn("file", "none.ts", 1) is None


def test_of_too_many_the_best_connected_stay() -> None:
    names = [f"one{number}" for number in range(MOST_NODES)]
    text = "const all = 1\n" + "".join(f"const {name} = all\n" for name in names) + "const alone = 1\n"
    graph = FileGraph(FileTree({"a.ts": text}), {}).drawn("symbol", "", 1)
    assert graph is not None
    assert (len(graph.nodes), graph.left_out) == (MOST_NODES, 2)
    assert "a.ts#all" in {node.id for node in graph.nodes}
    assert "a.ts#alone" not in {node.id for node in graph.nodes}


def test_two_thousand_files_are_parsed_once() -> None:
    texts = {path: text for path, text in large_project().items() if isinstance(text, str)}
    names = [*texts]
    tree = FileTree({
        f"p{number // len(names)}/{names[number % len(names)]}": f"{texts[names[number % len(names)]]}\n# {number}"
        for number in range(2_000)
    })  # fmt: skip
    cold = _seconds(tree)
    assert _seconds(tree.replace({"p0/src/App.tsx": "export const changed = 1\n"})) < cold / 2


def _seconds(tree: FileTree) -> float:
    begun = time.process_time()
    assert FileGraph(tree, {}).drawn("file", "", 1) is not None
    return time.process_time() - begun
