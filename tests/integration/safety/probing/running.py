"""Apps as plain processes of this computer: what is written is started, asked, and ended by its own id."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx

from preview_runtime.node import node_executable
from tests.integration.notes import packages

_SECONDS = 40.0


@contextlib.asynccontextmanager
async def running(files: Mapping[str, str], folder: Path) -> AsyncIterator[str]:
    """The address of an app, which begins with `main.py`, `app.py`, `server.py`, `manage.py`, or as `package.json` or `server.js`
    say; `folder` is made for it."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    if "server.js" in files or "package.json" in files:
        start = json.loads(files.get("package.json", "{}")).get("scripts", {}).get("start", "node server.js")
        (folder / "node_modules").symlink_to(await asyncio.to_thread(packages.node))
        command, path = [str(node_executable()), start.split()[-1]], ""
    else:
        path = str(await asyncio.to_thread(packages.python))
        command = [
            sys.executable,
            *(
                ["manage.py", "runserver", "--noreload", str(port)]
                if "manage.py" in files
                else [next(name for name in ("main.py", "app.py", "server.py") if name in files)]
            ),
        ]
    environment = {
        "PATH": os.environ["PATH"],
        "PORT": str(port),
        "PYTHONPATH": path,
        "HOME": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with (folder / "output.txt").open("wb") as output:
        app = await asyncio.create_subprocess_exec(
            *command, cwd=folder, env=environment, stdout=output, stderr=output, start_new_session=True
        )
        try:
            base = f"http://127.0.0.1:{port}"
            await _answers(base, app, folder)
            yield base
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(app.pid, signal.SIGKILL)
            await app.wait()


async def _answers(base: str, app: asyncio.subprocess.Process, folder: Path) -> None:
    async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(_SECONDS):
        while True:
            with contextlib.suppress(httpx.TransportError):
                await client.get(base)
                return
            assert app.returncode is None, (folder / "output.txt").read_text()[-2_000:]
            await asyncio.sleep(0.05)
