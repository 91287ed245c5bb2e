"""The servers of live links: each has a container and data of its own, is started by the first request, and is removed
with its link. Otherwise they live like every server (`ServerPreviews`, `Lifecycle`).
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Final
from weakref import WeakValueDictionary

from builder.accounts.access import Subject, not_found
from builder.accounts.actor import acting_for
from builder.base.errors import Conflict, NotFound, SaysoError
from builder.previews.data.copies import DataCopies
from builder.previews.links.shares import Shares
from builder.previews.links.tables import ShareLink
from builder.previews.runnables.runnables import LINK, Runnable, Runnables
from builder.previews.servers.previews import ServerPreviews
from preview_runtime.compiling.compiler import BuildFault
from preview_runtime.dependencies.errors import DependencyError

log = logging.getLogger(__name__)
LOOK_SECONDS: Final = 2.0
# A version that does not build is retried after this time (seconds): its packages may not have been available.
_AGAIN_SECONDS: Final = 300.0


class ShareServers:
    """`run()` looks every few seconds and ends when it is cancelled; `round()` is one look."""

    def __init__(
        self, shares: Shares, runnables: Runnables, servers: ServerPreviews, data: DataCopies | None = None
    ) -> None:
        self._shares, self._runnables, self._servers, self._data = shares, runnables, servers, data
        self._live: set[str] = set()
        # Link → the version that does not build, and when it was tried.
        self._refused: dict[str, tuple[str, float]] = {}
        self._served: dict[str, str] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def run(self, seconds: float = LOOK_SECONDS) -> None:
        while True:
            try:
                await self.round()
            except Exception:  # one failed round must not end the loop: the next may succeed
                log.exception("The live links could not be looked after; tried again in %s s", seconds)
            await asyncio.sleep(seconds)

    async def round(self) -> None:
        """Update the links that follow, offer the servers of live links, end the servers of all others."""
        for share_id, head in await self._shares.behind():
            await self._bring_forward(share_id, head)
        links = {share.id: share for share in await self._shares.with_server()}
        for share in [*links.values()]:
            try:
                await self.offer(share)
            except NotFound:  # its project was deleted since they were read
                del links[share.id]
        register = self._servers.register
        known = {server.id for server in register.all if server.runnable.kind == LINK}
        gone = (self._live | known | await register.rows.over(LINK)) - links.keys()
        self._live = set(links)
        for share_id in gone:
            await self.end(share_id)

    async def offer(self, share: ShareLink) -> None:
        """Have requests start the link's server with the version that the link shows at the moment."""
        async with self._turn(share.id):
            await self._offer(share)

    async def _offer(self, share: ShareLink) -> None:
        self._live.add(share.id)
        tree = None
        if self._servers.register.get(share.id) is None:
            tree = await self._shares.tree(share)
            if share.data == "copy" and self._data is not None:
                await self._data.begin(share.project, share.id, share.owner)
        whole = tree is None or await asyncio.to_thread(self._servers.is_whole, tree)
        await self._servers.standby.offer(await self._runnable(share), whole=whole)
        if self._served.get(share.id) != share.version:
            self._served[share.id] = share.version
            self._servers.standby.renew(share.id, (share.version, 0))

    async def changed(self, share: ShareLink, *, shut: bool) -> None:
        """Apply a link's new terms. `shut`: its server is ended, which disconnects the earlier visitors; the next
        request starts it."""
        if not share.server:
            return
        if shut:
            try:
                await self._servers.removal.end(share.id)
            except Conflict as error:
                log.warning("The connections of the live link %s could not be ended: %s", share.id, error)
        await self.offer(share)
        self._servers.standby.reroute(share.id)

    async def begin_anew(self, share: ShareLink) -> None:
        """Remove the data of the link's server, and start it again with the data that the link's terms say. Raises
        Conflict."""
        if not share.server:
            return
        async with self._turn(share.id):
            await self._servers.removal.remove_data(await self._runnable(share))
            self._served.pop(share.id, None)
            await self._offer(share)

    async def end(self, share_id: str) -> None:
        """End the server of a link that was revoked, has expired, or whose project is deleted. If the link may come
        back (its project can be restored), the data stay."""
        self._live.discard(share_id)
        self._served.pop(share_id, None)
        if not await self._shares.comes_back(share_id):
            await self._servers.removal.forget([share_id])
        elif not self._servers.removal.has_ended(share_id):
            await self._servers.removal.end(share_id)

    async def _runnable(self, share: ShareLink) -> Runnable:
        """Raises NotFound for a link whose project was purged."""
        found = await self._runnables.find(share.id)
        if found is None:
            raise not_found(acting_for(share.owner), Subject("", share.id))
        return found

    def _turn(self, share_id: str) -> asyncio.Lock:
        """One caller at a time decides whether a server exists already and with which data it begins."""
        lock = self._turns.get(share_id)
        if lock is None:
            lock = self._turns[share_id] = asyncio.Lock()
        return lock

    async def _bring_forward(self, share_id: str, head: str) -> None:
        refused, at = self._refused.get(share_id, ("", 0.0))
        if refused == head and time.monotonic() - at < _AGAIN_SECONDS:
            return
        try:
            await self._shares.bring_forward(share_id)
        except (BuildFault, DependencyError, SaysoError) as error:
            self._refused[share_id] = (head, time.monotonic())
            log.info("The live link %s stays with the version it has: %s", share_id, error)
        else:
            self._refused.pop(share_id, None)
