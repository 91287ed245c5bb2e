"""Packages that are held back, as a person and a program meet them: from a file to a decision."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from builder.accounts.actor import LOCAL_OWNER
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.previews.runnables.runnables import PROJECT, Runnable
from builder.projects.tables import Project
from preview_runtime.compiling.compiler import BuildFault, Order
from preview_runtime.dependencies.dependency_set import DependencySet
from preview_runtime.file_tree import FileTree
from tests.integration.npm_registry import Package, npm_registry
from tests.integration.safety.packages.python_index import Release, python_index

PAGE = "import tiny from 'tiny-tides'\nimport { map } from 'lodahs'\nconsole.log(tiny, map)\n"


def days_ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat().replace("+00:00", "Z")


@pytest.fixture
def registries(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Both registries of this machine, with honest packages and traps."""
    module = {"index.js": "export default 1\nexport const map = 2\n"}
    manifest = {"type": "module", "main": "index.js"}
    packages = (
        Package(
            "tiny-tides",
            manifest={**manifest, "types": "index.d.ts"},
            files={**module, "index.d.ts": "declare const tides: 1\nexport default tides\n"},
            published=days_ago(90),
        ),
        Package(
            "lodahs", manifest={**manifest, "scripts": {"postinstall": "exit 1"}}, files=module, published=days_ago(90)
        ),
        Package("lodash", "4.17.21", manifest=manifest, files=module, published=days_ago(4000)),
        Package("brand-new-tides", manifest=manifest, files=module, published=days_ago(1.5)),
    )
    releases = (Release("reqeusts", published=days_ago(90)), Release("requests", "2.32.5", published=days_ago(4000)))
    with npm_registry(*packages) as (npm, _), python_index(*releases) as (index, _):
        monkeypatch.setenv("npm_config_registry", npm)
        monkeypatch.setenv("UV_DEFAULT_INDEX", index)
        yield


@pytest.fixture
async def services(registries: None, settings: Settings) -> AsyncIterator[Services]:
    made = Services(settings)
    await made.start()
    yield made
    await made.close()


async def project(services: Services, files: dict[str, str]) -> Project:
    made = await services.store.create(LOCAL_OWNER, "Tides")
    await services.store.commit(LOCAL_OWNER, made.id, FileTree(files), kind="import", label="", expect_head=None)
    return made


def page(**packages: str) -> dict[str, str]:
    return {"package.json": json.dumps({"dependencies": packages}), "index.html": "<p>", "src/main.js": PAGE}


async def packages_of(api: httpx.AsyncClient, made: Project) -> dict[str, Any]:
    answer = await api.get(f"/projects/{made.id}/packages")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_what_is_held_back_is_said_with_its_reason_and_the_nearest_name(
    services: Services, api: httpx.AsyncClient
) -> None:
    files = page(**{"tiny-tides": "^1.0.0", "lodahs": "^1.0.0", "brand-new-tides": "*", "no-such-tides": "1"})
    made = await project(services, {**files, "api/requirements.txt": "flask\nreqeusts>=1\n"})
    held = {one["name"]: one for one in (await packages_of(api, made))["held"]}
    assert {name: (one["reason"], one["instead"], one["path"]) for name, one in held.items()} == {
        "lodahs": ("lookalike", "lodash", "package.json"),
        "brand-new-tides": ("young", "", "package.json"),
        "no-such-tides": ("missing", "", "package.json"),
        "reqeusts": ("lookalike", "requests", "api/requirements.txt"),
    }
    assert held["lodahs"]["says"] == "“lodahs” looks like the npm package “lodash”, which most people mean"
    assert "1 day ago" in held["brand-new-tides"]["says"]


async def test_a_page_gets_its_other_packages_and_why_one_is_not_there(
    services: Services, api: httpx.AsyncClient
) -> None:
    made = await project(services, page(**{"tiny-tides": "^1.0.0", "lodahs": "^1.0.0"}))
    wanted = {"dependencies": {"tiny-tides": "^1.0.0", "lodahs": "^1.0.0"}, "specifiers": ["tiny-tides", "lodahs"]}
    found = (await api.post(f"/projects/{made.id}/dependencies", json=wanted)).json()
    assert list(found["modules"]) == ["tiny-tides"]
    assert list(found["held"]) == ["lodahs"]
    assert "looks like" in found["held"]["lodahs"]


async def test_an_editor_gets_what_packages_declare_without_those_that_are_held_back(
    services: Services, api: httpx.AsyncClient
) -> None:
    made = await project(services, page(**{"tiny-tides": "^1.0.0", "lodahs": "^1.0.0"}))
    # @types/lodash, which is asked for beside lodash, is not in this registry.
    wanted = {"dependencies": {"tiny-tides": "^1.0.0", "lodahs": "^1.0.0", "lodash": "^4.17.21"}}
    for _ in range(2):  # the second answer is the kept one
        answer = await api.post(f"/projects/{made.id}/types", json=wanted)
        assert answer.status_code == 200, answer.text
        files = answer.json()["files"]
        assert sorted(files) == ["tiny-tides/index.d.ts", "tiny-tides/package.json"]
        assert "declare const tides" in files["tiny-tides/index.d.ts"]
    assert (await api.post(f"/projects/{made.id}/types", json={"dependencies": {}})).json() == {"files": {}}


async def test_an_alias_hides_nothing(services: Services, api: httpx.AsyncClient) -> None:
    made = await project(services, page(lodash="npm:lodahs@^1.0.0"))
    assert [one["name"] for one in (await packages_of(api, made))["held"]] == ["lodahs"]
    wanted = {"dependencies": {"lodash": "npm:lodahs@^1.0.0"}, "specifiers": ["lodash"]}
    found = (await api.post(f"/projects/{made.id}/dependencies", json=wanted)).json()
    assert (found["modules"], list(found["held"])) == ({}, ["lodash"])


