"""Cross-origin isolation, cache and security headers: for production (ASGI) and the development server (Vite).

`IsolationPlugin` edits two files that Reflex generates. Each edit raises `AnchorMoved` when the text it hangs on
is gone, so that an upgrade of Reflex that changes them fails the build instead of silently losing isolation.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from reflex.config import get_config
from reflex.plugins import Plugin
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from builder.base.settings import AddressSettings
from builder.texts.language import DEFAULT, PAGES_IN

# The origins from which a WebContainer boots and shows its previews (the addresses inside @webcontainer/api 1.6).
_WEBCONTAINER_FRAMES: Final = ("https://stackblitz.com", "https://*.webcontainer.io", "https://*.webcontainer-api.io")

# The paths that the development server passes to the backend, so that there is one public port in both modes.
_BACKEND_PATHS: Final = ("api", "runtime", "open-preview", "open-link", "remix", "_event", "_upload", "_health", "ping")

# Sources outside `.web` that the page imports, and the packages they must take from `.web/node_modules`.
_ALIASES: Final = {
    "$/runtime": "../preview_runtime/browser/src",
    "$/components": "../builder/components",
    "$/texts": "../builder/texts",
}
_EMOTION: Final = "../builder/components/jsx.ts"
"""Instead of `@emotion/react`."""
_DEDUPE: Final = (
    "react",
    "react-dom",
    "react-router",
    "monaco-editor",
    "@xterm/xterm",
    "@xterm/addon-fit",
    "prettier",
    "emmet",
)

_VITE_HEAD: Final = """// sayso: isolation
const isPreviewHost = (req) => new RegExp(PREVIEW, "i").test(req.headers.host || "");
function isolation(headers) {
  const use = (server) => {
    server.middlewares.use((req, res, next) => {
      if (!isPreviewHost(req)) for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
      next();
    });
  };
  return { name: "sayso-isolation", enforce: "pre", configureServer: use, configurePreviewServer: use };
}

"""
_VITE_SERVER: Final = """    proxy: {
      PATHS: { target: BACKEND, ws: true },
      "^/": { target: BACKEND, ws: true, bypass: (req) => (isPreviewHost(req) ? undefined : req.url) },
    },
    fs: { allow: FOLDERS.map((folder) => fileURLToPath(new URL(folder, import.meta.url))) },
"""

_DISCONNECTED: Final = 'socket.current.on("disconnect", (reason, details) => {\n'
# 1008: see `builder.accounts.open_connections`.
_SIGNED_OUT: Final = """    if (details?.context?.code === 1008) {
      window.location.assign(`/sign-in?next=${encodeURIComponent(window.location.pathname)}`);
    }
"""


class AnchorMoved(RuntimeError):
    """A file that Reflex generates no longer holds the text that an edit replaces."""


def page_policy(preview_host: str) -> str:
    """The Content-Security-Policy of the builder's pages.

    Reflex hydrates from inline scripts and runs `rx.call_script` by eval, so scripts may come from our own files and
    those two sources. Everything else that a hostile project could use is closed: plugins, <base>, being framed, frames
    of foreign hosts.
    """
    previews = f"http://*.{preview_host}:* https://*.{preview_host}:*"
    directives = {
        "default-src": "'self'",
        "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": f"'self' data: blob: {previews}",
        "font-src": "'self' data:",
        "media-src": "'self' data: blob:",
        "connect-src": f"'self' ws: wss: data: blob: {previews} {' '.join(_WEBCONTAINER_FRAMES)}",
        "worker-src": "'self' blob:",
        "frame-src": f"'self' {previews} {' '.join(_WEBCONTAINER_FRAMES)}",
        "form-action": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def page_headers(preview_host: str) -> dict[str, str]:
    """The headers of every response of the builder's host. Worker scripts need COEP as much as pages do."""
    return {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Content-Security-Policy": page_policy(preview_host),
    }


# Requests for parts of a page. Policies are the page's own and its worker scripts'; on a part a browser reads neither.
_PARTS: Final = frozenset({b"script", b"style", b"font"})
_FOR_PARTS: Final = ("Cross-Origin-Resource-Policy", "X-Content-Type-Options")


def _is_part(scope: Scope) -> bool:
    """Whether a page asks for a digested file as one of its parts. A worker's script is not one, nor is a navigation."""
    asked: dict[bytes, bytes] = dict(scope["headers"])
    return bool(scope["path"].startswith("/assets/")) and asked.get(b"sec-fetch-dest") in _PARTS


