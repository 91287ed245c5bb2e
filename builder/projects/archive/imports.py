"""Reads the zip files that people upload: one at a time per person, on disk and outside this process.

A separate process unpacks the zip (see `unzip`). It has limits of its own, and is killed when its time is over or
nobody waits for it any more. Its output is counted again here. In this process an import holds at most one project,
about three times MAX_TREE_BYTES while it is being stored.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from builder.accounts.actor import Actor
from builder.base.errors import BadInput, Conflict
from builder.base.uploads import stored
from builder.projects.archive import unzip
from builder.projects.archive.secrets_left_out import may_hold_secrets
from builder.projects.blobs import normal
from builder.texts import t
from preview_runtime.dependencies.process import OutputTooLarge, ProcessTimeout, run
from preview_runtime.file_tree import MAX_BINARY_BYTES, MAX_FILES, MAX_TREE_BYTES, FileTree, InvalidTree, check_alike
from preview_runtime.phrases import Phrase
from preview_runtime.tasks import beside

SECONDS: Final = 30.0  # an ordinary zip takes a tenth of a second
_AT_ONCE: Final = 2  # of all people
_MAX_ANSWER: Final = MAX_TREE_BYTES + MAX_FILES * 8_192  # each file has its line

# Without our keys and settings; only what Python itself may need to find its files.
_ENVIRONMENT: Final = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}


class Imports:
    """`folder` holds zips while they are read; nothing in it outlives its import. `places`: how many zips, of all
    people, are unpacked at once."""

    def __init__(self, folder: Path, *, seconds: float = SECONDS) -> None:
        self._folder, self._seconds = folder, seconds
        self._at_work: set[str] = set()
        self.places = asyncio.Semaphore(_AT_ONCE)

    @property
    def at_work(self) -> frozenset[str]:
        """The people with an import under way."""
        return frozenset(self._at_work)

    async def clear(self) -> None:
        """Remove files that a killed server left."""
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    @contextlib.asynccontextmanager
    async def read(
        self, actor: Actor, body: AsyncGenerator[bytes], watch: Callable[[], Awaitable[None]] | None = None
    ) -> AsyncIterator[FileTree]:
        """The project in a zip; the person's one place is held while the context is open.

        Raises Conflict (`import_running`) while another import of the same person holds it, BadInput or InvalidTree
        with a sentence for the person, and OSError when the zip cannot be stored. An exception of `watch`, which runs
        once the whole body has arrived, ends the import.
        """
        if actor.id in self._at_work:
            async with contextlib.aclosing(body):
                async for _ in body:  # a client still sending would get a broken connection, no answer
                    pass
            raise Conflict(t("import.running"), code="import_running")
        self._at_work.add(actor.id)
        try:
            yield await self._read(body, watch)
        finally:
            self._at_work.discard(actor.id)

    async def _read(self, body: AsyncGenerator[bytes], watch: Callable[[], Awaitable[None]] | None) -> FileTree:
        async with stored(self._folder, body) as file:
            return await _watched(self._unpacked(file), watch)

    async def _unpacked(self, file: Path) -> FileTree:
        """A folder that contains everything is removed from the paths; files made by npm or git are left out."""
        limits = map(str, (MAX_FILES, MAX_BINARY_BYTES, MAX_TREE_BYTES))
        async with self.places:
            try:
                done = await run(
                    [sys.executable, "-I", "-S", unzip.__file__, file, *limits],
                    cwd=self._folder, env=_ENVIRONMENT, seconds=self._seconds, max_output=_MAX_ANSWER, low_priority=True,
                )  # fmt: skip
            except (ProcessTimeout, OutputTooLarge) as error:
                raise BadInput(t("import.too_heavy"), detail=repr(error)) from error
        try:
            return await asyncio.to_thread(_project, done.stdout)
        except _Cut as error:
            detail = f"the reader of zips ended with {done.code}: {done.stderr[-500:]}"
            raise BadInput(t("import.too_heavy"), detail=detail) from error


async def _watched(work: Coroutine[Any, Any, FileTree], watch: Callable[[], Awaitable[None]] | None) -> FileTree:
    """The result of `work`. If `watch`, which runs beside it, raises first, `work` is ended and the exception is passed
    on."""
    if watch is None:
        return await work
    async with beside(watch(), "who sends an import") as watching, beside(work, "import") as working:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            watching.result()
        return await working


class _Cut(Exception):
    """The unpacker's output stops before its end."""


def _project(answer: bytes) -> FileTree:
    files: dict[str, bytes] = {}
    at = 0
    while True:
        line, found, _ = answer[at : at + 8_192].partition(b"\n")
        if not found:
            raise _Cut
        head = json.loads(line)
        if "refused" in head:
            raise _refusal(head["refused"], head["path"], head["detail"])
        if "end" in head:
            break
        at += len(line) + 1
        files[head["path"]] = answer[at : at + head["size"]]
        at += head["size"]
    plain = {path: normal(content) for path, content in _without_folder(files).items()}
    tree = FileTree({path: content for path, content in plain.items() if not may_hold_secrets(path, content)})
    if not tree:
        raise BadInput(t("import.empty"))
    check_alike(tree)
    return tree


def _refusal(code: str, path: str, detail: str) -> Exception:
    """The sentence for a code of `unzip.Refused`."""
    match code:
        case "too_many":
            return InvalidTree("too_many_files", Phrase("import.too_many", {"limit": MAX_FILES}))
        case "file_too_large":
            megabytes = MAX_BINARY_BYTES // 2**20
            return InvalidTree(
                "file_too_large", Phrase("import.file_too_large", {"path": path, "megabytes": megabytes}), path
            )
        case "tree_too_large":
            return InvalidTree(
                "tree_too_large", Phrase("import.tree_too_large", {"megabytes": MAX_TREE_BYTES // 2**20})
            )
        case "long_name":
            return InvalidTree("path_long", Phrase("import.long_name", {"path": path}), path)
        case "link" | "method" | "twice":
            return BadInput(t(f"import.{code}", path=path), detail=detail)
        case "encrypted" | "too_heavy":
            return BadInput(t(f"import.{code}"), detail=detail)
    return BadInput(t("import.not_a_zip"), detail=detail)


def _without_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    tops = {path.partition("/")[0] if "/" in path else "" for path in files}
    if len(tops) != 1:
        return files
    top = tops.pop()
    # A folder named ".." or "" is not removed: the tree's own check refuses such paths.
    return {path[len(top) + 1 :]: content for path, content in files.items()} if top not in ("", ".", "..") else files
