"""The link in a letter that stops letters of its kind, without signing in (RFC 2369, and RFC 8058 for one click)."""

from __future__ import annotations

from typing import Final

from cryptography.fernet import InvalidToken
from sqlalchemy.ext.asyncio import AsyncSession

from builder.accounts.mail.outbox import Outbox
from builder.accounts.notices.tables import NotificationChoice
from builder.accounts.tables import Account
from builder.base.db import Database
from builder.base.errors import BadInput
from builder.texts import t

UNSUBSCRIBE_PAGE: Final = "/unsubscribe"


class Unsubscribing:
    """Whoever has the letter has the link: it does this one thing, and tells nothing of the person."""

    def __init__(self, db: Database, outbox: Outbox, url: str) -> None:
        self._db, self._outbox, self._url = db, outbox, url

    def link(self, person: str, kind: str) -> str:
        """The address; it works as long as the person has an account."""
        return (
            f"{self._url}{UNSUBSCRIBE_PAGE}?token={self._outbox.cipher.encrypt(f'{person} {kind}'.encode()).decode()}"
        )

    def kind(self, token: str) -> str:
        """What the link of this token stops. Raises BadInput (`invalid_token`)."""
        return self._read(token)[1]

    async def stop(self, token: str) -> None:
        """No letter of that kind comes any more; it is told at the bell. Raises BadInput (`invalid_token`)."""
        person, kind = self._read(token)
        async with self._db.session() as session:
            if await session.get(Account, person) is not None and await _by_mail(session, person, kind):
                await session.merge(NotificationChoice(account=person, kind=kind, way="page"))

    def _read(self, token: str) -> tuple[str, str]:
        try:
            person, kind = self._outbox.cipher.decrypt(token.encode()).decode().split(" ")
        except (InvalidToken, ValueError) as error:
            raise BadInput(t("people.link_over"), code="invalid_token") from error
        return person, kind


async def _by_mail(session: AsyncSession, person: str, kind: str) -> bool:
    """Whoever turned the kind off since has it off."""
    chosen = await session.get(NotificationChoice, (person, kind))
    return chosen is None or chosen.way == "mail"
