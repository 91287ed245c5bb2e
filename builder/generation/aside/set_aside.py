"""Answers that wait for the person: what was shortened unasked, and what came with it."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.generation.aside.tables import SetAside
from builder.generation.elision import Elision
from preview_runtime.file_tree import FileTree

Choice = Literal["", "mine", "new"]
"""`mine`: the file stays as it is; `new`: as it was written; "" while that is open."""
Changes = Mapping[str, str | bytes | None]
"""Path → content; None for a file that is deleted."""


@dataclass(frozen=True, slots=True)
class Disputed:
    """A file that was shortened unasked; `reason` is a sentence."""

    path: str
    reason: str
    choice: Choice = ""


class _Written(Protocol):
    """The generation that wrote it."""

    id: str
    owner: str
    project: str


async def keep(
    session: AsyncSession, written: _Written, before: FileTree, after: FileTree, found: Sequence[Elision]
) -> None:
    """Set `after` aside, which is `before` with the answer. Replaces what was set aside of this generation."""
    changed, deleted = after.changed_from(before)
    changes = {path: after[path] for path in changed} | dict.fromkeys(deleted)
    disputed = {one.path: {"path": one.path, "reason": one.reason, "choice": ""} for one in reversed(found)}
    row = SetAside(
        generation=written.id, owner=written.owner, project=written.project, body=_packed(changes),
        disputed=[*reversed(disputed.values())],
    )  # fmt: skip
    await session.merge(row)


async def kept(session: AsyncSession, generation_id: str) -> SetAside | None:
    return await session.get(SetAside, generation_id)


async def drop(session: AsyncSession, generation_id: str) -> None:
    await session.execute(delete(SetAside).where(col(SetAside.generation) == generation_id))


def disputed_in(row: SetAside) -> list[Disputed]:
    return [Disputed(**one) for one in row.disputed]


def choose(row: SetAside, choices: Mapping[str, Choice]) -> None:
    """Note what the person wants of the files in dispute; others are passed over."""
    row.disputed = [{**one, "choice": choices.get(one["path"], one["choice"])} for one in row.disputed]


def changes_in(row: SetAside) -> Changes:
    """Everything that was written, in dispute or not."""
    read = json.loads(zlib.decompress(row.body))
    return {
        path: base64.b64decode(content["base64"]) if isinstance(content, dict) else content
        for path, content in read.items()
    }


def laid_over(tree: FileTree, changes: Changes, disputed: Sequence[Disputed]) -> FileTree:
    """`tree` with the changes, but for the files that the person keeps."""
    mine = {one.path for one in disputed if one.choice == "mine"}
    taken = {path: content for path, content in changes.items() if path not in mine}
    gone = {path for path, content in taken.items() if content is None}
    put = {path: content for path, content in taken.items() if content is not None}
    return FileTree({path: content for path, content in tree.items() if path not in gone} | put)


def _packed(changes: Changes) -> bytes:
    said = {
        path: {"base64": base64.b64encode(content).decode()} if isinstance(content, bytes) else content
        for path, content in changes.items()
    }
    return zlib.compress(json.dumps(said, ensure_ascii=False).encode(), 6)
