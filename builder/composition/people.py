"""AccountParts with accounts: their parts, wired, and what goes on by itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from sqlalchemy import delete, func, or_, select, update
from sqlmodel import col

from builder.accounts.audit.chain import Deed, record, trim
from builder.accounts.doors.people import AccountParts
from builder.accounts.mail.outbox import SEND, TRIES, Outbox
from builder.accounts.open_connections import OpenConnections
from builder.accounts.people.register import FIRST
from builder.accounts.people.sessions import LOOK_SECONDS
from builder.accounts.tables import Account, Membership
from builder.accounts.teams.partner_keys import keys_of
from builder.base.workers import Worker
from builder.composition.administration.takedown import END_PERSON, Takedown
from builder.composition.base import Base
from builder.composition.settings import Settings
from builder.llm.tables import Credential
from builder.projects.tables import Project
from preview_runtime.tasks import Tasks

log = logging.getLogger(__name__)
_PURGE_SECONDS: Final = 3600.0


class Accounts:
    """`people` is what routes, pages and the door use. Where accounts are off, nothing of it runs."""

    def __init__(
        self,
        settings: Settings,
        base: Base,
        connections: OpenConnections,
        ended: Callable[[str], None],
        takedown: Takedown,
    ) -> None:
        self._settings, self._db = settings, base.db
        self.outbox = Outbox(base.db, base.jobs, settings)
        self.people = AccountParts(base.db, settings, self.outbox, connections, ended, takedown.ask)
        self._sending = Worker(base.jobs, SEND, self.outbox.send, at_once=2, most=TRIES)
        # Another process's, such as the command line's, are to be found as fast as their sessions end.
        self._ending = Worker(base.jobs, END_PERSON, takedown.end_person, look=LOOK_SECONDS)
        self._tasks = Tasks()

    async def start(self) -> None:
        """Make the first account where the settings say who it is; say what turning accounts off means."""
        if self._settings.has_accounts:
            return await self.people.entering.begin()
        async with self._db.reader() as session:
            others = select(func.count()).select_from(Account).where(col(Account.id) != FIRST)
            count = await session.scalar(others) or 0
        if count:
            log.warning(
                "Accounts are off: whoever signs in here is the owner. %d other people cannot sign in; their accounts and "
                "projects are kept as they are, and are theirs again with ACCOUNTS=invite or open",
                count,
            )

    def begin(self) -> None:
        if self._settings.has_accounts:
            self._sending.begin()
            self._ending.begin()
            self._tasks.forever(self.people.sessions.run, "look after sessions")
        self._tasks.forever(self._purge, "remove accounts that were deleted, and old lines of the audit")

    async def close(self) -> None:
        await self._tasks.close()
        await self._sending.close()
        await self._ending.close()
        await self.people.links.close()

    async def remove(self, account: str, deleted_at: str) -> None:
        """Remove an account for good. Its projects count as deleted when it was, so they are purged next."""
        async with self._db.session() as session:
            for statement in (
                update(Project)
                .where(col(Project.owner) == account, col(Project.deleted_at).is_(None))
                .values(deleted_at=deleted_at),
                delete(Credential).where(col(Credential.owner) == account),
                keys_of(account),
                delete(Membership).where(or_(col(Membership.person) == account, col(Membership.owner) == account)),
                delete(Account).where(col(Account.id) == account),
            ):
                await session.execute(statement.execution_options(synchronize_session=False))
            record(session, Deed("account.purge", team=account, resource="account", resource_id=account))
        log.info("The account %s was removed: it was deleted 30 days ago", account)

    async def _purge(self) -> None:
        while True:
            if self._settings.has_accounts:
                for account in await self.people.register.over():
                    await self.remove(account.id, account.deleted_at or "")
            await trim(self._db)
            await asyncio.sleep(_PURGE_SECONDS)
