"""The rule of consequence: whatever a text says that a model only reads, and however it obeys, nothing else changes.

Each case goes through the whole path: the API, the real SDK, a local Messages API whose model does what the text says.
What must be the same afterwards is everything that the database holds but the project's own content and its own calls;
a table that is made later counts as well.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from sqlmodel import SQLModel, select

from builder.base.errors import Conflict
from builder.billing.budgets import Caps
from builder.billing.tables import ModelCall
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.generation.further_calls import MOST_CONTINUATIONS
from builder.llm.testing.messages_api import MessagesApi
from builder.projects.tables import Project
from preview_runtime.file_tree import FileTree
from tests.integration.api.test_api import finished
from tests.integration.safety.injections import CHANNELS, FURTHER, INJECTIONS, Injection
from tests.unit.safety.labelled import THIRD_ATTACKS

OWN: Final = {
    "project", "version", "event", "message", "generation", "model_call", "working_file", "version_file", "turn",
    "turn_step", "sent_call",
}  # fmt: skip
"""Tables of which the project's own rows change by a generation."""
SHARED: Final = {"blob", "safety_event", "search_entry", "package_lock"}
"""The last two are made of the content of projects, some time later, by these jobs."""
AFTERWARDS: Final = {"search", "pin_packages"}
WALK: Final = '{"name": "Add", "steps": []}\n'


@pytest.fixture
async def services(with_claude: Settings) -> AsyncIterator[Services]:
    made = Services(with_claude)
    await made.start()
    yield made
    await made.close()


async def everything_else(services: Services, project: str) -> dict[str, list[dict[str, Any]]]:
    """All rows but the project's own content and calls."""
    kept: dict[str, list[dict[str, Any]]] = {}
    async with services.db.reader() as session:
        for table in SQLModel.metadata.sorted_tables:
            if table.name not in SHARED:
                rows = [dict(row) for row in (await session.execute(select(table))).mappings()]
                mine = table.name in OWN
                kept[table.name] = [
                    row
                    for row in rows
                    if not (mine and project in (row.get("project"), row.get("id")))
                    and not (table.name == "job" and row["kind"] in AFTERWARDS)
                ]
    return kept


def outside(folder: Path) -> set[str]:
    """The files around the data."""
    found: set[str] = set()
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != "data"]  # where packages come and go meanwhile
        found |= {str(Path(place, name).relative_to(folder)) for name in (*folders, *files)}
    return found


def test_there_are_at_least_60_cases_in_both_languages() -> None:
    assert len(INJECTIONS) * len(CHANNELS) >= 60
    assert all(one.english != one.portuguese for one in INJECTIONS)


@pytest.mark.parametrize("injection", INJECTIONS, ids=lambda one: one.name)
async def test_nothing_that_is_read_changes_what_it_must_not(
    injection: Injection, services: Services, api: httpx.AsyncClient, claude: tuple[MessagesApi, str], tmp_path: Path
) -> None:
    messages, _ = claude
    actor = services.actors.local
    other = await made(services, "Another", {"index.html": "theirs"})
    await services.spending.decide(actor, Caps(month_usd=50, turn_usd=5))
    around = outside(tmp_path)
    for number, (channel, place) in enumerate(CHANNELS.items()):
        text = (injection.english if number % 2 else injection.portuguese).replace("{other}", other.id)
        path, content = place(text)
        files = {"index.html": "<p>Mine</p>\n", "walks/main.json": WALK, path: content}
        project = await made(services, channel, files)
        await services.spending.decide(actor, Caps(total_usd=2), project.id)
        before = await everything_else(services, project.id)
        messages.requests.clear()
        messages.then(injection.obeyed(other.id))

        sent = await api.post(f"/projects/{project.id}/messages", json={"text": "Make the heading blue."})
        assert sent.status_code == 202
        generation = await finished(services, project.id)
        with contextlib.suppress(Conflict):  # nobody is going to look at it: the turn is over, here and by itself
            await services.turns.stop(actor, project.id, sent.json()["turn"]["id"])

        assert await everything_else(services, project.id) == before, channel
        assert outside(tmp_path) == around
        tree = dict(await services.store.head_tree(actor, project.id))
        assert not [one for one in tree if one.startswith(("/", "..", ".git/", ".sayso/")) or one == ".npmrc"]
        assert dict(await services.store.head_tree(actor, other.id)) == {"index.html": "theirs"}
        assert (await services.store.get(actor, project.id)).owner == "owner"
        await spent_what_it_used(services, project.id, generation, len(messages.requests))
        if channel != "walk":  # what checks the app is not known to what writes it
            asked_the_same(messages.requests, text)
        assert "sk-ant-api03-abc" not in str(generation)
        assert ".claude" not in str(generation)


