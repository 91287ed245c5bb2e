"""The ASGI app of the preview hosts: a project's output, its packages and the capture scripts, read-only."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

import brotli  # type: ignore[import-untyped]  # it ships no types
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from preview_runtime.output import Output, media_type
from preview_runtime.page_additions import LinkPages, added
from preview_runtime.phrases import Phrase, Speak
from preview_runtime.routes.activity import Activity
from preview_runtime.routes.gate import COOKIES, WAY_IN, Gate
from preview_runtime.routes.limits import VisitorLimits
from preview_runtime.routes.preview_pages import gone_page, missing_page, waiting_page
from preview_runtime.routes.requests import error, html, is_navigation, is_walked, missing, respond
from preview_runtime.routes.requests import preview_id as preview_id_of
from preview_runtime.routes.route_table import RouteTable
from preview_runtime.routes.server_part import ServerParts
from preview_runtime.routes.waking import Waker
from preview_runtime.walked_answers import Asked, WalkedServer, walked
from preview_runtime.walked_page import SEAL, may_be_sealed, sealed, with_sealed_modules

_MEDIA_TYPE: Final = re.compile(r"[\w.+-]+/[\w.+-]+(?:; ?charset=[\w-]+)?", re.ASCII)
_IMMUTABLE: Final = "public, max-age=31536000, immutable"
_WHOLE: Final = 2**18  # bytes of a file sent in one piece
# The first script of every page: it reports what happens there. On a page for walks the driver takes its place.
_OURS: Final = "/@sayso/"
PICTURE: Final = f"{_OURS}picture"
"""Where a live link's picture is, behind the same gate as the link."""
_CAPTURE: Final = "capture.js"
_DRIVER: Final = "walk.js"
_MODULES: Final = ("client.js", "refresh.js")  # our scripts that an app's page loads as modules
# Headers added to an app's own answers too. Only the builder decides who may frame it, and several CSPs all apply.
_OF_EVERY_PREVIEW: Final = frozenset(
    {"Cross-Origin-Embedder-Policy", "Cross-Origin-Resource-Policy", "Origin-Agent-Cluster", "Content-Security-Policy"}
)
_ANYWHERE: Final = "frame-ancestors *"
_TEXT: Final = ("text/", "application/json", "application/javascript", "image/svg+xml", "application/manifest+json")
_COMPRESSED_BYTES: Final = 32 * 1024 * 1024
_WORTH_COMPRESSING: Final = 1024
# Level 5 takes a few milliseconds for 100 kB: this happens while somebody waits.
_QUALITY: Final = 5


class OutputSource(Protocol):
    """The source of a preview's output."""

    async def find(self, preview_id: str) -> Output | None:
        """The files to serve; empty while there is nothing to show yet, None when there is no such preview."""
        ...


class DependencyFiles(Protocol):
    """The part of `DependencyService` that serves files."""

    def path(self, hash: str, file: str) -> Path | None:
        """The path of a file of a set, or None."""
        ...


