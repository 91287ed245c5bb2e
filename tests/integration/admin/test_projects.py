"""What administrators see of projects and do with them: sizes, not content; and content only for a reason that is told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from builder.accounts.actor import acting_for
from builder.composition.settings import Settings
from builder.previews.links.shares import Shares
from preview_runtime.compiling.compiler import Compiler
from preview_runtime.file_tree import FileTree
from preview_runtime.output import OutputFile
from tests.integration.accounts.people.school import School, school
from tests.integration.admin.test_people import ADMIN, id_of, overseer, written

SECRET = "the person's own words"


@pytest.fixture
async def open_school(shared: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[School]:
    async def compiled(*_: object) -> dict[str, OutputFile]:
        return {"index.html": OutputFile("text/html", b"x")}

    monkeypatch.setattr(Compiler, "compile", compiled)
    async with school(shared) as made:
        yield made


async def project_of(made: School, email: str, text: str) -> str:
    actor = acting_for(await id_of(made, email))
    project = (await made.services.store.create(actor, SECRET, prompt=SECRET)).id
    tree = FileTree({"index.html": text, "logo.png": b"\x89PNG\x00"})
    await made.services.store.commit(actor, project, tree, kind="import", label=SECRET)
    return project


async def test_projects_are_listed_by_size_age_and_activity_without_a_word_of_theirs(open_school: School) -> None:
    boss, _ = await overseer(open_school), await open_school.signed_up("ana@example.org")
    small = await project_of(open_school, "ana@example.org", SECRET)
    large = await project_of(open_school, "ana@example.org", SECRET * 100)
    middle = await project_of(open_school, "ana@example.org", SECRET * 10)

    async def listed(order: str) -> list[str]:
        found, cursor = [], ""
        while True:
            query: dict[str, str | int] = {"limit": 2, "cursor": cursor, "order": order}
            answer = await boss.get(f"{ADMIN}/projects", params=query)
            assert SECRET not in answer.text
            found += [one["id"] for one in answer.json()["projects"]]
            if (cursor := answer.json()["next"]) is None:
                return found

    assert await listed("size") == [large, middle, small]
    assert await listed("created") == [middle, large, small]
    assert await listed("updated") == [middle, large, small]
    who = await id_of(open_school, "ana@example.org")
    one = (await boss.get(f"{ADMIN}/projects", params={"owner": who, "limit": 1})).json()["projects"][0]
    assert (one["username"], one["versions"], one["size"]) == ("ana", 1, len(SECRET) * 10 + 5)
    # A version with other files has another size, and going back has the first one's.
    store, actor = open_school.services.store, acting_for(who)
    await store.commit(actor, small, FileTree({"a.txt": "12345"}), kind="import", label="")
    assert (await store.get(actor, small)).size == 5
    await store.undo(actor, small)
    assert (await store.get(actor, small)).size == len(SECRET) + 5


async def test_opening_a_project_needs_a_reason_and_its_owner_is_told(open_school: School) -> None:
    boss, ana = await overseer(open_school), await open_school.signed_up("ana@example.org")
    project = await project_of(open_school, "ana@example.org", SECRET)
    refused = await boss.post(f"{ADMIN}/projects/{project}/look", json={"reason": "  "})
    assert refused.json()["error"]["code"] == "reason_needed"
    assert (SECRET in refused.text, await open_school.letters("looked_at")) == (False, [])
    seen = (await boss.post(f"{ADMIN}/projects/{project}/look", json={"reason": "A report of  phishing"})).json()
    assert (seen["title"], seen["files"][0]["text"], seen["files"][1]["text"]) == (SECRET, SECRET, None)
    (letter,) = await open_school.letters("looked_at")
    assert (letter["to"], letter["project"], letter["reason"]) == ("ana@example.org", SECRET, "A report of phishing")
    # In the page too: nobody hears of it by letter where no mail is sent.
    (notice,) = (await ana.get("/api/v1/me/notifications")).json()["notifications"]
    assert (notice["kind"], notice["project"], notice["link"]) == ("looked_at", project, f"/p/{project}")
    assert (SECRET in notice["text"], "A report of phishing" in notice["text"]) == (True, True)
    assert ("admin.look", "project", "A report of phishing") in await written(open_school)
    assert SECRET not in json.dumps(await written(open_school))
    missing = await boss.post(f"{ADMIN}/projects/{'a' * 16}/look", json={"reason": "A report"})
    assert missing.status_code == 404


async def test_a_blocked_project_neither_runs_nor_is_shared_and_can_still_be_read(open_school: School) -> None:
    boss, ana = await overseer(open_school), await open_school.signed_up("ana@example.org")
    await open_school.services.people.links.verified(await open_school.token_of("verify"))
    project = await project_of(open_school, "ana@example.org", "x")
    link = (await ana.post(f"/api/v1/projects/{project}/shares", json={})).json()["share"]["id"]
    shares: Shares = open_school.services.shares
    assert await shares.find(link) is not None
    body = {"blocked": True, "reason": "It asks for card numbers"}
    blocked = (await boss.patch(f"{ADMIN}/projects/{project}", json=body)).json()
    assert (blocked["links"], blocked["blocked_at"] is None) == (0, False)
    assert await shares.find(link) is None
    for method, path in (("POST", "shares"), ("PUT", "server"), ("POST", "terminals")):
        refused = await ana.request(method, f"/api/v1/projects/{project}/{path}", json={})
        assert refused.json()["error"]["code"] == "blocked_project", path
    assert (await ana.get(f"/api/v1/projects/{project}/export.zip")).status_code == 200
    await boss.patch(f"{ADMIN}/projects/{project}", json={"blocked": False, "reason": "They took it out"})
    assert (await ana.post(f"/api/v1/projects/{project}/shares", json={})).status_code == 201
    body = {"links": True, "stop": True, "reason": "Taken down once more"}
    assert (await boss.patch(f"{ADMIN}/projects/{project}", json=body)).json()["links"] == 0
    actions = [action for action, _, _ in await written(open_school) if action.startswith("admin.")]
    assert actions[-4:] == ["admin.block", "admin.unblock", "admin.stop", "admin.take_down"]
