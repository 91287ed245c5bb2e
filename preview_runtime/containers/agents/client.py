"""Speaks to the program that waits in a container; see `python_agent.agent` for the protocol.

The other side runs as the app's user and may have been replaced: its answers are bounded in size and time, and mean no
more than “yes” or “no”.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from preview_runtime.plans.runtimes import Runtime

PORT: Final = 61001
_MAX_ANSWER: Final = 16 * 1024
_TRY_SECONDS: Final = 0.004
_PROGRAM: Final = 0o755
_FILE: Final = 0o644

COMMANDS: Final[Mapping[Runtime, Sequence[str]]] = {
    Runtime.PYTHON: ("python3", "-u", "-B", "/opt/sayso/agent.py"),
    Runtime.NODE: ("node", "/opt/sayso/agent.cjs"),
}
"""The command of the agent, for the runtimes whose image has one."""


class AgentFailed(Exception):
    """The agent in the container did not do what it was asked, or does not answer; `str()` is for the log."""


@dataclass(frozen=True, slots=True)
class AppStart:
    """How the app is started: `command` by a shell's rules, in `folder` below the work folder. `links` are made first
    (path in the work folder → target); `preload` names modules that the app loads, so that they can be loaded before
    its next start; `added` is a folder of packages beside those of the image, see `packages.layer.Layer`."""

    command: str
    folder: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    preload: Sequence[str] = ()
    added: str = ""

    def as_json(self) -> dict[str, Any]:
        """For the request and for `kept`."""
        return {
            "command": self.command,
            "folder": self.folder,
            "environment": dict(self.environment),
            "links": dict(self.links),
            "preload": list(self.preload),
            "added": self.added,
        }


def kept(run: AppStart, paths: Sequence[str]) -> str:
    """The text of `.sayso/run.json`, with which a container begins that is started with its files."""
    return json.dumps({"run": run.as_json(), "paths": list(paths)})


async def send(
    host: str, files: Mapping[str, str | bytes], paths: Sequence[str], run: AppStart | None, *, seconds: float
) -> None:
    """Send changed `files` and restart the app (`run` None: leave it as it is). `paths`: all paths of the project.

    Returns once the new process is on its way. Raises `AgentFailed` when that takes longer than `seconds`.
    """
    contents = [content if isinstance(content, bytes) else content.encode() for content in files.values()]
    listed = [
        [path, len(content), _PROGRAM if content.startswith(b"#!") else _FILE]
        for path, content in zip(files, contents, strict=True)
    ]
    head = json.dumps({"files": listed, "paths": list(paths), "run": run.as_json() if run else None}).encode()
    writer: asyncio.StreamWriter | None = None
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(host, PORT, limit=_MAX_ANSWER)
            writer.writelines([len(head).to_bytes(4, "big"), head, *contents])
            await writer.drain()
            said = json.loads(await reader.readline() or b"{}")
    except (OSError, ValueError, RecursionError, TimeoutError) as error:
        raise AgentFailed(f"{host}: {error!r}") from error
    finally:
        if writer:
            writer.transport.abort()
    if not isinstance(said, dict) or said.get("ok") is not True:
        raise AgentFailed(f"{host}: {str(said)[:500]}")


async def ready(host: str, *, seconds: float) -> None:
    """Return once the program listens, which it does when all is loaded. Raises `AgentFailed` after `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                try:
                    _, writer = await asyncio.open_connection(host, PORT)
                except OSError:
                    await asyncio.sleep(_TRY_SECONDS)
                else:
                    writer.transport.abort()
                    return
    except TimeoutError as error:
        raise AgentFailed(f"{host}: nobody listens after {seconds:.0f} s") from error
