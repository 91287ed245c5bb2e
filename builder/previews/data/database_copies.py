"""Copies of databases in DATA_DIR: the content before a person replaced or emptied a database."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
import shutil
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final, Literal

from builder.base.errors import Conflict, NotFound
from builder.texts import t

KEPT: Final = 3  # copies of one project; a further one replaces the oldest
_NAME: Final = re.compile(r"(\d{8}T\d{12}Z)-(restore|reset)\.dump")
_TIME: Final = "%Y%m%dT%H%M%S%fZ"


@dataclass(frozen=True, slots=True)
class DatabaseCopy:
    """One copy: `reason` is the action that it was made before (restore or reset), `made_at` ISO 8601 UTC, `size` in
    bytes."""

    id: str
    made_at: str
    size: int
    reason: Literal["restore", "reset"]


class Copies:
    """The copies of all projects, one folder each; only this program's user can read them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def list(self, project_id: str) -> tuple[DatabaseCopy, ...]:
        """The newest first."""
        return await asyncio.to_thread(self._list, project_id)

    async def keep(self, project_id: str, reason: str, pieces: AsyncGenerator[bytes]) -> None:
        """Write one more copy; it appears whole or not at all."""
        async with self.incoming(project_id) as draft, contextlib.aclosing(pieces):
            await self.write(draft, pieces)
            title = f"{datetime.now(UTC).strftime(_TIME)}-{reason}.dump"
            await asyncio.to_thread(draft.rename, draft.with_name(title))
        for old in (await self.list(project_id))[KEPT:]:
            await asyncio.to_thread((self._of(project_id) / old.id).unlink, missing_ok=True)

    async def open(self, project_id: str, copy_id: str) -> IO[bytes]:
        """Read a copy; the reader gets all of it, even when the copy is deleted meanwhile. Raises NotFound."""
        try:
            return await asyncio.to_thread((await self.path(project_id, copy_id)).open, "rb")
        except FileNotFoundError as error:
            raise NotFound(t("database.no_copy"), code="no_copy") from error

    async def path(self, project_id: str, copy_id: str) -> Path:
        """The file of a copy. Raises NotFound."""
        path = self._of(project_id) / copy_id
        if not _NAME.fullmatch(copy_id) or not await asyncio.to_thread(path.is_file):
            raise NotFound(t("database.no_copy"), code="no_copy")
        return path

    @contextlib.asynccontextmanager
    async def held(self, project_id: str, copy_id: str) -> AsyncIterator[Path]:
        """The content of a copy, which stays readable while the context is open, even when the copy is deleted
        meanwhile."""
        path = await self.path(project_id, copy_id)
        async with self.incoming(project_id) as link:
            await asyncio.to_thread(os.link, path, link)
            yield link

    @contextlib.asynccontextmanager
    async def incoming(self, project_id: str) -> AsyncIterator[Path]:
        """A name for a temporary file. Raises Conflict (`data_removed`) when the project's data are removed meanwhile,
        and this folder with them."""
        folder = self._of(project_id)
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True, mode=0o700)
        path = folder / f"incoming-{secrets.token_hex(8)}"
        try:
            yield path
        except FileNotFoundError as error:
            raise Conflict(t("database.removed"), code="data_removed", detail=repr(error)) from error
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def write(self, path: Path, pieces: AsyncIterator[bytes]) -> int:
        """Write the pieces to a file that nobody else can read; returns the number of bytes."""
        size = 0
        descriptor = await asyncio.to_thread(os.open, path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            async for piece in pieces:
                size += await asyncio.to_thread(file.write, piece)
            await asyncio.to_thread(file.flush)
        return size

    async def remove(self, project_id: str) -> None:
        await asyncio.to_thread(shutil.rmtree, self._of(project_id), ignore_errors=True)

    def _of(self, project_id: str) -> Path:
        return self._folder / project_id

    def _list(self, project_id: str) -> tuple[DatabaseCopy, ...]:
        found = []
        with contextlib.suppress(FileNotFoundError):
            for path in self._of(project_id).iterdir():
                if match := _NAME.fullmatch(path.name):
                    made = datetime.strptime(match[1], _TIME).replace(tzinfo=UTC)
                    try:
                        size = path.stat().st_size
                    except FileNotFoundError:  # it was deleted while this looked at it
                        continue
                    reason: Literal["restore", "reset"] = "reset" if match[2] == "reset" else "restore"
                    found.append(DatabaseCopy(path.name, made.isoformat().replace("+00:00", "Z"), size, reason))
        return tuple(sorted(found, key=lambda copy: copy.id, reverse=True))
