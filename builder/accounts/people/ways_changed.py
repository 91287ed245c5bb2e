"""Letters about changed ways in: whoever did not change them hears of it."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from builder.accounts.mail.letters import LetterKind
from builder.accounts.mail.outbox import Outbox
from builder.accounts.settings import SignInSettings
from builder.accounts.tables import Account


class WayChange(StrEnum):
    """What has changed; the letter's templates have a sentence for each."""

    PROVIDER_ADDED = "provider_added"
    PROVIDER_REMOVED = "provider_removed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    CODES_ON = "codes_on"
    CODES_OFF = "codes_off"


class WayLetters:
    """Puts them into the outbox, with the change itself."""

    def __init__(self, settings: SignInSettings, outbox: Outbox) -> None:
        self._settings, self._outbox = settings, outbox

    async def put(self, session: AsyncSession, account: Account, change: WayChange, what: str = "") -> None:
        """`what`: the name of what was added or removed."""
        values = {
            "name": account.name or account.username,
            "change": change.value,
            "what": what,
            "at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            "link": f"{self._settings.url}/account",
        }
        await self._outbox.put(
            session, LetterKind.WAYS_CHANGED, account.email, account.locale, values, account=account.id
        )
