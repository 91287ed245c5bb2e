"""Adding lines to the audit chain, removing the oldest, and finding out whether somebody removed or changed one.

A line is added in the transaction of what it tells, as the last thing before that is committed: the chain is locked for
a moment, and by nobody who waits for something else.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.audit.origin import origin
from builder.accounts.audit.tables import AuditChain, AuditEntry
from builder.base.db import Database, before_commit
from builder.base.ids import now

KEEP: Final = timedelta(days=2 * 365)
MOST_REASON: Final = 300
_HEARD: Final = "deeds_heard"
_BATCH: Final = 2_000
_MOST_PROBLEMS: Final = 20
# Ids, counts and names of fields look like this; a sentence, an address of mail or a token does not.
_PLAIN: Final = re.compile(r"[\w.:/-]{0,64}")
_SIGNED: Final = (
    "number", "at", "actor", "via", "team", "project", "action", "resource", "resource_id", "outcome", "details",
    "reason", "request", "previous",
)  # fmt: skip

Detail = str | int | float | bool | None | Sequence[str]


@dataclass(frozen=True, slots=True)
class Deed:
    """What is written down. `actor`: who did it, "" where that is not known. Raises ValueError for details that are not
    ids, counts or names."""

    action: str
    actor: str = ""
    team: str = ""
    project: str = ""
    resource: str = ""
    resource_id: str = ""
    outcome: str = "done"
    details: Mapping[str, Detail] = field(default_factory=dict)
    reason: str = ""

    def __post_init__(self) -> None:
        for value in self.details.values():
            for part in (value,) if isinstance(value, str) else value if isinstance(value, Sequence) else ():
                if not _PLAIN.fullmatch(part):
                    raise ValueError(f"{self.action}: a detail holds more than an id or a name")


@dataclass(frozen=True, slots=True)
class ChainProblem:
    """`kind`: changed (a line is not what was written), removed (lines before this one are gone), cut (the newest are
    gone, or the record of the newest was changed), other (a line that was noted elsewhere is not that one)."""

    number: int
    kind: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """`lines` looked at, from `first` to `last`; `digest` of the newest: kept elsewhere, it shows later whether the
    chain was written anew."""

    lines: int
    first: int
    last: int
    digest: str
    problems: tuple[ChainProblem, ...]


DeedHeard = Callable[[AsyncSession, Deed], Awaitable[None]]


def hear(db: Database, heard: DeedHeard) -> None:
    """Have `heard` awaited with each line, in the transaction that adds it. It adds none itself."""
    db.info.setdefault(_HEARD, []).append(heard)


def noted(session: AsyncSession) -> Sequence[Deed]:
    """The lines that are added when `session` is committed, so far."""
    return [*session.info.get("audit", ())]


def record(session: AsyncSession, deed: Deed) -> None:
    """Have the line added when `session` is committed; not at all when it is rolled back."""
    waiting: list[Deed] | None = session.info.get("audit")
    if waiting is None:
        waiting = session.info["audit"] = []
        before_commit(session, _add)
    waiting.append(deed)


async def _add(session: AsyncSession) -> None:
    deeds: list[Deed] = session.info.pop("audit")
    heard: Sequence[DeedHeard] = session.info.get(_HEARD, ())
    for one in heard:
        for deed in deeds:
            await one(session, deed)
    number, digest = await _last(session)
    came, rows = origin(), []
    for deed in deeds:
        number += 1
        row = {
            "number": number, "at": now(), "actor": deed.actor, "via": came.via.value, "team": deed.team,
            "project": deed.project, "action": deed.action, "resource": deed.resource,
            "resource_id": deed.resource_id, "outcome": deed.outcome,
            "details": json.loads(json.dumps(dict(deed.details), default=list)), "reason": deed.reason[:MOST_REASON],
            "request": came.request, "previous": digest,
        }  # fmt: skip
        digest = row["digest"] = digest_of(row)
        rows.append(row)
    await session.execute(insert(AuditEntry), rows)
    ends = update(AuditChain).values(last_number=number, last_digest=digest)
    await session.execute(ends.execution_options(synchronize_session=False))


async def _last(session: AsyncSession) -> tuple[int, str]:
    """The newest line, which stays the newest until the transaction ends."""
    ends = select(col(AuditChain.last_number), col(AuditChain.last_digest)).with_for_update()
    found = (await session.execute(ends)).one_or_none()
    if found is None:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        first = AuditChain().model_dump()
        await session.execute(dialect.insert(AuditChain).values(**first).on_conflict_do_nothing())
        found = (await session.execute(ends)).one()
    return found[0], found[1]


def digest_of(line: Mapping[str, Any]) -> str:
    """The SHA-256 of a line's fields, as JSON with sorted keys, which everybody can compute from an export."""
    signed = {name: line[name] for name in _SIGNED}
    text = json.dumps(signed, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


async def verify(db: Database, noted: Mapping[int, str] | None = None) -> ChainReport:
    """Look at every line. `noted`: digests that somebody wrote down elsewhere, by the line's number."""
    problems: list[ChainProblem] = []
    async with db.reader() as session:
        ends = await session.get(AuditChain, "audit") or AuditChain()
        number, digest, lines = ends.base_number, ends.base_digest, 0
        query = select(AuditEntry.__table__).order_by(col(AuditEntry.number))  # type: ignore[attr-defined]
        rows = await session.stream(query.execution_options(yield_per=_BATCH))
        async for row in rows.mappings():
            lines += 1
            if row["number"] != number + 1 or row["previous"] != digest:
                problems.append(ChainProblem(row["number"], "removed"))
            if digest_of(row) != row["digest"]:
                problems.append(ChainProblem(row["number"], "changed"))
            if noted and noted.get(row["number"], row["digest"]) != row["digest"]:
                problems.append(ChainProblem(row["number"], "other"))
            number, digest = row["number"], row["digest"]
            if len(problems) >= _MOST_PROBLEMS:
                break
        else:
            if (number, digest) != (ends.last_number, ends.last_digest):
                problems.append(ChainProblem(ends.last_number, "cut"))
            problems += [ChainProblem(one, "cut") for one in noted or () if one > number]
    return ChainReport(lines, ends.base_number + 1, number, digest, tuple(problems))


async def trim(db: Database, keep: timedelta = KEEP) -> int:
    """Remove the lines that are older than that, and keep what the next one follows on; returns how many."""
    async with db.session() as session:
        await _last(session)
        old = select(col(AuditEntry.number), col(AuditEntry.digest)).where(col(AuditEntry.at) < now(ago=keep))
        newest = (await session.execute(old.order_by(col(AuditEntry.number).desc()).limit(1))).one_or_none()
        if newest is None:
            return 0
        gone = delete(AuditEntry).where(col(AuditEntry.number) <= newest.number)
        removed = await session.execute(gone.execution_options(synchronize_session=False))
        base = update(AuditChain).values(base_number=newest.number, base_digest=newest.digest)
        await session.execute(base.execution_options(synchronize_session=False))
        return removed.rowcount  # type: ignore[attr-defined, no-any-return]
