"""Requests that were carried out, by their key, kept for a day: a repetition is not carried out again, even after a crash.

Answers may hold what is shown once (a key, a link), so they are kept encrypted: who reads the table has none of it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from builder.base.db import Database
from builder.base.ids import now
from builder.base.tables import DoneRequest

log = logging.getLogger(__name__)
KEPT: Final = timedelta(hours=24)
_PURGE_SECONDS: Final = 3_600.0
Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class KnownRequest:
    """`status` is None where no answer is known: it is under way elsewhere, or its server was killed. `body` is None for
    an answer that was too long to keep."""

    status: int | None
    headers: Headers
    body: bytes | None


class DoneRequests:
    def __init__(self, db: Database, cipher: Callable[[], Fernet]) -> None:
        """`cipher` makes what encrypts the answers, when the first one comes."""
        self._db, self._make_cipher = db, cipher
        self._purged = -_PURGE_SECONDS

    async def begin(self, key: str) -> KnownRequest | None:
        """None for a request that is to be carried out now; else what became of it."""
        await self._purge()
        async with self._db.session() as session:
            insert: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
            row: dict[str, Any] = {
                "key": key,
                "owner": "",
                "status": None,
                "headers": [],
                "body": None,
                "created_at": now(),
            }
            made = insert(DoneRequest).values(row).on_conflict_do_nothing().returning(col(DoneRequest.key))
            if await session.scalar(made) is not None:
                return None
            found = await session.get(DoneRequest, key)
            if found is None:  # it failed in this very moment
                return KnownRequest(None, [], None)
            headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in found.headers]
            return KnownRequest(found.status, headers, self._shown(found.body))

    async def keep(self, key: str, status: int, headers: Headers, body: bytes | None) -> None:
        told = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in headers]
        ended = update(DoneRequest).where(col(DoneRequest.key) == key)
        kept = self._cipher.encrypt(body) if body is not None else None
        async with self._db.session() as session:
            await session.execute(ended.values(status=status, headers=told, body=kept))

    async def forget(self, key: str) -> None:
        """It was not carried out: it may be asked for again."""
        async with self._db.session() as session:
            await session.execute(delete(DoneRequest).where(col(DoneRequest.key) == key))

    def _shown(self, kept: bytes | None) -> bytes | None:
        """None as well for what was encrypted with a key that is lost."""
        try:
            return self._cipher.decrypt(kept) if kept is not None else None
        except InvalidToken:
            return None

    @cached_property
    def _cipher(self) -> Fernet:
        return self._make_cipher()

    async def _purge(self) -> None:
        if time.monotonic() - self._purged < _PURGE_SECONDS:
            return
        self._purged = time.monotonic()
        async with self._db.session() as session:
            await session.execute(delete(DoneRequest).where(col(DoneRequest.created_at) < now(ago=KEPT)))
