"""The page of a project comes with its title and the newest exchange, for those who may read it and for nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from builder.accounts.access import Action, Visibility
from builder.base.db import Database
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.generation.tables import Generation
from builder.pages.first_words import with_first_words
from builder.projects.store import ChangeOfProject
from builder.projects.tables import Message
from preview_runtime.output import OutputFile
from tests.integration.team import IN, PEOPLE, SECRET, TEAM, WHO, Team, team

BUILT = "<!DOCTYPE html><html><head></head><body><div>built</div></body></html>"
OUTPUT = {"index.html": OutputFile("text/html", b"<h1>Sheep</h1>")}


async def built(request: Request) -> Response:
    if request.headers.get("if-none-match"):
        return Response(status_code=304)
    return HTMLResponse(BUILT, headers={"etag": '"built"', "last-modified": "Wed, 25 Nov 2026 10:00:00 GMT"})


def pages_of(services: Services) -> httpx.AsyncClient:
    app = with_first_words(Starlette(routes=[Route("/{path:path}", built)]), lambda: services)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:8000")


async def said(db: Database, project: str, text: str, answer: str | None, position: int) -> None:
    async with db.session() as session:
        made = Generation(owner="owner", created_by="owner", project=project, status="done", summary=answer or "")
        session.add(made)
        session.add(
            Message(
                owner="owner",
                created_by="owner",
                project=project,
                role="person",
                text=text,
                generation=made.id if answer else None,
                position=position,
            )
        )


async def test_title_request_and_answer_are_there_as_text(services: Services) -> None:
    project = (await services.store.create(services.actors.local, "Cats & <dogs>")).id
    await said(services.db, project, "first words", "first answer", 1)
    await said(services.db, project, "<script>alert(1)</script>\nand more", "It counts <b>sheep</b>.", 2)
    async with pages_of(services) as pages:
        page = (await pages.get(f"/p/{project}")).text
    for text in (
        "Cats &amp; &lt;dogs&gt;",
        "&lt;script&gt;alert(1)&lt;/script&gt;\nand more",
        "It counts &lt;b&gt;sheep&lt;/b&gt;.",
    ):
        assert text in page
    assert "first" not in page.replace("wb-first", "")
    assert page.index("<body>") < page.index("Cats") < page.index("<div>built</div>")


async def test_a_request_that_nothing_answered_yet_stands_alone(services: Services) -> None:
    project = (await services.store.create(services.actors.local, "Cats")).id
    await said(services.db, project, "first words", "first answer", 1)
    await said(services.db, project, "a question", None, 2)
    async with services.db.session() as session:
        session.add(Generation(owner="owner", created_by="owner", project=project, summary="first answer, again"))
    async with pages_of(services) as pages:
        page = (await pages.get(f"/p/{project}")).text
    assert "a question" in page
    assert "first answer" not in page


async def early(services: Services, project: str, host: str = "localhost:8000") -> bool:
    """Whether the page of a project says where its app is."""
    async with pages_of(services) as pages:
        page = (await pages.get(f"/p/{project}", headers={"host": host})).text
    address = f"{services.settings.preview_origin(project)}/"
    assert page.count("data-early") == page.count(f'<html data-early="{address}">') <= 1
    return "data-early" in page


async def test_an_app_that_is_ready_and_needs_nothing_but_a_browser_is_shown_at_once(services: Services) -> None:
    project = await services.store.create(services.actors.local, "Sheep")
    services.live.publish(project.id, 0, True, OUTPUT)
    assert not await early(services, project.id)  # nobody has looked at what it needs
    services.early_apps.note(project, True)
    assert await early(services, project.id)
    # At another address of the builder it would speak to nobody.
    assert not await early(services, project.id, "127.0.0.1:8000")
    services.early_apps.note(project, False)
    assert not await early(services, project.id)


async def test_an_app_is_not_shown_before_it_is_whole_or_when_its_files_have_changed(services: Services) -> None:
    project = await services.store.create(services.actors.local, "Sheep")
    services.early_apps.note(project, True)
    assert not await early(services, project.id)
    services.live.publish(project.id, 0, True, {"src/main.js": OutputFile("text/javascript", b"")})
    assert not await early(services, project.id)
    services.live.publish(project.id, 0, True, OUTPUT)
    assert await early(services, project.id)
    await services.store.write_working(services.actors.local, project.id, {"a.txt": "changed"})
    assert not await early(services, project.id)


@pytest.mark.parametrize("status", ["running", "interrupted", "failed", "done"])
async def test_an_app_that_is_being_written_is_left_to_its_workbench(services: Services, status: str) -> None:
    project = await services.store.create(services.actors.local, "Sheep")
    services.early_apps.note(project, True)
    services.live.publish(project.id, 0, True, OUTPUT)
    await said(services.db, project.id, "an app about sheep", "", 1)
    async with services.db.session() as session:
        made = Generation(owner="owner", created_by="owner", project=project.id, status=status)
        session.add(made)
        session.add(
            Message(
                owner="owner",
                created_by="owner",
                project=project.id,
                role="person",
                text="more sheep",
                generation=made.id,
                position=2,
            )
        )
    assert await early(services, project.id) == (status == "done")


async def test_the_page_s_own_code_waits_for_an_app_that_was_opened_before_it(services: Services) -> None:
    project = (await services.store.create(services.actors.local, "Sheep")).id
    entry = 'import("/assets/entry.client-abc.js");'

    async def page(_: Request) -> HTMLResponse:
        return HTMLResponse(f"<html><body><script type=module>{entry}</script></body></html>")

    app = with_first_words(Starlette(routes=[Route("/{path:path}", page)]), lambda: services)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:8000") as pages:
        assert f"await window.saysoSeen;{entry}" in (await pages.get(f"/p/{project}")).text
        assert f"module>{entry}" in (await pages.get("/account")).text


async def test_it_is_never_kept_for_somebody_else(services: Services) -> None:
    project = (await services.store.create(services.actors.local, "Cats")).id
    async with pages_of(services) as pages:
        # What the browser kept of the built page is another page.
        answer = await pages.get(f"/p/{project}", headers={"if-none-match": '"built"', "accept-encoding": "br"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "etag" not in answer.headers
    assert "last-modified" not in answer.headers
    assert answer.headers["content-encoding"] == "br"
    assert "Cats" in answer.text


@pytest.mark.parametrize("path", ["/", "/p/nothinglikethis", "/p/", "/account"])
async def test_other_pages_are_sent_as_they_were_built(services: Services, path: str) -> None:
    async with pages_of(services) as pages:
        answer = await pages.get(path, headers={"accept-encoding": "identity"})
    assert answer.text == BUILT
    assert answer.headers["etag"] == '"built"'


@pytest.fixture
async def house(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Team]:
    async with team(settings.model_copy(update={"owner_password": SecretStr("correct horse")}), monkeypatch) as made:
        yield made


async def test_only_those_who_may_read_its_conversation_get_its_words_public_or_not(house: Team) -> None:
    project = house.ids["project_id"]
    for visibility in (Visibility.TEAM, Visibility.PUBLIC):
        await house.services.change_project(TEAM, project, ChangeOfProject(visibility=visibility))
        async with pages_of(house.services) as pages:
            for person in PEOPLE:
                headers = {WHO: person.id} if person.id else {}
                page = (await pages.get(f"/p/{project}", headers=headers)).text
                theirs = person.is_told(Action.READ_TALK) == IN
                assert (SECRET in page.replace("&#x27;", "'")) == theirs, (visibility, person)
                assert "built" in page
