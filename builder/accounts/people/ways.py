"""The ways in to an account: a password, providers, passkeys. One is always left."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.tables import Account, Identity, Passkey
from builder.base.errors import Conflict
from builder.texts import t


async def spare_last_way(session: AsyncSession, account: Account) -> None:
    """Raises Conflict (`last_way`) where taking away one provider or passkey would leave no way in."""
    if account.password:
        return
    ways = 0
    for owner in (col(Identity.account), col(Passkey.account)):
        ways += await session.scalar(select(func.count()).where(owner == account.id)) or 0
    if ways < 2:
        raise Conflict(t("people.last_way"), code="last_way")
