"""What was sent can be opened, call by call, and the next request begins with it; locks hold whatever a model writes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.api import create_api
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.generation.models.draft_writer import DraftWriter
from builder.llm.conversation.events import AnswerEnded, ModelEvent, ToolInputPiece, Usage
from builder.llm.conversation.model import Profile
from builder.llm.testing.scripted import ScriptedModel

APP = {"title": "Todo", "summary": "A list.", "files": {"index.html": "<p>Todo</p>\n", "src/a.ts": "one\ntwo\nthree\n", "src/b.ts": "b\n"}}  # fmt: skip


def answer(given: Any) -> list[ModelEvent]:
    return [ToolInputPiece("call", "write_app", json.dumps(given)), Usage(70, 9, 1_000, 30), AnswerEnded("tool_use")]


class House:
    """The services with one scripted model, and the API on them."""

    def __init__(self, services: Services, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
        self.services, self.api, self._patch = services, api, monkeypatch
        self.project = ""

    async def says(self, *answers: Any, prompt: str = "please", **beside: Any) -> dict[str, Any]:
        """The generation of one message that the model answers so, once it has ended."""
        model = DraftWriter(ScriptedModel([*map(answer, answers)], profile=Profile(eager_tools=True)))

        async def get(*_: object) -> DraftWriter:
            return model

        self._patch.setattr(self.services.models, "get", get)
        if not self.project:
            self.project = (await self.services.store.create(ME, "New app", prompt="a todo app")).id
        new = {"text": prompt, "model": "scripted:model", **beside}
        sent = await self.api.post(f"/projects/{self.project}/messages", json=new)
        assert sent.status_code == 202, sent.text
        mine = sent.json()["generation"]["id"]
        async with asyncio.timeout(60):
            async for frame in self.services.events.frames(self.project, 0, self.services.spools):
                if "event: generation_finished" in frame and mine in frame:
                    ended: dict[str, Any] = json.loads(frame.split("data: ")[1])["generation"]
                    return ended
        raise AssertionError("the stream ended first")

    async def sent(self, generation: dict[str, Any]) -> list[dict[str, Any]]:
        answer = await self.api.get(f"/projects/{self.project}/generations/{generation['id']}/sent")
        assert answer.status_code == 200, answer.text
        calls: list[dict[str, Any]] = answer.json()["calls"]
        return calls

    async def tree(self) -> dict[str, str | bytes]:
        return dict(await self.services.store.head_tree(ME, self.project))

    async def lock(self, path: str) -> list[str]:
        answer = await self.api.put(f"/projects/{self.project}/locks/{path}")
        assert answer.status_code == 200, answer.text
        locks: list[str] = answer.json()["locks"]
        return locks


@pytest.fixture
async def house(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    services = Services(settings)
    await services.start()
    transport = httpx.ASGITransport(create_api(lambda: services))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1") as client:
        yield House(services, client, monkeypatch)
    await services.close()


async def test_what_was_sent_can_be_opened(house: House) -> None:
    await house.says(APP, prompt="a todo app")
    one = await house.says({"summary": "Done.", "files": {"src/b.ts": "2\n"}}, prompt="b is 2", open_file="src/b.ts")
    (call,) = await house.sent(one)
    assert call["files"] == [
        {"path": "index.html", "characters": 12, "superseded": False},
        {"path": "src/a.ts", "characters": 14, "superseded": False},
        {"path": "src/b.ts", "characters": 2, "superseded": False},
    ]
    assert "You build web apps" in call["system"]
    assert "b is 2" in call["asked"]
    assert "The person has src/b.ts open." in call["asked"]
    assert call["tokens"] == {"input": 70, "output": 9, "cache_read": 1_000, "cache_write": 30}


async def test_the_next_request_begins_with_the_last_and_says_what_changed_since(house: House) -> None:
    await house.says(APP)
    await house.says({"summary": "Done.", "edits": [{"path": "src/b.ts", "find": "b", "replace": "2"}]})
    one = await house.says({"summary": "Done.", "delete": ["src/b.ts"]})
    (call,) = await house.sent(one)
    assert [(file["path"], file["superseded"]) for file in call["files"]] == [
        ("index.html", False),
        ("src/a.ts", False),
        ("src/b.ts", True),
        ("src/b.ts", False),
    ]


async def test_a_secret_is_not_kept_in_what_was_sent(house: House) -> None:
    key = "sk-ant-" + "a1b2c3d4" * 5
    await house.says({**APP, "files": {"index.html": "x", "src/key.ts": f'const key = "{key}"\n'}})
    one = await house.says({"summary": "Done.", "files": {"a.ts": "1"}}, prompt=f"use {key}")
    assert key not in json.dumps(await house.sent(one))


async def test_what_the_person_points_at_is_sent_with_its_place(house: House) -> None:
    await house.says(APP)
    key = "sk-ant-" + "a1b2c3d4" * 5
    about = {"path": "src/a.ts", "line": 2, "end_line": 3, "tag": "b", "text": f"two {key}"}
    change = {"summary": "Done.", "edits": [{"path": "src/a.ts", "find": "two", "replace": "2"}]}
    (call,) = await house.sent(await house.says(change, about=about))
    assert "lines 2 to 3 of src/a.ts" in call["asked"]
    assert "\ntwo " in call["asked"]
    assert key not in call["asked"]
    (gone,) = await house.sent(
        await house.says({"summary": "Done.", "files": {"c.ts": "1"}}, about={**about, "path": "no"})
    )
    assert "points at" not in gone["asked"]


async def test_a_locked_file_stays_and_the_rest_of_the_answer_is_kept(house: House) -> None:
    await house.says(APP)
    await house.lock("src/a.ts")
    one = await house.says(
        {"summary": "Done.", "files": {"src/a.ts": "changed\n", "src/c.ts": "c\n"}},
        {"summary": "The lock keeps a.ts as it is."},
    )
    assert (one["status"], one["calls"], one["summary"]) == ("done", 2, "The lock keeps a.ts as it is.")
    assert await house.tree() == {**APP["files"], "src/c.ts": "c\n"}  # type: ignore[dict-item]
    first, second = await house.sent(one)
    assert "never write, edit, delete or rename" in first["asked"]
    assert "- src/a.ts" in first["asked"]
    assert "Locked by the person, so nothing may be done to: src/a.ts." in second["asked"]


@pytest.mark.parametrize(
    "change",
    [
        {"files": {"src/a.ts": "x\n"}},
        {"files": {"src/new.ts": "x\n"}},
        {"files": {"SRC/new.ts": "x\n"}},
        {"edits": [{"path": "src/a.ts", "find": "one", "replace": "1"}]},
        {"delete": ["src/b.ts"]},
        {"files": {"b.ts": "b\n"}, "delete": ["src/b.ts"]},
    ],
)
async def test_whatever_a_model_does_under_a_lock_is_refused(house: House, change: dict[str, Any]) -> None:
    await house.says(APP)
    assert await house.lock("src/") == ["src/"]
    one = await house.says({"summary": "Done.", **change}, {"summary": "Done.", **change})
    assert one["status"] == "failed" or (one["status"] == "done" and "b.ts" in change.get("files", {}))
    if one["status"] == "failed":
        assert one["error"]["code"] == "locked"
        assert "is locked" in one["error"]["message"]
    tree = await house.tree()
    assert {path: tree[path] for path in APP["files"]} == APP["files"]  # type: ignore[attr-defined]
    assert {path for path in tree if path.lower().startswith("src/")} == {"src/a.ts", "src/b.ts"}


async def test_the_person_still_changes_what_they_locked_and_unlocks_it(house: House) -> None:
    await house.says(APP)
    await house.lock("src/a.ts")
    typed = {"put": {"src/a.ts": "mine\n"}, "delete": [], "rename": {}, "client": "tab"}
    assert (await house.api.patch(f"/projects/{house.project}/working", json=typed)).status_code == 200
    await house.api.delete(f"/projects/{house.project}/locks/src/a.ts")
    assert (await house.api.get(f"/projects/{house.project}/locks")).json() == {"locks": []}
    one = await house.says({"summary": "Done.", "files": {"src/a.ts": "yours\n"}})
    assert (one["status"], (await house.tree())["src/a.ts"]) == ("done", "yours\n")


async def test_a_path_that_no_project_holds_cannot_be_locked(house: House) -> None:
    await house.says(APP)
    answer = await house.api.put(f"/projects/{house.project}/locks/C:/x")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "path_absolute")
