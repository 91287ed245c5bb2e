"""Which files an app changed in its container: read from there in bounded memory and time, and compared.

A program in the container lists and packs the files, so that no program outside follows a path of theirs. Its output is
treated as hostile all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import aiodocker
import aiohttp
from aiodocker.containers import DockerContainer

from preview_runtime.containers.docker import faults
from preview_runtime.containers.docker.execution import begin, execute
from preview_runtime.containers.isolation.tar_stream import BadArchive, TarFile, TarStream
from preview_runtime.engines import EngineFailed, Fault, FaultKind
from preview_runtime.file_tree import MAX_FILE_BYTES, MAX_TREE_BYTES, FileTree, InvalidTree, digest, validate_path
from preview_runtime.phrases import Phrase
from preview_runtime.plans.recipe import PRIVATE_FOLDER

# Folders that tools make from the project's files, or that are not part of the project.
LEFT_FOLDERS: Final = (
    PRIVATE_FOLDER, "node_modules", "__pycache__", ".git", ".venv", "venv", "dist", "build", "out", "target", "coverage",
    ".next", ".nuxt", ".output", ".svelte-kit", ".cache", ".vite", ".turbo", ".pytest_cache", ".mypy_cache", ".ruff_cache",
    ".npm", ".gradle", ".m2",
)  # fmt: skip
LEFT_NAMES: Final = (
    "*.pyc", "*.pyo", "*.log", "*.pid", "*.sock", "*.swp", "*.tmp", "*~", ".DS_Store", "nohup.out", ".bash_history",
    "*.db", "*.sqlite", "*.sqlite3", "*.db-*", "*.sqlite-*", "*.sqlite3-*", "*.mdb", "*.rdb",
)  # fmt: skip

_SECONDS: Final = 30.0
_MAX_ARCHIVE: Final = 64 * 1024 * 1024  # bytes: three projects of the largest size
_MAX_STATED: Final = 5_000
_STATED_AT_ONCE: Final = 400
_CANNOT: Final = (126, 127)

# Paths with a line break or a backslash are left out, so that each line of the list is one file and tar finds no
# quoting in it; each path begins with "./", so that none is taken for an option. Files beyond a project's size are
# named by find alone and not packed.
_PACK: Final = f"""
cd /app || exit 70
find . \\( -type d \\( {" -o ".join(f"-name '{name}'" for name in LEFT_FOLDERS)} \\) -prune \\) -o \
  \\( -type f ! -path '*
*' ! -path '*\\\\*' {" ".join(f"! -name '{name}'" for name in LEFT_NAMES)} -size -{MAX_FILE_BYTES // 1024 + 1}k -print \\) |
  tar -c -f - -T -
"""
# Only a missing path counts as deleted: another thing in its place, or an unreadable file, does not.
_GONE: Final = """
cd /app || exit 70
for path in "$@"; do [ -e "./$path" ] || [ -L "./$path" ] || printf '%s\\n' "$path"; done
"""


@dataclass(frozen=True, slots=True)
class Found:
    """The project's files as they are in the container, and the number of files that no project could hold
    (`left_out`)."""

    files: Mapping[str, bytes]
    left_out: int


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file that differs from the one that was put into the container.

    `content` is None when it was deleted there; `yours`: the person has changed it too, meanwhile.
    """

    path: str
    content: bytes | None
    yours: bool = False

    @property
    def digest(self) -> str:
        """SHA-256 of the content, "" for a deleted file."""
        return "" if self.content is None else digest(self.content)


async def read_back(container: DockerContainer) -> Found:
    """The files in the app's folder that a project could hold. Raises `EngineFailed` (`not_running`, `too_much`, …)."""
    stream = TarStream(max_file=MAX_FILE_BYTES, max_kept=2 * MAX_TREE_BYTES, max_bytes=_MAX_ARCHIVE)
    collected = Collected()
    try:
        async with asyncio.timeout(_SECONDS + 5):
            bounded = ["timeout", "-k", "1", f"{_SECONDS:.0f}", "sh", "-c", _PACK]
            run, output = await begin(container, bounded)
            async with output:
                while message := await output.read_out():
                    if message.stream == 1:  # standard error does not matter here
                        for file in stream.feed(message.data):
                            collected.add(file)
            code = int((await run.inspect())["ExitCode"] or 0)
    except BadArchive as error:
        raise EngineFailed(_too_much(str(error))) from error
    except (aiodocker.DockerError, TimeoutError, aiohttp.ClientError, OSError) as error:
        if isinstance(error, aiodocker.DockerError) and (error.status == 409 or "not running" in error.message):
            raise EngineFailed(_not_running()) from error
        raise EngineFailed(faults.platform(error)) from error
    if code in _CANNOT or (code and not stream.ended):
        message_ = Phrase("fault.unreadable")
        raise EngineFailed(Fault(FaultKind.POLICY, "unreadable", message_))
    return Found(collected.files, collected.left_out)


async def gone_from(container: DockerContainer, paths: Sequence[str]) -> set[str]:
    """The paths of `paths` that do not exist in the container any more."""
    gone: set[str] = set()
    for start in range(0, min(len(paths), _MAX_STATED), _STATED_AT_ONCE):
        asked = paths[start : start + _STATED_AT_ONCE]
        try:
            done = await execute(container, ["sh", "-c", _GONE, "sh", *asked], seconds=_SECONDS)
        except (aiodocker.DockerError, TimeoutError, aiohttp.ClientError, OSError):
            return set()
        if done.code == 0 and not done.cut:
            gone |= set(done.output.split("\n")) & set(asked)
    return gone


def changes(found: Found, gone: set[str], brought: Mapping[str, str], working: FileTree) -> list[FileChange]:
    """How the app changed the files it was `brought` (path → SHA-256), without changes that `working` has already."""
    now = working.digests()
    made: list[FileChange] = []
    for path, content in found.files.items():
        told = digest(content)
        if told not in (brought.get(path), now.get(path)):
            made.append(FileChange(path, content, yours=brought.get(path) != now.get(path)))
    made += [
        FileChange(path, None, yours=brought[path] != now[path])
        for path in sorted(gone)
        if path in brought and path in now
    ]
    return sorted(made, key=lambda change: change.path)


def may_be_missing(found: Found, brought: Mapping[str, str], working: FileTree) -> list[str]:
    """The files to ask `gone_from` about: brought, still in the project, and missing in the answer."""
    return [path for path in working if path in brought and path not in found.files and not _left(path)]


class Collected:
    """Plain files under names that a project may hold. Of several with one name the last counts, as in the archive."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.left_out = 0

    def add(self, file: TarFile) -> None:
        path = file.name.removeprefix("./")
        content = file.content
        if file.link:
            content = self.files.get(file.link.removeprefix("./"))
        try:
            validate_path(path)
        except InvalidTree:
            content = None
        if content is None or _left(path):
            self.left_out += 1
            return
        self.files[path] = content


def _left(path: str) -> bool:
    """Whether `path` lies in a folder that stays in the container."""
    return any(part in LEFT_FOLDERS for part in path.split("/")[:-1]) or path == PRIVATE_FOLDER


def _too_much(why: str) -> Fault:
    message = Phrase("fault.too_much")
    return Fault(FaultKind.POLICY, "too_much", message, frame=why)


def _not_running() -> Fault:
    return Fault(FaultKind.PLATFORM, "not_running", Phrase("fault.not_running"))
