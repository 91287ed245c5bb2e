"""Files and folders by their path, as a program asks for them."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import httpx

from preview_runtime.file_tree import digest
from tests.integration.api.test_api import error, imported

FILES: dict[str, str | bytes] = {
    "index.html": "<p>hi</p>",
    "src/App.tsx": "one",
    "src/ui/Box.tsx": "box",
    "logo.png": b"\x89PNG\0",
}
OTHER = {"X-Sayso-Client": "another"}


async def project_at(api: httpx.AsyncClient) -> str:
    return f"/projects/{await imported(api, FILES)}"


def names(entry: dict[str, Any]) -> list[str]:
    return [child["name"] for child in entry["children"]]


async def paths(api: httpx.AsyncClient, project: str) -> set[str]:
    return {*(await api.get(f"{project}/files")).json()["files"]}


async def test_the_tree_has_folders_first_with_sizes_and_times(api: httpx.AsyncClient) -> None:
    project = await project_at(api)
    answer = (await api.get(f"{project}/tree")).json()
    root = answer["tree"]
    assert names(root) == ["src", "index.html", "logo.png"]
    src = root["children"][0]
    assert (names(src), src["type"], src["size"]) == (["ui", "App.tsx"], "folder", 6)
    made = src["modified_at"]
    await api.put(f"{project}/files/src/App.tsx", content="two!")
    src = (await api.get(f"{project}/tree", params={"path": "src", "depth": 1})).json()["tree"]
    ui, app = src["children"]
    assert (ui["children"], app["size"], ui["modified_at"]) == (None, 4, made)
    assert src["modified_at"] == app["modified_at"] > made
    await api.post(f"{project}/save")
    saved = (await api.get(f"{project}/tree", params={"path": "src"})).json()
    assert saved["tree"]["children"][0]["modified_at"] == made
    assert saved["tree"]["children"][1]["modified_at"] > app["modified_at"]
    assert error(await api.get(f"{project}/tree", params={"path": "nothing"})) == (404, "not_found")


async def test_a_file_is_read_as_it_is_in_json_and_of_an_earlier_version(api: httpx.AsyncClient) -> None:
    project = await project_at(api)
    first = (await api.get(f"{project}/versions")).json()["versions"][0]["id"]
    await api.put(f"{project}/files/src/App.tsx", content="two")
    read = (await api.get(f"{project}/files/src/App.tsx", params={"as": "json"})).json()
    assert {key: read[key] for key in ("path", "content", "encoding", "size", "sha256")} == {
        "path": "src/App.tsx", "content": "two", "encoding": "utf-8", "size": 3, "sha256": digest("two"),
    }  # fmt: skip
    picture = (await api.get(f"{project}/files/logo.png", params={"as": "json"})).json()
    assert (picture["encoding"], base64.b64decode(picture["content"])) == ("base64", FILES["logo.png"])
    old = await api.get(f"{project}/files/src/App.tsx", params={"version": first})
    assert (old.text, old.headers["etag"]) == ("one", f'"{digest("one")}"')
    assert (await api.get(f"{project}/tree", params={"version": first})).json()["version"] == first
    for bad in ({"version": "none"}, {"version": first, "as": "json"}):
        assert error(await api.get(f"{project}/files/none.txt", params=bad)) == (404, "not_found")


async def test_a_write_is_a_write_of_the_working_copy(api: httpx.AsyncClient) -> None:
    project = await project_at(api)
    done = (await api.put(f"{project}/files/a/b.bin", content=b"\0\1")).json()
    assert done == {"path": "a/b.bin", "revision": 1, "sha256": digest(b"\0\1")}
    put = await api.put(
        f"{project}/files/index.html", params={"as": "json"}, json={"content": "PGI+", "encoding": "base64"}
    )
    assert put.json()["revision"] == 2
    snapshot = (await api.get(project)).json()
    assert snapshot["working"] == {"revision": 2, "dirty": ["a/b.bin", "index.html"]}
    # JSON is a file too, where it is not said to be the form.
    await api.put(f"{project}/files/package.json", json={"name": "x"})
    assert (await api.get(f"{project}/files/package.json")).json() == {"name": "x"}
    assert error(await api.put(f"{project}/files/a.txt", params={"as": "json"}, json={"text": "x"})) == (
        422,
        "bad_input",
    )
    for path in ("../x", "con.txt", "a//b"):
        assert (await api.put(f"{project}/files/{path.replace('..', '%2e%2e')}", content="x")).status_code in (404, 422)


async def test_a_guarded_write_names_what_it_was_made_on(api: httpx.AsyncClient) -> None:
    project = await project_at(api)
    file = f"{project}/files/src/App.tsx"
    tag = (await api.get(file)).headers["etag"]
    assert (await api.put(file, content="mine", headers={"If-Match": tag})).status_code == 200
    # Sent again because the answer was lost: no conflict.
    assert (await api.put(file, content="mine", headers={"If-Match": tag})).status_code == 200
    late = await api.put(file, content="late", headers={"If-Match": tag} | OTHER)
    assert (error(late), late.json()["error"]["details"]) == ((412, "changed"), {"sha256": digest("mine")})
    assert error(await api.put(file, content="late", headers=OTHER)) == (409, "changed_meanwhile")
    assert error(await api.delete(file, headers={"If-Match": tag})) == (412, "changed")
    assert (await api.get(file)).text == "mine"
    assert (await api.put(file, content="late", headers={"If-Match": "*"} | OTHER)).status_code == 200
    assert error(await api.put(f"{project}/files/new.txt", content="x", headers={"If-Match": "*"})) == (412, "changed")


async def test_of_two_who_write_on_the_same_one_is_told(api: httpx.AsyncClient) -> None:
    project = await project_at(api)
    file = f"{project}/files/src/App.tsx"
    tag = (await api.get(file)).headers["etag"]
    both = await asyncio.gather(
        *(api.put(file, content=f"by {n}", headers={"If-Match": tag, "X-Sayso-Client": f"{n}"}) for n in range(8))
    )
    assert sorted(answer.status_code for answer in both) == [200, *[412] * 7]
    (won,) = [answer for answer in both if answer.status_code == 200]
    assert digest((await api.get(file)).text) == won.json()["sha256"]


async def test_new_files_and_folders(api: httpx.AsyncClient) -> None:
    project = await project_at(api)
    made = await api.post(f"{project}/files", json={"path": "docs", "type": "folder"})
    assert (made.status_code, made.json()["sha256"]) == (201, None)
    docs = (await api.get(f"{project}/tree", params={"path": "docs"})).json()["tree"]
    assert (docs["type"], docs["children"]) == ("folder", [])
    made = await api.post(f"{project}/files", json={"path": "docs/a.md", "content": "x"})
    assert made.json() == {"path": "docs/a.md", "type": "file", "revision": 2, "sha256": digest("x")}
    for path in ("docs", "docs/a.md", "src"):
        for kind in ("file", "folder"):
            assert error(await api.post(f"{project}/files", json={"path": path, "type": kind})) == (409, "exists")


async def test_files_and_folders_go(api: httpx.AsyncClient) -> None:
    project = await project_at(api)
    assert (await api.delete(f"{project}/files/index.html")).json()["paths"] == ["index.html"]
    assert error(await api.delete(f"{project}/files/index.html")) == (404, "not_found")
    assert error(await api.delete(f"{project}/files/src")) == (409, "not_empty")
    gone = await api.delete(f"{project}/files/src", params={"recursive": True})
    assert gone.json()["paths"] == ["src/App.tsx", "src/ui/Box.tsx"]
    await api.post(f"{project}/files", json={"path": "empty", "type": "folder"})
    assert (await api.delete(f"{project}/files/empty")).status_code == 200
    assert await paths(api, project) == {"logo.png"}


async def test_a_folder_is_renamed_whole_or_not_at_all(api: httpx.AsyncClient) -> None:
    project = await project_at(api)
    # What somebody typed meanwhile goes along.
    await api.put(f"{project}/files/src/App.tsx", content="typed", headers=OTHER)
    moved = await api.post(f"{project}/files/rename", json={"old_path": "src", "new_path": "lib"})
    assert moved.json()["paths"] == {"src/App.tsx": "lib/App.tsx", "src/ui/Box.tsx": "lib/ui/Box.tsx"}
    assert (await api.get(f"{project}/files/lib/App.tsx")).text == "typed"
    for new, told in (
        ("logo.png", (409, "exists")),
        ("lib/deeper", (422, "bad_input")),
        ("con", (422, "path_reserved")),
    ):
        answer = await api.post(f"{project}/files/rename", json={"old_path": "lib", "new_path": new})
        assert error(answer) == told
    answer = await api.post(f"{project}/files/rename", json={"old_path": "none", "new_path": "b"})
    assert error(answer) == (404, "not_found")
    await api.post(f"{project}/files/rename", json={"old_path": "index.html", "new_path": "Index.html"})
    assert await paths(api, project) == {"Index.html", "logo.png", "lib/App.tsx", "lib/ui/Box.tsx"}


async def test_uploads_are_taken_whole_up_to_ten_megabytes(api: httpx.AsyncClient) -> None:
    project = await project_at(api)
    large = b"\0" * (9 * 2**20)
    form = [("file", ("a.bin", large)), ("file", ("b.txt", b"text"))]
    done = await api.post(f"{project}/files/upload", params={"path": "media"}, files=form)
    assert (done.status_code, [one["path"] for one in done.json()["files"]]) == (201, ["media/a.bin", "media/b.txt"])
    assert (await api.get(f"{project}/files/media/a.bin")).content == large
    over = [("file", ("c.bin", large)), ("file", ("d.bin", large[: 2 * 2**20]))]
    assert error(await api.post(f"{project}/files/upload", files=over)) == (413, "too_large")
    raw = await api.post(f"{project}/files/upload", params={"path": "e.bin"}, content=b"\0e")
    assert raw.json()["files"][0]["path"] == "e.bin"
    text = await api.post(f"{project}/files/upload", params={"path": "e.txt"}, content=b"x" * (3 * 2**20))
    assert error(text) == (413, "too_large")
    assert error(await api.post(f"{project}/files/upload", content=b"x")) == (422, "bad_input")
    assert error(await api.post(f"{project}/files/upload", files={"file": ("../x", b"x")})) == (422, "path_outside")
    full = await api.post(f"{project}/files/upload", params={"path": "f.bin"}, content=large)
    assert full.status_code == 201
    full = await api.post(f"{project}/files/upload", params={"path": "g.bin"}, content=large)
    assert error(full) == (413, "storage_full")
    assert full.json()["error"]["details"]["largest"][0] == {"path": "f.bin", "size": len(large)}
    assert {"c.bin", "g.bin", "e.txt"}.isdisjoint(await paths(api, project))
