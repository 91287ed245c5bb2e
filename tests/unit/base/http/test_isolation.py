"""The builder's pages are isolated, in production and in development, with the installed Reflex."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import reflex_base
from reflex_base.compiler.templates import vite_config_template
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from builder.base.http.isolation import (
    AnchorMoved,
    IsolationPlugin,
    isolate,
    page_headers,
    patch_state,
    patch_vite_config,
)

VITE = vite_config_template("/", hmr=True, force_full_reload=False, experimental_hmr=False, sourcemap=False)
STATE = (Path(reflex_base.__file__).parent / ".templates/web/utils/state.js").read_text(encoding="utf-8")


def patched(text: str = VITE) -> str:
    return patch_vite_config(text, backend="http://localhost:8000", preview_host="preview.localhost")


def test_the_development_server_isolates_pages_and_shares_one_port() -> None:
    text = patched()
    assert "isolation({" in text
    assert '"Cross-Origin-Embedder-Policy": "require-corp"' in text
    assert r"\\.preview\\.localhost(:\\d+)?$" in text
    assert (
        '"^/(api|runtime|open-preview|open-link|remix|_event|_upload|_health|ping)(/|\\\\?|$)": { target: "http://localhost:8000", ws: true }'
        in text
    )
    assert text.index('find: "$/runtime"') < text.index('find: "$",')
    assert 'dedupe: ["react", "react-dom"' in text


def test_patching_twice_changes_nothing() -> None:
    assert patched(patched()) == patched()
    assert patch_state(patch_state(STATE)) == patch_state(STATE)


def test_a_page_whose_session_has_ended_leads_to_the_sign_in_page() -> None:
    text = patch_state(STATE)
    assert text.count("details?.context?.code === 1008") == 1
    assert text.index("/sign-in?next") > text.index('on("disconnect"')


def test_the_page_talks_to_the_host_and_port_it_came_from() -> None:
    text = patch_state(STATE)
    assert "endpoint.port = window.location.port;" in text
    assert 'endpoint.port = "";' not in text


@pytest.mark.parametrize(
    "anchor", ["export default defineConfig", "alwaysUseReactDomServerNode(),", "  server: {\n", "    alias: [\n"]
)
def test_a_changed_template_fails_the_build(anchor: str) -> None:
    with pytest.raises(AnchorMoved):
        patched(VITE.replace(anchor, "elsewhere"))


def test_a_changed_state_file_fails_the_build() -> None:
    with pytest.raises(AnchorMoved):
        patch_state("export const getBackendURL = () => null;")


def test_the_plugin_edits_both_files_and_removes_raw_sources(tmp_path: Path) -> None:
    edits: dict[str, Any] = {}
    plugin = IsolationPlugin(dedupe=("clsx",))
    plugin.pre_compile(add_modify_task=lambda path, edit: edits.__setitem__(path, edit))
    assert '"clsx"]' in edits["vite.config.js"](VITE)
    assert edits["utils/state.js"](STATE) != STATE
    (tmp_path / "external").mkdir()
    (tmp_path / "external" / "source.jsx").write_text("")
    plugin.post_build(static_dir=tmp_path)
    assert not (tmp_path / "external").exists()


@pytest.fixture
def client() -> TestClient:
    async def page(_: Any) -> Response:
        return Response("<p>hello", media_type="text/html")

    async def script(_: Any) -> Response:
        return PlainTextResponse("1")

    app = Starlette(routes=[Route("/", page), Route("/assets/app-1.js", script), Route("/api/x", script)])
    return TestClient(isolate(app, page_headers("preview.localhost")))


def test_every_answer_is_isolated(client: TestClient) -> None:
    for path in ("/", "/assets/app-1.js", "/api/x", "/missing"):
        headers = client.get(path).headers
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-embedder-policy"] == "require-corp"
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("part", ["script", "style", "font"])
def test_parts_of_a_page_come_without_its_policies(client: TestClient, part: str) -> None:
    headers = client.get("/assets/app-1.js", headers={"sec-fetch-dest": part}).headers
    assert "content-security-policy" not in headers
    assert "cross-origin-embedder-policy" not in headers
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "asked"),
    [("/assets/app-1.js", "worker"), ("/assets/app-1.js", "document"), ("/", "script"), ("/api/x", "script")],
)
def test_workers_and_all_else_come_with_them(client: TestClient, path: str, asked: str) -> None:
    headers = client.get(path, headers={"sec-fetch-dest": asked}).headers
    assert headers["cross-origin-embedder-policy"] == "require-corp"
    assert headers["content-security-policy"]


def test_only_preview_hosts_may_be_framed_and_nobody_frames_the_builder(client: TestClient) -> None:
    policy = dict(part.partition(" ")[::2] for part in client.get("/").headers["content-security-policy"].split("; "))
    assert "http://*.preview.localhost:*" in policy["frame-src"].split()
    assert "*" not in policy["frame-src"].split()
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"


def test_digested_files_are_kept_and_pages_asked_for_anew(client: TestClient) -> None:
    assert client.get("/assets/app-1.js").headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.get("/").headers["cache-control"] == "no-cache"
    assert "cache-control" not in client.get("/assets/missing.js").headers
