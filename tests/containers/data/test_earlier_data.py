"""A data folder that an earlier Sayso left is opened beside the engine in which its servers ran: what they stored is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiodocker
import httpx
import pytest

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.composition.services import Services
from builder.composition.settings import Settings
from preview_runtime.engines import EngineStatus
from tests.integration.composition import earlier_data

pytestmark = pytest.mark.usefixtures("firewalled")


@pytest.fixture
async def services(
    docker: aiodocker.Docker, docker_host: str, python_image: str, tmp_path: Path
) -> AsyncIterator[Services]:
    """Not started; the engine has the containers and volumes of then, by their names and labels of then."""
    services = Services(Settings(_env_file=None, data_dir=tmp_path / "data", docker_host=docker_host))
    left = earlier_data.in_engine(services.engines.instance)
    for volume in left["volumes"]:
        await docker.volumes.create({"Name": volume["name"], "Labels": volume["labels"]})
    for found in left["containers"]:
        config: dict[str, Any] = {
            "Image": python_image, "Cmd": ["sleep", "infinity"], "Labels": found["labels"], "User": found["user"],
            "HostConfig": {"Binds": [f"{name}:{path}" for path, name in found["mounts"].items()], "NetworkMode": "none"},
        }  # fmt: skip
        container = await docker.containers.create(config, name=found["name"])
        await container.put_archive("/app", earlier_data.stored(found["labels"]["sayso.project"]))
        await container.start()
    yield services
    servers = services.servers
    await servers.removal.forget([server.id for server in servers.register.all])
    await services.close()


async def page(services: Services, runnable: str) -> str:
    route = services.routes.find(runnable)
    assert route is not None
    assert route.awake
    async with httpx.AsyncClient(timeout=30) as client:
        return (await client.get(route.upstream)).text


async def test_servers_of_then_run_on_with_what_they_stored_and_copies_that_waited_are_made(services: Services) -> None:
    orders = earlier_data.unpack(services.settings.data_dir)["orders"]
    await services.start()
    async with asyncio.timeout(120):
        while (found := (await services.servers.state(ME, orders["project"])).state).status is not EngineStatus.RUNNING:
            assert found.fault is None, found.fault
            await asyncio.sleep(0.1)
    assert await page(services, orders["project"]) == "pie,tart,scone"

    assert await services.servers.standby.wake(orders["link"], 120)
    assert await page(services, orders["link"]) == "pie,tart,cake"

    await services.data_copies.ready(orders["waiting"])
    assert await services.servers.standby.wake(orders["waiting"], 120)
    assert await page(services, orders["waiting"]) == "pie,tart,scone"
