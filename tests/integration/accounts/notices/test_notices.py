"""A person learns what happened while they were away, the way they chose, and nobody else does."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select

from builder.accounts.actor import LOCAL_OWNER, Actor
from builder.accounts.mail.letters import LetterKind
from builder.accounts.notices.notices import NoticeKind
from builder.accounts.tables import Account, Mail
from builder.api import create_api
from builder.composition.services import Services
from builder.composition.settings import Settings

LIST = "/me/notifications"


async def told(services: Services, person: str = "owner", title: str = "Notes") -> None:
    async with services.db.session() as session:
        await services.notices.tell(session, person, NoticeKind.WRITTEN, {"title": title}, owner=person)


async def test_what_a_model_wrote_while_nobody_looked_is_told(api: httpx.AsyncClient, services: Services) -> None:
    project = await services.store.create(LOCAL_OWNER, "Notes")
    await services.generations.start(LOCAL_OWNER, project.id, "a kanban board")
    async with asyncio.timeout(30):
        while not (seen := (await api.get(LIST)).json())["unread"]:
            await services.notices.news(LOCAL_OWNER).wait()
    (one,) = seen["notifications"]
    assert (one["kind"], one["project"], one["read_at"]) == ("written", project.id, None)
    assert "is ready" in one["text"]


async def test_whoever_looks_on_is_not_told_again(
    api: httpx.AsyncClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services.events, "followed", lambda _: True)
    project = await services.store.create(LOCAL_OWNER, "Notes")
    generation = await services.generations.start(LOCAL_OWNER, project.id, "a kanban board")
    async with asyncio.timeout(30):
        while (await services.generations.get(LOCAL_OWNER, generation.id)).status == "running":
            await services.events.news(project.id).wait()
    assert (await api.get(LIST)).json()["unread"] == 0


async def test_they_come_in_pages_and_are_read_one_by_one_or_all(api: httpx.AsyncClient, services: Services) -> None:
    for number in range(5):
        await told(services, title=f"App {number}")
    first = (await api.get(LIST, params={"limit": 3})).json()
    rest = (await api.get(LIST, params={"limit": 3, "cursor": first["next"]})).json()
    texts = [one["text"] for page in (first, rest) for one in page["notifications"]]
    assert [text.split("“")[1][:5] for text in texts] == ["App 4", "App 3", "App 2", "App 1", "App 0"]
    assert (first["unread"], rest["next"]) == (5, None)
    one = first["notifications"][0]["id"]
    assert (await api.post(f"{LIST}/read", json={"ids": [one]})).json() == {"unread": 4}
    assert (await api.get(LIST)).json()["notifications"][0]["read_at"] is not None
    assert (await api.post(f"{LIST}/read", json={})).json() == {"unread": 0}


async def test_nobody_sees_or_reads_anothers(api: httpx.AsyncClient, services: Services) -> None:
    await told(services, "ana")
    ana = Actor("ana")
    ((theirs,), _) = await services.notices.of(ana, most=5)
    assert (await api.get(LIST)).json()["notifications"] == []
    await api.post(f"{LIST}/read", json={"ids": [theirs.id]})
    await api.post(f"{LIST}/read", json={})
    assert await services.notices.unread(ana) == 1


async def test_a_kind_can_be_turned_off(api: httpx.AsyncClient, services: Services) -> None:
    choices = (await api.get(f"{LIST}/choices")).json()["choices"]
    assert {kind for kind, way in choices.items() if way != "page"} == {"invited"}
    changed = (await api.put(f"{LIST}/choices", json={"choices": {"written": "off"}})).json()["choices"]
    assert changed == {**choices, "written": "off"}
    await told(services)
    assert (await api.get(LIST)).json()["unread"] == 0
    assert (await api.put(f"{LIST}/choices", json={"choices": {"written": "pigeon"}})).status_code == 422
    refused = await api.put(f"{LIST}/choices", json={"choices": {"looked_at": "off"}})
    assert refused.json()["error"]["code"] == "always_told"


async def test_by_mail_it_comes_there_too_once_the_address_is_proven(settings: Settings) -> None:
    mail = {"accounts": "open", "smtp_url": SecretStr("smtp://127.0.0.1:9"), "mail_from": "Sayso <sayso@example.org>"}
    services = Services(settings.model_copy(update=mail))
    await services.db.migrate()
    people = {"ana": "2026-01-01T00:00:00.000000Z", "ben": None}
    async with services.db.session() as session:
        for name, proven in people.items():
            row = Account(id=name, email=f"{name}@example.org", username=name, name=name, email_verified_at=proven)
            session.add(row)
    for name in people:
        await services.notices.choose(Actor(name), {NoticeKind.WRITTEN: "mail"})
        await told(services, name)
        assert await services.notices.unread(Actor(name)) == 1
    async with services.db.reader() as session:
        letters = [*await session.scalars(select(Mail))]
    assert [(one.recipient, one.kind) for one in letters] == [("ana@example.org", LetterKind.NOTICE)]
    await services.close()


async def test_the_number_of_new_ones_comes_by_itself(services: Services) -> None:
    said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    asked: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    scope = {
        "type": "websocket", "path": "/api/v1/me/events/ws", "raw_path": b"/api/v1/me/events/ws", "query_string": b"",
        "headers": [], "subprotocols": [], "scheme": "ws", "client": ("127.0.0.1", 1), "server": ("localhost", 8000),
    }  # fmt: skip
    asked.put_nowait({"type": "websocket.connect"})
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        group.create_task(create_api(lambda: services)(scope, asked.get, said.put))
        assert (await said.get())["type"] == "websocket.accept"
        assert json.loads((await said.get())["text"]) == {"unread": 0}
        await told(services)
        assert json.loads((await said.get())["text"]) == {"unread": 1}
        await services.notices.read(LOCAL_OWNER, None)
        assert json.loads((await said.get())["text"]) == {"unread": 0}
        asked.put_nowait({"type": "websocket.disconnect", "code": 1000})
