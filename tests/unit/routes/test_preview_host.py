"""A preview host shows the app, its packages and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import httpx
import pytest

from builder.texts import said
from preview_runtime.output import Output, OutputFile
from preview_runtime.routes.preview_host import PreviewHost
from preview_runtime.routes.route_table import Route, RouteTable

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
SAFARI = "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15"
NAVIGATION = {"accept": "text/html,*/*", "sec-fetch-mode": "navigate"}
SET = "0" * 32
APP: Output = {
    "index.html": OutputFile("text/html", b"<h1>app</h1>"),
    "src/main.js": OutputFile("text/javascript", b"console.log(1)" + b" " * 2000),
    "about.html": OutputFile("text/html", b"<h1>about</h1>"),
    "docs/index.html": OutputFile("text/html", b"<h1>docs</h1>"),
    "odd": OutputFile("text/html\r\nSet-Cookie: a=b", b"x"),
}


class Source:
    def __init__(self) -> None:
        self.outputs: dict[str, Output] = {
            "app": APP,
            "waiting": {},
            "half": {"src/main.js": APP["src/main.js"], "@waiting.html": APP["about.html"]},
        }

    async def find(self, preview_id: str) -> Output | None:
        return self.outputs.get(preview_id)


class Files:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, hash: str, file: str) -> Path | None:
        found = self.folder / file
        return found if hash == SET and "/" not in file and found.is_file() else None


@pytest.fixture
def host(tmp_path: Path) -> PreviewHost:
    (tmp_path / "deps").mkdir()
    (tmp_path / "deps" / "react.js").write_bytes(b"react")
    (tmp_path / "deps" / "react.js.br").write_bytes(brotli.compress(b"react"))
    (tmp_path / "deps" / "large.js").write_bytes(bytes(2**19))
    (tmp_path / "deps" / "font.woff2").write_bytes(b"font")
    (tmp_path / "runtime").mkdir()
    for script in ("client", "capture", "walk"):
        (tmp_path / "runtime" / f"{script}.js").write_text(script)
    (tmp_path / "secret.txt").write_text("secret")
    return PreviewHost(
        Source(), Files(tmp_path / "deps"), tmp_path / "runtime", speak=said, frame_ancestors=("https://sayso.test",)
    )


def client(host: PreviewHost, name: str = "p-app.preview.localhost:8000") -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(host),
        base_url=f"http://{name}",
        headers={"user-agent": CHROME, "accept-encoding": ""},
    )


async def test_the_app_and_its_routes(host: PreviewHost) -> None:
    async with client(host) as browser:
        for path, text in {
            "/": "<h1>app</h1>",
            "/index.html": "<h1>app</h1>",
            "/about": "<h1>about</h1>",
            "/docs/": "<h1>docs</h1>",
            "/tasks/7": "<h1>app</h1>",
        }.items():
            answer = await browser.get(path, headers=NAVIGATION)
            assert (answer.status_code, answer.text) == (200, text)
        script = await browser.get("/src/main.js?t=1")
        assert script.headers["content-type"] == "text/javascript; charset=utf-8"


async def test_a_missing_file_is_not_the_app_in_disguise(host: PreviewHost) -> None:
    async with client(host) as browser:
        for headers in ({"accept": "*/*"}, {"accept": "text/html", "sec-fetch-mode": "cors"}):
            assert (await browser.get("/src/missing.js", headers=headers)).status_code == 404


async def test_an_app_without_an_icon_gets_no_error_for_it(host: PreviewHost) -> None:
    async with client(host) as browser:
        assert (await browser.get("/favicon.ico")).status_code == 204


async def test_every_answer_can_be_framed_by_the_builder_only(host: PreviewHost) -> None:
    async with client(host) as browser:
        for path in ("/", "/missing.js", "/api/x", f"/@deps/{SET}/react.js", "/@sayso/client.js", "/@deps/x/y"):
            headers = (await browser.get(path, headers={"accept": "text/html"})).headers
            assert headers["content-security-policy"] == "frame-ancestors 'self' https://sayso.test"
            assert headers["cross-origin-embedder-policy"] == "credentialless"
            assert headers["cross-origin-resource-policy"] == "cross-origin"
            assert headers["origin-agent-cluster"] == "?1"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "same-origin"
            assert "set-cookie" not in headers
        safari = await browser.get("/", headers={"user-agent": SAFARI})
        assert safari.headers["cross-origin-embedder-policy"] == "require-corp"


async def test_under_its_second_name_a_preview_is_walked_through(host: PreviewHost) -> None:
    for label, script in {"p": "capture", "w": "walk", "w4": "walk"}.items():
        async with client(host, f"{label}-app.preview.localhost") as browser:
            assert (await browser.get("/", headers=NAVIGATION)).text == "<h1>app</h1>"
            assert (await browser.get("/@sayso/capture.js")).text == script
            assert (await browser.get("/@sayso/client.js")).text == "client"


async def test_a_walked_page_has_its_modules_at_addresses_of_their_content(tmp_path: Path) -> None:
    page = b'<head><script src="/@sayso/capture.js"></script><script type="module" src="/src/main.js"></script>'
    (tmp_path / "walk.js").write_text("walk")
    source = Source()
    source.outputs["app"] = {**APP, "index.html": OutputFile("text/html", page)}
    host = PreviewHost(source, Files(tmp_path), tmp_path, speak=said)
    async with client(host, "w-app.preview.localhost") as browser:
        walked = (await browser.get("/", headers=NAVIGATION)).text
        [map_] = re.findall(r'<script type="importmap">(.*?)</script>', walked)
        address = json.loads(map_)["imports"]["/src/main.js"]
        assert f'src="{address}"' in walked
        assert walked.index("importmap") < walked.index("<script src=")
        [driver] = re.findall(r'<script src="(/@sayso/capture.js[^"]*)"', walked)
        assert "immutable" in (await browser.get(driver)).headers["cache-control"]
        module = await browser.get(address)
        assert "immutable" in module.headers["cache-control"]
        assert "immutable" not in (await browser.get("/src/main.js?v=0")).headers["cache-control"]
    async with client(host) as browser:
        assert (await browser.get("/", headers=NAVIGATION)).content == page


async def test_so_has_the_page_that_a_workbench_watches_once_it_is_whole(tmp_path: Path) -> None:
    for name in ("capture", "client"):
        (tmp_path / f"{name}.js").write_text(name)
    first = '<head><script src="/@sayso/capture.js" data-builder="http://localhost"'
    entry = '<script type="module" src="/src/main.js"></script>'
    source = Source()
    host = PreviewHost(source, Files(tmp_path), tmp_path, speak=said)

    async def shown(page: str) -> str:
        source.outputs["app"] = {**APP, "index.html": OutputFile("text/html", page.encode())}
        async with client(host) as browser:
            return (await browser.get("/", headers=NAVIGATION)).text

    watched = await shown(f"{first}></script>{entry}")
    [module] = re.findall(r'type="module" src="(/src/main.js[^"]*)"', watched)
    assert f'"/src/main.js":"{module}"' in watched
    async with client(host) as browser:
        assert "immutable" in (await browser.get(module)).headers["cache-control"]
        assert (await browser.get("/@sayso/capture.js")).text == "capture"
    # Its modules are still to come; and older browsers take one map of imports.
    for page in (
        f"{first} data-waiting></script>{entry}",
        f'<script type="importmap">{{}}</script>{first}></script>{entry}',
    ):
        assert await shown(page) == page


async def test_no_walk_is_led_to_a_server(tmp_path: Path) -> None:
    routes = RouteTable()
    routes.put("app", Route("http://127.0.0.1:9", whole=True))
    host = PreviewHost(Source(), Files(tmp_path), tmp_path, speak=said, routes=routes)
    async with client(host, "w-app.preview.localhost") as browser:
        assert (await browser.get("/", headers=NAVIGATION)).text == "<h1>app</h1>"
        refused = await browser.post("/api/sheep", json={})
        assert (refused.status_code, refused.json()["error"]["code"]) == (404, "no_backend")
    async with client(host) as browser:
        assert (await browser.get("/", headers=NAVIGATION)).status_code >= 500
    await host.close()


async def test_packages_are_kept_for_ever_and_come_compressed(host: PreviewHost) -> None:
    async with client(host) as browser:
        plain = await browser.get(f"/@deps/{SET}/react.js")
        assert (plain.text, plain.headers.get("content-encoding")) == ("react", None)
        assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
        packed = await browser.get(f"/@deps/{SET}/react.js", headers={"accept-encoding": "gzip, br"})
        assert (packed.text, packed.headers["content-encoding"]) == ("react", "br")
        refused = await browser.get(f"/@deps/{SET}/react.js", headers={"accept-encoding": "br;q=0, gzip"})
        assert "content-encoding" not in refused.headers
        large = await browser.get(f"/@deps/{SET}/large.js")
        assert (len(large.content), large.headers["content-type"]) == (2**19, plain.headers["content-type"])
        assert large.headers["cache-control"] == plain.headers["cache-control"]
        assert (await browser.get(f"/@deps/{SET}/font.woff2")).headers["content-type"] == "font/woff2"
        assert (await browser.get(f"/@deps/{SET}/react.js.br")).status_code == 404


async def test_an_unchanged_file_is_not_sent_again(host: PreviewHost) -> None:
    async with client(host) as browser:
        for path in ("/", "/@sayso/client.js"):
            first = await browser.get(path, headers=NAVIGATION)
            assert first.headers["cache-control"] == "no-cache"
            again = await browser.get(path, headers={**NAVIGATION, "if-none-match": first.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")


async def test_output_is_compressed_for_the_network_but_not_for_this_machine(host: PreviewHost) -> None:
    async with client(host) as here, client(host, "p-app.apps.example.net") as away:
        assert "content-encoding" not in (await here.get("/src/main.js", headers={"accept-encoding": "br"})).headers
        for _ in range(2):
            answer = await away.get("/src/main.js", headers={"accept-encoding": "br"})
            assert answer.headers["content-encoding"] == "br"
            assert answer.content == APP["src/main.js"].body


@pytest.mark.parametrize(
    "path",
    [
        "/@sayso/" + "a" * 5_000,
        "/@sayso/../secret.txt",
        "/@sayso/%2e%2e/secret.txt",
        "/@sayso/..%2fsecret.txt",
        "/@sayso//etc/passwd",
        "/@sayso/%2fetc/passwd",
        "/@sayso/a%00b",
        "/@sayso/..%5csecret.txt",
        "/@sayso/",
        f"/@deps/{SET}/../../secret.txt",
        f"/@deps/{SET}/..%2f..%2fsecret.txt",
        "/@deps/../secret.txt",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
    ],
)
async def test_no_path_leaves_what_is_served(host: PreviewHost, path: str) -> None:
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request"}

    async def send(message: object) -> None:
        sent.append(dict(message))  # type: ignore[call-overload]

    decoded = httpx.URL("http://x").copy_with(raw_path=path.encode()).path
    headers = [(b"host", b"p-app.preview.localhost"), (b"accept", b"*/*")]
    scope = {"type": "http", "method": "GET", "path": decoded, "headers": headers, "query_string": b""}
    await host(scope, receive, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == 404
    assert b"secret" not in b"".join(bytes(message.get("body", b"")) for message in sent)  # type: ignore[call-overload]


async def test_a_media_type_cannot_smuggle_a_header(host: PreviewHost) -> None:
    async with client(host) as browser:
        answer = await browser.get("/odd")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert "set-cookie" not in answer.headers


async def test_before_there_is_anything_the_page_says_so_and_looks_again(host: PreviewHost) -> None:
    async with client(host, "p-waiting.preview.localhost") as browser:
        page = await browser.get("/", headers=NAVIGATION)
        assert page.status_code == 200
        assert "Nothing to show yet" in page.text
        assert "location.reload()" in page.text
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-preview-state"] == "waiting"
        assert (await browser.get("/main.js")).status_code == 404


async def test_a_tab_is_told_to_wait_while_modules_lie_ready_but_no_page(host: PreviewHost) -> None:
    async with client(host, "p-half.preview.localhost") as browser:
        for path in ("/", "/deep/link"):
            page = await browser.get(path, headers=NAVIGATION)
            assert (page.status_code, page.headers["x-preview-state"]) == (200, "waiting")
        assert "x-preview-state" not in (await browser.get("/@waiting.html", headers=NAVIGATION)).headers
        assert (await browser.get("/src/main.js")).status_code == 200
        assert (await browser.get("/src/other.js")).status_code == 404


@pytest.mark.parametrize("name", ["p-gone.preview.localhost", "other.preview.localhost", "p-.preview.localhost"])
async def test_an_unknown_or_revoked_link_says_so(host: PreviewHost, name: str) -> None:
    async with client(host, name) as browser:
        page = await browser.get("/", headers=NAVIGATION)
        assert page.status_code == 404
        assert "There is no app at this address" in page.text


async def test_a_server_part_is_missed_in_plain_words(host: PreviewHost) -> None:
    async with client(host) as browser:
        for method in ("GET", "POST"):
            answer = await browser.request(method, "/api/tasks")
            assert answer.status_code == 404
            assert answer.json()["error"]["code"] == "no_backend"


async def test_a_preview_is_read_only(host: PreviewHost) -> None:
    async with client(host) as browser:
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            answer = await browser.request(method, "/")
            assert answer.status_code == 405
            assert answer.headers["allow"] == "GET, HEAD"


async def test_websockets_are_refused(host: PreviewHost) -> None:
    sent: list[object] = []

    async def send(message: object) -> None:
        sent.append(message)

    await host({"type": "websocket", "path": "/", "headers": []}, None, send)  # type: ignore[arg-type]
    assert sent == [{"type": "websocket.close", "code": 1008}]
