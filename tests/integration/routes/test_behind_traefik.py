"""The real Traefik with https, as compose.tls.yaml starts it, but for where its certificates come from."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest

from builder.base.settings import ROOT
from preview_runtime.routes.heads import guarded
from preview_runtime.routes.limits import VisitorLimits
from tests.integration.preview_routers import ServerPart, free_port, served, traefik

HOST = "p-app.apps.example.net"
FLOOD = "; ".join(f"bomb{number}={'x' * 3_900}" for number in range(20))
PROXY = "127.0.0.1"


async def told(session: aiohttp.ClientSession, url: str, **headers: str) -> tuple[int, list[str]]:
    async with session.get(url, headers={"host": HOST, **headers}, ssl=False, allow_redirects=False) as answer:
        return answer.status, answer.headers.getall("set-cookie", [])


@pytest.fixture
async def session() -> aiohttp.ClientSession:  # type: ignore[misc]
    sizes = {"max_line_size": 2**20, "max_field_size": 2**20}
    async with aiohttp.ClientSession(**sizes) as opened:  # type: ignore[arg-type]
        yield opened


async def test_with_certificates_everything_is_https_and_so_are_the_cookies_that_go(
    session: aiohttp.ClientSession, part: ServerPart, tmp_path: Path
) -> None:
    port = free_port()
    about = {
        "CERTIFICATES": "letsencrypt",
        "PUBLIC_URL": "https://sayso.example.org",
        "PREVIEW_HOST": "apps.example.net",
    }
    # Of the same name, and nobody is asked: Traefik has a certificate of its own until it has another.
    resolver = "certificatesresolvers.letsencrypt.acme"
    more = {
        "entrypoints.websecure.address": f"127.0.0.1:{port}",
        f"{resolver}.storage": str(tmp_path / "acme.json"),
        f"{resolver}.caserver": "http://127.0.0.1:1",
        f"{resolver}.tlschallenge": "true",
    }
    how = {"proxy_headers": True, "forwarded_allow_ips": PROXY, "http": guarded(VisitorLimits(), {PROXY})}
    async with (
        served(part.asgi, **how) as builder,
        traefik(builder, more, compose=ROOT / "compose.tls.yaml", **about) as plain,
    ):
        async with session.get(plain, headers={"host": HOST}, allow_redirects=False) as answer:
            assert (answer.status // 100, answer.headers["location"]) == (3, f"https://{HOST}/")
        address = f"https://127.0.0.1:{port}"
        async with asyncio.timeout(60):
            while (await told(session, address))[0] == 404:  # noqa: ASYNC110 - it redirects before it has read its routes
                await asyncio.sleep(0.1)
        async with session.get(f"{address}/x", headers={"host": HOST}, ssl=False) as answer:
            seen = (await answer.json())["headers"]
            assert (seen["host"], seen["x-forwarded-proto"]) == (HOST, "https")
        # In the builder's frame a browser takes no others, and a secure one is not replaced by one that is not.
        status, cookies = await told(session, address, cookie=FLOOD)
        assert status == 431
        for partition in ("", "; Partitioned"):
            reach = f"; Path=/; Domain=apps.example.net; Secure; SameSite=None{partition}"
            assert f"bomb19=x; Max-Age=0{reach}" in cookies


async def test_https_is_what_a_known_proxy_says_and_nobody_else(
    session: aiohttp.ClientSession, part: ServerPart
) -> None:
    for proxies, secure in (({PROXY}, True), (set[str](), False)):
        async with served(part.asgi, http=guarded(VisitorLimits(), proxies)) as builder:
            for claimed in ("https", "wss"):
                _, cookies = await told(session, builder, cookie=FLOOD, **{"x-forwarded-proto": claimed})
                assert len(cookies) > 20
                assert all(("; Secure" in cookie) is secure for cookie in cookies)
    async with served(part.asgi, http=guarded(VisitorLimits(), {PROXY})) as builder, traefik(builder) as origin:
        _, cookies = await told(session, origin, cookie=FLOOD, **{"x-forwarded-proto": "https"})
        assert len(cookies) > 20
        assert not any("Secure" in cookie for cookie in cookies)
