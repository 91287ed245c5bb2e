"""Starts `git_worker`, with the limits that what comes from strangers calls for."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from builder.base.errors import Json
from builder.projects.git import git_worker
from preview_runtime.child_process import end_process, start_process
from preview_runtime.dependencies.process import OutputTooLarge, ProcessTimeout, run
from preview_runtime.file_tree import MAX_BINARY_BYTES, MAX_FILES

SECONDS: Final = 120.0
_MAX_ANSWER: Final = 256 * 1024 * 1024  # twenty versions of a project
_AT_ONCE: Final = 2  # each may take a processor and a gigabyte
_CHUNK: Final = 64 * 1024


class GitFailed(Exception):
    """It could not be done; `code` as in `git_worker`, or `too_large` and `too_long`. `detail` is for the log."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code, self.detail = code, detail


class GitProcess:
    """Carries out orders upon the repositories in `folder`, one for each project. It passes on no key or setting of
    ours. `private_hosts`: names that may lead to private addresses."""

    def __init__(self, folder: Path, private_hosts: Iterable[str] = ()) -> None:
        self._folder, self._private_hosts = folder, [*private_hosts]
        self._places = asyncio.Semaphore(_AT_ONCE)

    def repository(self, project: str) -> Path:
        """Where the project's objects are."""
        return self._folder / f"{project}.git"

    async def order(self, project: str, do: str, terms: Mapping[str, Json], content: bytes = b"") -> dict[str, Any]:
        """Carry out an order whose answer is one line. Raises GitFailed."""
        answer = json.loads(await self._run(project, do, terms, content) or b"{}")
        return _not_refused(answer)

    async def commits(self, project: str, terms: Mapping[str, Json]) -> list[tuple[dict[str, Any], dict[str, bytes]]]:
        """Each commit's line, and path → content of the plain files in it. Raises GitFailed."""
        answer = await self._run(project, "commits", {**terms, "file_bytes": MAX_BINARY_BYTES}, b"")
        return await asyncio.to_thread(_commits, answer)

    async def _run(self, project: str, do: str, terms: Mapping[str, Json], content: bytes) -> bytes:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        async with self._places:
            try:
                done = await run(
                    self._command(project), cwd=self._folder, env={}, stdin=self._line(do, terms) + content,
                    seconds=SECONDS, max_output=_MAX_ANSWER, low_priority=True,
                )  # fmt: skip
            except ProcessTimeout as error:
                raise GitFailed("too_long", str(error)) from error
            except OutputTooLarge as error:
                raise GitFailed("too_large", str(error)) from error
        if done.code:
            raise GitFailed("too_large" if done.code < 0 else "broken", f"exit {done.code}: {done.stderr[-2000:]}")
        return done.stdout

    async def served(self, project: str, branches: Mapping[str, str], asked: bytes | None) -> AsyncIterator[bytes]:
        """Git's own answer: to `asked`, a request for objects, or (None) the list of branches, name → commit."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        do = "advertise" if asked is None else "upload-pack"
        async with self._places:
            process = await start_process(
                *map(str, self._command(project)), cwd=self._folder, env={},
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            try:
                async with asyncio.timeout(SECONDS):
                    assert process.stdin
                    assert process.stdout
                    process.stdin.write(self._line(do, {"branches": dict(branches)}) + (asked or b""))
                    process.stdin.write_eof()
                    while chunk := await process.stdout.read(_CHUNK):
                        yield chunk
            finally:
                await end_process(process)

    def _command(self, project: str) -> list[str | Path]:
        return [sys.executable, "-I", git_worker.__file__, self.repository(project)]

    def _line(self, do: str, terms: Mapping[str, Json]) -> bytes:
        return json.dumps({"do": do, "private_hosts": self._private_hosts, **terms}).encode() + b"\n"


def _not_refused(answer: dict[str, Any]) -> dict[str, Any]:
    if "refused" in answer:
        raise GitFailed(answer["refused"], answer["detail"])
    return answer


def _commits(answer: bytes) -> list[tuple[dict[str, Any], dict[str, bytes]]]:
    found: list[tuple[dict[str, Any], dict[str, bytes]]] = []
    at = 0
    while True:
        end = answer.find(b"\n", at)
        line = _not_refused(json.loads(answer[at : end if end >= 0 else None] or b"{}"))
        if "end" in line:
            return found
        if end < 0 or len(line["put"]) > 25 * MAX_FILES:
            raise GitFailed("broken", "the answer stops before its end")
        at = end + 1
        bodies: dict[str, bytes] = {}
        for path, size in line["put"].items():
            if size is not None:
                bodies[path] = answer[at : at + size]
                at += size
        found.append((line, bodies))
