"""The register of people: accounts found, made, changed, suspended, and taken away."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final, Literal
from zoneinfo import available_timezones

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.audit.chain import Deed, Detail, record
from builder.accounts.people.sessions import SignInSessions
from builder.accounts.tables import Account, Avatar
from builder.base.db import Database
from builder.base.errors import BadInput, Conflict, NotFound
from builder.base.ids import now
from builder.texts import t
from builder.texts.catalogues import languages

FIRST: Final = "owner"
"""The id of the first account: that of the local owner, whose projects it therefore has."""
COME_BACK: Final = timedelta(days=30)
"""How long a deleted account can be taken back."""
Ending = Callable[[AsyncSession, str], Awaitable[None]]
_USERNAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_LONGEST: Final[Mapping[str, int]] = {
    "name": 100, "bio": 2_000, "location": 100, "website": 200, "github": 200, "linkedin": 200, "time_zone": 64,
}  # fmt: skip
_ADDRESSES: Final = ("website", "github", "linkedin")


class Register:
    """All accounts of the database."""

    def __init__(self, db: Database, sessions: SignInSessions, ending: Ending) -> None:
        """`ending` is called in the transaction by which somebody is let in no more: what they have running ends."""
        self._db, self._sessions, self._ending = db, sessions, ending

    async def get(self, account: str) -> Account:
        """Raises NotFound."""
        async with self._db.reader() as session:
            row = await session.get(Account, account)
        if row is None:
            raise NotFound(t("people.no_account"))
        return row

    async def by_email(self, email: str) -> Account | None:
        async with self._db.reader() as session:
            return await session.scalar(select(Account).where(col(Account.email) == email.strip().casefold()))

    async def count(self) -> int:
        async with self._db.reader() as session:
            return await session.scalar(select(func.count()).select_from(Account)) or 0

    async def all(self) -> list[Account]:
        """Everybody, in the order in which they came."""
        async with self._db.reader() as session:
            return [*await session.scalars(select(Account).order_by(col(Account.created_at)))]

    async def change(self, account: str, values: Mapping[str, str]) -> Account:
        """Change what a person says of themselves. Raises BadInput, Conflict (`username_taken`)."""
        checked = {name: _line(name, value) for name, value in values.items() if name in _LONGEST}
        if "locale" in values:
            if values["locale"] not in languages():
                raise BadInput(t("people.locale"))
            checked["locale"] = values["locale"]
        async with self._db.session() as session:
            row = await session.get(Account, account)
            if row is None:
                raise NotFound(t("people.no_account"))
            if "username" in values and values["username"] != row.username:
                checked["username"] = await free_username(session, values["username"])
            for name, value in checked.items():
                setattr(row, name, value)
            row.updated_at = now()
        return row

    async def avatar(self, account: str) -> Avatar | None:
        """A person's picture, None without one."""
        async with self._db.reader() as session:
            return await session.get(Avatar, account)

    async def set_avatar(self, account: str, picture: bytes) -> None:
        """`picture`: as the table has it; b"" takes it away."""
        async with self._db.session() as session:
            row = await session.get(Avatar, account)
            if row is not None and not picture:
                await session.delete(row)
            elif picture:
                kept = Avatar(account=account, picture=picture, sha256=hashlib.sha256(picture).hexdigest())
                await session.merge(kept)

    async def suspend(self, account: str, by: str = "", reason: str = "") -> None:
        """End everything a person has open, and let them in no more. `by`: the administrator, "" for the command line.
        Raises NotFound, and Conflict for the last admin."""
        async with self._db.session() as session:
            row = await session.get(Account, account)
            if row is None:
                raise NotFound(t("people.no_account"))
            await spare_last_admin(session, row)
            row.state, row.updated_at = "suspended", now()
            await self._sessions.end_all(session, account)
            await self._ending(session, account)
            record(session, deed("account.suspend", account, by, reason))
        self._sessions.look_again(account)

    async def set_role(self, account: str, role: Literal["admin", "member"], by: str = "") -> None:
        """Whether a person looks after this installation. `by`: as in `suspend`. Raises NotFound, and Conflict for the last
        admin."""
        async with self._db.session() as session:
            row = await session.get(Account, account)
            if row is None:
                raise NotFound(t("people.no_account"))
            if role == "member":
                await spare_last_admin(session, row)
            row.role, row.updated_at = role, now()
            record(session, deed("account.role", account, by, role=role))

    async def resume(self, account: str, by: str = "") -> None:
        """Let a suspended person in again. `by`: as in `suspend`. Raises NotFound."""
        async with self._db.session() as session:
            row = await session.get(Account, account)
            if row is None or row.state == "deleted":
                raise NotFound(t("people.no_account"))
            row.state, row.updated_at = "active", now()
            record(session, deed("account.resume", account, by))

    async def over(self) -> list[Account]:
        """The accounts that were deleted so long ago that nobody comes back."""
        old = select(Account).where(col(Account.state) == "deleted", col(Account.deleted_at) <= now(ago=COME_BACK))
        async with self._db.reader() as session:
            return [*await session.scalars(old)]


