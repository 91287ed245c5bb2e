"""Only our own names are answered, and the API only to our own pages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from builder.base.http.hosts import (
    SIGNED_IN,
    Authority,
    HostKind,
    HostRules,
    dispatch_by_host,
    parse_authority,
    same_origin_only,
)
from builder.composition.settings import Settings

OWN = "localhost:8000"


def settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("localhost", Authority("localhost", "")),
        ("LOCALHOST:8000", Authority("localhost", "8000")),
        ("localhost.:8000", Authority("localhost", "8000")),
        ("[::1]:8000", Authority("::1", "8000")),
        ("127.0.0.1:80", Authority("127.0.0.1", "")),
        ("p-ab.preview.localhost:3000", Authority("p-ab.preview.localhost", "3000")),
        ("", None),
        ("user@localhost", None),
        ("localhost:8000@evil.example", None),
        ("evil.example#localhost", None),
        ("evil.example/localhost", None),
        ("localhost:", None),
        ("localhost:0", None),
        ("localhost:99999", None),
        ("localhost:8000:8000", None),
        ("local host", None),
        ("localhost..", None),
        ("a..localhost", None),
        (".localhost", None),
        ("::1", None),
        ("[::1", None),
        ("localhost, evil.example", None),
        ("localhost\t", None),
    ],
)
def test_host_headers_are_read_strictly(text: str, expected: Authority | None) -> None:
    assert parse_authority(text) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost:1", HostKind.BUILDER),
        ("127.0.0.1:8000", HostKind.BUILDER),
        ("[::1]:8000", HostKind.BUILDER),
        ("sayso.example.org", HostKind.BUILDER),
        ("SAYSO.example.org.", HostKind.BUILDER),
        ("p-ab.apps.example.net", HostKind.PREVIEW),
        ("w-ab.apps.example.net", HostKind.PREVIEW),
        ("w3-ab.apps.example.net", HostKind.PREVIEW),
        ("w0-ab.apps.example.net", HostKind.FOREIGN),
        ("w10-ab.apps.example.net", HostKind.FOREIGN),
        ("q-ab.apps.example.net", HostKind.FOREIGN),
        ("w-ab.p-ab.apps.example.net", HostKind.FOREIGN),
        ("P-AB.apps.example.net.:8443", HostKind.PREVIEW),
        ("p-a--b-0.apps.example.net", HostKind.PREVIEW),
        ("p-ab.p-cd.apps.example.net", HostKind.FOREIGN),
        ("x.p-ab.apps.example.net", HostKind.FOREIGN),
        ("p-ab.x.apps.example.net", HostKind.FOREIGN),
        ("p-ab.apps.example.net.apps.example.net", HostKind.FOREIGN),
        ("ab.apps.example.net", HostKind.FOREIGN),
        ("www.apps.example.net", HostKind.FOREIGN),
        ("p-.apps.example.net", HostKind.FOREIGN),
        ("p--.apps.example.net", HostKind.FOREIGN),
        ("p-a_b.apps.example.net", HostKind.FOREIGN),
        (f"p-{'a' * 62}.apps.example.net", HostKind.FOREIGN),
        ("p-abXapps.example.net", HostKind.FOREIGN),
        ("apps.example.net", HostKind.FOREIGN),
        ("evilapps.example.net", HostKind.FOREIGN),
        ("p-ab.apps.example.net.evil.example", HostKind.FOREIGN),
        ("evil.example", HostKind.FOREIGN),
        ("127.0.0.1.nip.io", HostKind.FOREIGN),
        ("0.0.0.0", HostKind.FOREIGN),
        ("example.org", HostKind.FOREIGN),
    ],
)
def test_names_belong_to_the_builder_a_preview_or_nobody(host: str, expected: HostKind) -> None:
    rules = HostRules.from_settings(settings(public_url="https://sayso.example.org", preview_host="apps.example.net"))
    assert rules.kind(parse_authority(host)) is expected


def test_the_builder_may_live_below_the_preview_domain() -> None:
    rules = HostRules.from_settings(settings(public_url="https://sayso.example.org", preview_host="example.org"))
    assert rules.kind(parse_authority("sayso.example.org")) is HostKind.BUILDER
    assert rules.kind(parse_authority("p-ab.example.org")) is HostKind.PREVIEW


async def ask(
    headers: list[tuple[str, str]],
    path: str = "/api/v1/projects",
    method: str = "GET",
    kind: str = "http",
    signed_in: bool = False,
    **values: Any,
) -> str:
    """Which application answered: `builder`, `preview`, or the code of the refusal."""
    answered: list[str] = []
    sent: list[Any] = []

    def application(name: str) -> Any:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            answered.append(name)

        return app

    async def receive() -> Any:
        return {"type": f"{kind}.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    chosen = settings(**values)
    app = dispatch_by_host(same_origin_only(application("builder"), chosen), application("preview"), chosen)
    raw = [(name.encode(), value.encode()) for name, value in headers]
    scope: dict[str, Any] = {"type": kind, "path": path, "headers": raw}
    if kind == "http":
        scope["method"] = method
    if signed_in:
        scope[SIGNED_IN] = "a session"
    await app(scope, receive, send)
    if answered:
        assert not sent
        return answered[0]
    if kind == "websocket":
        # Closed before it was accepted: the server answers the handshake with 403.
        assert [message["type"] for message in sent] == ["websocket.close"]
        return str(sent[0]["reason"])
    assert sent[0]["status"] == 403
    error = json.loads(sent[1]["body"])["error"] if method != "HEAD" else {"code": "unknown_client"}
    if error["code"] == "unknown_client" and method != "HEAD":
        assert "X-Sayso-Client" in error["message"]
        assert "X-Sayso-Client: curl" in error["details"]["next"]
    return "unknown" if error["code"] == "unknown_client" else "refused"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([("host", OWN)], "unknown"),
        ([("host", OWN), ("user-agent", "Go-http-client/1.1"), ("referer", f"http://{OWN}/")], "unknown"),
        ([("host", OWN), ("authorization", "Basic YTpi")], "unknown"),
        ([("host", OWN), ("x-requested-with", "XMLHttpRequest")], "unknown"),
        ([("host", OWN), ("x-sayso-client", "curl")], "builder"),
        ([("host", OWN), ("x-sayso-client", "my program/1.0 (test)")], "builder"),
        ([("host", OWN), ("x-sayso-client", "curl"), ("sec-fetch-site", "none")], "builder"),
        ([("host", OWN), ("x-sayso-client", "")], "unknown"),
        ([("host", OWN), ("x-sayso-client", "  ")], "unknown"),
        ([("host", OWN), ("x-sayso-client", "a" * 101)], "unknown"),
        ([("host", OWN), ("x-sayso-client", "a\x01")], "unknown"),
        ([("host", OWN), ("x-sayso-client", "é")], "unknown"),
        ([("host", OWN), ("x-sayso-client", "a"), ("x-sayso-client", "b")], "unknown"),
        ([("host", OWN), ("x-sayso-client", "curl"), ("origin", "http://evil.example")], "refused"),
        ([("host", OWN), ("x-sayso-client", "curl"), ("sec-fetch-site", "cross-site")], "refused"),
        ([("host", OWN), ("x-sayso-client", "curl"), ("sec-fetch-site", "same-site")], "refused"),
        ([("host", OWN), ("sec-fetch-site", "same-origin")], "builder"),
        ([("host", OWN), ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "none")], "unknown"),
        ([("host", OWN), ("origin", "http://[")], "refused"),
        ([("host", OWN), ("origin", "http://[::1")], "refused"),
        ([("host", OWN), ("origin", f"http://{OWN}")], "builder"),
        ([("host", OWN), ("origin", f"http://{OWN}"), ("sec-fetch-site", "same-origin")], "builder"),
        ([("host", OWN), ("sec-fetch-site", "none")], "unknown"),
        ([("host", OWN), ("sec-fetch-site", "same-site")], "refused"),
        ([("host", OWN), ("sec-fetch-site", "cross-site")], "refused"),
        ([("host", OWN), ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], "refused"),
        ([("host", OWN), ("origin", "http://p-ab.preview.localhost:8000")], "refused"),
        ([("host", OWN), ("origin", "http://localhost:9000")], "refused"),
        ([("host", OWN), ("origin", "http://127.0.0.1:8000")], "refused"),
        ([("host", OWN), ("origin", "http://localhost:8000.evil.example")], "refused"),
        ([("host", OWN), ("origin", "http://localhost:8000@evil.example")], "refused"),
        ([("host", OWN), ("origin", "null")], "refused"),
        ([("host", OWN), ("origin", "")], "refused"),
        ([("host", OWN), ("origin", f"file://{OWN}")], "refused"),
        ([("host", OWN), ("origin", f"http://{OWN}"), ("origin", "http://evil.example")], "refused"),
        ([("host", "evil.example"), ("origin", "http://evil.example")], "refused"),
        ([("host", OWN), ("host", "evil.example")], "refused"),
        ([], "refused"),
    ],
)
async def test_the_api_answers_its_own_pages_and_programs_only(headers: list[tuple[str, str]], expected: str) -> None:
    assert await ask(headers) == expected
    for path in ("/_event", "/_event/", "//api/v1/projects", "/API/v1/projects", "/_upload"):
        assert await ask(headers, path) == expected
    socket = await ask(headers, "/_event", kind="websocket")
    refusals = {"unknown": {"unknown_client"}, "refused": {"cross_origin", "foreign_host"}}
    assert socket in refusals.get(expected, {"builder"})


@pytest.mark.parametrize("path", ["/api/v1/health", "/api/v1/docs", "/api/v1/openapi.json"])
async def test_health_and_documentation_answer_whoever_fetches_them(path: str) -> None:
    assert await ask([("host", OWN)], path) == "builder"
    assert await ask([("host", OWN)], path, "HEAD") == "builder"
    assert await ask([("host", OWN), ("sec-fetch-site", "none")], path) == "builder"
    assert await ask([("host", OWN), ("sec-fetch-site", "cross-site")], path) == "refused"
    assert await ask([("host", OWN)], path, "POST") == "unknown"
    for other in (path + "/", path + "/../projects", path.upper(), "/" + path):
        assert await ask([("host", OWN)], other) == "unknown"


async def test_what_a_page_cannot_mark_passes_with_a_session() -> None:
    """Pictures, downloads and event streams over plain http, where browsers do not say which page asks."""
    assert await ask([("host", OWN)], signed_in=True) == "builder"
    assert await ask([("host", OWN)], method="HEAD", signed_in=True) == "builder"
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        assert await ask([("host", OWN)], method=method, signed_in=True) == "unknown"
    assert await ask([("host", OWN)], kind="websocket", signed_in=True) == "unknown_client"
    assert await ask([("host", OWN), ("sec-fetch-site", "none")], signed_in=True) == "unknown"
    assert await ask([("host", OWN), ("origin", "http://evil.example")], signed_in=True) == "refused"


async def test_no_preflight_of_another_site_is_answered() -> None:
    wanted = [("access-control-request-method", "GET"), ("access-control-request-headers", "x-sayso-client")]
    for origin in ("http://evil.example", "null", "http://p-ab.preview.localhost:8000"):
        assert await ask([("host", OWN), ("origin", origin), *wanted], method="OPTIONS") == "refused"
        assert await ask([("host", OWN), ("origin", origin), *wanted], "/api/v1/health", "OPTIONS") == "refused"


@pytest.mark.parametrize("path", ["/", "/p/abc", "/assets/app.js", "/apiary"])
async def test_pages_may_be_opened_from_anywhere_but_not_written_to(path: str) -> None:
    elsewhere = [("host", OWN), ("sec-fetch-site", "cross-site")]
    assert await ask(elsewhere, path) == "builder"
    assert await ask(elsewhere, path, "POST") == "refused"
    assert await ask(elsewhere, path, "OPTIONS") == "refused"


async def test_a_rebound_name_gets_nothing_at_all() -> None:
    assert await ask([("host", "rebound.example:8000")], "/") == "refused"
    assert await ask([("host", "rebound.example:8000")], "/_event", kind="websocket") == "foreign_host"


async def test_previews_never_reach_the_builder() -> None:
    preview = [("host", "p-ab.preview.localhost:8000")]
    assert await ask(preview, "/api/v1/projects") == "preview"
    assert await ask(preview, "/_event", kind="websocket") == "preview"


async def test_a_proxy_may_change_the_port_when_the_origin_is_the_public_one() -> None:
    headers = [("host", "sayso.example.org:8000"), ("origin", "https://sayso.example.org")]
    assert await ask(headers, public_url="https://sayso.example.org") == "builder"
    assert await ask(headers, public_url="https://sayso.example.org:444") == "refused"


async def test_lifespan_goes_to_the_builder() -> None:
    seen: list[str] = []

    async def builder(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    async def nothing(*_: Any) -> Any:
        raise AssertionError("lifespan was given to a preview")

    chosen = settings()
    await dispatch_by_host(same_origin_only(builder, chosen), nothing, chosen)({"type": "lifespan"}, nothing, nothing)
    assert seen == ["lifespan"]
