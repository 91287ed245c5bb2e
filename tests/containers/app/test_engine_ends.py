"""What goes on in the background when the engine ends in the middle of it: it goes on, and leaves nothing behind.

The engine itself runs on: a cable to it is cut (tests/containers/test_killed.py kills a real one).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiodocker
import pytest

from preview_runtime.containers.app.warm import PREFIX
from preview_runtime.containers.docker.connection import NO_ANSWER
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.containers.isolation.slots import Slots
from preview_runtime.containers.reconciler import Known, Reconciler
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.runtimes import Runtime
from tests.containers.app.test_engine import PYTHON, eventually, get
from tests.containers.app.test_warm import Warm
from tests.containers.cable import Cable, cable

pytestmark = pytest.mark.usefixtures("firewalled")


@pytest.fixture
async def line(docker_host: str, tmp_path: Path) -> AsyncIterator[Cable]:
    async with cable(tmp_path, docker_host) as made:
        yield made


@pytest.fixture
async def warm(line: Cable, docker: aiodocker.Docker, python_image: str) -> AsyncIterator[Warm]:
    """A pool of one Python container, at the end of the cable."""
    async with catalogue.connect(line.address) as client:
        made = Warm(client, python=1)
        filling = asyncio.create_task(made.pool.run())
        try:
            yield made
        finally:
            filling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await filling
            for engine in made.made:
                await engine.remove()
        made.docker = docker
        assert await made.left() == []


async def filled(warm: Warm) -> bool:
    return warm.pool.waiting == {Runtime.PYTHON: 1}


async def test_an_answer_that_breaks_off_fails_like_none(line: Cable) -> None:
    async with catalogue.connect(line.address) as client:
        line.bite("/containers/json")
        with pytest.raises(aiodocker.DockerError) as failed:
            await client.containers.list()
        assert (failed.value.status, line.bitten.is_set()) == (NO_ANSWER, True)
        with pytest.raises(aiodocker.DockerError) as failed:
            await client.containers.list()
        assert failed.value.status == NO_ANSWER
        await line.mend()
        await client.containers.list()


@pytest.mark.parametrize("asked", ["/volumes/create", "/containers/create", "/start", "/stats"])
async def test_an_engine_that_ends_while_a_container_is_made_in_advance(line: Cable, warm: Warm, asked: str) -> None:
    """Another is made once the engine answers, and nothing stays of the first."""
    line.bite(asked)
    await asyncio.wait_for(line.bitten.wait(), 60)
    await line.mend()
    await eventually(lambda: filled(warm), 60)

    async def only_one() -> bool:
        return len([title for title in await warm.left() if PREFIX in title]) == 3  # container, network, volume

    await eventually(only_one, 60)


async def test_a_container_that_ended_while_it_waited_is_replaced(warm: Warm) -> None:
    await eventually(lambda: filled(warm), 60)
    [dead] = warm.pool.known
    container = await warm.slots.find(dead)
    assert container
    await container.kill()

    async def replaced() -> bool:
        return await filled(warm) and dead not in warm.pool.known

    await eventually(replaced, 60)

    async def gone() -> bool:
        return not [title for title in await warm.left() if dead in title]

    await eventually(gone, 60)


async def test_no_start_meets_a_container_that_ended_while_it_waited(
    warm: Warm, caplog: pytest.LogCaptureFixture
) -> None:
    await eventually(lambda: filled(warm), 60)
    [dead] = warm.pool.known
    container = await warm.slots.find(dead)
    assert container
    engine = warm.engine()
    with caplog.at_level(logging.INFO):
        await container.kill()
        assert await get(await engine.start(FileTree({"server.py": PYTHON}))) == "hello from python"
    assert engine.slot != dead
    assert "was of no use" not in caplog.text
    assert dead not in str(warm.kept)


class Stuck:
    """Networks that the engine does not remove."""

    async def remove(self, *_: Any) -> None:
        raise aiodocker.DockerError(403, "error while removing network: network has active endpoints")


async def test_what_cannot_be_removed_keeps_nothing_else(docker: aiodocker.Docker) -> None:
    settings = ContainerSettings(instance=f"sayso-stuck-{os.getpid()}")
    warm = Warm(docker)
    warm.slots = Slots(docker, settings, warm.networks)
    slots = [f"{PREFIX}{secrets.token_hex(4)}" for _ in range(2)]
    networks = Networks(docker, settings)
    titles = [await networks.ensure(slot) for slot in slots]
    for slot in slots:
        await warm.slots.ensure_volume(slot)
    stuck = Slots(docker, settings, Stuck())  # type: ignore[arg-type]

    async def known() -> Known:
        return Known(frozenset(), frozenset())

    try:
        with pytest.raises(aiodocker.DockerError, match="active endpoints"):
            await stuck.clear(slots[0], volume=True)
        assert not await warm.slots.has_volume(slots[0])
        removed = await Reconciler(stuck, known).once(grace=0)
        assert removed.networks == []
        assert removed.volumes == [warm.slots.title(slots[1])]
    finally:
        removed = await Reconciler(Slots(docker, settings, networks), known).once(grace=0)
    assert sorted(removed.networks) == sorted(titles)
