"""One-time tokens: what a link in a mail proves, once, within its time."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.people.proofs import digest, later, random_text
from builder.accounts.tables import OneTimeToken
from builder.base.errors import BadInput
from builder.base.ids import now
from builder.texts import t


class TokenKind(StrEnum):
    """What a token proves."""

    VERIFY = "verify"
    RESET = "reset"
    INVITE = "invite"
    DEVICE = "device"
    STEP = "step"
    RECOVERY = "recovery"
    PROVIDER = "provider"
    PASSKEY = "passkey"


LIVES: Final = {
    TokenKind.VERIFY: timedelta(days=7),
    TokenKind.RESET: timedelta(minutes=30),
    TokenKind.INVITE: timedelta(days=7),
    TokenKind.DEVICE: timedelta(days=365),
    TokenKind.STEP: timedelta(minutes=5),
    TokenKind.RECOVERY: timedelta(days=3650),
    TokenKind.PROVIDER: timedelta(minutes=15),
    TokenKind.PASSKEY: timedelta(minutes=15),
}


async def issue(session: AsyncSession, kind: TokenKind, *, account: str | None, email: str) -> tuple[str, str]:
    """A new token and when it ends. Earlier ones of that kind for that address are dead, except of devices and
    invitations: a person has several."""
    if kind not in (TokenKind.DEVICE, TokenKind.INVITE):
        earlier = delete(OneTimeToken).where(col(OneTimeToken.kind) == kind, col(OneTimeToken.email) == email)
        await session.execute(earlier.execution_options(synchronize_session=False))
    secret, ends = random_text(), later(LIVES[kind])
    session.add(OneTimeToken(kind=kind, hash=digest(secret), account=account, email=email, expires_at=ends))
    return secret, ends


async def look(session: AsyncSession, kind: TokenKind, secret: str) -> OneTimeToken | None:
    """The token, if it is of that kind and still good."""
    query = select(OneTimeToken).where(col(OneTimeToken.hash) == digest(secret), col(OneTimeToken.kind) == kind)
    row = await session.scalar(query.with_for_update())
    return row if row is not None and row.used_at is None and row.expires_at > now() else None


async def use(session: AsyncSession, kind: TokenKind, secret: str) -> OneTimeToken:
    """Use the token up. Raises BadInput (`invalid_token`) for one that is unknown, used or too old."""
    row = await look(session, kind, secret)
    if row is None:
        raise BadInput(t("people.link_over"), code="invalid_token")
    row.used_at = now()
    return row


async def once(session: AsyncSession, kind: TokenKind, proof: str) -> None:
    """Note that a proof that we signed, and did not keep, was used. Raises BadInput (`invalid_token`) the second time."""
    over = delete(OneTimeToken).where(col(OneTimeToken.kind) == kind, col(OneTimeToken.expires_at) <= now())
    await session.execute(over.execution_options(synchronize_session=False))
    session.add(OneTimeToken(kind=kind, hash=digest(proof), expires_at=later(LIVES[kind]), used_at=now()))
    try:
        await session.flush()
    except IntegrityError as error:
        raise BadInput(t("people.link_over"), code="invalid_token") from error
