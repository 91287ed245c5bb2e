"""The walks of a project over HTTP: those that are, and each file that is none."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator

import httpx
import pytest

from builder.api import create_api
from builder.composition.services import Services
from builder.composition.settings import Settings

WALK = {"title": "It is there", "steps": [{"see": {"text": "Dune"}}, {"reload": True}]}


@pytest.fixture
async def api(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    services = Services(settings)
    await services.start()
    transport = httpx.ASGITransport(create_api(lambda: services), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1") as client:
        yield client
    await services.close()


async def test_a_projects_walks_and_what_is_none(api: httpx.AsyncClient) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.html", "<p>Dune")
        archive.writestr("walks/see.json", json.dumps(WALK))
        archive.writestr("walks/worse.json", json.dumps({**WALK, "steps": [{"see": {}}]}))
    made = (await api.post("/projects/import", params={"title": "Books"}, content=packed.getvalue())).json()["project"]
    found = (await api.get(f"/projects/{made['id']}/walks")).json()
    assert found["walks"] == {"walks/see.json": WALK}
    assert found["url"] == made["preview_url"].replace("//p-", "//w-")
    [invalid] = found["invalid"]
    assert (invalid["path"], invalid["step"]) == ("walks/worse.json", 1)
    assert invalid["message"].startswith("Step 1: “see” says what it is about")


async def test_what_was_typed_since_the_version_counts(api: httpx.AsyncClient) -> None:
    project = (await api.post("/projects", json={"starter": "todo"})).json()["project"]["id"]
    before = (await api.get(f"/projects/{project}/walks")).json()
    await api.patch(f"/projects/{project}/working", json={"put": {"walks/see.json": json.dumps(WALK)}})
    after = (await api.get(f"/projects/{project}/walks")).json()
    assert before["invalid"] == after["invalid"] == []
    assert set(after["walks"]) - set(before["walks"]) == {"walks/see.json"}
    assert after["revision"] > before["revision"]


def shown(*lines: str) -> dict[str, object]:
    looks = [{"step": 0, "shown": [*range(len(lines))]}]
    return {"walks/see.json": {"of": "a-walk", "lines": [*lines], "looks": looks}}


async def test_what_a_version_showed_is_told_to_the_next_one(api: httpx.AsyncClient) -> None:
    project = (await api.post("/projects", json={"starter": "todo"})).json()["project"]
    root, first = f"/projects/{project['id']}", project["head"]
    assert (await api.get(f"{root}/versions/{first}/walked/before")).json() == {"shown": {}}
    kept = await api.put(f"{root}/versions/{first}/walked", json={"shown": shown("li “Dune”\t1,2")})
    assert kept.status_code == 204
    await api.patch(f"{root}/working", json={"put": {"src/App.tsx": "export default () => null"}})
    second = (await api.post(f"{root}/save", json={})).json()["version"]["id"]
    assert (await api.get(f"{root}/versions/{second}/walked/before")).json() == {"shown": shown("li “Dune”\t1,2")}
    await api.put(f"{root}/versions/{second}/walked", json={"shown": shown("li “Emma”\t1,2")})
    assert (await api.get(f"{root}/versions/{first}/walked/before")).json() == {"shown": {}}


async def test_what_was_shown_is_closed_and_bounded(api: httpx.AsyncClient) -> None:
    project = (await api.post("/projects", json={"starter": "todo"})).json()["project"]
    address = f"/projects/{project['id']}/versions/{project['head']}/walked"
    for lines in (["x" * 1_001], ["x"] * 20_001, [1]):
        refused = await api.put(address, json={"shown": {"walks/a.json": {"of": "", "lines": lines, "looks": []}}})
        assert refused.status_code == 422
    stranger = f"/projects/{project['id']}/versions/nothing/walked"
    assert (await api.put(stranger, json={"shown": {}})).status_code == 404
