"""Registering, signing in and out: what pages and programs do alike."""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.audit.chain import Deed, Detail, record
from builder.accounts.mail.letters import LetterKind, language_for
from builder.accounts.mail.outbox import Outbox
from builder.accounts.passwords import MAX_LENGTH, Passwords
from builder.accounts.people.limits import SignInLimits
from builder.accounts.people.links import Links
from builder.accounts.people.new_passwords import check_new, is_breached
from builder.accounts.people.one_time import TokenKind, issue, look, use
from builder.accounts.people.proofs import Caller
from builder.accounts.people.refreshing import Refreshing, TokenPair
from builder.accounts.people.register import FIRST, Register, add, clean_email, free_username, made_username
from builder.accounts.people.second_factors import Enrolment, SecondFactors
from builder.accounts.people.sessions import PASSKEY, SignInSessions
from builder.accounts.settings import SignInSettings
from builder.accounts.tables import Account
from builder.base.db import Database
from builder.base.errors import BadInput, Conflict, Refused, SaysoError
from builder.base.ids import now
from builder.texts import t

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """A person who is in. `cookie` and `device` are values for a browser's cookies; `tokens` are for a program."""

    account: Account
    session: str
    cookie: str = ""
    device: str = ""
    tokens: TokenPair | None = None
    recovery: tuple[str, ...] = ()
    """Codes for the day the person's app is lost, shown once: they set it up while signing in."""


class CodeNeeded(SaysoError):
    """The password was right; the code of the person's app is needed as well. `target`: the page that they wanted."""

    code = "code_needed"
    status = 401

    def __init__(self, account: Account) -> None:
        super().__init__(t("people.code_needed"))
        self.account, self.target = account, "/"


class SetUpNeeded(CodeNeeded):
    """The person has proven themselves once, and has no second proof, which everybody here has to have (SECOND_PROOF)."""

    code = "second_proof_needed"
    status = 403

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self.message = t("people.second_proof_needed")
        self.args = (self.message,)


