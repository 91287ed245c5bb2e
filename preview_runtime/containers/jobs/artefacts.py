"""Retrieves files from a container that has ended, treating their author as untrusted.

The engine reads files as root, and follows a link in the middle of a path wherever it leads in the container, even into
volumes that the program itself could not read. So each folder of a path is checked first (no program runs there that
could change it meanwhile). The archive is read in bounded memory, and only its plain files are kept.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Final

import aiodocker

from preview_runtime.containers.docker.policy import MEGABYTE
from preview_runtime.containers.isolation.path_stat import FOLDER, LINK, LeadsNowhere, path_stat
from preview_runtime.containers.isolation.tar_stream import BadArchive, TarFile, TarStream
from preview_runtime.containers.jobs.spec import ArtefactLimits
from preview_runtime.file_tree import InvalidTree, validate_path
from preview_runtime.plans.recipe import PRIVATE_FOLDER

_SECONDS: Final = 60.0
_MAX_ARCHIVE: Final = 1024 * MEGABYTE  # most of it is read and skipped, for a pattern that begins with a star
_MOST_NAMED: Final = 50
_WILD: Final = re.compile(r"[*?]")


async def read(
    docker: aiodocker.Docker, container: str, folder: str, patterns: Sequence[str], limits: ArtefactLimits
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The files below `folder` that match `patterns`, by path; and the files left out, each with the reason."""
    collected = _Collected(limits)
    for pattern in patterns:
        try:
            async with asyncio.timeout(_SECONDS):
                await _read(docker, container, folder, pattern, collected)
        except BadArchive as error:
            collected.leave(pattern, f"cannot be read: {error}")
        except (aiodocker.DockerError, TimeoutError):
            collected.leave(pattern, "cannot be read")
    return collected.files, tuple(collected.left_out)


def fixed(pattern: str) -> str:
    """The part of a pattern before its first folder with a star; "" when that is the first folder."""
    parts = pattern.split("/")
    wild = next((number for number, part in enumerate(parts) if _WILD.search(part)), len(parts))
    return "/".join(parts[:wild])


def matcher(pattern: str) -> re.Pattern[str]:
    """The pattern as a regular expression for paths. `*` and `?` stay within a name, `**` matches any folders; a folder
    includes everything in it."""
    made = ""
    for part in pattern.split("/"):
        if part == "**":
            made += "(?:[^/]+/)*"
        else:
            made += "".join({"*": "[^/]*", "?": "[^/]"}.get(one, re.escape(one)) for one in part) + "/"
    return re.compile(f"{made.removesuffix('/')}(?:/.*)?", re.DOTALL)


async def _read(docker: aiodocker.Docker, container: str, folder: str, pattern: str, collected: _Collected) -> None:
    base = fixed(pattern)
    at = folder
    parts = base.split("/") if base else []
    for number, part in enumerate(parts):
        at = f"{at}/{part}"
        try:
            found = await path_stat(docker, container, at)
        except LeadsNowhere:
            collected.leave(pattern, "is a link")
            return
        if found is None:
            collected.leave(pattern, "is not there")
            return
        last = number == len(parts) - 1
        if found.kind and (found.kind != FOLDER or (not last and found.kind == LINK)):
            collected.leave(pattern, f"is a {found.kind}" if last else f"leads through a {found.kind}")
            return
        if not found.kind and (not last or base != pattern):
            collected.leave(pattern, "is not there")
            return
        if not found.kind and found.size > collected.limits.file:
            collected.leave(pattern, "is too large")
            return
    wanted = matcher(pattern)
    # Names in the archive begin with the name of the requested folder.
    above = "/".join(parts[:-1])
    stream = TarStream(max_file=collected.limits.file, max_kept=_MAX_ARCHIVE, max_bytes=_MAX_ARCHIVE)
    query = docker._query(f"containers/{container}/archive", params={"path": at}, timeout=None)
    async with query as response:
        try:
            async for chunk in response.content.iter_any():
                for file in stream.feed(chunk):
                    path = file.name.partition("/")[2] if not parts else f"{above}/{file.name}".lstrip("/")
                    if wanted.fullmatch(path):
                        collected.add(path, file, above)
        finally:
            response.close()


class _Collected:
    """Plain files under names that a project may hold."""

    def __init__(self, limits: ArtefactLimits) -> None:
        self.limits = limits
        self.files: dict[str, bytes] = {}
        self.left_out: list[str] = []
        self._bytes = 0

    def add(self, path: str, file: TarFile, above: str) -> None:
        content = file.content
        if file.link:
            content = self.files.get(f"{above}/{file.link}".lstrip("/"))
        try:
            validate_path(path)
        except InvalidTree:
            self.leave(path, "has a name that no project may hold")
            return
        if path.startswith(f"{PRIVATE_FOLDER}/") or path in self.files:
            return
        if content is None:
            self.leave(path, "is too large" if not file.link else "is a link")
        elif len(self.files) >= self.limits.files:
            self.leave(path, f"is one of more than {self.limits.files}")
        elif self._bytes + len(content) > self.limits.bytes:
            self.leave(path, "is too much with the others")
        else:
            self._bytes += len(content)
            self.files[path] = content

    def leave(self, path: str, why: str) -> None:
        if len(self.left_out) < _MOST_NAMED:
            self.left_out.append(f"{path.encode(errors='replace').decode()[:200]} {why}")
