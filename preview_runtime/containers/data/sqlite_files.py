"""What an app keeps in SQLite files: which there are, and their rows, read by a container of ours beside the app."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiodocker

from preview_runtime.containers.data import sqlite_look
from preview_runtime.containers.data.changed_files import LEFT_FOLDERS
from preview_runtime.containers.docker import faults, policy
from preview_runtime.containers.docker.policy import MEGABYTE
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation.networks import image_missing
from preview_runtime.containers.isolation.slots import Slots
from preview_runtime.containers.jobs.container_job import JobTerms, begin
from preview_runtime.engines import EngineFailed, Fault, FaultKind
from preview_runtime.phrases import Phrase
from preview_runtime.plans.recipe import WORK_FOLDER
from preview_runtime.plans.runtimes import Runtime

_SECONDS: Final = 40.0  # twenty files of which each takes its time
_OUTPUT: Final = 4 * MEGABYTE

Cell = str | int | float | None | dict[str, int]
"""`{"bytes": n}` stands for bytes that are no text."""


@dataclass(frozen=True, slots=True)
class SqliteTable:
    """`rows`: None for a view, and where counting takes too long."""

    name: str
    view: bool
    rows: int | None


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """`path` in the app's folder, `size` in bytes. `problem`: "" or why its tables cannot be read: busy, damaged, slow."""

    path: str
    size: int
    tables: tuple[SqliteTable, ...]
    problem: str


@dataclass(frozen=True, slots=True)
class RowsAsked:
    """A page of a table: sorted by a column ("": as they lie), only rows with `filter` in any column."""

    file: str
    table: str
    sort: str = ""
    descending: bool = False
    filter: str = ""
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class TableRows:
    """`count`: of all rows that match, None where counting takes too long."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    count: int | None


class SqliteFiles:
    """One object for all previews of an engine. `slot`: where the app's data lie. Methods raise `EngineFailed`."""

    def __init__(self, slots: Slots) -> None:
        self._slots = slots

    async def files(self, slot: str) -> tuple[SqliteFile, ...]:
        """The files there are; none where the app never ran."""
        found = await self._looked(slot, {"folders": LEFT_FOLDERS})
        return tuple(
            SqliteFile(one["path"], one["size"], tuple(SqliteTable(**table) for table in one["tables"]), one["problem"])
            for one in found.get("files", ())
        )

    async def rows(self, slot: str, asked: RowsAsked) -> TableRows:
        """A page of a table; `EngineFailed` with `sqlite_gone`, `sqlite_busy`, `sqlite_slow` or `sqlite_damaged`."""
        wanted = {name: getattr(asked, name) for name in RowsAsked.__slots__}
        found = await self._looked(slot, wanted)
        if "rows" not in found:
            why = found.get("failed", "gone")
            raise EngineFailed(Fault(FaultKind.PLATFORM, f"sqlite_{why}", Phrase(f"fault.sqlite_{why}")))
        return TableRows(tuple(found["columns"]), tuple(tuple(row) for row in found["rows"]), found["count"])

    async def _looked(self, slot: str, asked: dict[str, Any]) -> dict[str, Any]:
        try:
            if not await self._slots.has_volume(slot):
                return {}
            if await catalogue.missing_images(self._slots.docker, [Runtime.PYTHON]):
                raise EngineFailed(image_missing(Runtime.PYTHON))
            return await self._read(slot, asked)
        except (aiodocker.DockerError, TimeoutError) as error:
            raise EngineFailed(faults.platform(error)) from error

    async def _read(self, slot: str, asked: dict[str, Any]) -> dict[str, Any]:
        slots = self._slots
        script = await asyncio.to_thread(Path(sqlite_look.__file__).read_text, "utf-8")
        command: Sequence[str] = ["python3", "-I", "-S", "-c", script, WORK_FOLDER, json.dumps(asked)]
        image, user = catalogue.tag(Runtime.PYTHON), slots.user(slot)
        config = policy.looking_container(image, command, slot, slots.title(slot), user, slots.settings)
        said: list[bytes] = []
        size = 0

        def hear(stream: str, line: bytes) -> None:
            nonlocal size
            size += len(line)
            if stream == "stdout" and size <= _OUTPUT:
                said.append(line.rstrip(b"\n"))

        async with await begin(slots.docker, config, JobTerms(_SECONDS, hear=hear)) as job:
            code = await job.exit_code()
        try:
            found = json.loads(b"".join(said))
        except ValueError:
            found = None
        if code or not isinstance(found, dict):
            raise EngineFailed(Fault(FaultKind.PLATFORM, "sqlite_damaged", Phrase("fault.sqlite_damaged")))
        return found