def deed(action: str, account: str, by: str, reason: str = "", **details: Detail) -> Deed:
    """What somebody (`by`, "" for the command line) does with an account."""
    return Deed(action, actor=by, team=account, resource="account", resource_id=account, reason=reason, details=details)


async def add(session: AsyncSession, account: Account) -> None:
    """Add a new account. Raises Conflict where its address or name is taken at this moment."""
    if await session.scalar(select(col(Account.id)).where(col(Account.email) == account.email)):
        raise Conflict(t("people.email_taken"), code="email_taken")
    session.add(account)
    try:
        await session.flush()
    except IntegrityError as error:  # another request was faster
        raise Conflict(t("people.email_taken"), code="email_taken") from error


async def spare_last_admin(session: AsyncSession, account: Account) -> None:
    """Raises Conflict where nobody could look after this installation without the account."""
    others = select(col(Account.id)).where(
        col(Account.role) == "admin", col(Account.state) == "active", col(Account.id) != account.id
    )
    if account.role == "admin" and await session.scalar(others.limit(1)) is None:
        raise Conflict(t("people.last_admin"), code="last_admin")


def clean_email(text: str) -> str:
    """The address in the one form in which it is kept. Raises BadInput."""
    # Imported on first use: who has no accounts need not wait for it at the start.
    import email_validator

    # Addresses of a network of one's own, such as ana@school.local, are addresses here: the library's own way to say so.
    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
    try:
        found = email_validator.validate_email(text.strip(), check_deliverability=False, globally_deliverable=False)
    except email_validator.EmailNotValidError as error:
        raise BadInput(t("people.email_malformed"), code="email_malformed") from error
    email = found.normalized.casefold()
    if len(email) > 255:
        raise BadInput(t("people.email_malformed"), code="email_malformed")
    return email


async def free_username(session: AsyncSession, wanted: str) -> str:
    """`wanted`, if it is a username and nobody's. Raises BadInput, Conflict (`username_taken`)."""
    if not 3 <= len(wanted) <= 30 or not _USERNAME.fullmatch(wanted):
        raise BadInput(t("people.username_malformed"), code="username_malformed")
    if await session.scalar(select(col(Account.id)).where(col(Account.username) == wanted)):
        raise Conflict(t("people.username_taken"), code="username_taken")
    return wanted


async def made_username(session: AsyncSession, email: str) -> str:
    """A free username made of an address."""
    base = re.sub(r"[^a-z0-9]+", "-", email.partition("@")[0]).strip("-")[:20] or "person"
    wanted = base if len(base) >= 3 else f"{base}-{secrets.randbelow(10_000)}"
    while await session.scalar(select(col(Account.id)).where(col(Account.username) == wanted)):
        wanted = f"{base}-{secrets.randbelow(1_000_000)}"
    return wanted


def _line(name: str, value: str) -> str:
    value = value.strip()
    shown = value.replace("\n", "") if name == "bio" else value
    if len(value) > _LONGEST[name] or (shown and not shown.isprintable()):
        raise BadInput(t("people.field_long", most=_LONGEST[name]))
    if name in _ADDRESSES and value and not value.startswith(("https://", "http://")):
        raise BadInput(t("people.website_malformed"))
    if name == "time_zone" and value and value not in available_timezones():
        raise BadInput(t("people.time_zone_unknown"))
    return value
