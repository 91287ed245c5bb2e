"""Steps of a request for a preview's server part: limits, the gate, waking, and only then the app itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from preview_runtime.browser_servers import BrowserAsked, BrowserServer, NotAnswered
from preview_runtime.phrases import Phrase, Speak
from preview_runtime.routes.activity import Activity
from preview_runtime.routes.gate import Admission, Gate, without_cookies
from preview_runtime.routes.limits import BodyReader, Pace, VisitorLimits, declared_too_large, refuse
from preview_runtime.routes.preview_pages import closed_page, failed_page, silent_page, waking_page
from preview_runtime.routes.proxy import Proxy, RawHeaders, answer_headers, no_answer, request_headers
from preview_runtime.routes.requests import error, has_body, html, is_navigation
from preview_runtime.routes.route_table import Route, RouteTable
from preview_runtime.routes.waking import Sleepers, Waker

# A person should see a page with progress rather than wait for one that does not come; a program cannot read such a
# page.
HOLD_NAVIGATION_SECONDS: Final = 1.0
HOLD_SECONDS: Final = 3.0
# An app's own policy stays: several policies all apply.
_POLICY: Final = b"content-security-policy"


@dataclass(frozen=True, slots=True)
class Decision:
    """`refusal` is sent instead of the app's answer, unless it is None; `route` is the app to ask; `cookie` is added to
    the answer, "" for none; `admission` is the access to a private preview."""

    route: Route
    refusal: Response | None = None
    cookie: str = ""
    admission: Admission | None = None


class ServerParts:
    """The servers of all previews. `waker` None: no app here ever sleeps; `gate` None: no private preview is ever
    shown."""

    def __init__(
        self,
        routes: RouteTable,
        *,
        waker: Waker | None = None,
        activity: Activity | None = None,
        limits: VisitorLimits | None = None,
        gate: Gate | None = None,
        speak: Speak,
        hold: tuple[float, float] = (HOLD_NAVIGATION_SECONDS, HOLD_SECONDS),
    ) -> None:
        self._routes = routes
        self._sleepers = Sleepers(waker)
        self.activity = activity or Activity()
        self._limits = limits or VisitorLimits()
        self._pace = Pace(self._limits)
        self._gate = gate
        self._speak = speak
        self._hold = hold
        self._proxy = Proxy(self._silent)

    async def __call__(self, scope: Scope, receive: Receive, send: Send, preview_id: str, added: RawHeaders) -> None:
        """One request or websocket of a preview that has a route; `added` is put into every answer."""

        given = {name for name, _ in added} - {_POLICY}
        cookies: RawHeaders = []

        async def give(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(name, value) for name, value in message["headers"] if name not in given]
                message = {**message, "headers": [*kept, *added, *cookies]}
            await send(message)

        refusal = self._over_limit(scope, preview_id)
        if refusal is not None:
            return await refuse(scope, receive, give, refusal)
        with self.activity.request(preview_id, receive, give) as (received, sent):
            verdict = await self._judge(scope, preview_id)
            if verdict.cookie:
                cookies.append((b"set-cookie", verdict.cookie.encode()))
            if verdict.refusal is not None:
                return await refuse(scope, received, sent, verdict.refusal)

            async def app(scope: Scope, receive: Receive, send: Send) -> None:
                body = BodyReader(receive, self._limits, has_body(scope) and scope["type"] == "http")
                await self._ask(without_cookies(scope), body, receive, send, verdict.route)

            if verdict.admission is None or self._gate is None:
                return await app(scope, received, sent)
            await self._gate.within(verdict.admission, app, scope, received, sent)

    async def _judge(self, scope: Scope, preview_id: str) -> Decision:
        """Whether the request may go to the app: checks the visitor, the size of the request, and whether the app runs.
        Wakes the app if needed."""
        connection = HTTPConnection(scope)
        route = self._routes.find(preview_id)
        if route is None:  # removed since it was found
            return Decision(Route(), self._not_running(connection, Route()))
        cookie, admission = "", None
        if route.private:
            if self._gate is None:
                return Decision(route, self._closed(connection))
            admission = await self._gate.admit(connection, preview_id)
            if admission.refusal is not None:
                return Decision(route, admission.refusal)
            cookie = admission.cookie
        if declared_too_large(scope, self._limits):
            return Decision(route, self._too_large(), cookie)
        if not route.awake and not route.problem:
            await self._sleepers.wake(preview_id, self._hold[0 if is_navigation(connection) else 1])
            route = self._routes.find(preview_id) or route
        return Decision(route, None if route.awake else self._not_running(connection, route), cookie, admission)

    def _not_running(self, connection: HTTPConnection, route: Route) -> Response:
        """The answer in place of an app that cannot be asked at the moment."""
        navigation = is_navigation(connection)
        if route.problem:
            page = html(503, failed_page(self._speak, route.problem), "failed")
            return page if navigation else error(503, "app_failed", self._speak(route.problem))
        if navigation:
            response = html(503, waking_page(self._speak), "waking")
            response.headers["Retry-After"] = "1"
            return response
        return error(503, "app_waking", self._speak(Phrase("page.waking.short")), retry_after=1)

    async def enter(self, request: Request, preview_id: str) -> Response:
        """The entry to a private preview."""
        return await self._gate.enter(request, preview_id) if self._gate else self._closed(request)

    async def close(self) -> None:
        """Close the connections to the apps, and end the waiting for wakes."""
        await self._sleepers.close()
        await self._proxy.close()

    async def _ask(self, scope: Scope, body: BodyReader, receive: Receive, send: Send, route: Route) -> None:
        began = False

        async def noted(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        if route.browser is not None:
            await self._ask_page(scope, body, noted, route.browser)
        else:
            await self._proxy.forward(scope, body, noted, route.upstream, [])
        if body.refused and not began:
            late = error(408, "too_slow", self._speak(Phrase("page.too_slow")))
            await refuse(scope, receive, send, self._too_large() if body.refused == 413 else late)

    async def _ask_page(self, scope: Scope, body: BodyReader, send: Send, browser: BrowserServer) -> None:
        """Answers with what a page answers that runs the app: as a whole, and no websocket."""
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008})
        parts: list[bytes] = []
        more = has_body(scope)
        while more:
            message = await body()
            if message["type"] == "http.disconnect":
                return
            parts.append(message.get("body", b""))
            more = message.get("more_body", False)
        asked = BrowserAsked(
            scope["method"],
            scope["path"],
            scope.get("query_string", b"").decode("latin-1"),
            tuple(request_headers(scope, "").items()),
            b"".join(parts),
        )
        try:
            answered = await browser.ask(asked)
        except NotAnswered:
            return await self._silent(scope, body, send)
        raw = [
            (name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in answered.headers
        ]
        headers = [one for one in answer_headers(raw) if one[0] != b"content-length"]
        if no_answer(answered.status, headers):
            return await self._silent(scope, body, send)
        bare = answered.status in (204, 304) or scope["method"] == "HEAD"
        content = b"" if bare else answered.body
        if not bare:
            headers.append((b"content-length", str(len(content)).encode()))
        await send({"type": "http.response.start", "status": answered.status, "headers": headers})
        await send({"type": "http.response.body", "body": content, "more_body": False})

    def _over_limit(self, scope: Scope, preview_id: str) -> Response | None:
        client = scope.get("client")
        if seconds := self._pace.wait(preview_id, client[0] if client else ""):
            text = self._speak(Phrase("page.too_many", {"seconds": seconds}))
            return error(429, "too_many_requests", text, retry_after=seconds)
        most = self._limits.connections
        if most and self.activity.of(preview_id).open >= most:
            return error(503, "too_busy", self._speak(Phrase("page.too_busy")), retry_after=1)
        return None

    def _too_large(self) -> Response:
        return error(
            413,
            "too_large",
            self._speak(Phrase("page.too_large", {"megabytes": self._limits.body_bytes // 2**20 or 1})),
        )

    def _closed(self, connection: HTTPConnection) -> Response:
        if is_navigation(connection):
            return html(401, closed_page(self._speak), "closed")
        return error(401, "ticket_needed", self._speak(Phrase("page.closed.text")))

    async def _silent(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The app accepted no connection: a person gets a page that tries again, a program gets an error."""
        if is_navigation(HTTPConnection(scope)):
            response: Response = html(502, silent_page(self._speak), "silent")
        else:
            response = error(502, "app_silent", self._speak(Phrase("page.silent.text")))
            response.headers["X-Preview-State"] = "silent"
        await refuse(scope, receive, send, response)
