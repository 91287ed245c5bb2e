"""Content-addressed blobs: a file's bytes, compressed, stored once per owner."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.models import Blob
from preview_runtime.file_tree import FileTree, digest

# PostgreSQL takes 32,767 parameters a statement, SQLite 32,766; four columns a row leave ample room.
_CHUNK: Final = 500
_INLINE_BYTES: Final = 256 * 1024  # more than this is compressed beside the event loop


def normal(content: str | bytes) -> str | bytes:
    """Text wherever the bytes are text (UTF-8 without NUL), so that one content has one form."""
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


def unpack(body: bytes) -> str | bytes:
    return normal(zlib.decompress(body))


async def put_blobs(session: AsyncSession, owner: str, contents: Mapping[str, bytes]) -> None:
    """Store `contents` (SHA-256 → bytes) where they are not stored yet."""
    known: set[str] = set()
    for part in _chunks(contents):
        query = select(col(Blob.sha256)).where(col(Blob.owner) == owner, col(Blob.sha256).in_(part))
        known.update(await session.scalars(query))
    missing = {sha: body for sha, body in contents.items() if sha not in known}
    if not missing:
        return
    heavy = sum(map(len, missing.values())) > _INLINE_BYTES
    rows = await asyncio.to_thread(_rows, owner, missing) if heavy else _rows(owner, missing)
    insert: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    for start in range(0, len(rows), _CHUNK):
        # Somebody else may store the same content at the same moment: then theirs is as good.
        await session.execute(insert(Blob).values(rows[start : start + _CHUNK]).on_conflict_do_nothing())


def _rows(owner: str, contents: Mapping[str, bytes]) -> list[dict[str, object]]:
    return [
        {"owner": owner, "sha256": sha, "size": len(body), "binary": is_binary(body), "body": pack(body)}
        for sha, body in contents.items()
    ]


async def get_blobs(session: AsyncSession, owner: str, shas: Iterable[str]) -> dict[str, str | bytes]:
    """SHA-256 → content for all of `shas`. Raises LookupError when one is missing, which no write can cause."""
    wanted = set(shas)
    packed: dict[str, bytes] = {}
    for part in _chunks(wanted):
        query = select(col(Blob.sha256), col(Blob.body)).where(col(Blob.owner) == owner, col(Blob.sha256).in_(part))
        packed.update({row.sha256: row.body for row in await session.execute(query)})
    if lost := wanted - packed.keys():
        raise LookupError(f"blobs {', '.join(sorted(lost)[:3])} are missing")
    if sum(map(len, packed.values())) > _INLINE_BYTES:
        return await asyncio.to_thread(_unpack_all, packed)
    return _unpack_all(packed)


def _unpack_all(packed: Mapping[str, bytes]) -> dict[str, str | bytes]:
    return {sha: unpack(body) for sha, body in packed.items()}


async def sizes(session: AsyncSession, owner: str, shas: Iterable[str]) -> dict[str, int]:
    """SHA-256 → bytes before compression."""
    found: dict[str, int] = {}
    for part in _chunks(set(shas)):
        query = select(col(Blob.sha256), col(Blob.size)).where(col(Blob.owner) == owner, col(Blob.sha256).in_(part))
        found.update({row.sha256: row.size for row in await session.execute(query)})
    return found


async def count(session: AsyncSession, owner: str) -> int:
    """How many blobs an owner has."""
    return int(await session.scalar(select(func.count()).select_from(Blob).where(col(Blob.owner) == owner)) or 0)


async def put_tree(session: AsyncSession, owner: str, tree: FileTree) -> dict[str, str]:
    """Store a tree's contents; return path → SHA-256."""
    digests = {path: digest(content) for path, content in tree.items()}
    await put_blobs(session, owner, {digests[path]: raw(content) for path, content in tree.items()})
    return digests


async def get_tree(session: AsyncSession, owner: str, digests: Mapping[str, str]) -> FileTree:
    blobs = await get_blobs(session, owner, digests.values())
    return FileTree({path: blobs[sha] for path, sha in digests.items()})


def _chunks(items: Iterable[str]) -> Iterable[list[str]]:
    iterator = iter(items)
    while part := list(islice(iterator, _CHUNK)):
        yield part
