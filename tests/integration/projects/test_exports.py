"""What its README says makes an exported project run, on a computer that has never heard of Sayso."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import os
import random
import re
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest

from builder.projects.archive.export import write_zip
from preview_runtime.file_tree import FileTree
from tests.starters import Starter, installed, server_starters, starters
from tests.unit.projects.archive.zips import read_zip

# Another sample each day; SAYSO_SEED repeats one.
SEED: Final = int(os.environ.get("SAYSO_SEED", datetime.datetime.now(datetime.UTC).date().toordinal()))
_START_SECONDS: Final = 180.0
_STATIC: Final = {
    "index.html": "<!doctype html><html><title>Still</title><link rel=stylesheet href=/style.css></html>",
    "style.css": "p{color:red}",
}
_PRINTED: Final = re.compile(r"http://localhost:\d+/")
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")


def _kinds() -> dict[str, list[Starter | None]]:
    """The starters of each kind of app whose programs are here. None: pages without a package.json."""
    served = [one for one in server_starters() if "postgresql" not in one.spec["stack"]]
    alone = [one for one in served if "index.html" not in one.files()]
    kinds: dict[str, list[Starter | None]] = {
        "front end": [*starters()], "static": [None], "front end and server": [one for one in served if one not in alone],
    }  # fmt: skip
    programs = {"python": "python3", "node": "npm", "go": "go", "java": "javac"}
    for runtime, program in programs.items():
        if shutil.which(program):
            kinds[runtime] = [one for one in alone if one.spec["server"] == runtime]
    return kinds


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One of each kind by day; --all: each of each kind."""
    chance, whole = random.Random(SEED), metafunc.config.getoption("--all")
    chosen = [
        (kind, one) for kind, all_of in _kinds().items() for one in (all_of if whole else [chance.choice(all_of)])
    ]
    metafunc.parametrize(
        "starter", [one for _, one in chosen], ids=[f"{kind}: {one.name if one else 'pages'}" for kind, one in chosen]
    )


async def test_an_exported_project_runs_as_its_readme_says(starter: Starter | None, tmp_path: Path) -> None:
    files = (
        _STATIC
        if starter is None
        else {path: starter.text(path) for path in starter.files() if path.lower() != "readme.md"}
    )
    for path, content in (await read_zip(write_zip(FileTree(files), "App"))).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content if isinstance(content, bytes) else content.encode())
    if "index.html" in files:
        # What the others installed, so that `npm install` asks no registry for it again.
        await asyncio.to_thread(
            shutil.copytree, installed(), tmp_path / "node_modules", symlinks=True, copy_function=os.link
        )
    said = (tmp_path / "README.md").read_text()
    *servers, last = re.findall(r"```sh\n(.*?)```", said, re.DOTALL)
    prints = "the address that it prints" in said
    if not prints:
        servers, last = [last], ""
    async with contextlib.AsyncExitStack() as stack, httpx.AsyncClient(trust_env=False) as client:
        at = ""
        for commands in servers:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = str(probe.getsockname()[1])
            (known,) = re.findall(r"PORT=(\d+)", commands)
            # Another port, where this computer has something else at the usual one.
            config = tmp_path / "vite.config.ts"
            if config.exists():
                config.write_text(config.read_text().replace(f"localhost:{known}", f"localhost:{port}"))
            at = f"http://localhost:{port}"
            running = await stack.enter_async_context(shell(commands.replace(known, port), tmp_path))
            await running.answers(client, f"{at}/")
        if last:
            running = await stack.enter_async_context(shell(last, tmp_path))
            page = await running.printed()
            if servers:  # which the pages reach below their own address
                assert (await client.get(f"{page}api/")).content == (await client.get(f"{at}/api/")).content
        else:
            page = f"{at}/"
        answer = await running.answers(client, page)
        assert answer.status_code == 200
        assert "<html" in answer.text.lower()


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


class Running:
    """What a person typed into a terminal, and what it printed."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process, self._said = process, ""

    async def read(self) -> None:
        assert self._process.stdout
        while piece := await self._process.stdout.read(65_536):
            self._said += _COLOURS.sub("", piece.decode(errors="replace"))

    async def printed(self) -> str:
        """The address that it prints."""
        async with asyncio.timeout(_START_SECONDS):
            while not (found := _PRINTED.search(self._said)):
                assert self._process.returncode is None, self._said
                await asyncio.sleep(0.05)
        return found.group()

    async def answers(self, client: httpx.AsyncClient, address: str) -> httpx.Response:
        async with asyncio.timeout(_START_SECONDS):
            while True:
                assert self._process.returncode is None, self._said
                try:
                    return await client.get(address)
                except httpx.TransportError:
                    await asyncio.sleep(0.1)


@asynccontextmanager
async def shell(commands: str, folder: Path) -> AsyncIterator[Running]:
    """A terminal in which `commands` run, until it is closed."""
    path = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    passed = {
        name: value for name, value in os.environ.items() if name.startswith(("npm_config", "PIP_", "SSL_", "NODE_"))
    }
    process = await asyncio.create_subprocess_exec(
        "sh", "-ec", commands, cwd=folder, env={**passed, "PATH": path, "HOME": str(folder.parent)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    running = Running(process)
    reading = asyncio.create_task(running.read())
    try:
        yield running
    finally:
        with contextlib.suppress(ProcessLookupError):  # it ended by itself
            os.killpg(process.pid, signal.SIGKILL)
        await reading
        await process.wait()
