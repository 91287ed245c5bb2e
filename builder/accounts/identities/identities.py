"""Signing in by a provider: begun, come back from, and tied to an account.

An address that has an account already is never tied to a provider by itself: whoever controls an address there need not
be whoever made the account here. The person signs in once as before, and then it is tied.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

from itsdangerous import BadSignature, TimestampSigner
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from builder.accounts.identities.github import GitHubProvider
from builder.accounts.identities.openid import OpenIdProvider
from builder.accounts.identities.provider import Attempt, IdentityProvider, ProvenPerson, ProviderFault
from builder.accounts.mail.letters import language_for
from builder.accounts.people.entering import CodeNeeded, Entering, Entry
from builder.accounts.people.one_time import TokenKind, once, use
from builder.accounts.people.proofs import Caller
from builder.accounts.people.register import Register, add, clean_email, made_username
from builder.accounts.people.ways import spare_last_way
from builder.accounts.people.ways_changed import WayChange, WayLetters
from builder.accounts.secret_file import secret_file
from builder.accounts.settings import SignInSettings
from builder.accounts.tables import Account, Identity
from builder.base.db import Database
from builder.base.errors import BadInput, Conflict, NotFound, Refused
from builder.base.ids import now
from builder.base.settings import LOOPBACK
from builder.texts import t

ATTEMPT_SECONDS: Final = 600
"""How long a sign-in by a provider, and a tie that waits for a sign-in, may take."""


@dataclass(frozen=True, slots=True)
class WaitingTie:
    """There is an account with this address: its person signs in to it once, and then the provider is tied to it.
    `value` goes into a cookie until then."""

    email: str
    value: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who came back from a provider: in (`entry`), tied to the account that was signed in (`tied`), or waiting."""

    target: str
    entry: Entry | None = None
    tied: bool = False
    waiting: WaitingTie | None = None


