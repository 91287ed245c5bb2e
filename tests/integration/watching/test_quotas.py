"""A workspace that has all it may have is told so, with what makes room; a stranger learns nothing of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from builder.accounts.actor import LOCAL_OWNER, Actor
from builder.api import create_api
from builder.composition.operation.quotas import QuotaReached
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.previews.runnables.tables import StoredServer


@pytest.fixture
async def services(settings: Settings) -> AsyncIterator[Services]:
    made = Services(settings.model_copy(update={"quota_projects": 2, "quota_storage_mb": 1}))
    await made.start()
    yield made
    await made.close()


async def test_one_project_too_many_is_refused_with_what_makes_room(api: httpx.AsyncClient, services: Services) -> None:
    first = await services.store.create(LOCAL_OWNER, "One")
    await services.store.create(LOCAL_OWNER, "Two")
    answer = await api.post("/projects", json={"title": "Three"})
    assert answer.status_code == 403
    error = answer.json()["error"]
    assert error["code"] == "quota"
    assert {"quota": "projects", "used": 2, "limit": 2}.items() <= error["details"].items()
    assert "Archive" in error["message"]
    assert error["details"]["remove"].startswith("Archive projects")
    with pytest.raises(QuotaReached):
        await services.store.duplicate(LOCAL_OWNER, first.id)
    await services.delete_project(LOCAL_OWNER, first.id)
    assert (await api.post("/projects", json={"title": "Three"})).status_code == 201


async def test_an_archived_project_takes_no_room_until_it_comes_back(
    api: httpx.AsyncClient, services: Services
) -> None:
    first, second = [(await services.store.create(LOCAL_OWNER, title)).id for title in ("One", "Two")]
    assert (await api.patch(f"/projects/{first}", json={"status": "archived"})).status_code == 200
    third = (await api.post("/projects", json={"title": "Three"})).json()["project"]["id"]
    back = await api.patch(f"/projects/{first}", json={"status": "active"})
    assert (back.status_code, back.json()["error"]["code"]) == (403, "quota")
    # What was deleted comes back to where it was: to the archive without room, beside the others with it.
    for project in (first, third):
        await services.delete_project(LOCAL_OWNER, project)
    await services.store.undelete(LOCAL_OWNER, first)
    await services.store.create(LOCAL_OWNER, "Four")
    with pytest.raises(QuotaReached):
        await services.store.undelete(LOCAL_OWNER, third)
    await services.delete_project(LOCAL_OWNER, second)
    assert (await api.patch(f"/projects/{first}", json={"status": "active"})).status_code == 200


async def test_what_apps_store_counts_too(api: httpx.AsyncClient, services: Services) -> None:
    project = await services.store.create(LOCAL_OWNER, "One")
    async with services.db.session() as session:
        state = {"engine": {"slot": project.id, "stored": 900_000}}
        session.add(StoredServer(runnable=project.id, owner="owner", state=state))
    await services.store.write_working(LOCAL_OWNER, project.id, {"a.txt": "a" * 200_000}, [], {})
    await services.store.save(LOCAL_OWNER, project.id)
    quotas = {one["name"]: one for one in (await api.get("/teams/owner/quota")).json()["quotas"]}
    assert quotas["storage"]["used"] >= 1_100_000
    answer = await api.put(f"/projects/{project.id}/files/more.txt", content=b"x")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "quota")


async def test_a_full_store_takes_no_more_files(api: httpx.AsyncClient, services: Services) -> None:
    project = await services.store.create(LOCAL_OWNER, "One")
    big = {f"{number}.txt": f"{number}" * 300_000 for number in range(4)}
    await services.store.write_working(LOCAL_OWNER, project.id, big, [], {})
    await services.store.save(LOCAL_OWNER, project.id)
    answer = await api.put(f"/projects/{project.id}/files/more.txt", content=b"x")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "quota")
    assert (await api.get(f"/projects/{project.id}/files/0.txt")).status_code == 200
    quotas = {one["name"]: one for one in (await api.get("/teams/owner/quota")).json()["quotas"]}
    assert quotas["storage"]["used"] >= 1_200_000
    assert quotas["storage"]["limit"] == 2**20
    assert (quotas["projects"]["used"], quotas["projects"]["limit"]) == (1, 2)
    assert quotas["servers"]["used"] == 0
    assert quotas["members"]["limit"] is None
    assert all(one["remove"] for one in quotas.values())


async def test_nobody_learns_of_another_team(services: Services) -> None:
    async def stranger(_: object) -> Actor:
        return Actor("stranger")

    services.actors.sources.insert(0, stranger)
    project = await services.store.create(LOCAL_OWNER, "One")
    transport = httpx.ASGITransport(create_api(lambda: services))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1") as client:
        assert (await client.get("/teams/owner/quota")).status_code == 404
        assert (await client.put(f"/projects/{project.id}/files/a.txt", content=b"x")).status_code == 404
        assert (await client.get("/teams/stranger/quota")).status_code == 200
