import importlib.util
import os

import asyncpg
import psycopg
from psycopg.rows import dict_row

URL = os.environ["DATABASE_URL"]


def note_psycopg() -> None:
    assert importlib.util.find_spec("psycopg_pool") is None
    with psycopg.connect(URL, row_factory=dict_row) as connection:
        assert connection.execute("SELECT %s::int AS a", (5,)).fetchone() == {"a": 5}


async def note_asyncpg() -> None:
    connection = await asyncpg.connect(URL)
    try:
        assert [row["a"] for row in await connection.fetch("SELECT $1::int AS a", 5)] == [5]
        assert await connection.fetchval("SELECT '{\"a\": 1}'::jsonb") == '{"a": 1}'
    finally:
        await connection.close()
