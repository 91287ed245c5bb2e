"""The content of a project's database: inspected, dumped and restored, always by PostgreSQL's own programs in its
container."""

from __future__ import annotations

import asyncio
import io
import json
import tarfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiodocker
from aiodocker.containers import DockerContainer

from preview_runtime.containers.beside.database_container import SPACE
from preview_runtime.containers.docker.execution import Executed, begin, execute
from preview_runtime.containers.docker.policy import MEGABYTE
from preview_runtime.containers.docker.users import OURS
from preview_runtime.engines import EngineFailed, Fault, FaultKind
from preview_runtime.phrases import Phrase, Value
from preview_runtime.plans.recipe import WORK_FOLDER

MOST_TABLES: Final = 200
_COUNTED_BYTES: Final = 8 * MEGABYTE  # larger tables are estimated: counting reads the whole table
_LOOK_SECONDS: Final = 15.0
_RESET_SECONDS: Final = 60.0
_LONG_SECONDS: Final = 900.0
_PIECE: Final = 256 * 1024
_BLOCK: Final = 512
_STDOUT: Final = 1
# Runs as the app's account, whose rights the app's own tables and functions cannot widen; our names resolve to
# PostgreSQL's own objects.
_LOOK: Final = """
SET search_path = pg_catalog; SET statement_timeout = '10s'; SET lock_timeout = '1s';
SELECT jsonb_build_object(
  'size', pg_database_size('app'),
  'count', (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')
    AND NOT c.relispartition AND n.nspname !~ '^(pg_|information_schema$)'),
  'tables', coalesce((SELECT jsonb_agg(t) FROM (
    SELECT n.nspname AS schema, c.relname AS name, pg_total_relation_size(c.oid) AS size,
      pg_relation_size(c.oid) <= :counted AS exact,
      CASE WHEN pg_relation_size(c.oid) <= :counted THEN
        ((xpath('/row/n/text()', query_to_xml(
          format('SELECT pg_catalog.count(*) AS n FROM %I.%I', n.nspname, c.relname), false, true, '')))[1]
        )::text::bigint
      ELSE greatest(c.reltuples, 0)::bigint END AS rows
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^(pg_|information_schema$)'
    ORDER BY n.nspname, c.relname LIMIT :most) t), '[]'::jsonb))
"""
_EMPTY: Final = """
DROP DATABASE IF EXISTS incoming WITH (FORCE);
DROP DATABASE IF EXISTS former WITH (FORCE);
CREATE DATABASE incoming OWNER app TEMPLATE template0;
"""
# Both databases are renamed in one transaction: whatever happens, there is exactly one database `app`.
_SWAP: Final = """
ALTER DATABASE app ALLOW_CONNECTIONS false;
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = 'app';
BEGIN;
ALTER DATABASE app RENAME TO former;
ALTER DATABASE incoming RENAME TO app;
COMMIT;
DROP DATABASE former WITH (FORCE);
"""
# A database that stands still: nobody may connect to it, and so it can be a template at any time.
_KEEP: Final = """
DROP DATABASE IF EXISTS kept;
CREATE DATABASE kept TEMPLATE app;
ALTER DATABASE kept ALLOW_CONNECTIONS false;
"""
_BACK: Final = """
DROP DATABASE IF EXISTS incoming WITH (FORCE);
ALTER DATABASE app ALLOW_CONNECTIONS true;
"""
# Exits with 65 when the file is no dump, 66 when its content cannot be restored, 68 when that is too large. The
# unpacked size is known only during the restore, so it is checked every half second.
_RESTORE: Final = """
as_owner() { psql -qAtX -v ON_ERROR_STOP=1 -U postgres -d postgres; }
file="$1/incoming/dump"
trap 'rm -rf "$1/incoming"' EXIT
pg_restore --list "$file" > /dev/null 2>&1 || exit 65
printf '%s' "$3" | as_owner || exit 1
pg_restore -U app -d incoming --no-owner --no-privileges --exit-on-error --single-transaction "$file" &
work=$!
fate=66
fits() {
  size="$(echo "SELECT pg_database_size('incoming')" | as_owner)" || size=0
  [ "$size" -gt "$2" ] || return 0
  fate=68
  return 1
}
while kill -0 "$work" 2> /dev/null; do
  fits "$@" || { kill "$work"; break; }
  sleep 0.5
done
wait "$work" && fits "$@" && printf '%s' "$4" | as_owner && exit 0
printf '%s' "$5" | as_owner
exit "$fate"
"""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: `size` in bytes, including its indexes; `rows` is an estimate unless `exact`."""

    schema: str
    name: str
    rows: int
    exact: bool
    size: int


@dataclass(frozen=True, slots=True)
class DatabaseContent:
    """The content of a database: `size` in bytes, `count` of its tables, of which `tables` are the first."""

    size: int
    count: int
    tables: tuple[Table, ...]
    full: bool


async def look(container: DockerContainer) -> DatabaseContent:
    """The content of the database. Raises `EngineFailed`."""
    options = f"-v ON_ERROR_STOP=1 -v counted={_COUNTED_BYTES} -v most={MOST_TABLES} -U app -d app"
    script = f"printf '%s' \"$1\" | psql -qAtX {options} && {{ [ ! -e /tmp/full ] || echo full; }}"
    done = await execute(container, ["sh", "-c", script, "sh", _LOOK], seconds=_LOOK_SECONDS, limit=MEGABYTE)
    if done.code:
        raise _failed("database_busy", Phrase("fault.database_busy"), done.output)
    found, _, full = done.output.strip().partition("\n")
    content = json.loads(found)
    tables = tuple(Table(**table) for table in content["tables"])
    return DatabaseContent(content["size"], content["count"], tables, bool(full))


async def dump(container: DockerContainer) -> AsyncGenerator[bytes]:
    """Everything in it, in pg_dump's custom format. Raises `EngineFailed`; the pieces before that are not a whole
    dump."""
    command = ["pg_dump", "-U", "app", "-d", "app", "--format=custom", "--lock-wait-timeout=10s"]
    run, stream = await begin(container, _bounded(command))
    said = b""
    async with stream:
        while message := await stream.read_out():
            if message.stream == _STDOUT:
                yield message.data
            else:
                said = (said + message.data)[-4096:]
        code = int((await run.inspect())["ExitCode"] or 0)
    if code:
        raise _failed("dump_failed", Phrase("fault.dump_failed"), said.decode("utf-8", "replace"))


async def restore(container: DockerContainer, file: Path) -> None:
    """Replace the content with that of a dump, all or nothing. Raises `EngineFailed`."""
    try:
        await container.put_archive(WORK_FOLDER, _as_archive(file))
    except aiodocker.DockerError as error:
        if "no space left" in error.message.lower():
            raise _failed("disk_full", Phrase("fault.disk_full.restore"), error.message) from error
        raise
    arguments = [WORK_FOLDER, str(SPACE), _EMPTY, _SWAP, _BACK]
    done = await execute(container, ["sh", "-c", _RESTORE, "sh", *arguments], seconds=_LONG_SECONDS)
    if done.code == 65:
        message = Phrase("fault.not_a_dump")
        raise _failed("not_a_dump", message, done.output, FaultKind.POLICY)
    if done.code == 66:
        said = _first_error(done.output)
        message = Phrase("fault.restore_failed", {"reason": said})
        raise _failed("restore_failed", message, done.output, FaultKind.POLICY)
    if done.code == 68:
        message = Phrase("fault.dump_too_large", {"megabytes": SPACE // MEGABYTE})
        raise _failed("dump_too_large", message, done.output, FaultKind.POLICY)
    _check(done)


async def reset(container: DockerContainer) -> None:
    """Replace the database with an empty one. Raises `EngineFailed`."""
    await _as_owner(container, _EMPTY + _SWAP, _BACK)


async def keep(container: DockerContainer) -> None:
    """Keep the present content beside the database, which nobody uses. Raises `EngineFailed`."""
    await _as_owner(container, _KEEP, "")


async def bring_back(container: DockerContainer) -> None:
    """Replace the content with what was kept. Raises `EngineFailed`."""
    await _as_owner(container, _EMPTY.replace("template0", "kept") + _SWAP, _BACK)


async def _as_owner(container: DockerContainer, sql: str, if_it_fails: str) -> None:
    script = """as_owner() { psql -qAtX -v ON_ERROR_STOP=1 -U postgres -d postgres; }
