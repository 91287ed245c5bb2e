"""An exported project in Go or Java runs as its README says where that language is: in the image that has it."""

from __future__ import annotations

import asyncio
import io
import re
import socket
import tarfile

import aiodocker
import httpx
import pytest

from builder.projects.archive.export import write_zip
from preview_runtime.containers.images.catalogue import Runtime, tag
from preview_runtime.file_tree import FileTree
from tests.containers.docker_engine import LABEL
from tests.containers.fixtures import build_missing
from tests.starters import Starter, server_starters
from tests.unit.projects.archive.zips import read_zip


@pytest.mark.parametrize(
    "starter", [one for one in server_starters() if one.spec["server"] in ("go", "java")], ids=lambda one: one.name
)
async def test_an_exported_project_runs_as_its_readme_says(
    starter: Starter, docker: aiodocker.Docker, docker_host: str
) -> None:
    image = Runtime(starter.spec["server"])
    await asyncio.to_thread(build_missing, docker_host, [image])
    tree = FileTree({path: starter.text(path) for path in starter.files() if path.lower() != "readme.md"})
    packed, project = io.BytesIO(), await read_zip(write_zip(tree, starter.name))
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path, content in project.items():
            held = content if isinstance(content, bytes) else content.encode()
            entry = tarfile.TarInfo(f"taken/{path}")
            entry.size = len(held)
            archive.addfile(entry, io.BytesIO(held))
    said = str(project["README.md"])
    (known,) = re.findall(r"http://localhost:(\d+)", said)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", said, re.DOTALL)).replace(known, port)
    config = {
        "Image": tag(image), "Cmd": ["sh", "-ec", commands], "WorkingDir": "/tmp/taken", "User": "root",
        "Env": ["HOME=/root", "LANG=C"], "Labels": {LABEL: ""}, "HostConfig": {"NetworkMode": "host"},
    }  # fmt: skip
    container = await docker.containers.create(config)
    try:
        await container.put_archive("/tmp", packed.getvalue())
        await container.start()
        async with asyncio.timeout(120), httpx.AsyncClient(trust_env=False) as client:
            while True:
                running = (await container.show())["State"]["Running"]
                assert running, "".join(await container.log(stdout=True, stderr=True))
                try:
                    answer = await client.get(f"http://localhost:{port}/")
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.2)
        assert answer.status_code == 200
        assert "<html" in answer.text.lower()
    finally:
        await container.delete(force=True)
