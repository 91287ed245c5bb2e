"""Exact versions that nobody has to ask for: made in the background for each version, and used by whatever installs."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from builder.accounts.actor import LOCAL_OWNER
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.previews.runnables.runnables import PROJECT, Runnable
from builder.projects.tables import Project
from preview_runtime.compiling.compiler import BuildFault, Order
from preview_runtime.file_tree import FileTree
from tests.integration.api.test_packages import days_ago
from tests.integration.npm_registry import Package, npm_registry
from tests.integration.safety.packages.python_index import Release, python_index

SERVER = {"server.js": "require('http').createServer().listen(process.env.PORT)"}
OLD = days_ago(900)


def package(name: str, version: str = "1.0.0", /, published: str = OLD, **manifest: Any) -> Package:
    module = {"index.js": "module.exports = 1\n"}
    return Package(name, version, manifest={"main": "index.js", **manifest}, files=module, published=published)


@contextmanager
def registries(monkeypatch: pytest.MonkeyPatch, *packages: Package | Release) -> Iterator[list[str]]:
    """Both registries of this machine; yields what npm's was asked for."""
    node = [one for one in packages if isinstance(one, Package)]
    python = [one for one in packages if isinstance(one, Release)]
    with npm_registry(*node) as (npm, asked), python_index(*python) as (index, _):
        monkeypatch.setenv("npm_config_registry", npm)
        monkeypatch.setenv("UV_DEFAULT_INDEX", index)
        yield asked


SCRIPT = {"install": "prebuild-install || node-gyp rebuild"}
TIDES = (package("tides", dependencies={"moon": "^1.0.0"}), package("moon"), package("sun"))
LATER = (package("tides", "1.1.0", dependencies={"moon": "^1.0.0"}), package("moon", "1.5.0"), package("sun", "1.1.0"))


