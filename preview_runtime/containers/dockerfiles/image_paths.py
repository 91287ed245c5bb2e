"""Checks the paths of an image that Docker itself opens, mounts on or enters, before any program of the image runs.

Docker reads an image's /etc/passwd and /etc/group as the computer's root, outside every container and while it holds
the container's lock: at a named pipe it waits for ever, and a device it really opens (seen with Docker 20.10). Here
nothing is opened: the engine is asked for the kind of each path (ContainerArchiveInfo).
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import aiodocker

from preview_runtime.containers.docker import policy
from preview_runtime.containers.docker.creation import create
from preview_runtime.containers.docker.policy import MEGABYTE, ContainerSettings
from preview_runtime.containers.isolation.path_stat import FOLDER, LINK, LeadsNowhere, PathStat, path_stat
from preview_runtime.containers.isolation.slots import delete
from preview_runtime.phrases import Phrase
from preview_runtime.plans.recipe import DATA_FOLDER, LAYERS_FOLDER
from preview_runtime.uncancelled import uncancelled

_LARGEST: Final = MEGABYTE  # a computer with 10,000 accounts has 700 kB
_MOST_PARTS: Final = 40
_SYSTEM: Final = ("/proc", "/sys", "/dev")


class AllowedPath(Enum):
    """The kinds allowed at a path, if anything is there. A link may lead to a place that the app can write, so it is a
    separate kind."""

    FILE = "file"
    FILE_OR_LINK = "file_or_link"
    FOLDER = "folder"


_PATHS: Final = {
    "/etc": AllowedPath.FOLDER,
    "/etc/passwd": AllowedPath.FILE,
    "/etc/group": AllowedPath.FILE,
    # Without hosts, hostname and resolv.conf: the engine puts its own files there, whatever it finds.
    "/etc/nsswitch.conf": AllowedPath.FILE_OR_LINK,
    **dict.fromkeys((*_SYSTEM, "/tmp", DATA_FOLDER, LAYERS_FOLDER), AllowedPath.FOLDER),  # noqa: S108 - of the image
}


class UnusableImage(Exception):
    """Nothing may be started from the image; `says` tells the person what is at which path."""

    def __init__(self, says: Phrase) -> None:
        super().__init__(str(says))
        self.says = says


async def look_at(docker: aiodocker.Docker, image: str, settings: ContainerSettings) -> None:
    """Raise `UnusableImage` if `image` has something at one of these paths that Docker must not open.

    Raises aiodocker.DockerError. Nothing is started.
    """
    config = policy.probe_container(image, ["true"], "none", settings)
    config |= {"User": "0:0", "WorkingDir": "/"}
    del config["HostConfig"]["Sysctls"]
    folder = str((await docker.images.inspect(image))["Config"].get("WorkingDir") or "/")
    container = await create(docker, config)
    try:
        for path, wanted in _PATHS.items():
            _judge(path, wanted, await _stat(docker, container.id, path))
        await _judge_working_folder(docker, container.id, folder)
    finally:
        await uncancelled(delete(container))


async def _stat(docker: aiodocker.Docker, container: str, path: str) -> PathStat | None:
    try:
        return await path_stat(docker, container, path)
    except LeadsNowhere as error:
        raise UnusableImage(_refusal(path, Phrase("image_path.lost_link"), "file_or_folder")) from error


def _judge(path: str, wanted: AllowedPath, found: PathStat | None) -> None:
    if found is None:
        return
    if wanted is AllowedPath.FOLDER:
        fits = found.kind == FOLDER
    else:
        fits = (not found.kind and found.size <= _LARGEST) or (
            found.kind == LINK and wanted is AllowedPath.FILE_OR_LINK
        )
    if not fits:
        raise UnusableImage(_refusal(path, _found(found), wanted.value))


async def _judge_working_folder(docker: aiodocker.Docker, container: str, folder: str) -> None:
    """Each part of the path is checked: processes start in the folder, and /proc offers ways out of a container
    (CVE-2024-21626)."""
    parts = [part for part in folder.split("/") if part not in ("", ".")]
    if len(parts) > _MOST_PARTS or ".." in parts:
        raise UnusableImage(_refusal(folder[:80], Phrase("image_path.deep"), "plain_folder"))
    path = ""
    for part in parts:
        path = f"{path}/{part}"
        found = await _stat(docker, container, path)
        place = found.target if found and found.target else path
        if any(f"{place}/".startswith(f"{one}/") for one in _SYSTEM):
            raise UnusableImage(_refusal(path, Phrase("image_path.system"), "app_folder"))
        if found and found.kind not in (FOLDER, LINK):
            raise UnusableImage(_refusal(path, Phrase(f"image_path.{found.kind or 'file'}"), "working_folder"))


def special(path: str) -> Phrase:
    """The message about something in a stage that is neither file, folder nor link."""
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
