"""The outbox: letters are written in the transaction that makes them necessary, and sent by a job that is tried again.

Without SMTP they stay there, and an administrator can hand on the links in them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from functools import cached_property
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.mail.letters import LetterKind, letter
from builder.accounts.secret_file import cipher
from builder.accounts.settings import MailSettings
from builder.accounts.tables import Mail
from builder.base.db import Database
from builder.base.ids import now
from builder.base.jobs import JobQueue
from builder.base.settings import LOOPBACK
from builder.base.tables import QueuedJob
from builder.base.workers import CannotBeDone

log = logging.getLogger(__name__)
SEND: Final = "send_mail"
_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that no mail has brought to its person."""

    recipient: str
    kind: str
    link: str
    expires_at: str


class Delivery(Protocol):
    """Brings a message to its recipient; raises SMTPException or OSError."""

    async def __call__(self, message: EmailMessage) -> None: ...


class Outbox:
    """All letters of the database. `send` does the jobs `SEND`."""

    def __init__(self, db: Database, jobs: JobQueue, settings: MailSettings, deliver: Delivery | None = None) -> None:
        self._db, self._jobs, self._settings = db, jobs, settings
        self._deliver: Delivery = deliver or self._by_smtp

    @property
    def sends(self) -> bool:
        """Whether letters are sent at all."""
        return self._settings.sends_mail

    async def put(
        self,
        session: AsyncSession,
        kind: LetterKind,
        to: str,
        language: str,
        values: Mapping[str, str],
        *,
        account: str | None = None,
        expires_at: str | None = None,
    ) -> None:
        """Have a letter sent once `session` is committed."""
        content = self.cipher.encrypt(json.dumps(dict(values)).encode())
        mail = Mail(account=account, recipient=to, kind=kind, language=language, content=content, expires_at=expires_at)
        session.add(mail)
        if self._settings.sends_mail:
            await self._jobs.ask(session, SEND, mail.id, {}, account or "owner")

    async def send(self, job: QueuedJob) -> None:
        """Send the letter of a job, unless it was sent before or its link is over. Raises CannotBeDone where the server
        does not take it: it is tried again later."""
        import aiosmtplib  # on first use: who sends no mail need not wait for it at the start

        async with self._db.reader() as session:
            mail = await session.get(Mail, job.key)
        if mail is None or mail.sent_at is not None or (mail.expires_at is not None and mail.expires_at <= now()):
            return
        try:
            values = json.loads(self.cipher.decrypt(mail.content))
        except InvalidToken as error:
            raise CannotBeDone("mail.key is not the one the letter was kept with") from error
        written = letter(LetterKind(mail.kind), mail.language, values)
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._settings.mail_from, mail.recipient, written.subject
        host = urlsplit(self._settings.url).hostname or "localhost"
        # The same at each try, so that a letter that arrived twice is known to be one.
        message["Date"], message["Message-ID"] = formatdate(), f"<{mail.id}@{host}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(written.text)
        message.add_alternative(written.html, subtype="html")
        try:
            await self._deliver(message)
        except (aiosmtplib.SMTPException, OSError) as error:
            # What the server says may name the recipient: only what kind of refusal it was goes to the log.
            raise CannotBeDone(f"the mail server refused: {type(error).__name__}") from error
        async with self._db.session() as session:
            kept = await session.get(Mail, mail.id)
            if kept is not None:
                kept.sent_at, kept.content = now(), b""

    async def open_links(self) -> list[OpenLink]:
        """The links that have not reached their person by mail and still work, the newest first."""
        query = select(Mail).where(col(Mail.sent_at).is_(None), col(Mail.expires_at) > now())
        async with self._db.reader() as session:
            rows = [*await session.scalars(query.order_by(col(Mail.created_at).desc()))]
        found = []
        for row in rows:
            values = json.loads(self.cipher.decrypt(row.content))
            if "link" in values and row.expires_at:
                found.append(OpenLink(row.recipient, row.kind, values["link"], row.expires_at))
        return found

    @cached_property
    def cipher(self) -> Fernet:
        """What fills in a letter is kept encrypted: links in it open accounts."""
        return cipher(self._settings.key_file("mail.key"))

    async def _by_smtp(self, message: EmailMessage) -> None:
        import aiosmtplib

        server = urlsplit(self._settings.smtp_url.get_secret_value())
        secure, host = server.scheme == "smtps", server.hostname or ""
        name = unquote(server.username) if server.username else None
        # A password goes over the network encrypted or not at all; without one, encrypted where the server can.
        must = True if name and host not in LOOPBACK else None
        await aiosmtplib.send(
            message,
            hostname=host,
            port=server.port or (465 if secure else 587 if name else 25),
            username=name,
            password=unquote(server.password) if server.password else None,
            use_tls=secure,
            start_tls=False if secure else must,
            timeout=_SECONDS,
        )
