"""What an image has at the paths that Docker itself opens, mounts on or enters, before anything of it runs.

Docker reads /etc/passwd and /etc/group of an image as the computer's administrator, outside every container and while
it holds the container: at a named pipe it waits for ever, a device it opens for real (seen with Docker 20.10). Here
nothing is opened: the engine is asked what is there (ContainerArchiveInfo).
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import aiodocker
import aiohttp

from preview_runtime.containers.docker import policy
from preview_runtime.containers.docker.connection import PATIENCE, EngineSilent
from preview_runtime.containers.docker.creation import create
from preview_runtime.containers.docker.policy import MEGABYTE, ContainerSettings
from preview_runtime.containers.docker.uncancelled import uncancelled
from preview_runtime.containers.isolation.slots import NOT_FOUND, delete
from preview_runtime.phrases import Phrase
from preview_runtime.plans.recipe import DATA_FOLDER, LAYERS_FOLDER

_LARGEST: Final = MEGABYTE  # a computer with 10,000 accounts has 700 kB
_MOST_PARTS: Final = 40
_SYSTEM: Final = ("/proc", "/sys", "/dev")


class AllowedPath(Enum):
    """What may be at a path, where anything is. A link may lead where the app writes, so it is a kind of its own."""

    FILE = "file"
    FILE_OR_LINK = "file_or_link"
    FOLDER = "folder"


_PATHS: Final = {
    "/etc": AllowedPath.FOLDER,
    "/etc/passwd": AllowedPath.FILE,
    "/etc/group": AllowedPath.FILE,
    # Not hosts, hostname and resolv.conf: the engine puts its own files there, whatever it finds.
    "/etc/nsswitch.conf": AllowedPath.FILE_OR_LINK,
    **dict.fromkeys((*_SYSTEM, "/tmp", DATA_FOLDER, LAYERS_FOLDER), AllowedPath.FOLDER),  # noqa: S108 - of the image
}
# Go's fs.FileMode, as the engine's header has it.
_KINDS: Final = {
    1 << 31: "folder",
    1 << 27: "link",
    1 << 25: "pipe",
    1 << 24: "socket",
    1 << 26: "device",
    1 << 19: "unknown",
}


@dataclass(frozen=True, slots=True)
class PathStat:
    """What is at a path: "" for a plain file, `size` in bytes, where a link leads in the end."""

    kind: str
    size: int
    target: str


class UnusableImage(Exception):
    """Nothing may be started from the image; `says` tells the person what is at which path."""

    def __init__(self, says: Phrase) -> None:
        super().__init__(str(says))
        self.says = says


async def look_at(docker: aiodocker.Docker, image: str, settings: ContainerSettings) -> None:
    """Raise `UnusableImage` where `image` has something at one of these paths that Docker is not to meet.

    Raises aiodocker.DockerError. Nothing is started.
    """
    config = policy.probe_container(image, ["true"], "none", settings)
    config |= {"User": "0:0", "WorkingDir": "/"}
    del config["HostConfig"]["Sysctls"]
    folder = str((await docker.images.inspect(image))["Config"].get("WorkingDir") or "/")
    container = await create(docker, config)
    try:
        for path, wanted in _PATHS.items():
            _judge(path, wanted, await path_stat(docker, container.id, path))
        await _judge_working_folder(docker, container.id, folder)
    finally:
        await uncancelled(delete(container))


async def path_stat(docker: aiodocker.Docker, container: str, path: str) -> PathStat | None:
    """What is at `path` in a container; None for nothing. Raises `UnusableImage` where it leads in a circle."""
    await docker._check_version()
    url = docker._canonicalize_url(f"containers/{container}/archive")
    limits = aiohttp.ClientTimeout(total=PATIENCE)
    try:
        # Not aiodocker's own: it looks for the reason of a refusal in a body, which an answer to HEAD has not.
        async with docker.session.head(url, params={"path": path}, timeout=limits) as answer:
            status, told = answer.status, answer.headers.get("X-Docker-Container-Path-Stat", "")
    except TimeoutError as error:
        raise EngineSilent(f"HEAD {path}", PATIENCE) from error
    except aiohttp.ClientError as error:
        raise aiodocker.DockerError(900, f"The Docker Engine ended while it was asked: {error!r}") from error
    if status == NOT_FOUND:
        return None
    if status >= 300:
        raise UnusableImage(_refusal(path, Phrase("image_path.lost_link"), "file_or_folder"))
    found: dict[str, Any] = json.loads(base64.b64decode(told))
    mode = int(found["mode"])
    kind = next((said for bit, said in _KINDS.items() if mode & bit), "")
    return PathStat(kind, int(found["size"]), str(found.get("linkTarget") or ""))


def _judge(path: str, wanted: AllowedPath, found: PathStat | None) -> None:
    if found is None:
        return
    if wanted is AllowedPath.FOLDER:
        fits = found.kind == "folder"
    else:
        fits = (not found.kind and found.size <= _LARGEST) or (
            found.kind == "link" and wanted is AllowedPath.FILE_OR_LINK
        )
    if not fits:
        raise UnusableImage(_refusal(path, _found(found), wanted.value))


async def _judge_working_folder(docker: aiodocker.Docker, container: str, folder: str) -> None:
    """Each part of it: a process is begun there, and in /proc there are ways out of a container (CVE-2024-21626)."""
    parts = [part for part in folder.split("/") if part not in ("", ".")]
    if len(parts) > _MOST_PARTS or ".." in parts:
        raise UnusableImage(_refusal(folder[:80], Phrase("image_path.deep"), "plain_folder"))
    path = ""
    for part in parts:
        path = f"{path}/{part}"
        found = await path_stat(docker, container, path)
        place = found.target if found and found.target else path
        if any(f"{place}/".startswith(f"{one}/") for one in _SYSTEM):
            raise UnusableImage(_refusal(path, Phrase("image_path.system"), "app_folder"))
        if found and found.kind not in ("folder", "link"):
            raise UnusableImage(_refusal(path, Phrase(f"image_path.{found.kind or 'file'}"), "working_folder"))


def special(path: str) -> Phrase:
    """What the person is told of something in a stage that is no file, folder or link."""
    shown = path.encode(errors="replace").decode()[:200]
    return Phrase("fault.dockerfile_refused.special", {"path": shown})


def _found(found: PathStat) -> Phrase:
    if found.kind:
        return Phrase(f"image_path.{found.kind}")
    return Phrase("image_path.large_file", {"megabytes": found.size // MEGABYTE})


def _refusal(path: str, kind: Phrase, wanted: str) -> Phrase:
    return Phrase(
        "fault.dockerfile_refused.path", {"kind": kind, "path": path, "wanted": Phrase(f"image_path.wanted.{wanted}")}
    )
