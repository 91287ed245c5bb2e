"""Passkeys (Web Authentication, level 3): a key that stays on the person's devices proves them, and a password is not
needed. A device asks for a finger, a face or its own code, so a passkey is two proofs in one."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

from itsdangerous import BadSignature, TimestampSigner
from sqlalchemy import func, select
from sqlmodel import col

from builder.accounts.people.entering import Entering, Entry
from builder.accounts.people.one_time import TokenKind, once
from builder.accounts.people.proofs import Caller
from builder.accounts.people.register import Register
from builder.accounts.people.sessions import PASSKEY
from builder.accounts.people.ways import spare_last_way
from builder.accounts.people.ways_changed import WayChange, WayLetters
from builder.accounts.secret_file import secret_file
from builder.accounts.settings import SignInSettings
from builder.accounts.tables import Account, Passkey
from builder.base.db import Database
from builder.base.errors import BadInput, Conflict, NotFound, SaysoError
from builder.base.ids import is_id, now
from builder.texts import t

MOST: Final = 20
_SECONDS: Final = 300
_NOBODY: Final = "-"
# The library is imported on first use: who has no passkey need not wait for it at the start.


class Passkeys:
    """Everybody's. A challenge is signed by us and used once; none is kept until then."""

    def __init__(
        self, db: Database, settings: SignInSettings, register: Register, entering: Entering, notices: WayLetters
    ) -> None:
        self._db, self._settings, self._register, self._entering = db, settings, register, entering
        self._notices = notices
        parts = urlsplit(settings.url)
        self._site, self._origin = parts.hostname or "localhost", f"{parts.scheme}://{parts.netloc}"

    async def sign_in_options(self) -> dict[str, Any]:
        """What a browser needs to ask its person for a passkey (PublicKeyCredentialRequestOptionsJSON)."""
        import webauthn
        from webauthn.helpers.structs import UserVerificationRequirement

        made = webauthn.generate_authentication_options(
            rp_id=self._site,
            challenge=self._challenge("get", _NOBODY),
            timeout=_SECONDS * 1000,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return _json(webauthn.options_to_json(made))

    async def sign_in(self, answer: Mapping[str, Any], client: Caller, *, tokens: bool) -> Entry:
        """Raises SaysoError (401 `wrong_passkey`), Refused (`suspended`), AskedTooOften."""
        self._entering.limits.try_proof(client.address)
        try:
            account = await self._shown(answer)
        except SaysoError:
            self._entering.limits.failed(client.address)
            raise
        return await self._entering.proven(account, client, PASSKEY, strong=True, tokens=tokens)

    async def _shown(self, answer: Mapping[str, Any]) -> str:
        """The account whose passkey answered. Raises SaysoError (401 `wrong_passkey`)."""
        import webauthn

        challenge, _ = await self._answered(answer, "get")
        async with self._db.session() as session:
            query = select(Passkey).where(col(Passkey.credential) == str(answer.get("id"))[:1400])
            row = await session.scalar(query.with_for_update())
            try:
                if row is None:
                    raise ValueError("no such passkey")
                verified = webauthn.verify_authentication_response(
                    credential=dict(answer),
                    expected_challenge=challenge,
                    expected_rp_id=self._site,
                    expected_origin=self._origin,
                    credential_public_key=row.public_key,
                    credential_current_sign_count=row.sign_count,
                    require_user_verification=True,
                )
            except Exception as error:  # whatever the library makes of what a stranger sent
                raise _wrong(f"{type(error).__name__}: {error}") from error
            row.sign_count, row.last_used_at = verified.new_sign_count, now()
            row.synced = verified.credential_backed_up
            return row.account

    async def options(self, account: str) -> dict[str, Any]:
        """What a browser needs to make a passkey (PublicKeyCredentialCreationOptionsJSON)."""
        import webauthn
        from webauthn.helpers import base64url_to_bytes
        from webauthn.helpers.structs import (
            AuthenticatorSelectionCriteria,
            PublicKeyCredentialDescriptor,
            ResidentKeyRequirement,
            UserVerificationRequirement,
        )

        person = await self._register.get(account)
        there = await self.list(account)
        made = webauthn.generate_registration_options(
            rp_id=self._site,
            rp_name="Sayso",
            user_id=account.encode(),
            user_name=person.email,
            user_display_name=person.name or person.username,
            challenge=self._challenge("create", account),
            timeout=_SECONDS * 1000,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential)) for one in there],
        )
        return _json(webauthn.options_to_json(made))

    async def add(self, account: str, name: str, answer: Mapping[str, Any]) -> Passkey:
        """Keep the passkey that a browser made. Raises BadInput (`wrong_passkey` and others), Conflict (`too_many`,
        `passkey_there`)."""
        import webauthn
        from webauthn.helpers import bytes_to_base64url

        name = _named(name)
        challenge, whose = await self._answered(answer, "create")
        try:
            if whose != account:
                raise ValueError("the challenge is another person's")
            verified = webauthn.verify_registration_response(
                credential=dict(answer),
                expected_challenge=challenge,
                expected_rp_id=self._site,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except Exception as error:  # whatever the library makes of what was sent
            raise BadInput(t("people.wrong_passkey"), code="wrong_passkey", detail=str(error)[:300]) from error
        row = Passkey(
            account=account,
            credential=bytes_to_base64url(verified.credential_id),
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            name=name,
            synced=verified.credential_backed_up,
        )
        async with self._db.session() as session:
            person = await session.get(Account, account, with_for_update=True)
            if person is None:
                raise NotFound(t("people.no_account"))
            mine = select(func.count()).select_from(Passkey).where(col(Passkey.account) == account)
            if (await session.scalar(mine) or 0) >= MOST:
                raise Conflict(t("people.passkey_most", most=MOST), code="too_many")
            if await session.scalar(select(Passkey).where(col(Passkey.credential) == row.credential)) is not None:
                raise Conflict(t("people.passkey_there"), code="passkey_there")
            session.add(row)
            await self._notices.put(session, person, WayChange.PASSKEY_ADDED, name)
        return row

    async def list(self, account: str) -> Sequence[Passkey]:
        """A person's passkeys, the newest first."""
        query = select(Passkey).where(col(Passkey.account) == account).order_by(col(Passkey.created_at).desc())
        async with self._db.reader() as session:
            return [*await session.scalars(query)]

    async def rename(self, account: str, passkey: str, name: str) -> Passkey:
        """Raises NotFound, BadInput."""
        async with self._db.session() as session:
            row = await session.get(Passkey, passkey) if is_id(passkey) else None
            if row is None or row.account != account:
                raise NotFound(t("people.no_passkey"))
            row.name = _named(name)
        return row

    async def remove(self, account: str, passkey: str) -> None:
        """Raises NotFound, Conflict (`last_way`)."""
        async with self._db.session() as session:
            person = await session.get(Account, account, with_for_update=True)
            row = await session.get(Passkey, passkey) if is_id(passkey) else None
            if row is None or person is None or row.account != account:
                raise NotFound(t("people.no_passkey"))
            await spare_last_way(session, person)
            await session.delete(row)
            await self._notices.put(session, person, WayChange.PASSKEY_REMOVED, row.name)

    def _challenge(self, use: str, account: str) -> bytes:
        return self._signer.sign(f"{use}.{account}.{secrets.token_urlsafe(16)}")

    async def _answered(self, answer: Mapping[str, Any], use: str) -> tuple[bytes, str]:
        """The challenge that is answered, which is ours, of this use and used up by this, and whom it was made for. Raises
        SaysoError (401 `wrong_passkey`)."""
        try:
            said = json.loads(_decoded(answer["response"]["clientDataJSON"]))
            challenge = _decoded(said["challenge"])
            made_for, account, _ = self._signer.unsign(challenge, max_age=_SECONDS).decode().split(".")
            if made_for != use:
                raise ValueError(f"a challenge for {made_for}")
        except (BadSignature, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise _wrong(f"{type(error).__name__}: {error}") from error
        try:
            async with self._db.session() as session:
                await once(session, TokenKind.PASSKEY, challenge.decode())
        except BadInput as error:
            raise _wrong("the challenge was answered before") from error
        return challenge, account

    @cached_property
    def _signer(self) -> TimestampSigner:
        key = secret_file(self._settings.key_file("passkeys.key"), lambda: secrets.token_bytes(32))
        return TimestampSigner(key, salt="sayso.passkey")


def _wrong(detail: str) -> SaysoError:
    return SaysoError(t("people.wrong_passkey"), code="wrong_passkey", status=401, detail=detail[:300])


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 100 or not name.isprintable():
        raise BadInput(t("people.passkey_name"))
    return name


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _json(text: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(text)
    return made
