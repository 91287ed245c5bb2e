"""A project as a graph, over HTTP: what was just typed is in it, with who changed what."""

from __future__ import annotations

import httpx

from tests.integration.api.test_api import error, imported

FILES: dict[str, str | bytes] = {
    "index.html": '<script type="module" src="/src/main.ts"></script>',
    "src/main.ts": "import './a'\n",
    "src/a.ts": "import './b'\nexport const a = 1\n",
    "src/b.ts": "import './a'\nexport const b = 1\n",
    "src/old.ts": "export const old = 1\n",
}


async def test_files_imports_circles_and_unused_files(api: httpx.AsyncClient) -> None:
    project = f"/projects/{await imported(api, FILES)}"
    graph = (await api.get(f"{project}/graph")).json()
    nodes = {node["id"]: node for node in graph["nodes"]}
    assert nodes.keys() == FILES.keys()
    assert (nodes["src/a.ts"]["lines"], nodes["src/a.ts"]["size"], nodes["src/a.ts"]["changed_how"]) == (
        3,
        32,
        "import",
    )
    assert {"source": "src/main.ts", "target": "src/a.ts", "kind": "import", "names": [], "count": 1} in graph["edges"]
    assert graph["cycles"] == [["src/a.ts", "src/b.ts"]]
    assert graph["unused"] == ["src/old.ts"]


async def test_what_is_typed_is_in_it_at_once(api: httpx.AsyncClient) -> None:
    project = f"/projects/{await imported(api, FILES)}"
    await api.patch(f"{project}/working", json={"put": {"src/main.ts": "import './old'\n"}, "client": "one"})
    graph = (await api.get(f"{project}/graph", params={"focus": "src/old.ts"})).json()
    assert {node["id"]: node["changed_how"] for node in graph["nodes"]} == {
        "src/main.ts": "typed", "src/old.ts": "import",
    }  # fmt: skip
    assert graph["unused"] == ["src/a.ts", "src/b.ts"]


async def test_folders_and_symbols(api: httpx.AsyncClient) -> None:
    project = f"/projects/{await imported(api, FILES)}"
    folders = (await api.get(f"{project}/graph", params={"level": "folder"})).json()
    assert {node["id"]: node["files"] for node in folders["nodes"]} == {".": 1, "src": 4}
    symbols = (await api.get(f"{project}/graph", params={"level": "symbol", "focus": "src/a.ts", "depth": 0})).json()
    assert [(node["name"], node["line"]) for node in symbols["nodes"]] == [("a", 2)]


async def test_of_nothing_there_is_no_graph(api: httpx.AsyncClient) -> None:
    project = f"/projects/{await imported(api, FILES)}"
    assert error(await api.get(f"{project}/graph", params={"focus": "none.ts"})) == (404, "not_found")
    assert (await api.get(f"{project}/graph", params={"depth": 11})).status_code == 422
