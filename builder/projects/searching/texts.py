"""The words of what can be found, in the form that the database searches quickest.

SQLite has them in an FTS5 table, PostgreSQL as `tsvector` under a GIN index. Both are asked for beginnings of words that
all have to be there; the owner and the kind are words as well, so that a frequent word of others costs nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, Integer, column, delete, insert, select, table, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.projects.searching.tables import SearchEntry
from builder.projects.tables import Project

_LEAST_BEGINNING: Final = 2  # a single letter begins too many words: it has to be a whole one
_ROWS: Final = 200

_PUT: Final = {
    "sqlite": text("INSERT INTO search_words (rowid, words) VALUES (:id, :words)"),
    "postgresql": text(
        "INSERT INTO search_words (id, words) VALUES (:id, array_to_tsvector(string_to_array(:words, ' ')))"
    ),
}
# The name of an entry's number, and what is asked of its words.
_ASK: Final = {
    "sqlite": (table("search_words", column("rowid", Integer)), "search_words MATCH :asked"),
    "postgresql": (table("search_words", column("id", BigInteger)), "search_words.words @@ CAST(:asked AS tsquery)"),
}


async def put(session: AsyncSession, entries: Sequence[tuple[SearchEntry, Iterable[str]]]) -> None:
    """Add entries with their words."""
    statement = _PUT[session.get_bind().dialect.name]
    for start in range(0, len(entries), _ROWS):
        part = entries[start : start + _ROWS]
        rows = [entry.model_dump(exclude={"id"}) for entry, _ in part]
        ids = [
            *await session.scalars(
                insert(SearchEntry).returning(col(SearchEntry.id), sort_by_parameter_order=True), rows
            )
        ]
        await session.execute(
            statement,
            [
                {"id": number, "words": " ".join((*_about(entry.owner, entry.kind), *words))}
                for number, (entry, words) in zip(ids, part, strict=True)
            ],
        )


async def drop(session: AsyncSession, ids: Collection[int]) -> None:
    """Remove entries with their words."""
    left = sorted(ids)
    for start in range(0, len(left), _ROWS):
        gone = delete(SearchEntry).where(col(SearchEntry.id).in_(left[start : start + _ROWS]))
        await session.execute(gone.execution_options(synchronize_session=False))


async def ask(
    session: AsyncSession, owners: Collection[str], kinds: Collection[str], terms: Sequence[str],
    shown: ColumnElement[bool], *, before: int, most: int,
) -> list[tuple[SearchEntry, Project]]:  # fmt: skip
    """At most `most` entries with an id below `before` that have a word for each beginning in `terms`, the newest first;
    of these `kinds`, these `owners`, and projects that are `shown`, so that nothing else is told of either: not by what is left out, nor by where the rest
    goes on."""
    dialect = session.get_bind().dialect.name
    words, matches = _ASK[dialect]
    (number,) = words.c
    asked = text(matches).bindparams(asked=_SYNTAX[dialect](_any_of(owners, kinds), terms))
    found = (
        select(SearchEntry, Project)
        .select_from(words)
        .join(SearchEntry, col(SearchEntry.id) == number)
        .join(Project, col(Project.id) == col(SearchEntry.project))
        .where(asked, number < before, col(Project.deleted_at).is_(None), shown)
        .order_by(number.desc())
        .limit(most)
    )
    return [(entry, project) for entry, project in await session.execute(found)]


def _about(owner: str, kind: str) -> tuple[str, str]:
    """The words for an entry's kind and owner. Whoever asks for such a word gets no more than their own entries: both
    are in every question anyway."""
    return f"__kind_{kind}", f"__owner_{owner.encode().hex()}"


def _any_of(owners: Collection[str], kinds: Collection[str]) -> tuple[list[str], list[str]]:
    """Words of which one has to be there each."""
    return [_about("", kind)[0] for kind in sorted(kinds)], [_about(owner, "")[1] for owner in sorted(owners)]


def _sqlite(about: Iterable[Sequence[str]], terms: Sequence[str]) -> str:
    exact = ["(" + " OR ".join(f'"{word}"' for word in words) + ")" for words in about]
    return " AND ".join([*exact, *(f'"{term}"{"*" if len(term) >= _LEAST_BEGINNING else ""}' for term in terms)])


def _postgres(about: Iterable[Sequence[str]], terms: Sequence[str]) -> str:
    exact = ["(" + " | ".join(f"'{word}'" for word in words) + ")" for words in about]
    return " & ".join([*exact, *(f"'{term}'{':*' if len(term) >= _LEAST_BEGINNING else ''}" for term in terms)])


_SYNTAX: Final = {"sqlite": _sqlite, "postgresql": _postgres}
