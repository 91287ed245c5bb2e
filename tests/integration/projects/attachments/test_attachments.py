"""Attached files over HTTP: uploaded, sent, shown, and forgotten."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlalchemy import select, update

from builder.accounts.actor import Actor, acting_for
from builder.api import create_api
from builder.base.errors import NotFound
from builder.base.ids import now
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.generation.asking import PromptOptions
from builder.projects.attachments.tables import Attachment
from builder.projects.tables import Blob
from tests import attached
from tests.integration.api.test_api import error, finished

ME = acting_for("owner")


async def attach(api: httpx.AsyncClient, data: bytes, name: str, project: str = "") -> dict[str, Any]:
    at = f"/projects/{project}/attachments" if project else "/attachments"
    answer = await api.post(at, params={"name": name}, content=data)
    assert answer.status_code == 201, answer.text
    view: dict[str, Any] = answer.json()
    return view


async def made(api: httpx.AsyncClient, services: Services, *attachments: str) -> tuple[str, dict[str, Any]]:
    """A project of a first request with these attachments, and its generation."""
    answer = await api.post("/projects", json={"prompt": "a kanban board", "attachments": [*attachments]})
    assert answer.status_code == 201, answer.text
    project = str(answer.json()["project"]["id"])
    return project, await finished(services, project)


async def blobs(services: Services) -> int:
    async with services.db.reader() as session:
        return len([*await session.scalars(select(Blob.sha256))])


async def test_what_was_attached_before_there_was_a_project_goes_with_its_first_request(
    services: Services, api: httpx.AsyncClient
) -> None:
    table = await attach(api, attached.CSV, "Cities of PT.csv")
    sketch = await attach(api, attached.photograph(), "IMG_1.jpg")
    assert (table["kind"], table["size"], table["data"], table["picture"]) == ("table", len(attached.CSV), True, False)
    assert (sketch["kind"], sketch["data"], sketch["picture"]) == ("picture", False, True)
    project, generation = await made(api, services, table["id"], sketch["id"])
    # The offline demo says that it looks at nothing, and the data is in the project all the same.
    assert generation["status"] == "done"
    assert generation["summary"].endswith(
        "The offline demo does not look at attached files; the data is in the project, as src/data/cities-of-pt.csv."
    )
    tree = await services.store.head_tree(ME, project)
    assert tree["src/data/cities-of-pt.csv"] == attached.CSV.decode()
    message = (await api.get(f"/projects/{project}")).json()["messages"][0]
    assert [one["name"] for one in message["attachments"]] == ["Cities of PT.csv", "IMG_1.jpg"]
    assert message["attachments"][0]["path"] == "src/data/cities-of-pt.csv"
    # What is shown is the picture that models see: without the place where it was taken.
    shown = await api.get(f"/projects/{project}/attachments/{sketch['id']}/picture")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert shown.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert not Image.open(io.BytesIO(shown.content)).getexif()
    file = await api.get(f"/projects/{project}/attachments/{table['id']}/file")
    assert (file.content, file.headers["x-content-type-options"]) == (attached.CSV, "nosniff")


async def test_a_follow_up_takes_files_along_and_the_demo_says_what_it_does(
    services: Services, api: httpx.AsyncClient
) -> None:
    project, _ = await made(api, services)
    note = await attach(api, b"blue please", "note.txt", project)
    answer = await api.post(f"/projects/{project}/messages", json={"text": "rename it", "attachments": [note["id"]]})
    assert answer.status_code == 202
    assert answer.json()["message"]["attachments"][0]["name"] == "note.txt"
    generations = (await api.get(f"/projects/{project}")).json()["generations"]
    assert len(generations) == 2


async def test_what_cannot_be_used_makes_no_project(services: Services, api: httpx.AsyncClient) -> None:
    answer = await api.post("/projects", json={"prompt": "an app", "attachments": ["a" * 16]})
    assert error(answer) == (422, "attachment_gone")
    many = [(await attach(api, b"x%d" % number, f"{number}.txt"))["id"] for number in range(11)]
    assert error(await api.post("/projects", json={"prompt": "an app", "attachments": many})) == (
        422,
        "attachment_many",
    )
    assert await services.store.list(ME) == []


async def test_limits_are_told_and_held(settings: Settings) -> None:
    small = settings.model_copy(update={"attachment_mb": 1, "attachment_total_mb": 1, "attachment_files": 3})
    services = Services(small)
    await services.start()
    transport = httpx.ASGITransport(create_api(lambda: services), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1") as api:
        told = (await api.get("/attachments/limits")).json()
        assert told == {"files": 3, "file_bytes": 2**20, "total_bytes": 2**20}
        large = await api.post("/attachments", params={"name": "a.txt"}, content=b"x" * (2**20 + 1))
        assert error(large) == (413, "attachment_too_large")
        assert large.json()["error"]["message"] == "“a.txt” is larger than 1 MB. Attach a smaller file."
        both = [(await attach(api, b"x" * 700_000, f"{number}.txt"))["id"] for number in range(2)]
        answer = await api.post("/projects", json={"prompt": "an app", "attachments": both})
        assert error(answer) == (422, "attachment_total")
        for number in range(13):
            await attach(api, b"y", f"{number}.txt")
        assert error(await api.post("/attachments", content=b"one more")) == (409, "attachment_waiting")
    assert [*(settings.data_dir / "attachments").iterdir()] == []
    await services.close()


async def test_whatever_a_file_is_called_its_name_is_one_that_can_be_shown(api: httpx.AsyncClient) -> None:
    names = {
        "../../etc/passwd": "passwd",
        "C:\\Users\\me\\a.txt": "a.txt",
        'x" onerror="<script>.txt': "x onerror=script.txt",
        "in\u202evoice.txt": "invoice.txt",
        "": "pasted",
        "long" * 60 + ".csv": ("long" * 60)[:88] + ".csv",
    }
    for name, shown in names.items():
        assert (await attach(api, b"text", name))["name"] == shown


async def test_what_was_taken_away_or_never_sent_is_forgotten(services: Services, api: httpx.AsyncClient) -> None:
    before = await blobs(services)
    project, _ = await made(api, services)
    with_project = await blobs(services)
    taken = await attach(api, attached.picture(colour="#111111"), "a.png", project)
    left = await attach(api, attached.picture(colour="#222222"), "b.png", project)
    assert (await api.delete(f"/attachments/{taken['id']}")).status_code == 204
    answer = await api.post(f"/projects/{project}/messages", json={"text": "blue", "attachments": [taken["id"]]})
    assert error(answer) == (422, "attachment_gone")
    async with services.db.session() as session:
        long_ago = update(Attachment).where(Attachment.id == left["id"])
        await session.execute(long_ago.values(created_at=now(ago=timedelta(days=2))))
    await services.upkeep.purge()
    async with services.db.reader() as session:
        assert [*await session.scalars(select(Attachment.id))] == []
    assert await blobs(services) == with_project > before


async def test_attachments_go_with_their_project_and_no_sooner(services: Services, api: httpx.AsyncClient) -> None:
    sketch = await attach(api, attached.picture(), "a.png")
    project, _ = await made(api, services, sketch["id"])
    other, _ = await made(api, services)
    assert error(await api.delete(f"/attachments/{sketch['id']}")) == (409, "attachment_sent")
    await api.delete(f"/projects/{other}")
    await services.upkeep.purge(timedelta(0))
    assert (await api.get(f"/projects/{project}/attachments/{sketch['id']}/picture")).status_code == 200
    await api.delete(f"/projects/{project}")
    await services.upkeep.purge(timedelta(0))
    async with services.db.reader() as session:
        assert [*await session.scalars(select(Attachment.id))] == []


async def test_another_workspace_s_files_are_not_there(services: Services, api: httpx.AsyncClient) -> None:
    sketch = await attach(api, attached.picture(), "a.png")
    project, _ = await made(api, services, sketch["id"])
    stranger = Actor("stranger", "stranger")
    waiting = await attach(api, attached.CSV, "a.csv")
    with pytest.raises(NotFound):
        await services.attachments.content(stranger, project, sketch["id"], "picture")
    with pytest.raises(NotFound):
        await services.attachments.remove(stranger, waiting["id"])
    theirs = await services.store.create(stranger, "theirs")
    options = PromptOptions(attachments=(waiting["id"],))
    with pytest.raises(Exception) as caught:
        await services.generations.start(stranger, theirs.id, "an app", "starter:offline", options)
    assert caught.value.code == "attachment_gone"  # type: ignore[attr-defined]
    # Nor by another project of one's own.
    second, _ = await made(api, services)
    assert (await api.get(f"/projects/{second}/attachments/{sketch['id']}/picture")).status_code == 404


async def test_a_file_goes_with_another_request_of_its_project_but_of_no_other(
    services: Services, api: httpx.AsyncClient
) -> None:
    note = await attach(api, b"hello", "note.txt")
    project, _ = await made(api, services, note["id"])
    again = await api.post(f"/projects/{project}/messages", json={"text": "bluer", "attachments": [note["id"]]})
    assert again.json()["message"]["attachments"][0]["id"] == note["id"]
    answer = await api.post("/projects", json={"prompt": "another", "attachments": [note["id"]]})
    assert error(answer) == (422, "attachment_gone")
    assert len(await services.store.list(ME)) == 1