def isolate(app: ASGIApp, headers: dict[str, str] | None = None) -> ASGIApp:
    """Add `headers` (default: `page_headers` of the settings) and cache rules to the answers of `app`.

    Files below /assets/ have their digest in their name and may be cached for a year. Pages are revalidated each time.
    A page's scripts and styles come without the policies: they were 0.9 kB of each of some thirty answers.
    """
    added = headers if headers is not None else page_headers(AddressSettings().preview_host)
    few = {name: value for name, value in added.items() if name in _FOR_PARTS}

    async def isolated(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        immutable, needed = scope["path"].startswith("/assets/"), few if _is_part(scope) else added

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in needed.items():
                    answer.setdefault(name, value)
                if immutable and message["status"] == 200:
                    answer["Cache-Control"] = "public, max-age=31536000, immutable"
                elif answer.get("content-type", "").startswith("text/html"):
                    answer.setdefault("Cache-Control", "no-cache")
            await send(message)

        await app(scope, receive, send_with_headers)

    return isolated


def patch_vite_config(text: str, *, backend: str, preview_host: str, dedupe: Sequence[str] = _DEDUPE) -> str:
    """`vite.config.js` with isolation headers, one public port, and our source folders; unchanged if it was edited
    before.

    `backend` is the origin of the Python server. Raises `AnchorMoved`.
    """
    if "// sayso: isolation" in text:
        return text
    preview = json.dumps(rf"\.{preview_host.replace('.', chr(92) + '.')}(:\d+)?$")
    folders = json.dumps(["./", "../preview_runtime/browser/", *(f"{folder}/" for folder in _ALIASES.values())])
    paths = json.dumps(rf"^/({'|'.join(_BACKEND_PATHS)})(/|\?|$)")
    server = _VITE_SERVER.replace("PATHS", paths).replace("BACKEND", json.dumps(backend)).replace("FOLDERS", folders)
    # The pages are built once in each language: `builder.build` names it.
    catalogues = (
        "      { find: /^\\$\\/texts\\/(\\w+)\\.en\\.json$/, replacement: "
        f'fileURLToPath(new URL("{_ALIASES["$/texts"]}/", import.meta.url)) + '
        f"`$1.${{process.env.{PAGES_IN} || {json.dumps(DEFAULT)}}}.json` }},\n"
    )
    aliases = catalogues + "".join(
        f"      {{ find: {json.dumps(name)}, replacement: fileURLToPath(new URL({json.dumps(folder)}, import.meta.url)) }},\n"
        for name, folder in (*_ALIASES.items(), ("@emotion/react", _EMOTION))
    )
    plugin = f"isolation({json.dumps(page_headers(preview_host))}),\n    alwaysUseReactDomServerNode(),"
    for anchor, replacement in (
        ("export default defineConfig", _VITE_HEAD.replace("PREVIEW", preview) + "export default defineConfig"),
        ("alwaysUseReactDomServerNode(),", plugin),
        ("  server: {\n", "  server: {\n" + server),
        ("    alias: [\n", f"    dedupe: {json.dumps(list(dedupe))},\n    alias: [\n{aliases}"),
    ):
        text = _replace(text, anchor, replacement)
    return text


def patch_state(text: str) -> str:
    """`utils/state.js`, changed so that it talks to the host and port its page came from, and goes to the sign-in page
    when its socket is closed because the session has ended; unchanged if it was edited before.

    Reflex bakes the address into the bundle and swaps only the name, so another port or a proxy would need another
    build. `host = location.host` would not do: a URL keeps its port when the new host names none (URL Standard).
    Raises `AnchorMoved`.
    """
    if _SIGNED_OUT not in text:
        text = _replace(text, _DISCONNECTED, _DISCONNECTED + _SIGNED_OUT)
    if "endpoint.port = window.location.port;" in text:
        return text
    text = _replace(
        text,
        "endpoint.hostname = frontend_hostname;",
        "endpoint.hostname = frontend_hostname;\n    endpoint.port = window.location.port;",
    )
    return _replace(text, 'endpoint.port = ""; //', "//")


class IsolationPlugin(Plugin):
    """Isolates the development server's pages and makes one build serve every name and port.

    `dedupe` names further npm packages that sources outside `.web` import and that lie in `.web/node_modules`.
    """

    def __init__(self, dedupe: Sequence[str] = ()) -> None:
        self.dedupe = (*_DEDUPE, *dedupe)

    def pre_compile(self, **context: Any) -> None:
        """Register both edits. Reflex applies them to freshly written files and to files that were edited already."""
        backend = f"http://localhost:{get_config().backend_port or 8000}"
        preview_host = AddressSettings().preview_host
        modify: Callable[[str, Callable[[str], str]], None] = context["add_modify_task"]
        modify(
            "vite.config.js",
            lambda text: patch_vite_config(text, backend=backend, preview_host=preview_host, dedupe=self.dedupe),
        )
        modify("utils/state.js", patch_state)

    def post_build(self, **context: Any) -> None:
        """Delete `external/`: the bundle contains those sources already, and the raw files would be public."""
        static_dir: Path = context["static_dir"]
        shutil.rmtree(static_dir / "external", ignore_errors=True)


def _replace(text: str, anchor: str, replacement: str) -> str:
    if anchor not in text:
        raise AnchorMoved(f"Reflex's template changed: {anchor!r} is gone.")
    return text.replace(anchor, replacement, 1)
