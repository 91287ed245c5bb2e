"""A visitor's copy of the app that a live link shows."""

from __future__ import annotations

import logging

from builder.accounts.access import Action
from builder.accounts.actor import Actor, acting_for
from builder.base.errors import Conflict, NotFound
from builder.composition.sharing.secrets import SecretGate
from builder.previews.links.shapes import may_remix
from builder.previews.links.shares import Shares
from builder.previews.links.tables import ShareLink
from builder.projects.archive.secrets_left_out import may_hold_secrets
from builder.projects.naming import MAX_TITLE
from builder.projects.store import ProjectStore
from builder.projects.tables import Project
from builder.texts import t
from preview_runtime.file_tree import FileTree

log = logging.getLogger(__name__)


class Remixing:
    """Copies hold the files of the version that a link shows, without those that may hold secrets; no settings, no
    secrets, no conversation, and nothing of what the app stored."""

    def __init__(self, store: ProjectStore, shares: Shares, gate: SecretGate) -> None:
        self._store, self._shares, self._gate = store, shares, gate

    async def of(self, share_id: str) -> tuple[ShareLink, Project]:
        """The link and its project. Raises NotFound where there is none, or none that may be copied."""
        share = await self._shares.find(share_id)
        if share is None or not may_remix(share):
            raise NotFound(t("share.not_found"))
        return share, await self._store.get(acting_for(share.owner), share.project)

    async def copy(self, actor: Actor, share_id: str) -> Project:
        """The copy, in the actor's own workspace. Raises NotFound, Refused, and Conflict where a secret would
        be given away: which one it is nobody's business but its owner's."""
        share, source = await self.of(share_id)
        tree = await self._shares.tree(share)
        try:
            await self._gate.export(share.project, tree)
        except Conflict as held:
            log.warning("The live link %s cannot be copied: %s", share.id, held)
            raise Conflict(t("share.remix_held"), code="remix_held") from held
        files = FileTree({path: content for path, content in tree.items() if not may_hold_secrets(path, content)})
        copy = await self._store.create(
            actor,
            t("project.copy_title", title=source.title)[:MAX_TITLE],
            stack=source.stack,
            description=source.description,
        )
        label = t("version.copied", title=source.title)
        await self._store.commit(actor, copy.id, files, kind="import", label=label, expect_head=None)
        if picture := await self._store.thumbnail(acting_for(share.owner), source.id):
            await self._store.set_thumbnail(actor, copy.id, picture)
        return await self._store.get(actor, copy.id, Action.READ)
