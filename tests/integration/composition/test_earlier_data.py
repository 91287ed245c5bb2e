"""A data folder that an earlier Sayso left, killed in the middle of a generation, is opened: everything is there.

`earlier_data.zip` is such a folder, of the schema 0006, with the ids of what it holds in `said.json`.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.api import create_api
from builder.composition.services import Services
from builder.composition.settings import Settings

HERE = Path(__file__).parent


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
    with zipfile.ZipFile(HERE / "earlier_data.zip") as archive:
        archive.extractall(settings.data_dir)
        said = json.loads(archive.read("said.json"))
    services = Services(settings)
    await services.start()
    transport = httpx.ASGITransport(create_api(lambda: services))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1") as api:
        yield Opened(services, api, said)
    await services.close()


async def test_every_project_is_there_with_its_words_and_its_typing(opened: Opened) -> None:
    titles = {project["title"] for project in (await opened.get("/projects"))["projects"]}
    assert {"Bakery", "Orders"} <= titles
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


async def test_a_server_that_ran_is_known(opened: Opened) -> None:
    servers = (await opened.get("/servers"))["servers"]
    assert [server["project"] for server in servers] == [opened.said["orders"]["project"]]


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
    with zipfile.ZipFile(HERE / "earlier_data.zip") as archive:
        archive.extractall(tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / "sayso.db")) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0006",)
