"""A data folder that an earlier Sayso left, killed in the middle of a generation, is opened: everything is there."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.api import create_api
from builder.base.tables import QueuedJob
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.previews.runnables.tables import StoredRunnable, StoredServer
from tests.integration.composition import earlier_data


@dataclass
class Opened:
    services: Services
    api: httpx.AsyncClient
    said: dict[str, Any]

    async def get(self, path: str) -> Any:
        answer = await self.api.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
async def opened(settings: Settings) -> AsyncIterator[Opened]:
    said = earlier_data.unpack(settings.data_dir)
    services = Services(settings.model_copy(update={"docker_host": "unix:///nowhere/docker.sock"}))
    await services.start()
    transport = httpx.ASGITransport(create_api(lambda: services))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1") as api:
        yield Opened(services, api, said)
    await services.close()


async def test_every_project_is_there_with_its_words_and_its_typing(opened: Opened) -> None:
    titles = {project["title"] for project in (await opened.get("/projects"))["projects"]}
    assert {"Bakery", "Orders", "Board", "Cafe", "Cut"} <= titles
    assert "Old" not in titles

    seen = await opened.get(f"/projects/{opened.said['generated']['project']}")
    assert [message["text"] for message in seen["messages"] if message["role"] == "person"] == ["a tip calculator"]
    assert [generation["status"] for generation in seen["generations"]] == ["done"]
    files = await opened.get(f"/projects/{opened.said['generated']['project']}/files")
    assert files["files"]["notes.txt"] == "typed and not saved"
    assert files["files"]["logo.png"] == {"base64": "iVBORw0KGgoA/w=="}
    assert files["damaged"] == []


async def test_versions_undo_and_redo_go_on_from_where_they_were(opened: Opened) -> None:
    project = f"/projects/{opened.said['bakery']['project']}"
    versions = (await opened.get(f"{project}/versions"))["versions"]
    assert [version["label"] for version in versions] == ["green", "blue", "first"]
    assert (await opened.get(f"{project}/files"))["files"]["style.css"] == "h1{color:blue}"
    assert (await opened.api.post(f"{project}/redo")).status_code == 200
    assert (await opened.get(f"{project}/files"))["files"]["style.css"] == "h1{color:green}"


async def test_live_links_open_with_what_opened_them(opened: Opened) -> None:
    bakery = opened.said["bakery"]
    links = {link["id"]: link for link in (await opened.get(f"/projects/{bakery['project']}/shares"))["shares"]}
    assert set(links) == {bakery["link"], bakery["locked"]}
    assert links[bakery["locked"]]["access"] == "password"
    shares = opened.services.shares
    locked = await shares.find(bakery["locked"])
    assert locked is not None
    assert await shares.passwords.matches("open sesame", locked.password)
    output = await shares.output(bakery["link"])
    assert output is not None
    assert "Bakery" in str(output["index.html"].body)


async def test_what_was_decided_and_given_is_kept(opened: Opened) -> None:
    assert (await opened.get(f"/projects/{opened.said['bakery']['project']}/hosts"))["hosts"] == ["api.example.org"]
    assert (await opened.get("/keys/anthropic"))["hint"] == "-key"
    assert await opened.services.credentials.key(ME, "anthropic") == "sk-ant-api03-yesterday-key"


async def test_each_kind_of_app_has_its_files_and_its_engine(opened: Opened) -> None:
    # No Docker Engine answers here: of what needs one only a front end is shown, or Python in the browser.
    kinds = {
        "bakery": ("instant", True),
        "orders": ("pyodide", True),
        "board": ("webcontainer", True),
        "cafe": ("pyodide", True),
    }
    for name, (kind, complete) in kinds.items():
        engines = (await opened.get(f"/projects/{opened.said[name]['project']}"))["engines"]
        assert (engines["kind"], engines["complete"]) == (kind, complete), name
    board = (await opened.get(f"/projects/{opened.said['board']['project']}/files"))["files"]
    assert set(board) == {"package.json", "server.js"}


async def test_a_server_that_ran_is_known(opened: Opened) -> None:
    orders, board = (opened.said[name]["project"] for name in ("orders", "board"))
    servers = {server["project"]: server for server in (await opened.get("/servers"))["servers"]}
    assert orders in servers
    log = (await opened.get(f"/projects/{orders}/server/logs"))["lines"]
    assert any("GET /order/scone" in line["text"] for line in log)
    async with opened.services.db.reader() as session:
        ran, stopped = await session.get(StoredServer, orders), await session.get(StoredServer, board)
    assert ran is not None
    assert ran.state["engine"]["slot"] == "blank-44e54bc7ec59"  # where its container and its volume are
    assert stopped is not None
    assert stopped.stage == "stopped"


async def test_links_with_servers_have_their_runnables_and_their_servers(opened: Opened) -> None:
    orders, cafe = opened.said["orders"], opened.said["cafe"]
    links = {link["id"]: link for link in (await opened.get(f"/projects/{orders['project']}/shares"))["shares"]}
    assert {id: link["follows"] for id, link in links.items()} == {orders["link"]: False, orders["waiting"]: True}
    for project, link, slot in (
        (orders["project"], orders["link"], orders["link"]),
        (orders["project"], orders["waiting"], None),
        (cafe["project"], cafe["link"], None),
    ):
        async with opened.services.db.reader() as session:
            runnable, server = await session.get(StoredRunnable, link), await session.get(StoredServer, link)
        assert runnable is not None
        assert (runnable.kind, runnable.project, runnable.ended_at) == ("link", project, None)
        assert server is not None
        assert server.state["engine"].get("slot") == slot


async def test_data_that_were_to_be_copied_are_still_to_be_copied(opened: Opened) -> None:
    """The first link had its copy; the second one was made as that Sayso was killed."""
    orders = opened.said["orders"]
    async with opened.services.db.reader() as session:
        jobs = [*await session.scalars(select(QueuedJob).where(QueuedJob.kind == "copy_data"))]
    assert [(job.key, job.payload, job.status == "done") for job in jobs] == [
        (orders["waiting"], {"source": orders["project"]}, False)
    ]
    assert opened.services.data_copies.state(orders["waiting"]) is not None
    assert opened.services.data_copies.state(orders["link"]) is None


async def test_what_was_put_away_comes_back(opened: Opened) -> None:
    answer = await opened.api.post(f"/projects/{opened.said['gone']['project']}/undelete")
    assert answer.json()["project"]["title"] == "Old"


async def test_a_generation_that_a_crash_cut_has_all_that_had_arrived(opened: Opened) -> None:
    cut = opened.said["cut"]
    path = f"/projects/{cut['project']}/generations/{cut['generation']}"
    found = await opened.get(path)
    assert found["status"] == "interrupted"
    assert found["offset"] >= cut["characters"] - 4096  # what the spool had not been told to write yet
    assert (await opened.api.post(f"{path}/continue")).status_code == 202


def test_the_folder_is_of_an_earlier_schema(tmp_path: Path) -> None:
    earlier_data.unpack(tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / "sayso.db")) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (earlier_data.SCHEMA,)