@pytest.fixture
def first(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """The registries that the server meets at its start, with a test's own packages; the paths asked of npm's."""
    with registries(monkeypatch, *getattr(request, "param", ())) as asked:
        yield asked


@pytest.fixture
async def services(first: list[str], settings: Settings) -> AsyncIterator[Services]:
    made = Services(settings)
    await made.start()
    yield made
    await made.close()


def asks(**packages: str) -> dict[str, str]:
    return {"package.json": json.dumps({"name": "shop", "dependencies": packages})}


async def project(services: Services, files: dict[str, str]) -> Project:
    made = await services.store.create(LOCAL_OWNER, "Tides")
    await services.store.commit(LOCAL_OWNER, made.id, FileTree(files), kind="import", label="", expect_head=None)
    return made


async def change(services: Services, made: Project, files: dict[str, str]) -> None:
    tree = await services.store.head_tree(LOCAL_OWNER, made.id)
    await services.store.commit(LOCAL_OWNER, made.id, tree.replace(files), kind="import", label="")


async def pinned(api: httpx.AsyncClient, made: Project) -> dict[str, Any]:
    """What is said once the background work is over."""
    async with asyncio.timeout(60):
        while True:
            found: dict[str, Any] = (await api.get(f"/projects/{made.id}/packages")).json()
            if not found["pinning"]:
                return found
            await asyncio.sleep(0.1)


async def versions(services: Services, made: Project) -> dict[str, str]:
    tree = await services.packages.locked(made.id, await services.store.working_tree(LOCAL_OWNER, made.id))
    lock = json.loads(tree.text("package-lock.json") or '{"packages": {}}')
    return {place.removeprefix("node_modules/"): one["version"] for place, one in lock["packages"].items() if place}


async def test_each_version_gets_its_own_and_undo_and_redo_have_theirs(
    services: Services, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with registries(monkeypatch, *TIDES):
        made = await project(services, {**asks(tides="^1.0.0"), **SERVER})
        one = (await pinned(api, made))["pins"][0]
        assert (one["holds"], one["file"], one["problem"]) == (True, False, "")
        assert one["at"]
        assert await versions(services, made) == {"tides": "1.0.0", "moon": "1.0.0"}
    with registries(monkeypatch, *TIDES, *LATER):
        await change(services, made, asks(tides="^1.0.0", sun="^1.0.0"))
        await pinned(api, made)
        assert await versions(services, made) == {"tides": "1.0.0", "moon": "1.0.0", "sun": "1.1.0"}, "none has moved"
        await change(services, made, asks(sun="^1.0.0"))
        await pinned(api, made)
        assert await versions(services, made) == {"sun": "1.1.0"}, "what nobody needs any more is gone"
    await api.post(f"/projects/{made.id}/undo")
    assert await versions(services, made) == {"tides": "1.0.0", "moon": "1.0.0", "sun": "1.1.0"}
    await api.post(f"/projects/{made.id}/undo")
    assert await versions(services, made) == {"tides": "1.0.0", "moon": "1.0.0"}
    await api.post(f"/projects/{made.id}/redo")
    assert await versions(services, made) == {"tides": "1.0.0", "moon": "1.0.0", "sun": "1.1.0"}
    assert (await services.store.get(LOCAL_OWNER, made.id)).version_count == 3
    copy = await services.duplicate_project(LOCAL_OWNER, made.id)
    assert await versions(services, copy) == {"tides": "1.0.0", "moon": "1.0.0", "sun": "1.1.0"}


@pytest.mark.parametrize("first", [TIDES], indirect=True, ids=[""])
async def test_a_start_an_export_and_a_page_have_these(
    services: Services, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with registries(monkeypatch, *TIDES):
        made = await project(services, {**asks(tides="^1.0.0"), **SERVER})
        await pinned(api, made)
    with registries(monkeypatch, *TIDES, *LATER) as asked:
        tree, fault = await services.packages.admit_server(
            Runnable(made.id, PROJECT, made.owner, made.id, made.created_at),
            await services.store.head_tree(LOCAL_OWNER, made.id),
        )
        assert fault is None
        assert json.loads(tree.text("package-lock.json") or "")["packages"]["node_modules/moon"]["version"] == "1.0.0"
        export = await api.get(f"/projects/{made.id}/export.zip")
        with zipfile.ZipFile(io.BytesIO(export.content)) as unpacked:
            assert b'"node_modules/moon"' in unpacked.read("package-lock.json")
        wanted = {"dependencies": {"tides": "^1.0.0"}, "specifiers": ["tides"]}
        answer = await api.post(f"/projects/{made.id}/dependencies", json=wanted)
        assert list(answer.json()["modules"]) == ["tides"], answer.text
        assert {path for path in asked if path.endswith(".tgz")} == {"/-/tides-1.0.0.tgz", "/-/moon-1.0.0.tgz"}


async def test_python_has_them_too_and_begins_with_what_servers_have(
    services: Services, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from builder.composition.pinning.pinner import image_versions

    flask = next(line for line in image_versions("python/requirements.txt").splitlines() if line.startswith("flask=="))
    version = flask.partition("==")[2]
    releases = (Release("tides", published=OLD, needs=("moon",)), Release("moon", published=OLD))
    with registries(monkeypatch, *releases, Release("flask", version), Release("flask", "99.0.0")):
        files = {"main.py": "import flask\napp = flask.Flask('x')\n", "requirements.txt": "flask\ntides\n"}
        made = await project(services, files)
        await pinned(api, made)
        tree = await services.packages.locked(made.id, await services.store.head_tree(LOCAL_OWNER, made.id))
        lines = [line.partition(" ")[0] for line in (tree.text("requirements.lock") or "").splitlines()]
        assert lines == [f"flask=={version}", "moon==1.0.0", "tides==1.0.0"]


async def test_a_lock_of_a_persons_own_is_left_alone(
    services: Services, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with registries(monkeypatch, *TIDES) as asked:
        yarn = 'tides@^1.0.0:\n  version "1.0.0"\n'
        made = await project(services, {**asks(tides="^1.0.0"), **SERVER, "yarn.lock": yarn})
        one = (await pinned(api, made))["pins"][0]
        assert (one["holds"], one["file"]) == (True, True)
        assert await versions(services, made) == {}
        assert [path for path in asked if path == "/moon"] == []


async def test_without_a_registry_the_version_stands_and_it_is_said(
    services: Services, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    made = await project(services, {**asks(react="^19.0.0"), **SERVER})
    one = (await pinned(api, made))["pins"][0]
    assert (one["holds"], one["at"]) == (False, "")
    assert "reach" in one["problem"] or "internet" in one["problem"], one
    with registries(monkeypatch, package("react", "19.0.0")):
        found = (await api.post(f"/projects/{made.id}/packages/pins", json={})).json()
        assert [(one["holds"], one["file"]) for one in found["pins"]] == [(True, True)]


@pytest.mark.parametrize("first", [(
    package("harbour", dependencies={"tides": "*"}), package("tides", dependencies={"lodahs": "*"}),
    package("lodahs", published=days_ago(30)), package("sun"),
)], indirect=True, ids=[""])  # fmt: skip
async def test_what_a_package_brings_along_is_judged_before_anything_is_fetched(
    services: Services, api: httpx.AsyncClient, first: list[str]
) -> None:
    made = await project(services, {**asks(harbour="*", sun="*"), "index.html": "<p>", **SERVER})
    wanted = {"dependencies": {"harbour": "*", "sun": "*"}, "specifiers": ["harbour", "sun"]}
    found = (await api.post(f"/projects/{made.id}/dependencies", json=wanted)).json()
    assert list(found["modules"]) == ["sun"]
    assert found["held"]["harbour"].startswith("“lodahs” looks like the npm package “lodash”")
    assert "“tides” brings it along" in found["held"]["harbour"]
    assert [path for path in first if path.endswith(".tgz")] == ["/-/sun-1.0.0.tgz"]
    view = await pinned(api, made)
    assert [(one["name"], one["way"], one["path"]) for one in view["held"]] == [
        ("lodahs", ["harbour", "tides"], "package.json")
    ]
    runnable = Runnable(made.id, PROJECT, made.owner, made.id, made.created_at)
    head = await services.store.head_tree(LOCAL_OWNER, made.id)
    _, fault = await services.packages.admit_server(runnable, head)
    assert fault is not None
    with pytest.raises(BuildFault):
        await services.compiled.output("a key", head, Order(made.owner, made.id, built=True))
    questions = len(first)
    await api.post(f"/projects/{made.id}/dependencies", json=wanted)
    assert len(first) == questions, "a second look costs nothing"
    await api.put(f"/projects/{made.id}/packages/npm/lodahs")
    found = (await api.post(f"/projects/{made.id}/dependencies", json=wanted)).json()
    assert "modules" in found, found
    assert (sorted(found["modules"]), found["held"]) == (["harbour", "sun"], {})


@pytest.mark.parametrize("first", [(
    package("better-sqlite3", "11.9.1", scripts=SCRIPT), package("better-sqlite3", "13.2.0"),
    package("sqlite3", "5.1.7", scripts=SCRIPT), package("bcrypt", "6.0.0", scripts={"install": "node-gyp-build"}),
    package("own-native", "1.0.0", scripts={"install": "node-pre-gyp install"}),
)], indirect=True, ids=[""])  # fmt: skip
async def test_a_package_that_lacks_its_program_is_named_before_it_runs(
    services: Services, api: httpx.AsyncClient
) -> None:
    files = asks(**{"better-sqlite3": "^11.0.0", "sqlite3": "^5.0.0", "bcrypt": "^6.0.0", "own-native": "*"})
    made = await project(services, {**files, **SERVER})
    view = await pinned(api, made)
    held = {one["name"]: (one["reason"], one["instead"], one["version"]) for one in view["held"]}
    assert held == {
        "better-sqlite3": ("script", "better-sqlite3", "13.2.0"),
        "sqlite3": ("script", "", ""),
        "own-native": ("script", "", ""),
    }
    says = {one["name"]: one["says"] for one in view["held"]}
    assert "“node:sqlite” does the same" in says["sqlite3"]
    assert "version 13.2.0 brings it along" in says["better-sqlite3"]
    runnable = Runnable(made.id, PROJECT, made.owner, made.id, made.created_at)
    _, fault = await services.packages.admit_server(runnable, await services.store.head_tree(LOCAL_OWNER, made.id))
    assert fault is not None
    answer = await api.post(f"/projects/{made.id}/packages/npm/better-sqlite3", json={})
    assert answer.status_code == 200, answer.text
    tree = await services.store.head_tree(LOCAL_OWNER, made.id)
    assert json.loads(tree.text("package.json") or "")["dependencies"]["better-sqlite3"] == "^13.2.0"
    assert "better-sqlite3" not in [one["name"] for one in (await pinned(api, made))["held"]]
