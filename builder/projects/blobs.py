"""Content-addressed blobs: a file's bytes, compressed, stored once per owner."""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Final

from sqlalchemy import delete, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.base.errors import Conflict
from builder.projects.tables import Blob
from builder.texts import t
from preview_runtime.file_tree import FileTree, digest

# PostgreSQL takes 32,767 parameters per statement, SQLite 32,766; four columns per row leave ample room.
_CHUNK: Final = 500
_INLINE_BYTES: Final = 256 * 1024  # larger contents are compressed in a thread, outside the event loop


def normal(content: str | bytes) -> str | bytes:
    """Text if the bytes are text (UTF-8 without NUL), so that the same content always has the same form."""
    if isinstance(content, str) or b"\x00" in content:
        return content
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content


def is_binary(content: str | bytes) -> bool:
    return isinstance(normal(content), bytes)


def raw(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode()


def pack(content: str | bytes) -> bytes:
    return zlib.compress(raw(content), 6)


class Damaged(Exception):
    """The content stored under these digests has changed: it is not shown."""

    def __init__(self, shas: Iterable[str]) -> None:
        super().__init__(", ".join(sorted(shas)))
        self.shas = frozenset(shas)


def unpack(body: bytes, sha: str, size: int) -> str | bytes:
    """The decompressed content, checked to have `size` bytes and the SHA-256 `sha`. Raises Damaged otherwise.

    The check takes a quarter of the time of unpacking: 11 ms for 20 MB.
    """
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(body, size + 1)
    except zlib.error as error:
        raise Damaged([sha]) from error
    if digest(content) != sha:
        raise Damaged([sha])
    return normal(content)


async def put_blobs(session: AsyncSession, owner: str, contents: Mapping[str, bytes]) -> None:
    """Store `contents` (SHA-256 → bytes) that are not stored yet."""
    known: set[str] = set()
    for part in _chunks(contents):
        query = select(col(Blob.sha256)).where(col(Blob.owner) == owner, col(Blob.sha256).in_(part))
        known.update(await session.scalars(query))
    known -= (broken := {sha for sha in known if (owner, sha) in _damaged})
    missing = {sha: body for sha, body in contents.items() if sha not in known}
    if not missing:
        return
    if broken:
        await session.execute(delete(Blob).where(col(Blob.owner) == owner, col(Blob.sha256).in_(broken)))
    heavy = sum(map(len, missing.values())) > _INLINE_BYTES
    rows = await asyncio.to_thread(_rows, owner, missing) if heavy else _rows(owner, missing)
    insert: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    for start in range(0, len(rows), _CHUNK):
        # Somebody else may store the same content at the same moment: either copy is fine.
        await session.execute(insert(Blob).values(rows[start : start + _CHUNK]).on_conflict_do_nothing())
    _damaged.difference_update((owner, sha) for sha in missing)


def _rows(owner: str, contents: Mapping[str, bytes]) -> list[dict[str, object]]:
    return [
        {"owner": owner, "sha256": sha, "size": len(body), "binary": is_binary(body), "body": pack(body)}
        for sha, body in contents.items()
    ]


async def copy_blobs(session: AsyncSession, source: str, target: str, shas: Iterable[str]) -> None:
    """Store those of `source` for `target` as well, as they are; those that are not there are left out."""
    if source == target:
        return
    insert: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    columns = (col(Blob.sha256), col(Blob.size), col(Blob.binary), col(Blob.body))
    for part in _chunks(shas):
        rows = select(literal(target), *columns).where(col(Blob.owner) == source, col(Blob.sha256).in_(part))
        names = ["owner", "sha256", "size", "binary", "body"]
        await session.execute(insert(Blob).from_select(names, rows).on_conflict_do_nothing())


async def mend_blobs(session: AsyncSession, owner: str, contents: Mapping[str, bytes]) -> None:
    """Store those of `contents` again that were found damaged."""
    await put_blobs(session, owner, {sha: body for sha, body in contents.items() if (owner, sha) in _damaged})


async def readable_blobs(
    session: AsyncSession, owner: str, shas: Iterable[str]
) -> tuple[dict[str, str | bytes], set[str]]:
    """SHA-256 → content of the undamaged blobs, and the digests of the damaged ones. Damaged blobs are replaced when
    somebody stores their content again."""
    wanted = set(shas)
    packed: dict[str, tuple[bytes, int]] = {}
    columns = select(col(Blob.sha256), col(Blob.body), col(Blob.size))
    for part in _chunks(wanted):
        query = columns.where(col(Blob.owner) == owner, col(Blob.sha256).in_(part))
        packed.update({row.sha256: (row.body, row.size) for row in await session.execute(query)})
    heavy = sum(size for _, size in packed.values()) > _INLINE_BYTES
    whole = await asyncio.to_thread(_unpack_all, packed) if heavy else _unpack_all(packed)
    damaged = wanted - whole.keys()
    _damaged.update((owner, sha) for sha in damaged)
    return whole, damaged


_damaged: Final[set[tuple[str, str]]] = set()
"""The (owner, SHA-256) of blobs found damaged, until their content is stored again."""


def _unpack_all(packed: Mapping[str, tuple[bytes, int]]) -> dict[str, str | bytes]:
    whole: dict[str, str | bytes] = {}
    for sha, (body, size) in packed.items():
        with contextlib.suppress(Damaged):
            whole[sha] = unpack(body, sha, size)
    return whole


async def sizes(session: AsyncSession, owner: str, shas: Iterable[str]) -> dict[str, int]:
    """SHA-256 → bytes before compression."""
    found: dict[str, int] = {}
    for part in _chunks(set(shas)):
        query = select(col(Blob.sha256), col(Blob.size)).where(col(Blob.owner) == owner, col(Blob.sha256).in_(part))
        found.update({row.sha256: row.size for row in await session.execute(query)})
    return found


async def count(session: AsyncSession, owner: str) -> int:
    """The number of blobs of an owner."""
    return int(await session.scalar(select(func.count()).select_from(Blob).where(col(Blob.owner) == owner)) or 0)


async def put_tree(session: AsyncSession, owner: str, tree: FileTree) -> dict[str, str]:
    """Store a tree's contents; return path → SHA-256."""
    digests = await asyncio.to_thread(tree.digests) if tree.size > _INLINE_BYTES else tree.digests()
    await put_blobs(session, owner, {digests[path]: raw(content) for path, content in tree.items()})
    return digests


async def get_tree(
    session: AsyncSession, owner: str, digests: Mapping[str, str], damaged: list[str] | None = None
) -> FileTree:
    """The files of a tree. If `damaged` is given, damaged files are named in it and left out; else Conflict
    (`damaged_file`) is raised, which names them."""
    blobs, lost = await readable_blobs(session, owner, digests.values())
    broken = [path for path, sha in digests.items() if sha in lost]
    if broken and damaged is None:
        raise damaged_files(broken)
    if damaged is not None:
        damaged += broken
    return FileTree({path: blobs[sha] for path, sha in digests.items() if sha in blobs})


def damaged_files(paths: list[str]) -> Conflict:
    """The error for a person who asked for these files."""
    if len(paths) == 1:
        return Conflict(t("storage.damaged_file", path=paths[0]), code="damaged_file", detail=paths[0])
    message = t("storage.damaged_files", path=paths[0], more=len(paths) - 1)
    return Conflict(message, code="damaged_file", detail=", ".join(paths[:20]))


def _chunks(items: Iterable[str]) -> Iterable[list[str]]:
    iterator = iter(items)
    while part := list(islice(iterator, _CHUNK)):
        yield part
