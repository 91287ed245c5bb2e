"""What a hostile client, page or archive sends: refused in the error shape, never a failure of ours, nothing kept."""

from __future__ import annotations

import io
import json
import stat
import zipfile

import httpx
import pytest
import websockets

from builder.api import create_api
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.serve import make_data_dir
from tests.integration.server import serving


def zipped(name: str = "index.html", content: str = "<p>hello</p>", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
async def project(api: httpx.AsyncClient) -> str:
    return str((await api.post("/projects/import", content=zipped())).json()["project"]["id"])


@pytest.mark.parametrize(
    ("method", "where", "body"),
    [
        ("PATCH", "/working", '{"put": {"a.txt": "\\ud800"}}'),
        ("PATCH", "/working", '{"put": {"\\ud800": "a"}}'),
        ("PATCH", "/working", '{"rename": {"index.html": "\\udfff"}}'),
        ("PATCH", "/working", '{"put": {"a.txt": "a"}, "client": "\\ud800"}'),
        ("PATCH", "/working", '{"\\ud800": 1}'),
        ("PATCH", "", '{"title": "\\ud800"}'),
        ("POST", "/messages", '{"text": "a shop", "model": "\\ud800"}'),
        ("PUT", "/preview", '{"replace": true, "files": {"a": {"type": "text/css", "body": "\\ud800"}}}'),
        ("PUT", "/preview", '{"replace": true, "files": {"a": {"type": "text/\\u0435", "body": ""}}}'),
        ("PUT", "/preview", '{"replace": true, "files": {"a": {"type": "text/css; charset=\\u00e9", "body": ""}}}'),
    ],
)
async def test_text_that_is_no_text_is_refused(
    api: httpx.AsyncClient, project: str, method: str, where: str, body: str
) -> None:
    before = (await api.get(f"/projects/{project}/files")).json()
    headers = {"content-type": "application/json"}
    answer = await api.request(method, f"/projects/{project}{where}", content=body, headers=headers)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json()["error"]["message"]
    assert (await api.get(f"/projects/{project}/files")).json() == before


@pytest.mark.parametrize("last", ["9" * 20, "9" * 5_000])
async def test_an_absurd_last_event_id_is_no_failure(services: Services, project: str, last: str) -> None:
    async with serving(create_api(lambda: services)) as address, httpx.AsyncClient(timeout=5) as client:
        stream = f"http://{address}/api/v1/projects/{project}/events"
        async with client.stream("GET", stream, headers={"last-event-id": last}) as answer:
            assert answer.status_code == 200
            async for line in answer.aiter_lines():
                if line.startswith("id: "):
                    return
    raise AssertionError("the stream ended without an event")


async def test_an_event_socket_takes_bytes_in_its_stride(services: Services, project: str) -> None:
    async with serving(create_api(lambda: services)) as address:
        path = f"ws://{address}/api/v1/projects/{project}/events/ws?after=1000000"
        async with websockets.connect(path) as socket:
            await socket.send(b"\x00\xff")
            await socket.send("ping")
            assert await socket.recv() == ": pong\n\n"


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED])
async def test_a_damaged_archive_is_called_that(api: httpx.AsyncClient, method: int) -> None:
    content = "hello " * 1_000
    whole = zipped(content=content, method=method)
    start = len("index.html") + 30
    for at in range(start, start + 24):
        answer = await api.post("/projects/import", content=whole[:at] + b"\xff" * 5 + whole[at + 5 :])
        assert answer.status_code in (201, 422), (at, answer.text)


@pytest.mark.parametrize("write", [{"delete": ["a"] * 2_001}, {"rename": {f"a{i}": f"b{i}" for i in range(2_001)}}])
async def test_a_write_names_no_more_files_than_a_project_has(
    api: httpx.AsyncClient, project: str, write: dict[str, object]
) -> None:
    answer = await api.patch(f"/projects/{project}/working", json=write)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "bad_input")


def test_only_its_user_can_read_the_data_directory(settings: Settings) -> None:
    make_data_dir(settings)
    assert stat.S_IMODE(settings.data_dir.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("method", "where", "body"),
    [
        ("PATCH", "/working", {"put": {"a": {"base64": "é"}}}),
        ("PATCH", "/working", {"put": {"a": {"base64": "AA\x00="}}}),
        ("PATCH", "/working", {"put": {"a": {"base64": True}}}),
        ("PATCH", "/working", {"put": {"a": True}}),
        ("PUT", "/preview", {"files": {"a": {"type": "text/css", "base64": "é"}}}),
        ("PUT", "/preview", {"revision": True}),
        ("PUT", "/run", {"port": True}),
        ("POST", "/shares", {"hours": True}),
        ("POST", "/terminals", {"columns": True, "rows": True}),
        ("POST", "/server/exec", {"command": ["ls"], "seconds": True}),
    ],
)
async def test_a_body_of_the_wrong_shape_is_refused(
    api: httpx.AsyncClient, project: str, method: str, where: str, body: object
) -> None:
    answer = await api.request(method, f"/projects/{project}{where}", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "bad_input"), answer.text


async def test_a_deeply_nested_body_is_refused(api: httpx.AsyncClient, project: str) -> None:
    body = '{"put":' + "[" * 100_000 + "]" * 100_000 + "}"
    headers = {"content-type": "application/json"}
    answer = await api.patch(f"/projects/{project}/working", content=body, headers=headers)
    assert answer.status_code in (400, 422)
    assert json.loads(answer.text)["error"]["message"]
