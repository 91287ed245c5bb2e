from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from builder.api.previews import runtime


@pytest.fixture
async def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    dist = tmp_path / "dist"
    (dist / "preview").mkdir(parents=True)
    (dist / "engine.worker.js").write_text("plain")
    (dist / "engine.worker.js.br").write_bytes(b"packed")
    (dist / "preview" / "client.js").write_text("client")
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(runtime, "DIST", dist)
    app = FastAPI()
    app.include_router(runtime.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        yield client


async def test_the_engine_is_kept_by_browsers_for_good_under_its_digest(client: httpx.AsyncClient) -> None:
    url = runtime.runtime_url()
    answer = await client.get(f"{url}preview/client.js", headers={"accept-encoding": "br"})
    assert answer.text == "client"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert "content-encoding" not in answer.headers
    plain = await client.get(f"{url}engine.worker.js", headers={"accept-encoding": "gzip"})
    assert plain.text == "plain"
    async with client.stream("GET", f"{url}engine.worker.js", headers={"accept-encoding": "br"}) as packed:
        assert packed.headers["content-encoding"] == "br"
        assert [piece async for piece in packed.aiter_raw()] == [b"packed"]


async def test_a_changed_engine_has_another_address_and_the_old_one_is_kept_by_nobody(
    client: httpx.AsyncClient,
) -> None:
    old = runtime.runtime_url()
    (runtime.DIST / "engine.worker.js").write_text("changed")
    assert runtime.runtime_url() != old
    assert (await client.get(f"{old}engine.worker.js")).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["..%2fsecret.txt", "preview", "", "nope.js", "a%00b", "%2fetc%2fpasswd"])
async def test_nothing_else_is_served(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"/runtime/x/{path}")
    assert answer.status_code == 404
    assert "secret" not in answer.text


# A name may have 255 bytes, a path 4,096 (pathconf(3)).
LONG = [
    "a" * 252 + ".js",
    "a" * 256,
    "a" * 5_000,
    "a/" * 3_000 + "a",
    "%2e%2e/" * 2_000,
    "é" * 200,
    "%00" * 300,
    "%F0%9F",
]


@pytest.mark.parametrize("path", LONG, ids=[path[:12] for path in LONG])
@pytest.mark.parametrize("encoding", ["br", ""])
async def test_a_name_of_any_length_is_answered(client: httpx.AsyncClient, path: str, encoding: str) -> None:
    for digest in ("x", "x" * 5_000):
        answer = await client.get(f"/runtime/{digest}/{path}", headers={"accept-encoding": encoding})
        assert answer.status_code == 404
