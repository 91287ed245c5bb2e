"""What is at a path in a container, as reported by the engine without opening it (API, ContainerArchiveInfo)."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any, Final

import aiodocker
import aiohttp

from preview_runtime.containers.docker.connection import PATIENCE, EngineSilent

FOLDER: Final = "folder"
LINK: Final = "link"
_NOT_FOUND: Final = 404
_REFUSED: Final = 300
# Go's fs.FileMode, as the engine's header has it.
_KINDS: Final = {
    1 << 31: FOLDER,
    1 << 27: LINK,
    1 << 25: "pipe",
    1 << 24: "socket",
    1 << 26: "device",
    1 << 19: "unknown",
}


@dataclass(frozen=True, slots=True)
class PathStat:
    """What is at a path: `kind` is "" for a plain file, `size` in bytes, `target` is the final target of a link."""

    kind: str
    size: int
    target: str


class LeadsNowhere(Exception):
    """The path is a link that leads nowhere or in a circle."""


async def path_stat(docker: aiodocker.Docker, container: str, path: str) -> PathStat | None:
    """What is at `path` in a container; None for nothing. Raises `LeadsNowhere`, aiodocker.DockerError."""
    await docker._check_version()
    url = docker._canonicalize_url(f"containers/{container}/archive")
    limits = aiohttp.ClientTimeout(total=PATIENCE)
    try:
        # Not aiodocker's own call: that reads the reason of a refusal from the body, and an answer to HEAD has none.
        async with docker.session.head(url, params={"path": path}, timeout=limits) as answer:
            status, told = answer.status, answer.headers.get("X-Docker-Container-Path-Stat", "")
    except TimeoutError as error:
        raise EngineSilent(f"HEAD {path}", PATIENCE) from error
    except aiohttp.ClientError as error:
        raise aiodocker.DockerError(900, f"The Docker Engine ended while it was asked: {error!r}") from error
    if status == _NOT_FOUND:
        return None
    if status >= _REFUSED:
        raise LeadsNowhere(path)
    found: dict[str, Any] = json.loads(base64.b64decode(told))
    mode = int(found["mode"])
    kind = next((said for bit, said in _KINDS.items() if mode & bit), "")
    return PathStat(kind, int(found["size"]), str(found.get("linkTarget") or ""))