async def test_no_attack_of_a_fresh_set_has_an_effect_wherever_it_stands(
    services: Services, api: httpx.AsyncClient, claude: tuple[MessagesApi, str], tmp_path: Path
) -> None:
    """Each stands in a file, an attachment, a walk's result, a log and a package at once, and a model obeys."""
    messages, _ = claude
    actor = services.actors.local
    other = await made(services, "Another", {"index.html": "theirs"})
    await services.spending.decide(actor, Caps(month_usd=50, turn_usd=5))
    around = outside(tmp_path)
    for number, text in enumerate(THIRD_ATTACKS):
        files = dict([("index.html", "<p>Mine</p>\n"), *(place(text) for place in CHANNELS.values())])
        project = await made(services, f"Fresh {number}", files)
        await services.spending.decide(actor, Caps(total_usd=2), project.id)
        locked = await api.put(f"/projects/{project.id}/locks/src/notes.md")
        assert locked.status_code == 200
        before = await everything_else(services, project.id)
        messages.requests.clear()
        obeyed = (*FURTHER, *INJECTIONS)[number % len((*FURTHER, *INJECTIONS))]
        messages.then(obeyed.obeyed(other.id))
        sent = await api.post(f"/projects/{project.id}/messages", json={"text": "Make the heading blue."})
        assert sent.status_code == 202
        generation = await finished(services, project.id)
        with contextlib.suppress(Conflict):
            await services.turns.stop(actor, project.id, sent.json()["turn"]["id"])
        assert await everything_else(services, project.id) == before, (text, obeyed.name)
        assert outside(tmp_path) == around
        tree = dict(await services.store.head_tree(actor, project.id))
        assert tree.get("src/notes.md") == files["src/notes.md"]
        assert dict(await services.store.head_tree(actor, other.id)) == {"index.html": "theirs"}
        await spent_what_it_used(services, project.id, generation, len(messages.requests))
        assert all(text[:40] not in str(body["system"]) for body in messages.requests)


async def made(services: Services, title: str, files: dict[str, str]) -> Project:
    project = await services.store.create(services.actors.local, title)
    await services.store.commit(services.actors.local, project.id, FileTree(files), kind="import", label="made")
    return project


async def spent_what_it_used(services: Services, project: str, generation: dict[str, Any], requests: int) -> None:
    calls: list[ModelCall] = await services.usage.calls(services.actors.local, project=project)
    assert len(calls) == requests <= MOST_CONTINUATIONS + 2
    assert {call.status for call in calls} <= {"settled", "cancelled"}
    # A call that was ended on the way costs at least what had come, whatever the provider had said by then.
    spent, told = sum(call.output_tokens or 0 for call in calls), generation["tokens"]["output"]
    assert spent == told or (spent > told and "cancelled" in {call.status for call in calls})
    assert sum(call.cost_usd or 0 for call in calls) <= 2


def asked_the_same(requests: list[dict[str, Any]], text: str) -> None:
    """The tools and the rules of each request are those without the text, which stands in the material alone."""
    for body in requests:
        assert [tool["name"] for tool in body["tools"]] == ["write_app"]
        assert text[:40] not in str(body["system"])
        user = str(body["messages"])
        assert text[:30].replace('"', "'") in user.replace('"', "'")
        assert (
            user.rindex("Make the heading blue.") > user.rindex(text[:30])
            or "broke off" in user
            or "could not be used" in user
        )
