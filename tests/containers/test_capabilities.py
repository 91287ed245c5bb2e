"""What an engine lacks is said in a sentence before anything is started, and by the start itself."""

from __future__ import annotations

import os
from pathlib import Path

import aiodocker
import pytest

from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.texts import said
from preview_runtime.containers.docker import capabilities
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.engine import ContainerEngine
from preview_runtime.engines import EngineFailed
from preview_runtime.file_tree import FileTree

SETTINGS = ContainerSettings(instance=f"sayso-capabilities-{os.getpid()}", runtime="runsc-of-nobody")


def settings(folder: Path, docker_host: str, **more: object) -> Settings:
    return Settings(_env_file=None, data_dir=folder, docker_host=docker_host, **more)


async def test_a_runtime_that_the_engine_has_not_is_named(tmp_path: Path, docker_host: str) -> None:
    engines = Services(settings(tmp_path, docker_host, preview_runtime="runsc-of-nobody")).engines
    try:
        await engines.look()
        assert engines.why_not
        assert said(engines.why_not) == (
            "Docker has no runtime called “runsc-of-nobody”: set it up in Docker, or leave PREVIEW_RUNTIME out"
        )
    finally:
        await engines.close()


@pytest.mark.usefixtures("firewalled", "python_image")
async def test_a_runtime_that_went_away_meanwhile_is_named_by_the_start(docker: aiodocker.Docker) -> None:
    engine = ContainerEngine(docker, "p-offers", SETTINGS)
    try:
        with pytest.raises(EngineFailed) as failed:
            await engine.start(FileTree({"main.py": "print(1)"}))
    finally:
        await engine.remove()
        await (await docker.volumes.get(f"{SETTINGS.instance}-layers")).delete() if await _layers(docker) else None
    assert failed.value.fault.code == "runtime_missing"
    assert said(failed.value.fault.says) == (
        "Docker here has no runtime called “runsc-of-nobody”. Set it up in Docker, or leave PREVIEW_RUNTIME out, "
        "then start Sayso again."
    )


async def _layers(docker: aiodocker.Docker) -> bool:
    found = (await docker.volumes.list())["Volumes"] or ()
    return any(volume["Name"] == f"{SETTINGS.instance}-layers" for volume in found)


async def test_the_engines_own_runtime_is_always_there(docker: aiodocker.Docker) -> None:
    assert await capabilities.has_runtime(docker, "")
    assert await capabilities.has_runtime(docker, "runc")


async def test_quotas_are_asked_of_the_engine_and_their_lack_is_named(tmp_path: Path, docker_host: str) -> None:
    engines = Services(settings(tmp_path, docker_host, preview_disk_quota=True)).engines
    try:
        await engines.look()
        async with aiodocker.Docker(docker_host) as docker:
            if await capabilities.has_quotas(docker, ContainerSettings(instance=SETTINGS.instance, disk_quota=True)):
                assert engines.why_not is None or engines.why_not.key != "engine.no_quotas"
            else:
                assert engines.why_not
                assert said(engines.why_not) == (
                    "Docker cannot hold data to a size by itself here: leave PREVIEW_DISK_QUOTA out, "
                    "and its size is watched"
                )
            left = (await docker.volumes.list(filters={"label": [f"sayso.instance={SETTINGS.instance}"]}))["Volumes"]
            assert not left
    finally:
        await engines.close()
