"""The letters with a link: to confirm an address, to choose a new password, to make an account, to come back."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.audit.chain import Deed, record
from builder.accounts.mail.letters import LetterKind
from builder.accounts.mail.outbox import Outbox
from builder.accounts.people.one_time import TokenKind, issue, use
from builder.accounts.people.register import COME_BACK, Ending, clean_email, deed, spare_last_admin
from builder.accounts.people.sessions import SignInSessions
from builder.accounts.settings import SignInSettings
from builder.accounts.tables import Account
from builder.base.db import Database
from builder.base.errors import BadInput, Conflict, NotFound
from builder.base.ids import now
from builder.texts import t
from preview_runtime.tasks import Tasks


class Links:
    """Each link works once. Where mail is not set up, an administrator hands it on."""

    def __init__(
        self, db: Database, settings: SignInSettings, sessions: SignInSessions, outbox: Outbox, ending: Ending
    ) -> None:
        self._db, self._settings, self._sessions, self._outbox = db, settings, sessions, outbox
        self._ending = ending
        self._later = Tasks()

    async def close(self) -> None:
        await self._later.close()

    async def verify(self, session: AsyncSession, account: Account) -> None:
        """Ask a person to confirm their address, once `session` is committed."""
        await session.flush()
        await self._send(session, TokenKind.VERIFY, LetterKind.VERIFY, account, "verify")

    async def verify_again(self, account: str) -> None:
        """The same once more; nothing for an address that is confirmed."""
        async with self._db.session() as session:
            row = await session.get(Account, account)
            if row is not None and row.email_verified_at is None:
                await self.verify(session, row)

    async def verified(self, token: str) -> Account:
        """The person had the link. Raises BadInput (`invalid_token`)."""
        async with self._db.session() as session:
            used = await use(session, TokenKind.VERIFY, token)
            row = await session.get(Account, used.account or "")
            if row is None or row.email != used.email:
                raise BadInput(t("people.link_over"), code="invalid_token")
            row.email_verified_at = row.email_verified_at or now()
        self._sessions.look_again(row.id)
        return row

    def forgotten_soon(self, email: str) -> None:
        """`forgotten`, after the answer: how long it takes tells nobody whether there is such a person."""
        self._later.begin(self.forgotten(email), "send a link for a new password")

    async def forgotten(self, email: str) -> None:
        """Send a link for a new password, if there is such a person: the caller hears nothing of it."""
        async with self._db.session() as session:
            row = await session.scalar(select(Account).where(col(Account.email) == email.strip().casefold()))
            if row is not None and row.state == "active":
                await self._send(session, TokenKind.RESET, LetterKind.RESET, row, "reset")

    async def invite(self, email: str, language: str = "en", by: str = "") -> str:
        """Invite somebody, and return the link. `by`: the administrator, "" for the command line. Raises BadInput, Conflict (`email_taken`)."""
        address = clean_email(email)
        async with self._db.session() as session:
            if await session.scalar(select(col(Account.id)).where(col(Account.email) == address)):
                raise Conflict(t("people.email_taken"), code="email_taken")
            secret, ends = await issue(session, TokenKind.INVITE, account=None, email=address)
            link = f"{self._settings.url}/sign-up?invite={secret}"
            values = {"place": self._settings.url, "link": link}
            await self._outbox.put(session, LetterKind.INVITE, address, language, values, expires_at=ends)
            record(session, Deed("account.invite", actor=by))
        return link

    async def leave(self, account: str, by: str = "", reason: str = "") -> None:
        """Delete an account: its sessions end now, and it is removed for good after 30 days. `by`: the administrator who
        does it for the person. Raises Conflict for the last admin."""
        async with self._db.session() as session:
            row = await session.get(Account, account)
            if row is None:
                raise NotFound(t("people.no_account"))
            await spare_last_admin(session, row)
            row.state, row.deleted_at, row.updated_at = "deleted", now(), now()
            await self._sessions.end_all(session, account)
            await self._ending(session, account)
            record(session, deed("account.delete", account, by or account, reason))
            values = {
                "name": row.name or row.username,
                "place": self._settings.url,
                "days": str(COME_BACK.days),
                "link": f"{self._settings.url}/sign-in",
            }
            await self._outbox.put(session, LetterKind.LEAVING, row.email, row.locale, values, account=row.id)
        self._sessions.look_again(account)

    async def reset_link(self, email: str, by: str = "") -> str:
        """A link for a new password, for an administrator (`by`, "" for one at this computer) to hand on. Raises NotFound."""
        async with self._db.session() as session:
            row = await session.scalar(select(Account).where(col(Account.email) == email.strip().casefold()))
            if row is None:
                raise NotFound(t("people.no_account"))
            secret, _ = await issue(session, TokenKind.RESET, account=row.id, email=row.email)
            record(session, deed("password.link", row.id, by))
        return f"{self._settings.url}/reset?token={secret}"

    async def _send(
        self, session: AsyncSession, kind: TokenKind, letter: LetterKind, account: Account, page: str
    ) -> None:
        secret, ends = await issue(session, kind, account=account.id, email=account.email)
        values = {
            "name": account.name or account.username,
            "place": self._settings.url,
            "link": f"{self._settings.url}/{page}?token={secret}",
        }
        await self._outbox.put(
            session, letter, account.email, account.locale, values, account=account.id, expires_at=ends
        )
