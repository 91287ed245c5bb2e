"""What people say of themselves, their picture, and all of it in a file."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator

import pytest
from PIL import Image

from builder.base.errors import BadInput
from builder.composition.settings import Settings
from tests.integration.accounts.people.school import School, school

AVATAR = "/api/v1/me/avatar"


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[School]:
    async with school(settings) as made:
        yield made


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480)) -> bytes:
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    Image.new("RGB", size, "red").save(made, kind, exif=exif)
    return made.getvalue()


async def test_people_say_of_themselves_what_they_like(house: School) -> None:
    ana = await house.signed_up("ana@example.org")
    said = {
        "bio": "Makes things.\nOften.", "location": "Lisbon", "website": "https://ana.example",
        "github": "https://github.com/ana", "linkedin": "https://linkedin.com/in/ana", "time_zone": "Europe/Lisbon",
    }  # fmt: skip
    account = (await ana.patch("/api/v1/me", json=said)).json()["account"]
    assert {name: account[name] for name in said} == said
    with pytest.raises(BadInput):  # also where no route has looked at it
        await house.services.people.register.change(account["id"], {"locale": "tlh"})
    for wrong in ({"github": "javascript:alert(1)"}, {"time_zone": "../../etc"}, {"linkedin": "x" * 201}):
        assert (await ana.patch("/api/v1/me", json=wrong)).status_code == 422
    assert (await ana.get("/api/v1/me")).json()["account"]["github"] == said["github"]


async def test_a_picture_is_drawn_anew_and_small(house: School) -> None:
    ana = await house.signed_up("ana@example.org")
    assert (await ana.get(AVATAR)).status_code == 404
    assert (await ana.put(AVATAR, content=picture())).status_code == 204
    answer = await ana.get(AVATAR)
    assert (answer.headers["content-type"], answer.headers["x-content-type-options"]) == ("image/webp", "nosniff")
    with Image.open(io.BytesIO(answer.content)) as drawn:
        assert (drawn.format, drawn.size, dict(drawn.getexif())) == ("WEBP", (256, 256), {})
    for nonsense in (b"", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n" + bytes(40), b"%PDF-1.7"):
        assert (await ana.put(AVATAR, content=nonsense)).status_code == 422, nonsense
    assert (await ana.get(AVATAR)).content == answer.content
    assert (await ana.delete(AVATAR)).status_code == 204
    assert (await ana.get(AVATAR)).status_code == 404


async def test_everything_of_a_person_is_in_their_file_and_no_secret(house: School) -> None:
    ana = await house.signed_up("ana@example.org")
    await ana.put(AVATAR, content=picture("PNG"))
    await ana.post("/api/v1/projects", json={"starter": "kanban"})
    answer = await ana.get("/api/v1/me/export")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = archive.namelist()
        said = json.loads(archive.read("account.json"))
    assert {"account.json", "avatar.webp"} < {*names}
    assert [name for name in names if name.startswith("projects/")]
    assert {*said} == {"account", "sessions", "tokens", "identities", "passkeys"}
    assert said["account"]["email"] == "ana@example.org"
    assert not {"password", "hash", "credential", "public_key"} & {*said["account"], *said["sessions"][0]}
