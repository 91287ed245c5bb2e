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
from sqlalchemy import or_, select
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
from builder.base.workers import CannotBeDone, NeverDone

log = logging.getLogger(__name__)
SEND: Final = "send_mail"
TRIES: Final = 60
"""How often a letter is tried: after a second, then twice as long each time up to an hour. With the shortest pauses that
is a day (24.5 hours), with the longest two."""
_SECONDS: Final = 30.0
_PERMANENT: Final = 500


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that no mail has brought to its person."""

    recipient: str
    kind: str
    link: str
    expires_at: str


@dataclass(frozen=True, slots=True)
class WaitingLetter:
    """A letter that its recipient's server has not taken, after so many `tries`. `next_at` is None for one that is given
    up: an administrator has its job tried again. `problem`: what kind of refusal it was."""

    recipient: str
    kind: str
    created_at: str
    tries: int
    next_at: str | None
    problem: str


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
        if stop := values.get("unsubscribe"):
            message["List-Unsubscribe"] = f"<{stop}>"
            if stop.startswith("https://"):  # RFC 8058, section 3.1
                message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(written.text)
        message.add_alternative(written.html, subtype="html")
        try:
            await self._deliver(message)
        except (aiosmtplib.SMTPException, OSError) as error:
            # What the server says may name the recipient: only what kind of refusal it was goes to the log.
            fault = NeverDone if _for_good(error) else CannotBeDone
            raise fault(f"the mail server refused: {type(error).__name__}") from error
        async with self._db.session() as session:
            kept = await session.get(Mail, mail.id)
            if kept is not None:
                kept.sent_at, kept.content = now(), b""

    async def waiting(self) -> list[WaitingLetter]:
        """The letters that were tried and have not been taken, the oldest first; none that is too late by now."""
        query = select(Mail, QueuedJob).join(
            QueuedJob, (col(QueuedJob.key) == col(Mail.id)) & (col(QueuedJob.kind) == SEND)
        )
        late = or_(col(Mail.expires_at).is_(None), col(Mail.expires_at) > now())
        query = query.where(col(Mail.sent_at).is_(None), col(QueuedJob.error) != "", late)
        async with self._db.reader() as session:
            rows = (await session.execute(query.order_by(col(Mail.created_at)))).all()
        return [
            WaitingLetter(
                mail.recipient, mail.kind, mail.created_at, job.attempts, None if job.status == "dead" else job.run_at,
                job.error.removeprefix("CannotBeDone('").removeprefix("NeverDone('").removesuffix("')"),
            )
            for mail, job in rows
        ]  # fmt: skip

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


def _for_good(error: Exception) -> bool:
    """Whether the server said (5xx, RFC 5321 section 4.2.1) that it will never take this letter: to go on asking makes
    it take the others less gladly."""
    import aiosmtplib

    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return all(one.code >= _PERMANENT for one in error.recipients)
    return isinstance(error, aiosmtplib.SMTPDataError) and error.code >= _PERMANENT
