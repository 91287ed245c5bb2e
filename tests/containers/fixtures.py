"""A real Docker Engine and the images that previews run in: one for all tests of a run.

No module imports these by itself: each would have an engine of its own.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiodocker
import pytest

from preview_runtime.containers import images
from preview_runtime.containers.images import Runtime

from . import docker_engine

DATA_ROOT = Path(__file__).resolve().parents[2] / ".pytest_cache" / "docker"


@pytest.fixture(scope="session")
def docker_host(request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of an engine, such as unix:///tmp/…/docker.sock; what the tests left in it is removed at the end.

    An engine of ours keeps its images from run to run; with --all it begins with none.
    """
    address = docker_engine.running()
    if address:
        yield address
        docker_engine.run(docker_engine.sweep(address, everything=False))
    elif docker_engine.installed():
        with docker_engine.own(DATA_ROOT, fresh=request.config.getoption("--all")) as own:
            yield own
            docker_engine.run(docker_engine.sweep(own, everything=True))
    elif os.environ.get("CI", "").lower() == "true":
        pytest.fail(docker_engine.HELP)
    else:
        pytest.skip(docker_engine.HELP)


@pytest.fixture
async def docker(docker_host: str) -> AsyncIterator[aiodocker.Docker]:
    """A client of the engine."""
    async with aiodocker.Docker(docker_host) as client:
        yield client


@pytest.fixture(scope="session")
def runtime_images(docker_host: str, tmp_path_factory: pytest.TempPathFactory) -> dict[Runtime, float]:
    """All images are there; returns the seconds each took, for those that had to be built.

    Nothing comes from the caches of uv and npm, so that the seconds are those of a new machine.
    """

    async def build() -> dict[Runtime, float]:
        took: dict[Runtime, float] = {}
        async with aiodocker.Docker(docker_host) as client:
            for runtime in await images.missing_images(client):
                began = time.monotonic()
                await images.build_images(client, [runtime], lambda which, what: print(f"{which}: {what}"))
                took[runtime] = time.monotonic() - began
        return took

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UV_CACHE_DIR", str(tmp_path_factory.mktemp("uv")))
        patch.setenv("npm_config_cache", str(tmp_path_factory.mktemp("npm")))
        return docker_engine.run(build())
