"""A full disk, a damaged or newer database, a damaged blob: each is named, with its one next step."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path
from random import Random

import httpx
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from builder.base.db import Database
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.doctor import Finding, findings
from builder.serve import CannotStart, make_data_dir, prepare_database
from preview_runtime.file_tree import digest
from tests.integration.api.test_api import archive, error, imported


def database(settings: Settings) -> Path:
    return settings.data_dir / "sayso.db"


def of_another_sayso(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def no_database(path: Path) -> None:
    path.write_bytes(b"this is no database, whatever it is called" * 200)


def damaged_page(path: Path) -> None:
    for more in ("-wal", "-shm"):
        path.with_name(path.name + more).unlink(missing_ok=True)
    data = path.read_bytes()
    path.write_bytes(data[:100] + b"\xff" * 3_900 + data[4_000:])


def said_by_the_doctor(settings: Settings) -> Finding:
    return next(finding for finding in findings(settings) if finding.part == "Database")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (of_another_sayso, "made by a newer Sayso. Update this one"),
        (no_database, "The database is damaged. Stop Sayso and put back your last copy"),
        (damaged_page, "The database is damaged. Stop Sayso and put back your last copy"),
    ],
)
def test_a_database_that_cannot_be_used_is_named_at_start_and_by_the_doctor(
    settings: Settings, spoil: Callable[[Path], None], said: str
) -> None:
    make_data_dir(settings)
    prepare_database(settings)
    assert said_by_the_doctor(settings).verdict == "ok"
    spoil(database(settings))
    with pytest.raises(CannotStart, match=said):
        prepare_database(settings)
    finding = said_by_the_doctor(settings)
    assert (finding.verdict, said in finding.mend) == ("!!", True)


def test_a_data_directory_that_is_none_is_named_at_start(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotStart, match="Set DATA_DIR to another folder"):
        make_data_dir(settings.model_copy(update={"data_dir": tmp_path / "file" / "data"}))


async def test_a_full_database_is_told_and_keeps_what_there_was(
    services: Services, api: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    project = await imported(api)

    def full(connection: object, *_: object) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # type: ignore[attr-defined]  # no page more than there are

    event.listen(services.db.engine.sync_engine, "begin", full)
    write = {"put": {"a.txt": Random(1).randbytes(200_000).hex()}}
    answer = await api.patch(f"/projects/{project}/working", json=write)
    assert error(answer) == (507, "disk_full")
    assert "Free some space" in answer.json()["error"]["message"]
    assert (await api.get(f"/projects/{project}/files")).json()["revision"] == 0
    # Work in the background says by itself that it could not, and tries again later.
    assert [record for record in caplog.records if record.exc_info and record.name != "preview_runtime.tasks"] == []


async def test_an_upload_that_the_disk_does_not_take_is_told(
    services: Services, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """/dev/full is a disk without any room."""
    folder = services.settings.data_dir / "imports"
    folder.mkdir()
    opened = Path.open
    monkeypatch.setattr(
        Path, "open", lambda self, *a, **k: opened(Path("/dev/full"), "wb") if self.parent == folder else opened(self, *a, **k)
    )  # fmt: skip
    assert error(await api.post("/projects/import", content=archive({"index.html": "x" * 100_000}))) == (
        507,
        "disk_full",
    )
    monkeypatch.undo()
    assert [*folder.iterdir()] == []
    assert (await api.post("/projects/import", content=archive({"index.html": "x"}))).status_code == 201


def opened_anew(db: Database) -> None:
    """No connection that is open now is used again; work in the background may hold some."""

    def mark(_: object, record: ConnectionPoolEntry) -> None:
        record.info["anew"] = True

    def refuse(_: object, record: ConnectionPoolEntry, __: object) -> None:
        if "anew" not in record.info:
            raise DisconnectionError

    event.listen(db.engine.sync_engine, "connect", mark)
    event.listen(db.engine.sync_engine, "checkout", refuse)


async def test_a_database_that_breaks_while_sayso_runs_is_told(services: Services, api: httpx.AsyncClient) -> None:
    project = await imported(api)
    opened_anew(services.db)  # a connection remembers pages that it has read
    damaged_page(database(services.settings))
    answer = await api.get(f"/projects/{project}")
    assert error(answer) == (503, "database_damaged")
    assert "mistake" not in answer.text


async def spoil(services: Services, content: str, body: bytes | None) -> None:
    async with services.db.session() as session:
        values = {"sha": digest(content), "body": body}
        change = "DELETE FROM blob" if body is None else "UPDATE blob SET body = :body"
        result = await session.execute(
            text(f"{change} WHERE sha256 = :sha"), values if body is not None else {"sha": values["sha"]}
        )
        assert result.rowcount == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "body",
    [None, b"", b"no zlib", zlib.compress(b"another one"), zlib.compress(b"two"), zlib.compress(bytes(50 * 2**20))],
    ids=["missing", "empty", "no zlib", "exchanged", "exchanged, same size", "a bomb"],
)
async def test_a_project_with_a_damaged_file_opens_with_the_others_and_names_it(
    services: Services, api: httpx.AsyncClient, body: bytes | None
) -> None:
    project = f"/projects/{await imported(api, {'index.html': 'x', 'a.txt': 'one'})}"
    first = (await api.get(f"{project}/versions")).json()["versions"][0]["id"]
    await api.patch(f"{project}/working", json={"put": {"a.txt": "two!", "b.txt": "b"}})
    await api.post(f"{project}/save")
    await spoil(services, "two!", body)

    files = (await api.get(f"{project}/files")).json()
    assert (files["files"], files["damaged"]) == ({"index.html": "x", "b.txt": "b"}, ["a.txt"])
    shown = (await api.get(project)).json()
    assert [file["path"] for file in shown["files"]] == ["a.txt", "b.txt", "index.html"]
    assert shown["engines"]["damaged"] == ["a.txt"]
    opened = await api.get(f"{project}/files/a.txt")
    assert error(opened) == (409, "damaged_file")
    message = opened.json()["error"]["message"]
    assert "“a.txt” is damaged" in message
    assert "An earlier version" in message
    assert error(await api.get(f"{project}/export.zip")) == (409, "damaged_file")
    # What the sentence says mends it, and so does bringing the same content again.
    assert (await api.post(f"{project}/versions/{first}/restore", json={"path": "a.txt"})).status_code == 200
    assert (await api.get(f"{project}/files")).json()["files"]["a.txt"] == "one"
    await api.patch(f"{project}/working", json={"put": {"a.txt": "two!"}})
    await api.post(f"{project}/save")
    await api.patch(f"{project}/working", json={"put": {"c.txt": "c"}})
    await api.post(f"{project}/save")
    files = (await api.get(f"{project}/files")).json()
    assert (files["files"].get("a.txt"), files["damaged"]) == ("two!", [])
