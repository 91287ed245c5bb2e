"""A second proof beside the password: codes of an app (TOTP, RFC 6238), and recovery codes for whoever lost it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pyotp
from cryptography.fernet import Fernet
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.audit.chain import Deed, record
from builder.accounts.people.one_time import LIVES, TokenKind, look
from builder.accounts.people.proofs import digest, later
from builder.accounts.people.ways_changed import WayChange, WayLetters
from builder.accounts.secret_file import cipher
from builder.accounts.settings import SignInSettings
from builder.accounts.tables import Account, OneTimeToken, SecondFactor
from builder.base.db import Database
from builder.base.errors import BadInput, Conflict
from builder.base.ids import new_id, now
from builder.texts import t

RECOVERY_CODES: Final = 8
_STEP_SECONDS: Final = 30
# A clock may be wrong by a step (RFC 6238, section 5.2).
_DRIFT: Final = 1


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an app has to know: `secret` to type, `uri` to open or to show as a picture."""

    secret: str
    uri: str


class SecondFactors:
    """Everybody's. It counts from the first code that was right: until then the password alone is enough."""

    def __init__(self, db: Database, settings: SignInSettings, notices: WayLetters) -> None:
        self._db, self._settings, self._notices = db, settings, notices

    async def is_on(self, account: str) -> bool:
        async with self._db.reader() as session:
            row = await session.get(SecondFactor, account)
        return row is not None and row.confirmed_at is not None

    async def recovery_left(self, account: str) -> int:
        """How many recovery codes are left."""
        unused = select(func.count()).select_from(OneTimeToken)
        unused = unused.where(*_of(account), col(OneTimeToken.used_at).is_(None))
        async with self._db.reader() as session:
            return await session.scalar(unused) or 0

    async def begin(self, account: str) -> Enrolment:
        """A new secret. Raises Conflict where one is in use."""
        secret = pyotp.random_base32()
        async with self._db.session() as session:
            row = await session.get(SecondFactor, account)
            if row is not None and row.confirmed_at is not None:
                raise Conflict(t("people.codes_on"), code="codes_on")
            person = await session.get(Account, account)
            assert person is not None
            kept = SecondFactor(account=account, secret=self._cipher.encrypt(secret.encode()))
            await session.merge(kept)
            email = person.email
        return _enrolment(secret, email)

    async def pending(self, account: str) -> Enrolment | None:
        """The secret that no code was confirmed of; None where there is none."""
        async with self._db.reader() as session:
            row = await session.get(SecondFactor, account)
            person = await session.get(Account, account)
        if row is None or person is None or row.confirmed_at is not None:
            return None
        return _enrolment(self._cipher.decrypt(row.secret).decode(), person.email)

    async def confirm(self, account: str, code: str) -> list[str]:
        """The app shows the right code: from now on it is asked for. Returns the recovery codes, which nobody sees
        again. Raises BadInput (`wrong_code`)."""
        async with self._db.session() as session:
            row = await session.get(SecondFactor, account, with_for_update=True)
            if row is None or row.confirmed_at is not None or not self._takes(row, code):
                raise BadInput(t("people.wrong_code"), code="wrong_code")
            row.confirmed_at = now()
            await self._tell(session, account, WayChange.CODES_ON)
            await _forget_recovery(session, account)
            record(session, _deed("second_factor.on", account, account))
            codes = [_grouped(_random()) for _ in range(RECOVERY_CODES)]
            for one in codes:
                session.add(
                    OneTimeToken(
                        kind=TokenKind.RECOVERY,
                        hash=_recovery(account, one),
                        account=account,
                        expires_at=later(LIVES[TokenKind.RECOVERY]),
                    )
                )
        return codes

    async def check(self, account: str, code: str) -> bool:
        """Whether the code is the app's, or a recovery code; neither is taken twice."""
        async with self._db.session() as session:
            row = await session.get(SecondFactor, account, with_for_update=True)
            if row is not None and row.confirmed_at is not None and self._takes(row, code):
                return True
            recovery = await session.scalar(
                select(OneTimeToken).where(*_of(account), col(OneTimeToken.hash) == _recovery(account, code))
            )
            if recovery is None or recovery.used_at is not None:
                return False
            recovery.used_at = now()
            record(session, _deed("second_factor.recovery", account, account))
            return True

    async def remove(self, account: str, by: str) -> None:
        """The password alone is enough again; `by` is the person who decides that, "" for the command line."""
        async with self._db.session() as session:
            row = await session.get(SecondFactor, account)
            if row is not None:
                await session.delete(row)
                await self._tell(session, account, WayChange.CODES_OFF)
                record(session, _deed("second_factor.off", account, by))
            await _forget_recovery(session, account)

    async def step(self, token: str) -> str | None:
        """The account whose password was right a moment ago, by the token of that step."""
        async with self._db.reader() as session:
            found = await look(session, TokenKind.STEP, token)
        return found.account if found is not None else None

    async def _tell(self, session: AsyncSession, account: str, change: WayChange) -> None:
        person = await session.get(Account, account)
        if person is not None:
            await self._notices.put(session, person, change)

    def _takes(self, row: SecondFactor, code: str) -> bool:
        code = "".join(code.split())
        totp = pyotp.TOTP(self._cipher.decrypt(row.secret).decode())
        at = int(time.time()) // _STEP_SECONDS
        for step in range(max(at - _DRIFT, row.last_step + 1), at + _DRIFT + 1):
            if code.isascii() and pyotp.utils.strings_equal(totp.generate_otp(step), code):
                row.last_step = step
                return True
        return False

    @cached_property
    def _cipher(self) -> Fernet:
        return cipher(self._settings.key_file("factors.key"))


def _enrolment(secret: str, email: str) -> Enrolment:
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Sayso"))


def _deed(action: str, account: str, by: str) -> Deed:
    return Deed(action, actor=by, team=account, resource="account", resource_id=account)


def _of(account: str) -> tuple[ColumnElement[bool], ...]:
    return col(OneTimeToken.account) == account, col(OneTimeToken.kind) == TokenKind.RECOVERY


def _recovery(account: str, code: str) -> str:
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return digest(f"{account}:{plain}")


def _random() -> str:
    """24 characters, 120 bits: from 112 on a plain digest is enough to keep it by (ASVS 5.0, 6.5.2)."""
    return new_id() + new_id()[:8]


def _grouped(text: str) -> str:
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


async def _forget_recovery(session: AsyncSession, account: str) -> None:
    codes = delete(OneTimeToken).where(*_of(account))
    await session.execute(codes.execution_options(synchronize_session=False))