class Entering:
    """The ways in and out."""

    def __init__(
        self,
        db: Database,
        settings: SignInSettings,
        register: Register,
        sessions: SignInSessions,
        refreshing: Refreshing,
        outbox: Outbox,
        links: Links,
        factors: SecondFactors,
    ) -> None:
        self._db, self._settings, self._register = db, settings, register
        self._sessions, self._refreshing, self._outbox, self._links = sessions, refreshing, outbox, links
        self._factors = factors
        self.passwords, self.limits = Passwords(), SignInLimits()
        # A crowd that comes at once takes not all of the database's connections.
        self._looking = asyncio.Semaphore(4)

    async def begin(self) -> None:
        """Make the first account, where the settings have both its address and its password."""
        password = self._settings.owner_password.get_secret_value()
        if self._settings.owner_email and password and not await self._register.count():
            await self._first(clean_email(self._settings.owner_email), password, "")
            log.info("The first account was made from OWNER_PASSWORD: it has the owner's projects")

    async def needs_first(self) -> bool:
        """Whether there is no account yet."""
        return not await self._register.count()

    async def first(self, email: str, password: str, client: Caller) -> Entry:
        """The owner proves to be the owner and says their address: it becomes the first account."""
        address = clean_email(email)
        kept = self._settings.owner_password.get_secret_value()
        self.limits.try_password(client.address, FIRST)
        if not kept or not secrets.compare_digest(password.encode(), kept.encode()):
            raise wrong_credentials()
        self.limits.passed(client.address, FIRST)
        account = await self._first(address, password, language_for(client.languages))
        return await self._enter(account, client, tokens=False, known=True)

    async def first_link(self, email: str) -> str:
        """Make the first account without a password, and return the link that sets one. Raises BadInput, Conflict."""
        account = await self._first(clean_email(email), "", "")
        return await self._links.reset_link(account.email)

    async def register(
        self, email: str, password: str, name: str, client: Caller, *, username: str = "", invite: str = "", tokens: bool = False
    ) -> Entry:  # fmt: skip
        """A new account, and the person is in. Raises BadInput, Conflict (`email_taken`, `username_taken`), Refused
        (`closed`), AskedTooOften."""
        address, name = clean_email(email), " ".join(name.split())
        if len(name) > 100 or (name and not name.isprintable()):
            raise BadInput(t("people.field_long", most=100))
        await self._fit(password, address, username, name)
        await self.may_register(client, invite)
        hashed = await self.passwords.hashed(password)
        account = Account(email=address, username="", name=name, password=hashed, locale=language_for(client.languages))
        async with self._db.session() as session:
            if invite:
                # Who has the link that was sent to an address has proven that it is theirs.
                invited = await use(session, TokenKind.INVITE, invite)
                account.email_verified_at = now() if invited.email == address else None
            account.username = (
                await free_username(session, username) if username else await made_username(session, address)
            )
            await add(session, account)
            if account.email_verified_at is None:
                await self._links.verify(session, account)
            record(session, _deed("account.create", account.id, invited=bool(invite)))
        return await self._enter(account, client, tokens=tokens, known=True)

    async def sign_in(
        self, email: str, password: str, client: Caller, *, code: str = "", tokens: bool = False
    ) -> Entry:
        """Raises SaysoError (401 `wrong_credentials`, whatever is wrong, after the same time); for whoever knew the
        password Refused (`suspended`) and, where a code is asked for, CodeNeeded and SaysoError (401 `wrong_code`);
        AskedTooOften."""
        address = email.strip().casefold()[:255]
        self.limits.try_password(client.address, address)
        async with self._looking:
            account = await self._register.by_email(address)
        right, anew = await self.passwords.checked(password[: MAX_LENGTH + 1], account.password if account else "")
        if account is None or not right:
            self.limits.failed(client.address)
            await self._failed(account, "wrong_password")
            raise wrong_credentials()
        self.limits.passed(client.address, address)
        if account.state == "suspended":
            await self._failed(account, "suspended")
            raise Refused(t("people.suspended"), code="suspended")
        if await self._factors.is_on(account.id):
            if not code:
                raise CodeNeeded(account)
            await self._check_code(account, code)
        return await self._enter(account, client, tokens=tokens, anew=anew)

    async def begin_step(self, needed: CodeNeeded) -> str:
        """A token for the next five minutes, with which a page asks for the code alone. Where the app is to be set up, its
        secret is made anew with each: nobody who came before knows it."""
        account = needed.account
        if isinstance(needed, SetUpNeeded):
            await self._factors.begin(account.id)
        async with self._db.session() as session:
            secret, _ = await issue(session, TokenKind.STEP, account=account.id, email=account.email)
        return secret

    async def second_step(self, token: str, code: str, client: Caller) -> Entry:
        """Sign in with the code, after the password; of an app that is only just set up, too. Raises SaysoError (401
        `wrong_code`), BadInput (`invalid_token`), AskedTooOften."""
        name = await self._factors.step(token)
        account = await self._register.get(name) if name else None
        if account is None or account.state == "suspended":
            raise BadInput(t("people.step_over"), code="invalid_token")
        recovery: list[str] = []
        if await self._factors.is_on(account.id):
            await self._check_code(account, code)
        else:
            self.limits.try_code(account.id)
            recovery = await self._factors.confirm(account.id, code)
            self.limits.right_code(account.id)
        async with self._db.session() as session:
            await use(session, TokenKind.STEP, token)
        return replace(await self._enter(account, client, tokens=False), recovery=tuple(recovery))

    async def enrolment(self, token: str) -> Enrolment | None:
        """What the app has to know whose code the step of that token asks for; None where it is known already, or the step
        is over."""
        name = await self._factors.step(token)
        return await self._factors.pending(name) if name else None

    async def proven(
        self, name: str, client: Caller, method: str, *, strong: bool, tokens: bool = False, code: str = "", known: bool = False
    ) -> Entry:  # fmt: skip
        """Let in whom another proof than the password named: `method` is that proof. `strong`: it is two proofs in one, and
        no code is asked for. Raises Refused (`suspended`), CodeNeeded, SaysoError (401 `wrong_code`), AskedTooOften."""
        account = await self._register.get(name)
        if account.state == "suspended":
            raise Refused(t("people.suspended"), code="suspended")
        if not strong and await self._factors.is_on(account.id):
            if not code:
                raise CodeNeeded(account)
            await self._check_code(account, code)
        return await self._enter(account, client, tokens=tokens, known=known, method=method)

    async def may_register(self, client: Caller, invite: str) -> None:
        """Whether a new account may be made. Raises Refused (`closed`), AskedTooOften."""
        self.limits.register(client.address)
        if await self.needs_first():
            raise Refused(t("people.first_missing"), code="closed")
        if not invite and self._settings.accounts != "open":
            raise Refused(t("people.closed"), code="closed")
        if invite and not await self.invitation(invite):
            raise Refused(t("people.invite_over"), code="closed")

    async def _fit(self, password: str, *own: str) -> None:
        """Raises BadInput (`weak_password`) for a password that nobody should have."""
        check_new(password, *own)
        known = self._settings.breached_passwords
        if known is not None and await asyncio.to_thread(is_breached, password, known):
            raise BadInput(t("people.password_breached"), code="weak_password")

    async def _check_code(self, account: Account, code: str) -> None:
        self.limits.try_code(account.id)
        if not await self._factors.check(account.id, code):
            await self._failed(account, "wrong_code")
            raise SaysoError(t("people.wrong_code"), code="wrong_code", status=401)
        self.limits.right_code(account.id)

    async def _failed(self, account: Account | None, outcome: str) -> None:
        async with self._db.session() as session:
            name = account.id if account else ""
            record(session, Deed("sign_in", team=name, resource="account", resource_id=name, outcome=outcome))

    async def refresh(self, token: str) -> Entry:
        """A new pair of tokens. Raises SaysoError (401 `invalid_token`)."""
        account, pair = await self._refreshing.exchange(token)
        return Entry(account, "", tokens=pair)

    async def change_password(self, account: str, session: str, current: str, new: str, client: Caller) -> None:
        """End all sessions but this one. Raises SaysoError (401 `wrong_credentials`, `sign_in_again`), BadInput, AskedTooOften."""
        row = await self._register.get(account)
        await self._fit(new, row.email, row.username, row.name)
        await self.prove(account, current, client, session)
        hashed = await self.passwords.hashed(new)
        await self._set_password(account, hashed, session, "password.change")

    async def prove(self, account: str, password: str, client: Caller, session: str) -> Account:
        """The account, whose person has said its password once more; where it has none, has signed in a moment ago. Raises
        SaysoError (401 `wrong_credentials`, `sign_in_again`), AskedTooOften."""
        row = await self._register.get(account)
        if not row.password:
            if not await self._sessions.is_fresh(session):
                raise SaysoError(t("people.sign_in_again"), code="sign_in_again", status=401)
            return row
        self.limits.try_password(client.address, row.email)
        right, _ = await self.passwords.checked(password, row.password)
        if not right:
            self.limits.failed(client.address)
            raise SaysoError(t("people.wrong_password"), code="wrong_credentials", status=401)
        self.limits.passed(client.address, row.email)
        await self._sessions.note_proven(session)
        return row

    async def lately(self, account: str, session: str) -> None:
        """What changes the ways in, or ends sessions, is for who proved themselves within ten minutes: a browser that was
        left open is no proof. Raises SaysoError (401 `prove_again`; `sign_in_again` where there is no password)."""
        if await self._sessions.is_fresh(session):
            return
        if (await self._register.get(account)).password:
            raise SaysoError(t("people.prove_again"), code="prove_again", status=401)
        raise SaysoError(t("people.sign_in_again"), code="sign_in_again", status=401)

    async def reset(self, token: str, new: str) -> None:
        """Set a new password by the link of a letter; all sessions end. Raises BadInput (`weak_password`,
        `invalid_token`)."""
        await self._fit(new)
        async with self._db.reader() as session:
            if await look(session, TokenKind.RESET, token) is None:
                raise BadInput(t("people.link_over"), code="invalid_token")
        hashed = await self.passwords.hashed(new)
        async with self._db.session() as session:
            used = await use(session, TokenKind.RESET, token)
            row = await session.get(Account, used.account or "")
            if row is None or row.email != used.email:
                raise BadInput(t("people.link_over"), code="invalid_token")
            row.email_verified_at = row.email_verified_at or now()
        await self._set_password(row.id, hashed, "", "password.reset")

    async def invitation(self, token: str) -> str:
        """The address that an invitation was sent to, "" for one that is over."""
        async with self._db.reader() as session:
            found = await look(session, TokenKind.INVITE, token) if token else None
        return found.email if found else ""

    async def _set_password(self, account: str, hashed: str, keep: str, action: str) -> None:
        async with self._db.session() as session:
            row = await session.get(Account, account)
            if row is None:
                return
            row.password, row.updated_at = hashed, now()
            record(session, _deed(action, account))
            await self._sessions.end_all(session, account, but=keep)
            values = {
                "name": row.name or row.username,
                "at": _moment(),
                "place": self._settings.url,
                "link": f"{self._settings.url}/forgot",
            }
            await self._outbox.put(session, LetterKind.PASSWORD_CHANGED, row.email, row.locale, values, account=account)
        self._sessions.look_again(account)

    async def _first(self, email: str, password: str, language: str) -> Account:
        hashed = await self.passwords.hashed(password) if password else ""
        async with self._db.session() as session:
            if await session.scalar(select(col(Account.id)).limit(1)):
                raise Conflict(t("people.first_there"), code="email_taken")
            account = Account(
                id=FIRST,
                email=email,
                email_verified_at=now(),
                username=await made_username(session, email),
                password=hashed,
                role="admin",
                locale=language or "en",
            )
            await add(session, account)
            record(session, _deed("account.create", account.id, first=True))
        return account

    async def _enter(
        self, account: Account, client: Caller, *, tokens: bool, known: bool = False, anew: str | None = None, method: str = "password"
    ) -> Entry:  # fmt: skip
        one = method != PASSKEY and self._settings.needs_second_proof(account.role == "admin")
        if one and not await self._factors.is_on(account.id):
            raise SetUpNeeded(account)
        async with self._db.session() as session:
            row = await session.get(Account, account.id)
            assert row is not None
            if row.state == "deleted":  # they came back in time
                row.state, row.deleted_at = "active", None
            row.last_login_at = row.last_active_at = now()
            if anew:
                row.password = anew
            device = await self._device(session, row, client, known=known)
            made, cookie = self._sessions.begin(session, row, method, client, cookie=not tokens)
            await session.flush()
            record(session, _deed("sign_in", row.id, session=made.id, program=tokens, device_known=not device))
            pair = self._refreshing.pair(session, made) if tokens else None
        return Entry(row, made.id, cookie, device, pair)

    async def _device(self, session: AsyncSession, account: Account, client: Caller, *, known: bool) -> str:
        """A new text by which the browser is known again, "" where it is known; the person hears of a new device."""
        if client.device:
            seen = await look(session, TokenKind.DEVICE, client.device)
            if seen is not None and seen.account == account.id:
                return ""
        secret, _ = await issue(session, TokenKind.DEVICE, account=account.id, email=account.email)
        if not known:
            values = {
                "name": account.name or account.username,
                "device": client.agent or "-",
                "at": _moment(),
                "link": f"{self._settings.url}/account",
            }
            await self._outbox.put(
                session, LetterKind.NEW_DEVICE, account.email, account.locale, values, account=account.id
            )
        return secret


def _deed(action: str, account: str, **details: Detail) -> Deed:
    """What a person does with their own account."""
    return Deed(action, actor=account, team=account, resource="account", resource_id=account, details=details)


def wrong_credentials() -> SaysoError:
    """One sentence, whether the address or the password is wrong."""
    return SaysoError(t("people.wrong_credentials"), code="wrong_credentials", status=401)


def _moment() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
