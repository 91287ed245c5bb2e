"""An answer laid over the project's files, and the version that it becomes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from builder.accounts.actor import Actor
from builder.generation import policy
from builder.generation.draft import Draft, DraftRefused, lay
from builder.generation.elision import Elision, elisions_in
from builder.generation.tables import Generation
from builder.projects import run_hints
from builder.projects.store import ProjectStore
from builder.projects.walks.spoken_of import spoken_of
from builder.safety.log import add_kept
from builder.safety.sanitising.secrets import texts_with_keys
from builder.texts import said, t
from preview_runtime.file_tree import FileTree, InvalidTree

logger = logging.getLogger(__name__)


def applied(
    generation: Generation, draft: Draft, before: FileTree, locks: Collection[str], *, guarded: bool = True
) -> FileTree | None:
    """The tree after the draft and what it says of starting the app, None where nothing differs. Raises `DraftRefused`;
    not for what was shortened unasked where it is not `guarded` against."""
    after = before
    if not draft.empty:
        laid = lay(draft, before)
        after = laid.tree
        for path, fallback in laid.fallbacks:
            logger.info("generation %s: an edit of %r was placed by %s", generation.id, path[:400], fallback)
        policy.check(draft, before, after, _asked(generation), guarded=guarded)
        adds = generation.resume.get("adds", {})
        after = after.replace({path: text for path, text in adds.items() if path not in after})
        shown, spoken = generation.resume.get("walks", []), spoken_of(before, generation.prompt)
        after = policy.with_walks(after, before, shown, spoken)
    after = run_hints.told(after, draft.run)
    changed, deleted = after.changed_from(before)
    policy.check_locks([*changed, *deleted], locks)
    return after if changed or deleted else None


def shortened(generation: Generation, draft: Draft, before: FileTree, after: FileTree) -> list[Elision]:
    """Everything that the draft leaves out unasked."""
    return [*elisions_in(draft.files, before, after, _asked(generation))]


def _asked(generation: Generation) -> str:
    return generation.resume.get("asked") or generation.prompt


async def keys_in(tree: FileTree | None, before: FileTree) -> list[str]:
    """The digests of texts with a secret that `before` did not have."""
    return await asyncio.to_thread(texts_with_keys, tree, before) if tree is not None else []


async def accept(
    store: ProjectStore, session: AsyncSession, actor: Actor, generation: Generation, tree: FileTree | None, *,
    head: str | None, keys: list[str], summary: str, title: str = "", stack: Iterable[str] | None = None,
) -> None:  # fmt: skip
    """Make `tree`, which was made at `head`, the version of the generation, where there is one, and say `summary`.
    `keys`: what `keys_in` found in it. `title` and `stack` are as in `ProjectStore.commit`. Raises what that raises, and
    `DraftRefused`."""
    version = None
    if tree is not None:
        try:
            version = await store.commit(
                actor, generation.project, tree, kind="generation",
                label=(generation.resume.get("label") or generation.prompt)[:200], generation_id=generation.id,
                expect_head=head, title=title, stack=stack, session=session,
            )  # fmt: skip
        except InvalidTree as fault:
            raise DraftRefused(said(fault.says), code=fault.code, path=fault.path) from None
    generation.version = version.id if version else None
    add_kept(session, actor.within(generation.owner), keys, project=generation.project, reference=generation.id)
    await store.add_message(
        actor,
        generation.project,
        "builder",
        summary,
        generation_id=generation.id,
        turn=generation.turn,
        session=session,
    )


def summary_of(generation: Generation, said_of_it: str) -> str:
    """What the builder says of a version where the model says nothing."""
    usual = "generation.default_summary" if generation.base is None else "generation.follow_up_summary"
    return said_of_it or t(usual)
