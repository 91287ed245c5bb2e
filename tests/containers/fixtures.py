"""A real Docker Engine, its images and the firewall's rules: one of each for all tests of a run.

`tests/conftest.py` offers them to every test. No module imports these by itself: each would have an engine of its own.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path

import aiodocker
import pytest

from preview_runtime.containers.docker.subnets import DEFAULT_POOL
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation import firewall
from preview_runtime.plans.runtimes import Image, Runtime, Sidecar

from . import docker_engine

DATA_ROOT = Path(__file__).resolve().parents[2] / ".pytest_cache" / "docker"


@pytest.fixture(scope="session")
def docker_host(request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of an engine, such as unix:///tmp/…/docker.sock; what the tests left in it is removed at the end.

    An engine of ours keeps its images from run to run; with --all it begins with none where their building is tested.
    """
    if shared := os.environ.get("SAYSO_TEST_ENGINE"):  # see shared_engine.py, which removes what was left as well
        yield shared
        return
    address = docker_engine.running()
    if address:
        yield address
        docker_engine.run(docker_engine.sweep(address, everything=False))
    elif docker_engine.installed():
        fresh = request.config.getoption("--all") and any(
            i.path.name == "test_images.py" for i in request.session.items
        )
        with docker_engine.own(DATA_ROOT, fresh=fresh) as own:
            # Before as well: a run that was killed left what it had.
            docker_engine.run(docker_engine.sweep(own, everything=True))
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
def firewalled(docker_host: str) -> Iterator[None]:
    """The rules that a person puts in once; whoever put them in before keeps them."""
    rules = [rule for rule in firewall.all_rules(DEFAULT_POOL) if not firewall.present(rule)]
    if rules:
        firewall.install(firewall.all_rules(DEFAULT_POOL))  # all of them: they have an order
    yield
    firewall.remove(rules)


def build_missing(docker_host: str, wanted: Iterable[Image]) -> dict[Image, float]:
    """Have the engine have the images of `wanted`; returns the seconds each took, for those that had to be built."""

    async def build() -> dict[Image, float]:
        took: dict[Image, float] = {}
        async with aiodocker.Docker(docker_host) as client:
            for image in await catalogue.missing_images(client, wanted):
                began = time.monotonic()
                await catalogue.build_images(client, [image], lambda which, what: print(f"{which}: {what}"))
                took[image] = time.monotonic() - began
        return took

    return docker_engine.run(build())


@pytest.fixture(scope="session")
def python_image(docker_host: str) -> str:
    """The name of the image that apps in Python run in, which is there."""
    build_missing(docker_host, [Runtime.PYTHON])
    return catalogue.tag(Runtime.PYTHON)


@pytest.fixture(scope="session")
def node_image(docker_host: str) -> str:
    """The same for Node."""
    build_missing(docker_host, [Runtime.NODE])
    return catalogue.tag(Runtime.NODE)


@pytest.fixture(scope="session")
def static_image(docker_host: str) -> str:
    """The same for sites of files alone."""
    build_missing(docker_host, [Runtime.STATIC])
    return catalogue.tag(Runtime.STATIC)


@pytest.fixture(scope="session")
def database_image(docker_host: str) -> str:
    """The same for databases."""
    build_missing(docker_host, [Sidecar.POSTGRES])
    return catalogue.tag(Sidecar.POSTGRES)


@pytest.fixture(scope="session")
def runtime_images(docker_host: str, tmp_path_factory: pytest.TempPathFactory) -> dict[Image, float]:
    """The images of all runtimes are there; returns the seconds each took, for those that had to be built.

    Nothing comes from the caches of uv and npm, so that the seconds are those of a new machine.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UV_CACHE_DIR", str(tmp_path_factory.mktemp("uv")))
        patch.setenv("npm_config_cache", str(tmp_path_factory.mktemp("npm")))
        return build_missing(docker_host, Runtime)