async def test_the_name_that_was_meant_takes_its_place_as_a_version(services: Services, api: httpx.AsyncClient) -> None:
    made = await project(
        services, {**page(lodahs="^1.0.0"), "api/requirements.txt": "reqeusts\n", "api/app.py": "import reqeusts\n"}
    )
    answer = await api.post(f"/projects/{made.id}/packages/npm/lodahs", json={})
    assert answer.status_code == 200, answer.text
    assert answer.json()["version"]["label"] == "lodash instead of lodahs"
    answer = await api.post(f"/projects/{made.id}/packages/pypi/reqeusts", json={})
    assert answer.status_code == 200, answer.text
    tree = await services.store.head_tree(LOCAL_OWNER, made.id)
    assert json.loads(tree.text("package.json") or "")["dependencies"] == {"lodash": "^4.17.21"}
    assert "from 'lodash'" in (tree.text("src/main.js") or "")
    assert tree.text("api/requirements.txt") == "requests\n"
    assert tree.text("api/app.py") == "import requests as reqeusts\n"
    assert (await packages_of(api, made))["held"] == []
    await api.post(f"/projects/{made.id}/undo")
    assert [one["name"] for one in (await packages_of(api, made))["held"]] == ["reqeusts"]


async def test_a_person_may_use_it_all_the_same_and_who_decided_is_kept(
    services: Services, api: httpx.AsyncClient
) -> None:
    made = await project(services, page(lodahs="^1.0.0"))
    at = f"/projects/{made.id}/packages/npm/lodahs"
    assert (await api.put(at)).json()["held"] == []
    found = await packages_of(api, made)
    assert found["used"] == [{"ecosystem": "npm", "name": "lodahs"}]
    wanted = {"dependencies": {"lodahs": "^1.0.0"}, "specifiers": ["lodahs"]}
    # Its install script, which would fail, does not run.
    prepared = (await api.post(f"/projects/{made.id}/dependencies", json=wanted)).json()
    assert (list(prepared["modules"]), prepared["held"]) == (["lodahs"], {})
    copy = await services.duplicate_project(LOCAL_OWNER, made.id)
    assert (await packages_of(api, copy))["held"] == []
    await api.delete(at)
    found = await packages_of(api, made)
    assert [one["name"] for one in found["held"]] == ["lodahs"]
    assert [(one["name"], one["used"], one["reason"], one["by"]) for one in found["decisions"]] == [
        ("lodahs", False, "", "owner"),
        ("lodahs", True, "lookalike", "owner"),
    ]
    refused = await api.put(f"/projects/{made.id}/packages/npm/react")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "package_not_held")


async def test_a_server_and_a_link_do_not_install_it_and_the_other_part_runs(services: Services) -> None:
    server = {"api/main.py": "from fastapi import FastAPI\napp = FastAPI()\n", "api/requirements.txt": "fastapi\n"}
    made = await project(services, {**server, **page(lodahs="^1.0.0")})
    runnable = Runnable(made.id, PROJECT, made.owner, made.id, made.created_at)
    tree = await services.store.head_tree(LOCAL_OWNER, made.id)
    assert (await services.packages.admit_server(runnable, tree))[1] is None
    with pytest.raises(BuildFault) as refused:
        await services.compiled.output("a key", tree, Order(made.owner, made.id, built=True))
    assert (refused.value.kind, refused.value.code, refused.value.file) == ("policy", "package_held", "package.json")
    trap = tree.replace({"api/requirements.txt": "fastapi\nreqeusts\n"})
    _, fault = await services.packages.admit_server(runnable, trap)
    assert fault is not None
    assert (fault.kind, fault.code, fault.file) == ("policy", "package_held", "api/requirements.txt")


async def test_versions_are_pinned_as_a_version_once_nothing_is_held_back(
    services: Services, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await project(services, page(**{"tiny-tides": "^1.0.0", "lodahs": "^1.0.0"}))
    refused = await api.post(f"/projects/{made.id}/packages/pins", json={})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "package_held")
    await api.post(f"/projects/{made.id}/packages/npm/lodahs", json={})
    found = (await api.post(f"/projects/{made.id}/packages/pins", json={})).json()
    assert [(one["path"], one["holds"], one["file"]) for one in found["pins"]] == [("package.json", True, True)]
    tree = await services.store.head_tree(LOCAL_OWNER, made.id)
    assert "node_modules/lodash" in (tree.text("package-lock.json") or "")
    asked = {"dependencies": {"tiny-tides": "^1.0.0", "lodash": "^4.17.21"}, "specifiers": ["lodash"]}
    seen = dict[str, str]()
    resolve = services.dependencies.resolve

    async def resolved(dependencies: Mapping[str, str], specifiers: Iterable[str], *, lock: str) -> DependencySet:
        seen.update(dependencies)
        return await resolve(dependencies, specifiers, lock=lock)

    monkeypatch.setattr(services.dependencies, "resolve", resolved)
    assert "lodash" in (await api.post(f"/projects/{made.id}/dependencies", json=asked)).json()["modules"]
    assert seen == {"tiny-tides": "1.0.0", "lodash": "4.17.21"}
    export = await api.get(f"/projects/{made.id}/export.zip")
    with zipfile.ZipFile(io.BytesIO(export.content)) as unpacked:
        assert any(name.endswith("package-lock.json") for name in unpacked.namelist())
