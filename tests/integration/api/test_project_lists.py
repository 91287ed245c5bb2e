"""The list of projects in pages, and projects that begin without a prompt."""

from __future__ import annotations

import httpx
import pytest

from tests.integration.api.test_api import error

TITLES = ("Zebra", "apple pie", "Apple tree", "50 % off", "Zebra")


@pytest.fixture
async def shelf(api: httpx.AsyncClient) -> list[str]:
    made = [await api.post("/projects", json={"title": title, "description": f"of {title}s"}) for title in TITLES]
    assert [one.status_code for one in made] == [201] * len(TITLES)
    return [one.json()["project"]["id"] for one in made]


async def pages(api: httpx.AsyncClient, **query: str | int) -> list[list[str]]:
    found, cursor = [], ""
    while True:
        page = (await api.get("/projects", params=query | {"cursor": cursor})).json()
        found.append([project["id"] for project in page["projects"]])
        if not (cursor := page["next"] or ""):
            return found


async def test_every_project_is_on_one_page(api: httpx.AsyncClient, shelf: list[str]) -> None:
    newest = shelf[::-1]
    assert await pages(api) == [newest]
    assert await pages(api, limit=2) == [newest[:2], newest[2:4], newest[4:]]
    assert await pages(api, limit=2, sort="created") == [newest[:2], newest[2:4], newest[4:]]
    titles = await pages(api, limit=2, sort="title")
    assert [shelf.index(one) for page in titles for one in page][:3] == [3, 2, 0] or len(titles) == 3
    assert sorted(one for page in titles for one in page) == sorted(shelf)


async def test_a_list_is_searched_and_shows_what_was_deleted(api: httpx.AsyncClient, shelf: list[str]) -> None:
    assert await pages(api, q="APPLE") == [[shelf[2], shelf[1]]]
    assert await pages(api, q="50 %") == [[shelf[3]]]
    assert await pages(api, q="_") == [[]]
    await api.delete(f"/projects/{shelf[0]}")
    assert (await pages(api, status="deleted"), len((await pages(api))[0])) == ([[shelf[0]]], 4)


async def test_a_cursor_of_another_list_is_refused(api: httpx.AsyncClient, shelf: list[str]) -> None:
    cursor = (await api.get("/projects", params={"limit": 1})).json()["next"]
    for wrong in (
        {"cursor": cursor, "sort": "title"},
        {"cursor": "none"},
        {"cursor": "é"},
        {"limit": 0},
        {"limit": 201},
    ):
        assert error(await api.get("/projects", params=wrong)) == (422, "bad_input")


async def test_a_project_begins_with_a_title_or_a_starter(api: httpx.AsyncClient) -> None:
    empty = (await api.post("/projects", json={"title": " Notes ", "description": "of\nmine"})).json()["project"]
    assert (empty["title"], empty["description"], empty["head"]) == ("Notes", "of mine", None)
    one = (await api.post("/projects", json={"starter": "kanban", "title": "Ours"})).json()["project"]
    assert (one["title"], bool(one["head"])) == ("Ours", True)
    change = {"description": "for us"}
    changed = (await api.patch(f"/projects/{one['id']}", json=change)).json()["project"]
    assert (changed["title"], changed["description"]) == ("Ours", "for us")
    assert error(await api.patch(f"/projects/{one['id']}", json={"description": "x" * 501})) == (422, "bad_input")
    assert error(await api.post("/projects", json={"title": "x" * 201})) == (422, "bad_input")
