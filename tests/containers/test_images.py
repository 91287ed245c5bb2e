"""Each runtime image runs its language as an ordinary account, sealed off, with the common frameworks at hand."""

from __future__ import annotations

import json
from typing import Any

import aiodocker
import pytest

from preview_runtime.containers import images
from preview_runtime.containers.images import Runtime

from .docker_engine import LABEL

ABOUT = {
    Runtime.PYTHON: (
        ["python", "-c", "import os, sys, json; import django, fastapi, flask, sqlmodel, starlette, uvicorn; print(os.getuid())"],
        "10001",
    ),
    Runtime.NODE: (
        ["node", "-e", "for (const n of ['express', 'fastify', 'hono']) require(n); console.log(process.getuid())"],
        "10001",
    ),
}  # fmt: skip


async def output(docker: aiodocker.Docker, runtime: Runtime, command: list[str], **host: Any) -> tuple[int, str]:
    """Exit code and output of one command in a container as sealed off as a preview."""
    container = await docker.containers.create(
        {
            "Image": images.tag(runtime),
            "Cmd": command,
            "Labels": {LABEL: "1"},
            "HostConfig": {
                "NetworkMode": "none",
                "ReadonlyRootfs": True,
                "CapDrop": ["ALL"],
                "SecurityOpt": ["no-new-privileges"],
                "Tmpfs": {"/tmp": "size=16m"},
                "Memory": 256 * 2**20,
                **host,
            },
        }
    )
    try:
        await container.start()
        code = (await container.wait())["StatusCode"]
        return code, "".join(await container.log(stdout=True, stderr=True))
    finally:
        await container.delete(force=True, v=True)


@pytest.mark.usefixtures("runtime_images")
@pytest.mark.parametrize("runtime", ABOUT)
async def test_the_frameworks_are_there_without_network_and_without_rights(
    docker: aiodocker.Docker, runtime: Runtime
) -> None:
    command, said = ABOUT[runtime]
    assert await output(docker, runtime, command) == (0, f"{said}\n")


@pytest.mark.usefixtures("runtime_images")
async def test_node_imports_the_frameworks_as_modules_too(docker: aiodocker.Docker) -> None:
    program = "import express from 'express'; import { serve } from '@hono/node-server'; console.log(typeof express, typeof serve)"
    code, said = await output(docker, Runtime.NODE, ["node", "--input-type=module", "-e", program])
    assert (code, said) == (0, "function function\n")


@pytest.mark.usefixtures("runtime_images")
@pytest.mark.parametrize(
    ("runtime", "command"),
    [
        (Runtime.PYTHON, "uv --version && uvicorn --version && flask --version && python -m venv --without-pip /app/v"),
        (Runtime.NODE, "bun --version && npm --version && npx --version && bunx --version"),
    ],
)
async def test_the_usual_programs_answer(docker: aiodocker.Docker, runtime: Runtime, command: str) -> None:
    code, said = await output(docker, runtime, ["sh", "-ec", command])
    assert code == 0, said


@pytest.mark.usefixtures("runtime_images")
@pytest.mark.parametrize("runtime", Runtime)
async def test_only_the_project_folder_can_be_written(docker: aiodocker.Docker, runtime: Runtime) -> None:
    command = "id -u; touch /app/file && echo app; touch /opt/file 2>/dev/null || echo sealed; pwd"
    code, said = await output(docker, runtime, ["sh", "-c", command])
    assert (code, said.split()) == (0, ["10001", "app", "sealed", "/app"])


@pytest.mark.usefixtures("runtime_images")
async def test_nothing_of_this_machine_is_in_an_image(docker: aiodocker.Docker) -> None:
    for runtime in Runtime:
        told = json.dumps(
            [await docker.images.inspect(images.tag(runtime)), await docker.images.history(images.tag(runtime))]
        )
        assert "PROXY" not in told.upper()
        assert "INDEX" not in told.upper()
