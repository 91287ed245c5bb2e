from __future__ import annotations

import asyncio
import base64
import hmac
import stat
import time
from collections.abc import AsyncIterator

import httpx
import pytest
import websockets
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from builder.accounts.session_cookie import SessionCookies
from builder.accounts.sign_in import require_sign_in
from builder.accounts.tries import PER_CLIENT
from builder.composition.settings import Settings
from tests.integration.server import serving

PASSWORD = "correct horse"  # a test's own


def inner() -> ASGIApp:
    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text("in")
        await websocket.close()

    async def page(_: object) -> PlainTextResponse:
        return PlainTextResponse("in")

    every = ["GET", "POST"]
    return Starlette(routes=[WebSocketRoute("/_event", socket), Route("/{path:path}", page, methods=every)])


@pytest.fixture
def locked(settings: Settings) -> Settings:
    return settings.model_copy(update={"owner_password": SecretStr(PASSWORD)})


@pytest.fixture
async def client(locked: Settings) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(require_sign_in(inner(), locked))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        yield client


async def sign_in(client: httpx.AsyncClient, password: str = PASSWORD, **options: object) -> httpx.Response:
    return await client.post("/sign-in?next=/p/abc", data={"password": password}, **options)  # type: ignore[arg-type]


def test_without_a_password_nothing_stands_in_the_way(settings: Settings) -> None:
    app = inner()
    assert require_sign_in(app, settings) is app


