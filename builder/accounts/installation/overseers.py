"""Who looks after this installation."""

from __future__ import annotations

from builder.accounts.access import may_oversee
from builder.accounts.actor import Actor
from builder.accounts.settings import SignInSettings
from builder.accounts.tables import Account
from builder.base.db import Database


class Overseers:
    """The accounts with the role `admin`; where accounts are off, the owner."""

    def __init__(self, db: Database, settings: SignInSettings) -> None:
        self._db, self._settings = db, settings

    async def is_one(self, actor: Actor) -> bool:
        """Read at each call: a role that was taken away is over at once, whatever is open."""
        if actor.alone:  # the owner of an installation without accounts
            return not self._settings.has_accounts
        async with self._db.reader() as session:
            account = await session.get(Account, actor.id)
        return account is not None and account.role == "admin" and account.state == "active"

    async def check(self, actor: Actor) -> None:
        """Raises Refused."""
        may_oversee(actor, admin=await self.is_one(actor))
