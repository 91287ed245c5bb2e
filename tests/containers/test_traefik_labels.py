"""A plain Traefik that watches Docker finds a preview by the labels of its container."""

from __future__ import annotations

import asyncio
import contextlib

import aiodocker
import aiohttp

from preview_runtime.containers import images
from preview_runtime.containers.images import Runtime
from preview_runtime.routes.limits import Limits
from preview_runtime.routes.traefik import TraefikSettings, traefik_arguments, traefik_labels
from tests.containers import docker_engine
from tests.integration.preview_routers import free_port, traefik_program


async def test_a_preview_is_found_by_its_labels(docker: aiodocker.Docker, docker_host: str, python_image: str) -> None:
    about = TraefikSettings(
        "preview.localhost", "http://127.0.0.1:1", limits=Limits(requests_per_second=0.1, burst=300)
    )
    labels = traefik_labels("labelled", 8000, about, network="bridge") | {docker_engine.LABEL: "1"}
    command = ["python3", "-m", "http.server", "8000", "--directory", "/etc"]
    container = await docker.containers.create(
        {"Image": images.tag(Runtime.PYTHON), "Entrypoint": [], "Cmd": command, "Labels": labels}
    )
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        traefik_program(),
        f"--entrypoints.web.address=127.0.0.1:{port}",
        f"--providers.docker.endpoint={docker_host}",
        "--providers.docker.exposedByDefault=false",
        "--log.level=ERROR",
        *traefik_arguments(about.limits, "web"),
    )
    try:
        await container.start()
        async with aiohttp.ClientSession() as browser, asyncio.timeout(60):
            answers: list[int] = []
            while 429 not in answers:
                with contextlib.suppress(aiohttp.ClientError):
                    async with browser.get(
                        f"http://127.0.0.1:{port}/os-release", headers={"host": "p-labelled.preview.localhost"}
                    ) as answer:
                        if answer.status == 200:
                            assert "ID=debian" in await answer.text()
                            assert answer.headers["cross-origin-embedder-policy"] == "credentialless"
                        # Until it is found there is nothing; until it listens Traefik is refused by it.
                        assert answer.status in (200, 404, 429, 502)
                        answers.append(answer.status)
                if 200 not in answers:
                    await asyncio.sleep(0.3)
        assert 200 in answers
    finally:
        process.kill()
        await process.wait()
        await container.delete(force=True, v=True)
