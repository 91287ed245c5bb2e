"""What Traefik asks the builder: its configuration, before each request whether it may pass, and what a visitor reads
whom an app does not answer.

Its addresses carry the secret of TRAEFIK_TOKEN and are answered under any Host, because Traefik calls the builder by
a name or address of the inside.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import ipaddress
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from builder.settings import Settings
from preview_runtime.routes.gate import COOKIES, kept_cookies
from preview_runtime.routes.limits import Limits
from preview_runtime.routes.preview_host import PreviewHost
from preview_runtime.routes.requests import error
from preview_runtime.routes.route_table import RouteTable
from preview_runtime.routes.traefik import PRIVATE_PREFIX, TraefikSettings, traefik_configuration, traefik_labels

_STATUS: Final = re.compile(r"[1-5][0-9]{2}", re.ASCII)
_OF_A_BODY: Final = frozenset({b"content-length", b"transfer-encoding", b"expect"})


def traefik_settings(settings: Settings) -> TraefikSettings:
    """What the settings say about the Traefik before us."""
    builder = settings.traefik_builder or f"http://127.0.0.1:{settings.port}"
    public = urlsplit(settings.public_url)
    tls = public.scheme == "https"
    token = settings.traefik_token.get_secret_value()
    return TraefikSettings(
        preview_host=settings.preview_host.partition(":")[0],
        builder=builder,
        auth=f"{builder}{PRIVATE_PREFIX}{token}/auth" if token else "",
        silent=f"{PRIVATE_PREFIX}{token}/silent" if token else "",
        cookies=COOKIES,
        entry_point=settings.traefik_entry_point or ("websecure" if tls else "web"),
        tls=tls,
        resolver=settings.traefik_certificates,
        domains=(public.hostname,) if public.hostname else (),
        redis=settings.traefik_redis,
        limits=preview_limits(settings),
    )


def preview_limits(settings: Settings) -> Limits:
    """What one visitor may take of a preview's server part."""
    return Limits(
        body_bytes=settings.preview_body_mb * 2**20,
        head_bytes=settings.head_kb * 2**10,
        requests_per_second=settings.preview_requests_per_second,
        burst=settings.preview_burst,
        connections=settings.preview_connections,
        head_seconds=settings.head_seconds,
        body_seconds=settings.preview_body_seconds,
    )


def labels_for(preview_id: str, port: int, settings: Settings, *, network: str = "") -> dict[str, str]:
    """The labels of a preview's container, for a Traefik that watches Docker; none unless TRAEFIK_LABELS is set."""
    if not settings.traefik_labels:
        return {}
    return traefik_labels(preview_id, port, traefik_settings(settings), network=network)


def behind_traefik(
    app: ASGIApp,
    routes: Callable[[], RouteTable],
    previews: Callable[[], PreviewHost],
    token: str,
    about: TraefikSettings,
) -> ASGIApp:
    """`app` with Traefik's addresses before it; `app` itself without a token."""
    if not token:
        return app

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        # As it was written: what Traefik does not lead here in one spelling, nobody gets at in another.
        written = scope["type"] == "http" and scope.get("raw_path", scope["path"].encode())
        if not written or not written.startswith(PRIVATE_PREFIX.encode()):
            return await app(scope, receive, send)
        given, _, asked = scope["path"].removeprefix(PRIVATE_PREFIX).partition("/")
        if not hmac.compare_digest(given.encode(), token.encode()):
            response: Response = error(404, "not_found", "There is nothing at this address.")
        elif asked == "configuration":
            response = JSONResponse(traefik_configuration(routes(), about), headers={"Cache-Control": "no-store"})
        elif asked == "auth":
            response = await _judge(scope, previews())
        elif asked == "silent":
            return await _silent(scope, receive, send, previews())
        else:
            response = error(404, "not_found", "There is nothing at this address.")
        await response(scope, receive, send)

    return answered


class RoutesFile:
    """Keeps a file with Traefik's configuration in step with the table, for its file provider."""

    def __init__(self, path: Path, routes: RouteTable, settings: TraefikSettings) -> None:
        self._path, self._routes, self._settings = path, routes, settings
        self._changed = asyncio.Event()
        routes.on_change(self._changed.set)

    async def run(self) -> None:
        """Write at once, then after each change, until cancelled. Changes that come together are one writing."""
        while True:
            self._changed.clear()
            await asyncio.to_thread(self._write, json.dumps(traefik_configuration(self._routes, self._settings)))
            await self._changed.wait()

    def _write(self, text: str) -> None:
        # Appears whole or not at all, and only its user reads it: it holds the secret.
        draft = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        draft.replace(self._path)


async def _judge(scope: Scope, previews: PreviewHost) -> Response:
    """204 lets the request pass, everything else is what the visitor gets (Traefik: forwardAuth)."""
    about = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    preview_id, upstream = about.get("preview", [""])[0], about.get("upstream", [""])[0]
    if not preview_id:
        return error(400, "bad_input", "The preview is not named.")
    asked = _asked(scope)
    verdict = await previews.judge(asked, preview_id, upstream)
    if verdict.refusal is not None:
        return verdict.refusal
    passed = Response(status_code=204)
    for name, value in asked["headers"]:
        if name == b"cookie" and (kept := kept_cookies(value)):
            passed.headers["Cookie"] = kept.decode("latin-1")
    if verdict.cookie:
        passed.headers["Set-Cookie"] = verdict.cookie
    return passed


async def _silent(scope: Scope, receive: Receive, send: Send, previews: PreviewHost) -> None:
    """What a visitor reads instead of Traefik's own 502 or 504 (Traefik: errors), which keeps its status."""
    about = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    preview_id, upstream, status = (about.get(name, [""])[0] for name in ("preview", "upstream", "status"))
    try:
        asked = urlsplit(about.get("url", [""])[0])
    except ValueError:
        return await error(400, "bad_input", "The address is not one.")(scope, receive, send)
    path = asked.path.encode() or b"/"
    visitor = Headers(scope=scope).get("x-real-ip", "")
    again = {
        **scope,
        "method": "GET",
        "path": unquote(asked.path) or "/",
        "raw_path": path,
        "query_string": asked.query.encode(),
        "scheme": Headers(scope=scope).get("x-forwarded-proto", "http"),
        "client": (visitor, 0),
        "headers": [(name, value) for name, value in scope["headers"] if name not in _OF_A_BODY],
    }
    await previews.ask_again(again, send, preview_id, upstream, int(status) if _STATUS.fullmatch(status) else 502)


def _asked(scope: Scope) -> Scope:
    """The request as the visitor made it: Traefik tells its line in headers."""
    headers = Headers(scope=scope)
    path, _, query = headers.get("x-forwarded-uri", "/").partition("?")
    visitor = headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    with contextlib.suppress(ValueError):
        visitor = str(ipaddress.ip_address(visitor))
    return {
        **scope,
        "method": headers.get("x-forwarded-method", "GET"),
        "scheme": headers.get("x-forwarded-proto", "http"),
        "path": path,
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "client": (visitor, 0),
    }
