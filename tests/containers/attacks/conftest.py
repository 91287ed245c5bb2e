"""One builder for the whole suite; every attack is followed by the question how quickly it answered meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import aiodocker
import pytest

from preview_runtime.containers.limits.limit_watch import LimitWatch
from tests.browser.conftest import Server
from tests.containers.attacks.builder import LEAST_SAMPLES, MOST_MILLISECONDS, App, Builder, Health, percentile
from tests.containers.attacks.watched import SETTINGS, Watched


@pytest.fixture(scope="package")
def shared_builder(
    docker_host: str, firewalled: None, python_image: str, static_image: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Builder]:
    """A builder that runs for the whole suite, asked for its health all the time."""
    server = Server(
        tmp_path_factory.mktemp("data"), {"DOCKER_HOST": docker_host, "MARK_OF_THE_BUILDER": "kept"}
    ).start()
    health = Health(server.port, server.data)
    builder = Builder(server, health)
    try:
        health.calm()
        began = time.monotonic()
        yield builder
        samples = health.samples(began)
        assert percentile(samples) <= MOST_MILLISECONDS, f"over the whole suite, {len(samples)} answers"
        assert server.process is not None
        assert server.process.poll() is None, server.log[-4000:]
        assert "Traceback" not in server.log, server.log[-8000:]
    finally:
        builder.clear()
        health.close()
        server.stop()


@pytest.fixture
def builder(shared_builder: Builder) -> Iterator[Builder]:
    """The builder during one attack; what the attack started is ended, and the answers it got are looked at."""
    first, began = shared_builder.count(), time.monotonic()
    yield shared_builder
    samples = shared_builder.health.samples(began)
    shared_builder.clear(first)
    if len(samples) >= LEAST_SAMPLES:
        slow = percentile(samples)
        assert slow <= MOST_MILLISECONDS, f"health took {slow:.0f} ms at the 95th percentile of {len(samples)}"


@pytest.fixture(scope="module")
def laboratory(shared_builder: Builder) -> Iterator[App]:
    """One app for many small attacks."""
    app = shared_builder.app()
    yield app
    app.stop()


@pytest.fixture
async def watched(docker: aiodocker.Docker, builder: Builder) -> AsyncIterator[Watched]:
    """Engines of this process, beside the builder: what is watched in them is small, so that it is soon too much."""

    async def over(project: str) -> None:
        await made.over(project)

    made = Watched(docker, LimitWatch(docker, SETTINGS, over))
    task = asyncio.create_task(made.limits.run())
    yield made
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await made.clear()
