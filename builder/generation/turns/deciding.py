"""A turn that waits until the person has looked at what was shortened unasked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from builder.accounts.actor import Actor
from builder.base.comparing import DiffLine, compared
from builder.base.errors import Conflict
from builder.generation import policy
from builder.generation.accepting import accept, keys_in, summary_of
from builder.generation.aside import set_aside
from builder.generation.aside.set_aside import Changes, Choice, Disputed
from builder.generation.aside.tables import SetAside
from builder.generation.tables import Generation, Turn, TurnStep
from builder.generation.turns.parts import TurnParts
from builder.generation.turns.records import copied
from builder.generation.turns.shapes import DecisionView, DisputedFile
from builder.projects.blobs import is_binary
from builder.projects.project_settings import locks_of
from builder.texts import t
from preview_runtime.file_tree import FileTree


class Deciding:
    """What was set aside, as the person sees it, and what becomes of it."""

    def __init__(self, parts: TurnParts) -> None:
        self._parts = parts

    async def waits(self, step: TurnStep | None) -> bool:
        """Whether what the step wrote was set aside."""
        if step is None or not step.generation:
            return False
        async with self._parts.store.db.reader() as session:
            return await set_aside.kept(session, step.generation) is not None

    async def shown(self, actor: Actor, project_id: str, step: TurnStep | None) -> DecisionView:
        """Each file in dispute beside the project's own. Raises `Conflict` where nothing is to be decided."""
        row = await self._row(step)
        project, tree = await self._parts.store.read_head(actor, project_id)
        changes, disputed = set_aside.changes_in(row), set_aside.disputed_in(row)
        files = await asyncio.to_thread(_files, tree, changes, disputed)
        others = sorted(changes.keys() - {one.path for one in disputed})
        return DecisionView(head=project.head, files=files, others=others)

    async def choose(self, step: TurnStep, choices: Mapping[str, Choice]) -> None:
        """Keep what the person wants so far. Raises `Conflict` as above."""
        row = await self._row(step)
        set_aside.choose(row, choices)
        async with self._parts.store.db.session() as session:
            await session.merge(row)

    async def take(self, actor: Actor, turn: Turn, steps: list[TurnStep], head: str | None) -> bool:
        """Make what was decided, on `head` as it was shown, the version of the step; whether there is one. Raises
        `Conflict` where a file is undecided, or the project has changed since, and `DraftRefused`."""
        step, row = steps[-1], await self._row(steps[-1])
        disputed = set_aside.disputed_in(row)
        if not all(one.choice for one in disputed):
            raise Conflict(t("turn.undecided"), code="undecided")
        await self._parts.store.save(actor, turn.project)
        project, before = await self._parts.store.read_head(actor, turn.project)
        if project.head != head:
            raise Conflict(t("turn.changed_since"), code="changed_meanwhile")
        tree = set_aside.laid_over(before, set_aside.changes_in(row), disputed)
        changed, deleted = tree.changed_from(before)
        keys = await keys_in(tree, before)
        async with self._parts.store.db.session() as session:
            policy.check_locks([*changed, *deleted], await locks_of(session, turn.project))
            generation = await session.get(Generation, row.generation, with_for_update=True)
            if generation is None:
                raise Conflict(t("turn.not_waiting"), code="turn_not_waiting")
            session.expunge(generation)
            mine = changed or deleted
            titled = generation.base is None and project.title == generation.resume.get("project_title")
            await accept(
                self._parts.store, session, actor, generation, tree if mine else None, head=head, keys=keys,
                summary=summary_of(generation, generation.summary) if mine else t("turn.kept_mine"),
                title=generation.title[:200] if mine and titled else "", stack=generation.stack or None,
            )  # fmt: skip
            await self._accepted(session, generation)
        copied(step, generation)
        turn.version = generation.version or turn.version
        return generation.version is not None

    async def _accepted(self, session: AsyncSession, generation: Generation) -> None:
        await set_aside.drop(session, generation.id)
        await self._parts.generations.accepted(session, generation)

    async def _row(self, step: TurnStep | None) -> SetAside:
        async with self._parts.store.db.reader() as session:
            row = await set_aside.kept(session, step.generation or "") if step else None
        if row is None:
            raise Conflict(t("turn.not_waiting"), code="turn_not_waiting")
        return row


def _files(tree: FileTree, changes: Changes, disputed: list[Disputed]) -> list[DisputedFile]:
    return [
        DisputedFile(
            path=one.path, reason=one.reason, choice=one.choice, is_new=one.path not in tree,
            lines=_lines(tree.get(one.path, ""), changes.get(one.path)),
        )
        for one in disputed
    ]  # fmt: skip


def _lines(mine: str | bytes, new: str | bytes | None) -> list[DiffLine] | None:
    new = "" if new is None else new
    if is_binary(mine) or is_binary(new):
        return None
    return compared(str(mine), str(new))