async def test_pages_lead_to_the_sign_in_page_and_back(client: httpx.AsyncClient) -> None:
    answer = await client.get("/p/abc?tab=code")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/p/abc%3Ftab%3Dcode")
    page = await client.get(answer.headers["location"])
    assert page.status_code == 200
    assert 'action="/sign-in?next=/p/abc%3Ftab%3Dcode"' in page.text
    answer = await client.post("/sign-in?next=/p/abc%3Ftab%3Dcode", data={"password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/p/abc?tab=code")
    assert (await client.get("/p/abc")).text == "in"


@pytest.mark.parametrize("path", ["/api/v1/projects", "/_event", "/runtime/x/y.js", "/_upload"])
async def test_programs_get_401_in_the_error_shape(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "sign_in"
    assert (await client.post("/", content=b"x")).status_code == 401


@pytest.mark.parametrize("path", ["/api/v1/health", "/favicon.svg", "/assets/index-abc.js"])
async def test_what_is_nobodys_secret_is_open(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).text == "in"


async def test_the_session_cookie_cannot_be_read_by_scripts_sent_elsewhere_or_forged(
    client: httpx.AsyncClient, locked: Settings
) -> None:
    header = (await sign_in(client)).headers["set-cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Domain" not in header
    name, value = header.partition(";")[0].split("=", 1)
    expiry, token, signature = value.split(".")
    assert stat.S_IMODE((locked.data_dir / "session.key").stat().st_mode) == 0o600
    for forged in (
        f"{int(expiry) + 1}.{token}.{signature}",
        f"1.{token}.{signature}",
        f"{expiry}.{token}.",
        "",
        "a.b.c",
        "é",
    ):
        client.cookies.clear()
        answer = await client.get("/api/v1/projects", headers={"cookie": f"{name}={forged}".encode()})
        assert answer.status_code == 401


async def test_a_session_that_an_earlier_sayso_began_goes_on(locked: Settings) -> None:
    stored = b"k" * 32
    locked.data_dir.mkdir(parents=True)
    (locked.data_dir / "session.key").write_bytes(stored)
    payload = f"{int(time.time()) + 60}.a-name"
    key = hmac.digest(stored, PASSWORD.encode(), "sha256")
    signed = base64.urlsafe_b64encode(hmac.digest(key, payload.encode(), "sha256")).decode().rstrip("=")
    cookies = SessionCookies(locked)
    session = cookies.session(Headers({"cookie": f"{cookies.name}={payload}.{signed}"}))
    assert session is not None
    assert session.id == "a-name"


async def test_behind_https_the_cookie_is_secure_and_of_this_host_alone(locked: Settings) -> None:
    secure = locked.model_copy(update={"public_url": "https://sayso.example"})
    transport = httpx.ASGITransport(require_sign_in(inner(), secure))
    async with httpx.AsyncClient(transport=transport, base_url="https://sayso.example") as client:
        header = (await sign_in(client)).headers["set-cookie"]
        assert header.startswith("__Host-sayso=")
        assert "; Secure" in header
        assert "Path=/;" in header
        assert (await client.get("/p/abc")).text == "in"


async def test_a_wrong_password_is_said_plainly_and_tries_are_limited(client: httpx.AsyncClient) -> None:
    for _ in range(PER_CLIENT):
        answer = await sign_in(client, "wrong")
        assert answer.status_code == 401
        assert "That is not the password" in answer.text
        assert "set-cookie" not in answer.headers
    answer = await sign_in(client, PASSWORD)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 60


async def test_who_guesses_from_many_addresses_locks_nobody_out(locked: Settings) -> None:
    app = require_sign_in(inner(), locked)

    async def tried(address: str, password: str) -> int:
        transport = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
            return (await sign_in(client, password)).status_code

    for guesser in (f"198.51.100.{n}" for n in range(10)):
        assert [await tried(guesser, "wrong") for _ in range(10)] == [401] * PER_CLIENT + [429] * (10 - PER_CLIENT)
    for n in range(40):  # one subscriber, an address of its own for each try
        assert await tried(f"2001:db8::{n:x}", "wrong") == (401 if n < PER_CLIENT else 429)
    assert await tried("192.0.2.7", PASSWORD) == 303
    assert await tried("2001:db8:0:1::1", PASSWORD) == 303


async def test_tries_sent_all_at_once_are_limited_too(client: httpx.AsyncClient) -> None:
    ready, count = asyncio.Event(), PER_CLIENT * 3
    waiting = 0

    async def held_back() -> AsyncIterator[bytes]:
        nonlocal waiting
        yield b"password="
        waiting += 1
        if waiting == count:
            ready.set()
        await ready.wait()
        yield b"wrong"

    answers = await asyncio.gather(*(client.post("/sign-in", content=held_back()) for _ in range(count)))
    assert [answer.status_code for answer in answers].count(401) == PER_CLIENT


async def test_an_endless_form_ends_early(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"password=" + b"x" * 1_000

    assert (await client.post("/sign-in", content=endless())).status_code == 413


async def test_a_password_may_have_any_characters(settings: Settings) -> None:
    locked = settings.model_copy(update={"owner_password": SecretStr("pä ß&=+%ü€")})
    transport = httpx.ASGITransport(require_sign_in(inner(), locked))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        assert (await sign_in(client, "pä ß&=+%ü€")).status_code == 303


async def test_another_site_cannot_sign_anybody_in_or_out(client: httpx.AsyncClient) -> None:
    assert (await sign_in(client, headers={"origin": "http://p-abc.preview.localhost:8000"})).status_code == 403
    await sign_in(client, headers={"origin": "http://localhost:8000"})
    kept = dict(client.cookies)
    answer = await client.post("/sign-out", headers={"origin": "http://evil.example"})
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
    assert (
        await client.get("/api/v1/projects", headers={"cookie": "; ".join(f"{k}={v}" for k, v in kept.items())})
    ).status_code == 200


@pytest.mark.parametrize("other", ["sayso_session=tossed", "sayso_session=", 'sayso_session="a.b.c"'])
async def test_a_cookie_that_another_host_set_beside_ours_signs_nobody_out(
    client: httpx.AsyncClient, other: str
) -> None:
    await sign_in(client)
    ours = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    client.cookies.clear()
    for cookies in (f"{other}; {ours}", f"{ours}; {other}"):
        assert (await client.get("/api/v1/projects", headers={"cookie": cookies})).status_code == 200
    assert (await client.get("/api/v1/projects", headers={"cookie": other})).status_code == 401


async def test_signing_out_ends_the_session_even_for_a_copy_of_the_cookie(client: httpx.AsyncClient) -> None:
    await sign_in(client)
    copied = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    answer = await client.post("/sign-out")
    assert answer.headers["location"] == "/sign-in"
    client.cookies.clear()
    assert (await client.get("/api/v1/projects", headers={"cookie": copied})).status_code == 401


async def test_a_changed_password_ends_every_session(client: httpx.AsyncClient, locked: Settings) -> None:
    await sign_in(client)
    changed = locked.model_copy(update={"owner_password": SecretStr("another")})
    transport = httpx.ASGITransport(require_sign_in(inner(), changed))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://localhost:8000", cookies=client.cookies
    ) as other:
        assert (await other.get("/api/v1/projects")).status_code == 401


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nb"]
)
async def test_nobody_is_sent_elsewhere_after_signing_in(client: httpx.AsyncClient, target: str) -> None:
    answer = await client.post("/sign-in", params={"next": target}, data={"password": PASSWORD})
    assert answer.headers["location"] == "/"


async def test_the_page_runs_no_script_and_cannot_be_framed(client: httpx.AsyncClient) -> None:
    answer = await client.get("/sign-in", params={"next": '/"><script>alert(1)</script>'})
    assert "<script" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    nonce = policy.split("nonce-")[1].split("'")[0]
    assert f'<style nonce="{nonce}">' in answer.text
    assert "prefers-color-scheme: dark" in answer.text


async def test_the_event_socket_opens_only_for_who_signed_in(locked: Settings) -> None:
    app = require_sign_in(inner(), locked)
    async with serving(app) as address, httpx.AsyncClient(base_url=f"http://{address}") as client:
        with pytest.raises(websockets.InvalidStatus) as refused:
            await websockets.connect(f"ws://{address}/_event")
        assert refused.value.response.status_code == 403
        await sign_in(client)
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        async with websockets.connect(f"ws://{address}/_event", additional_headers={"cookie": cookie}) as socket:
            assert await socket.recv() == "in"


async def test_signing_out_ends_every_session_where_the_disk_takes_no_key(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign_in(client)
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())

    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("builder.accounts.session_cookie.secret_file", full)
    answer = await client.post("/sign-out")
    assert answer.status_code == 507
    client.cookies.clear()
    assert (await client.get("/api/v1/projects", headers={"cookie": cookie})).status_code == 401
