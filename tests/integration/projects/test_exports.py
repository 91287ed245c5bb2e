"""What its README says makes an exported project run, on a computer that has never heard of Sayso."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import socket
import sys
from pathlib import Path
from typing import Final

import httpx
import pytest

from builder.projects.archive.export import write_zip
from preview_runtime.file_tree import FileTree
from tests.starters import Starter, server_starters
from tests.unit.zips import read_zip

_INSTALL_SECONDS: Final = 180.0
# One of each language that installs, and one that installs nothing; --all runs the others too.
_DAILY: Final = ("guestbook", "snippets", "whiteboard")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    served = [one for one in server_starters() if one.spec["server"] in ("python", "node")]
    alone = [one for one in served if "postgresql" not in one.spec["stack"] and "index.html" not in one.files()]
    if not metafunc.config.getoption("--all"):
        alone = [one for one in alone if one.name in _DAILY]
    metafunc.parametrize("starter", alone, ids=lambda starter: starter.name)


async def test_an_exported_server_runs_as_its_readme_says(starter: Starter, tmp_path: Path) -> None:
    tree = FileTree({path: starter.text(path) for path in starter.files() if path.lower() != "readme.md"})
    project = await read_zip(write_zip(tree, starter.name))
    for path, content in project.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content if isinstance(content, bytes) else content.encode())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    said = (tmp_path / "README.md").read_text()
    (known,) = re.findall(r"http://localhost:(\d+)", said)
    # Another port, where this computer has something else at the usual one.
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", said, re.DOTALL)).replace(known, port)
    path = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    passed = {
        name: value for name, value in os.environ.items() if name.startswith(("npm_config", "PIP_", "SSL_", "NODE_"))
    }
    process = await asyncio.create_subprocess_exec(
        "sh", "-ec", commands, cwd=tmp_path, env={**passed, "PATH": path, "HOME": str(tmp_path.parent)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(_INSTALL_SECONDS), httpx.AsyncClient(trust_env=False) as client:
            while True:
                assert process.returncode is None, (await process.communicate())[0].decode()
                try:
                    answer = await client.get(f"http://localhost:{port}/")
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.2)
        assert answer.status_code == 200
        assert "<html" in answer.text.lower()
    finally:
        with contextlib.suppress(ProcessLookupError):  # it ended by itself
            os.killpg(process.pid, signal.SIGKILL)
        await process.communicate()
