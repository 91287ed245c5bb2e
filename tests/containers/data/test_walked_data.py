"""Walks of an app that stores in files, SQLite and PostgreSQL each begin with the same copy, in a real Docker Engine."""

from __future__ import annotations

import asyncio
from typing import Any

import aiodocker
import pytest

from preview_runtime.containers.docker.labels import filters
from tests.containers.beside.test_database_apps import House, call, house
from tests.containers.data.test_data_copies import FILES, all_of

__all__ = ["house"]

pytestmark = pytest.mark.usefixtures("firewalled")


async def opened(house: House, project: str, version: str) -> dict[str, Any]:
    """What is said of the server for walks once it runs, or will not."""
    lease = ""
    async with asyncio.timeout(120):
        while True:
            body = {"version": version, "lease": lease}
            said: dict[str, Any] = (await house.api.put(f"/projects/{project}/walks/server", json=body)).json()
            if said["status"] != "starting":
                return said
            lease = said["lease"]
            await asyncio.sleep(0.1)


async def nothing(*_: object) -> Any: ...


async def begun(house: House, project: str, lease: str) -> str:
    """Where the server answers as a walk begins."""
    said = (await house.api.post(f"/projects/{project}/walks/server/begin", json={"lease": lease})).json()
    assert said["status"] == "ready", said
    walked = house.services.routes.walked(project)
    assert walked is not None
    # A request that is not led through the host is not counted.
    with house.services.activity.request(walked.preview, nothing, nothing):
        pass
    route = house.services.routes.find(walked.preview)
    assert route is not None
    return route.upstream


async def test_each_walk_begins_with_what_was_copied_and_nothing_of_the_persons_changes(
    house: House, docker: aiodocker.Docker
) -> None:
    project = await house.imported(FILES)
    version = (await house.api.get(f"/projects/{project}")).json()["project"]["head"]
    address = await house.started(project)
    await call("PUT", f"{address}/ada")
    server = await opened(house, project, version)
    assert server["status"] == "ready", server
    await call("PUT", f"{address}/later")
    for word in ("grace", "edith"):
        theirs = await begun(house, project, server["lease"])
        assert await call("GET", theirs) == all_of("ada")
        await call("PUT", f"{theirs}/{word}")
        assert await call("GET", theirs) == all_of("ada", word)
    assert await call("GET", address) == all_of("ada", "later")
    walked = house.services.routes.walked(project)
    assert walked is not None
    await house.api.delete(f"/projects/{project}/walks/server", params={"lease": server["lease"]})
    instance = house.services.engines.instance
    for slot in (walked.preview, f"{walked.preview}-postgres"):
        wanted = filters(instance, slot)
        assert not (await docker.volumes.list(filters=wanted))["Volumes"]
        assert not await docker.networks.list(filters=wanted)
    assert await call("GET", address) == all_of("ada", "later")


async def test_data_that_are_too_large_are_not_copied_and_the_reason_is_said(house: House) -> None:
    project = await house.imported(FILES)
    version = (await house.api.get(f"/projects/{project}")).json()["project"]["head"]
    address = await house.started(project)
    await call("PUT", f"{address}/ada")
    house.services.walk_servers.most_bytes = 1024 * 1024
    server = await opened(house, project, version)
    assert server["status"] == "failed"
    assert "has stored more than 1 MB" in server["why"]
    assert await call("GET", address) == all_of("ada")