class Identities:
    """Everybody's accounts with providers."""

    def __init__(
        self, db: Database, settings: SignInSettings, register: Register, entering: Entering, notices: WayLetters
    ) -> None:
        self._db, self._settings, self._register, self._entering = db, settings, register, entering
        self._notices = notices
        self.providers: Final[Mapping[str, IdentityProvider]] = {one.name: one for one in _configured(settings)}

    @property
    def offered(self) -> Sequence[tuple[str, str]]:
        """The names and titles of those that are set up."""
        return [(one.name, one.title) for one in self.providers.values()]

    def get(self, provider: str) -> IdentityProvider:
        """Raises NotFound for one that is not set up."""
        if (found := self.providers.get(provider)) is None:
            raise NotFound(t("people.no_provider"))
        return found

    async def begin(self, provider: str, *, target: str, invite: str, account: str) -> tuple[str, str]:
        """Where to send the browser, and the value of its cookie meanwhile. `account`: of the person who is signed in, ""
        for nobody. Raises NotFound, ProviderFault."""
        found, secret = self.get(provider), secrets.token_urlsafe(32)
        url = await found.address(self._callback(provider), Attempt(secret))
        kept = {"p": provider, "s": secret, "n": target, "i": invite, "a": account}
        return url, self._signed("attempt", kept)

    async def arrive(
        self, provider: str, cookie: str, answer: Mapping[str, str], account: str, client: Caller
    ) -> Arrival:
        """Who came back. Raises BadInput (`invalid_state`), ProviderFault, CodeNeeded, Refused (`closed`, `suspended`,
        `email_unproven`), Conflict (`identity_taken`), AskedTooOften."""
        found, kept = self.get(provider), self._read("attempt", cookie)
        attempt = Attempt(str(kept.get("s")))
        same = secrets.compare_digest(answer.get("state", "").encode(), attempt.state.encode())
        # RFC 9207: an answer of another provider is not taken to this one.
        ours = found.is_issuer(answer["iss"]) if "iss" in answer else True
        if kept.get("p") != provider or not same or not ours or kept["a"] not in ("", account):
            raise BadInput(t("people.provider_again"), code="invalid_state")
        if "code" not in answer:
            raise BadInput(t("people.provider_refused", provider=found.title), code="refused")
        async with self._db.session() as session:
            await once(session, TokenKind.PROVIDER, attempt.state)
        person = await found.person(answer["code"], self._callback(provider), attempt.verifier, attempt.nonce)
        if kept["a"]:
            await self.tie(kept["a"], provider, person)
            return Arrival(kept["n"], tied=True)
        try:
            entered = await self._enter(found, person, client, str(kept["i"]), tokens=False, app_code="")
        except CodeNeeded as needed:
            needed.target = kept["n"]
            raise
        if isinstance(entered, Entry):
            return Arrival(kept["n"], entered)
        waiting = {"p": provider, "s": person.subject, "e": entered}
        return Arrival(kept["n"], waiting=WaitingTie(entered, self._signed("tie", waiting)))

    async def program(
        self, provider: str, code: str, redirect: str, verifier: str, client: Caller, *, nonce: str, app_code: str
    ) -> Entry:
        """A program has had its person sign in, and shows the code that it got. Raises what `arrive` does, and Conflict
        (`email_taken`) for an address that has an account."""
        found = self.get(provider)
        if not _is_loopback(redirect):
            raise BadInput(t("people.provider_redirect"), code="wrong_redirect")
        self._entering.limits.try_proof(client.address)
        try:
            person = await found.person(code, redirect, verifier, nonce)
        except ProviderFault:
            self._entering.limits.failed(client.address)
            raise
        entered = await self._enter(found, person, client, "", tokens=True, app_code=app_code)
        if not isinstance(entered, Entry):
            raise Conflict(t("people.provider_first", provider=found.title), code="email_taken")
        return entered

    async def tie_waiting(self, account: Account, cookie: str) -> None:
        """After a sign-in: tie what waited for just this account. What is over, or is another's, is forgotten."""
        try:
            kept = self._read("tie", cookie)
        except BadInput:
            return
        if kept.get("e") == account.email and kept.get("p") in self.providers:
            person = ProvenPerson(str(kept["s"]), account.email, "")
            await self.tie(account.id, str(kept["p"]), person)

    async def tie(self, account: str, provider: str, person: ProvenPerson) -> None:
        """Have a provider let the person in to this account. Raises Conflict (`identity_taken`)."""
        async with self._db.session() as session:
            row = await session.get(Identity, (provider, person.subject))
            if row is not None and row.account == account:
                return
            mine = select(Identity).where(col(Identity.account) == account, col(Identity.provider) == provider)
            if row is not None or await session.scalar(mine) is not None:
                raise Conflict(t("people.provider_taken", provider=self.get(provider).title), code="identity_taken")
            owner = await session.get(Account, account)
            if owner is None:
                raise NotFound(t("people.no_account"))
            session.add(Identity(provider=provider, subject=person.subject, account=account, email=person.email[:255]))
            await self._notices.put(session, owner, WayChange.PROVIDER_ADDED, self.get(provider).title)

    async def list(self, account: str) -> Sequence[Identity]:
        """A person's accounts with providers."""
        query = select(Identity).where(col(Identity.account) == account).order_by(col(Identity.provider))
        async with self._db.reader() as session:
            return [*await session.scalars(query)]

    async def remove(self, account: str, provider: str) -> None:
        """The provider lets nobody in to this account any more. Raises NotFound, Conflict (`last_way`)."""
        mine = select(Identity).where(col(Identity.account) == account, col(Identity.provider) == provider)
        async with self._db.session() as session:
            owner = await session.get(Account, account, with_for_update=True)
            row = await session.scalar(mine)
            if row is None or owner is None:
                raise NotFound(t("people.no_provider"))
            await spare_last_way(session, owner)
            await session.delete(row)
            titles = {name: one.title for name, one in self.providers.items()}
            await self._notices.put(session, owner, WayChange.PROVIDER_REMOVED, titles.get(provider, provider))

    async def _enter(
        self,
        provider: IdentityProvider,
        person: ProvenPerson,
        client: Caller,
        invite: str,
        *,
        tokens: bool,
        app_code: str,
    ) -> Entry | str:
        """The person's entry, or the address of the account that they sign in to first."""
        async with self._db.reader() as session:
            known = await session.get(Identity, (provider.name, person.subject))
        if known is not None:
            return await self._entering.proven(
                known.account, client, provider.name, tokens=tokens, code=app_code, strong=False
            )
        if not person.email:
            raise Refused(t("people.provider_email", provider=provider.title), code="email_unproven")
        email = clean_email(person.email)
        if await self._register.by_email(email) is not None:
            return email
        try:
            account = await self._made(provider, person, email, client, invite)
        except Conflict:  # somebody registered it at this moment
            return email
        return await self._entering.proven(account, client, provider.name, tokens=tokens, known=True, strong=False)

    async def _made(
        self, provider: IdentityProvider, person: ProvenPerson, email: str, client: Caller, invite: str
    ) -> str:
        """A new account, without a password."""
        await self._entering.may_register(client, invite)
        name = "".join(letter for letter in person.name if letter.isprintable())[:100]
        account = Account(
            email=email, email_verified_at=now(), username="", name=name, locale=language_for(client.languages)
        )
        try:
            async with self._db.session() as session:
                if invite:
                    await use(session, TokenKind.INVITE, invite)
                account.username = await made_username(session, email)
                await add(session, account)
                session.add(Identity(provider=provider.name, subject=person.subject, account=account.id, email=email))
        except IntegrityError as error:
            raise Conflict(t("people.email_taken"), code="email_taken") from error
        return account.id

    def _callback(self, provider: str) -> str:
        return f"{self._settings.url}/api/v1/auth/oauth/{provider}/callback"

    def _signed(self, use_: str, kept: Mapping[str, str]) -> str:
        return self._signer(use_).sign(json.dumps(kept).encode().hex()).decode()

    def _read(self, use_: str, cookie: str) -> dict[str, Any]:
        try:
            text = self._signer(use_).unsign(cookie, max_age=ATTEMPT_SECONDS).decode()
            kept: dict[str, Any] = json.loads(bytes.fromhex(text))
        except (BadSignature, ValueError) as error:
            raise BadInput(t("people.provider_again"), code="invalid_state") from error
        return kept

    def _signer(self, use_: str) -> TimestampSigner:
        return TimestampSigner(self._key, salt=f"sayso.{use_}")

    @cached_property
    def _key(self) -> bytes:
        return secret_file(self._settings.key_file("providers.key"), lambda: secrets.token_bytes(32))


def _is_loopback(redirect: str) -> bool:
    """Whether an address is this computer's own, where a program waits for its answer (RFC 8252, section 7.3)."""
    try:
        parts = urlsplit(redirect)
    except ValueError:
        return False
    return parts.scheme == "http" and parts.hostname in LOOPBACK and "@" not in parts.netloc


def _configured(settings: SignInSettings) -> list[IdentityProvider]:
    found: list[IdentityProvider] = []
    if settings.google_client_id:
        secret = settings.google_client_secret.get_secret_value()
        found.append(OpenIdProvider("google", "Google", settings.google_issuer, settings.google_client_id, secret))
    if settings.github_client_id:
        secret = settings.github_client_secret.get_secret_value()
        found.append(GitHubProvider(settings.github_url, settings.github_client_id, secret))
    return found
