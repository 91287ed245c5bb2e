"""What servers of live links run: the version that the link shows."""

from __future__ import annotations

from builder.accounts.access import Action, Subject, may, not_found
from builder.accounts.actor import Actor, acting_for
from builder.previews.links.shares import Shares
from builder.previews.runnables.contents import Key
from builder.previews.runnables.runnables import Runnable
from preview_runtime.file_tree import FileTree


class LinkContents:
    """`Contents` of live links. Of its project, a link has only the files of its version."""

    def __init__(self, shares: Shares) -> None:
        self._shares = shares

    async def key(self, actor: Actor, runnable: Runnable, action: Action) -> Key:
        share = await self._shares.find(runnable.id)
        if share is None:
            raise not_found(actor, Subject("", runnable.id))
        # The actor is the link's own workspace: no membership is looked up.
        may(actor, action, Subject(share.owner, share.id))
        return share.version, 0

    async def read(self, runnable: Runnable) -> tuple[Key, FileTree]:
        share = await self._shares.find(runnable.id)
        if share is None:
            raise not_found(acting_for(runnable.workspace), Subject("", runnable.id))
        return (share.version, 0), await self._shares.tree(share)

    def private(self, runnable: Runnable) -> bool:
        return self._shares.doors.guarded(runnable.id)