class PreviewHost:
    """Answers `p-<id>.<preview host>`, and `w-<id>` and its like for walks: the output, and a server only where one is
    lent to walks. `runtime_dir` holds the scripts served below /@sayso/.

    `frame_ancestors` are the origins that may frame a preview (CSP source expressions): the builder's. Requests that
    `routes` assigns to a server part are passed on to it: woken by `waker` if it sleeps, within `limits`, after `gate`
    has checked access if it is private, and counted in `activity`. All other requests: GET and HEAD only, and a request
    cannot choose a path on the disk. `guarded(preview_id)`: the whole preview requires the gate's access.
    `pages`: what live links have beside their apps.
    """

    def __init__(
        self,
        source: OutputSource,
        dependencies: DependencyFiles,
        runtime_dir: Path,
        *,
        frame_ancestors: Sequence[str] = ("http://localhost:*", "http://127.0.0.1:*"),
        speak: Speak,
        routes: RouteTable | None = None,
        waker: Waker | None = None,
        activity: Activity | None = None,
        limits: VisitorLimits | None = None,
        gate: Gate | None = None,
        guarded: Callable[[str], bool] = lambda _: False,
        pages: LinkPages | None = None,
    ) -> None:
        self._source = source
        self._dependencies = dependencies
        self._runtime_dir = runtime_dir
        self._speak = speak
        self._frame_ancestors = f"frame-ancestors 'self' {' '.join(frame_ancestors)}".strip()
        self._routes = RouteTable() if routes is None else routes
        self._server = ServerParts(
            self._routes, waker=waker, activity=activity, limits=limits, gate=gate, speak=self._speak
        )
        self._gate, self._guarded, self._pages = gate, guarded, pages
        self._compressed: OrderedDict[str, bytes] = OrderedDict()
        self._compressed_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. A websocket that no server part takes is refused (403)."""
        preview_id = preview_id_of(Headers(scope=scope))
        headers = self._headers(Headers(scope=scope), preview_id)
        server_id, walked_server = self._server_at(preview_id, walks=is_walked(Headers(scope=scope)))
        route = self._routes.find(server_id) if server_id else None
        guarded = preview_id is not None and self._guarded(preview_id)
        entrance = guarded or route is None or route.private
        if preview_id and entrance and scope["type"] == "http" and scope["path"] == WAY_IN:
            # Somebody who starts a server gets access before it listens.
            entered = await self._server.enter(Request(scope), server_id or preview_id)
            return await self._give(entered, headers, scope, receive, send)
        takes = route is not None and route.takes(scope["path"]) and scope["path"] != PICTURE
        if walked_server is not None:
            takes = takes and not scope["path"].startswith(_OURS)
            page = scope["type"] == "http" and is_navigation(Request(scope))
            if takes and walked_server.begins and not page:  # of the walk before
                return await respond(scope, receive, send, missing())
            secure = self._gate is not None and self._gate.secure
            scope, send = walked(scope, send, walked_server, Asked(page, not takes, secure, COOKIES))
        if server_id and takes:
            ours = [
                (name.lower().encode(), value.encode()) for name, value in headers.items() if name in _OF_EVERY_PREVIEW
            ]
            scope, send = await self._with_additions(scope, send, server_id)
            return await self._server(scope, receive, send, server_id, ours)
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008})
        answer = self._answer(Request(scope)) if not guarded else self._guarded_answer(Request(scope), preview_id or "")
        await self._give(await answer, headers, scope, receive, send)

    async def _with_additions(self, scope: Scope, send: Send, preview_id: str) -> tuple[Scope, Send]:
        request = Request(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        if self._pages is None or request is None or not is_navigation(request):
            return scope, send
        additions, seen = await self._pages.additions(preview_id), self._pages.seen
        agent = request.headers.get("user-agent", "")
        return added(scope, send, additions, lambda: seen(preview_id, agent)) if additions else (scope, send)

    def _server_at(self, preview_id: str | None, *, walks: bool) -> tuple[str | None, WalkedServer | None]:
        """Whose server answers at a host. What walks do is done to no data of a person's, and what walks do it to is
        reached at no other name."""
        if preview_id is None or not walks:
            return (None if preview_id is None or self._routes.is_lent(preview_id) else preview_id), None
        server = self._routes.walked(preview_id)
        return (server.preview if server else None), server

    async def close(self) -> None:
        """Close the connections to the apps."""
        await self._server.close()

    async def _give(
        self, response: Response, headers: dict[str, str], scope: Scope, receive: Receive, send: Send
    ) -> None:
        for name, value in headers.items():
            response.headers[name] = value
        await response(scope, receive, send)

    def _headers(self, headers: Headers, preview_id: str | None) -> dict[str, str]:
        agent = headers.get("user-agent", "")
        # WebKit knows only require-corp; under it foreign images need CORP, elsewhere they load without credentials.
        framed = self._pages is not None and preview_id is not None and self._pages.framed(preview_id)
        webkit = "AppleWebKit/" in agent and "Chrome/" not in agent and "Chromium/" not in agent
        return {
            "Cross-Origin-Embedder-Policy": "require-corp" if webkit else "credentialless",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Origin-Agent-Cluster": "?1",
            "X-Content-Type-Options": "nosniff",
            # Knowing the host name is enough to open a preview, so it is not sent to sites from which an app loads
            # pictures and data.
            "Referrer-Policy": "same-origin",
            "Content-Security-Policy": _ANYWHERE if framed else self._frame_ancestors,
        }

    async def _guarded_answer(self, request: Request, preview_id: str) -> Response:
        """The answer to a visitor with the gate's access; no shared cache may store it."""
        if self._gate is None:
            return missing()
        admission = await self._gate.admit(request, preview_id)
        if admission.refusal is not None:
            return admission.refusal
        response = await self._answer(request)
        response.headers["Cache-Control"] = "private, no-cache"
        if admission.cookie:
            response.headers["Set-Cookie"] = admission.cookie
        return response

    async def _answer(self, request: Request) -> Response:
        path = request.scope["path"]
        if path == "/api" or path.startswith("/api/"):
            return error(404, "no_backend", self._speak(Phrase("page.no_backend")))
        if request.method not in ("GET", "HEAD"):
            response = error(405, "read_only", self._speak(Phrase("page.read_only")))
            response.headers["Allow"] = "GET, HEAD"
            return response
        if path.startswith("/@deps/"):
            return await self._dependency(request, path.removeprefix("/@deps/"))
        if path.startswith(_OURS):
            return await (
                self._picture(request) if path == PICTURE else self._script(request, path.removeprefix(_OURS))
            )
        return await self._page(request, path)

    async def _dependency(self, request: Request, rest: str) -> Response:
        name, _, file = rest.partition("/")
        found = None if file.endswith(".br") else self._dependencies.path(name, file)
        if found is None:
            return missing()
        headers = {"Cache-Control": _IMMUTABLE, "Vary": "Accept-Encoding"}
        packed = self._dependencies.path(name, f"{file}.br") if _accepts_brotli(request) else None
        if packed:
            headers["Content-Encoding"] = "br"
        file_sent, kind = packed or found, media_type(found)
        # A large file is sent in pieces: as a whole it would be in memory once for each slow visitor.
        if (await asyncio.to_thread(file_sent.stat)).st_size > _WHOLE:
            return FileResponse(file_sent, headers=headers, media_type=kind)
        return Response(await asyncio.to_thread(file_sent.read_bytes), headers=headers, media_type=kind)

    async def _script(self, request: Request, file: str) -> Response:
        if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in file.split("/")):
            return missing()
        if is_walked(request.headers) and file == _CAPTURE:
            file = _DRIVER
        try:
            body = await asyncio.to_thread((self._runtime_dir / file).read_bytes)
        except OSError:  # missing, a folder, or a name that is too long for a file
            return missing()
        return await self._body(request, body, media_type(Path(file)))

    async def _picture(self, request: Request) -> Response:
        preview_id = preview_id_of(request.headers)
        picture = await self._pages.picture(preview_id) if self._pages and preview_id else None
        return await self._body(request, *picture) if picture else missing()

    async def _page(self, request: Request, path: str) -> Response:
        preview_id = preview_id_of(request.headers)
        output = await self._source.find(preview_id) if preview_id else None
        navigation = is_navigation(request)
        if output is None:
            return html(404, gone_page(self._speak)) if navigation else missing()
        if not output:
            return self._waiting() if navigation else missing()
        name = path.lstrip("/")
        names = [f"{name}index.html"] if not name or name.endswith("/") else [name, f"{name}.html"]
        if navigation:
            names.append("index.html")
        file = next((output[name] for name in names if name in output), None)
        if file is None and name == "favicon.ico":
            # Browsers request it by themselves: a 404 would show as an error in the app's log.
            return Response(status_code=204, headers={"Cache-Control": "no-cache"})
        if file is None and navigation and "index.html" not in output:
            # Modules that are published while the rest is still being written: only the builder's own frame uses them.
            return self._waiting()
        if file is None:
            return html(404, missing_page(self._speak)) if navigation else missing()
        body = file.body
        if navigation and file.type.startswith("text/html") and is_walked(request.headers):
            ours = await asyncio.to_thread(self._ours, _DRIVER)
            body = with_sealed_modules(body, output, ours)
        elif navigation and file.type.startswith("text/html") and may_be_sealed(body):
            body = with_sealed_modules(body, output, await asyncio.to_thread(self._ours, _CAPTURE))
        elif navigation and file.type.startswith("text/html") and preview_id and self._pages:
            additions = await self._pages.additions(preview_id)
            if additions is not None:
                body = additions.to(body)
                if request.method == "GET":
                    self._pages.seen(preview_id, request.headers.get("user-agent", ""))
        return await self._body(request, body, file.type)

    def _ours(self, first: str) -> dict[str, bytes]:
        paths = {f"/@sayso/{name}": self._runtime_dir / name for name in _MODULES}
        paths[f"/@sayso/{_CAPTURE}"] = self._runtime_dir / first
        return {name: path.read_bytes() for name, path in paths.items() if path.exists()}

    def _waiting(self) -> Response:
        return html(200, waiting_page(self._speak), "waiting")

    async def _body(self, request: Request, body: bytes, media_type: str) -> Response:
        """`body` with an ETag, to be revalidated each time; 304 when the browser has it."""
        digest = hashlib.sha256(body).hexdigest()[:32]
        headers = {"Cache-Control": "no-cache", "ETag": f'"{digest}"', "Vary": "Accept-Encoding"}
        if request.query_params.get(SEAL) == sealed(body):
            headers["Cache-Control"] = _IMMUTABLE
        if digest in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        kind = media_type if _MEDIA_TYPE.fullmatch(media_type) else "application/octet-stream"
        if kind.startswith(_TEXT) and "charset" not in kind:
            kind += "; charset=utf-8"
        if (
            kind.startswith(_TEXT)
            and len(body) >= _WORTH_COMPRESSING
            and _accepts_brotli(request)
            and not _local(request)
        ):
            body = await self._pack(digest, body)
            # Strong validators have to differ per encoding (RFC 9110 section 8.8.3.3).
            headers |= {"Content-Encoding": "br", "ETag": f'"{digest}-br"'}
        headers["Content-Type"] = kind
        return Response(body, headers=headers)

    async def _pack(self, digest: str, body: bytes) -> bytes:
        if known := self._compressed.get(digest):
            self._compressed.move_to_end(digest)
            return known
        packed = bytes(await asyncio.to_thread(brotli.compress, body, quality=_QUALITY))
        if digest not in self._compressed:
            self._compressed[digest] = packed
            self._compressed_bytes += len(packed)
            while self._compressed_bytes > _COMPRESSED_BYTES:
                self._compressed_bytes -= len(self._compressed.popitem(last=False)[1])
        return packed


def _local(request: Request) -> bool:
    """Whether the browser is on this machine, where compressing costs more than it saves."""
    return request.headers.get("host", "").partition(":")[0].rstrip(".").endswith(".localhost")


def _accepts_brotli(request: Request) -> bool:
    for entry in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = entry.partition(";")
        if name.strip() == "br":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