printf '%s' "$1" | as_owner || { printf '%s' "$2" | as_owner; exit 1; }"""
    _check(await execute(container, ["sh", "-c", script, "sh", sql, if_it_fails], seconds=_RESET_SECONDS))


def _check(done: Executed) -> None:
    if done.timed_out:
        raise _failed("database_slow", Phrase("fault.database_slow"), done.output)
    if done.code:
        raise _failed("database_failed", Phrase("fault.database_failed.refused"), done.output)


def _bounded(command: Sequence[str]) -> list[str]:
    return ["timeout", "-k", "1", f"{_LONG_SECONDS:.0f}", *command]


def _failed(code: str, says: Phrase, said: str, kind: FaultKind = FaultKind.PLATFORM) -> EngineFailed:
    return EngineFailed(Fault(kind, code, says, frame=said.strip()[-4096:]))


def _first_error(output: str) -> Value:
    """The first reason that pg_restore names, without its own prefixes, 200 characters at most."""
    line = next((line for line in output.splitlines() if "error: " in line), "")
    if not line:
        return Phrase("database.damaged")
    return line.rpartition("error: ")[2].rpartition("ERROR:")[2].strip()[:200]


async def _as_archive(file: Path) -> AsyncIterator[bytes]:
    """A tar with the file as incoming/dump, read in pieces."""
    size = (await asyncio.to_thread(file.stat)).st_size
    folder, entry = tarfile.TarInfo("incoming"), tarfile.TarInfo("incoming/dump")
    folder.type, folder.mode, entry.mode, entry.size = tarfile.DIRTYPE, 0o700, 0o600, size
    head = io.BytesIO()
    for one in (folder, entry):
        one.uid = one.gid = OURS
        one.mtime = int(time.time())
        head.write(one.tobuf(tarfile.PAX_FORMAT))
    yield head.getvalue()
    with file.open("rb") as content:
        while piece := await asyncio.to_thread(content.read, _PIECE):
            yield piece
    yield bytes(-size % _BLOCK + 2 * _BLOCK)
