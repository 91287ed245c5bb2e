"""Jobs in a real engine; nothing of them is left behind."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import AsyncIterator
from typing import Any

import aiodocker
import pytest

from preview_runtime.containers.beside.egress import ProjectEgress
from preview_runtime.containers.docker.labels import ROLE, Role, filters
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.containers.isolation.slots import Slots
from preview_runtime.containers.jobs.jobs import Jobs, WaitingContainers
from preview_runtime.containers.jobs.spec import JobSpec
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.runtimes import Runtime

SETTINGS = ContainerSettings(instance=f"sayso-jobs-{os.getpid()}")


class Work:
    """Jobs of one Sayso; `jobs` is made anew where a test has the process end."""

    def __init__(self, docker: aiodocker.Docker) -> None:
        self.docker = docker
        self.networks = Networks(docker, SETTINGS)
        self.slots = Slots(docker, SETTINGS, self.networks)
        self.way_out = ProjectEgress(docker, SETTINGS, self.networks)
        self.jobs = self.anew()

    def anew(self, pool: WaitingContainers | None = None) -> Jobs:
        return Jobs(self.slots, pool=pool, way_out=self.way_out)

    def spec(self, *argv: str, files: dict[str, str] | None = None, **options: Any) -> JobSpec:
        given: dict[str, Any] = {"project": "p-1", "image": Runtime.PYTHON, "seconds": 60.0, "id": secrets.token_hex(6)}
        return JobSpec(argv=argv, tree=FileTree(files) if files else None, **{**given, **options})

    def sh(self, script: str, **options: Any) -> JobSpec:
        return self.spec("sh", "-c", script, **options)

    async def left(self) -> list[str]:
        wanted = filters(SETTINGS.instance)
        containers = await self.docker.containers.list(all=1, filters=json.dumps(wanted))
        volumes = (await self.docker.volumes.list(filters=wanted))["Volumes"] or []
        networks = await self.docker.networks.list(filters=wanted)
        return [
            *[container["Names"][0] for container in containers],
            *[network["Name"] for network in networks],
            *[volume["Name"] for volume in volumes if volume["Labels"][ROLE] != Role.LAYERS],
        ]


@pytest.fixture
async def work(docker: aiodocker.Docker, python_image: str) -> AsyncIterator[Work]:
    made = Work(docker)
    yield made
    await made.jobs.close()
    await made.networks.close()
    assert await made.left() == []
