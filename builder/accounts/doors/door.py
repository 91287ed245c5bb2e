"""The guard around everything of the builder's host, where people have accounts of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from builder.accounts.audit.origin import Via, came
from builder.accounts.doors.form_texts import outcome
from builder.accounts.doors.forms import Forms
from builder.accounts.doors.key_origins import preflight_answer, preflight_origin, readable_by
from builder.accounts.doors.people import AccountParts, bearer
from builder.accounts.form_pages import OPEN_FOLDERS, OPEN_PATHS, form_page, refusal
from builder.accounts.open_connections import RIGHTS_CHANGED, SIGNED_OUT, OpenConnections, Session
from builder.accounts.teams.partner_keys import PREFIX
from builder.base.http.hosts import ALLOWED_PAGE, SIGNED_IN, WITH_TOKEN
from builder.base.http.rate_headers import RateHeaders
from builder.texts import t

_PROGRAMS: Final = "/api/"


class AccountDoor:
    """ASGI: answers the pages of signing in, passes on requests with a live session or token, refuses the rest.

    A request that passes is tied to its session: where that ends, the request does. `people` and `connections` are
    called at each request.
    """

    def __init__(
        self, app: ASGIApp, people: Callable[[], AccountParts], connections: Callable[[], OpenConnections]
    ) -> None:
        self._app, self._people, self._connections = app, people, connections
        self._forms = Forms(people)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        path, headers = scope["path"], Headers(scope=scope)
        session: Session | None = None
        came(_way(path, headers))
        if (
            path.startswith(_PROGRAMS)
            and (origin := preflight_origin(scope))
            and await self._people().keys.allow(origin)
        ):
            return await preflight_answer(scope, origin)(scope, receive, send)
        # A token counts alone: a wrong one is not made good by a cookie that a browser adds.
        if path.startswith(_PROGRAMS) and bearer(headers):
            session = await self._people().by_token(headers)
            if session is not None:
                scope[WITH_TOKEN] = True
                if (origin := _allowed_page(session, headers)) and scope["type"] == "http":
                    scope[ALLOWED_PAGE], send = True, readable_by(origin, send)
        elif (found := await self._people().by_cookie(headers)) is not None:
            session, again = found
            send = self._with_cookie(again, send) if again and scope["type"] == "http" else send
        if scope["type"] == "http" and (form := self._forms.at(path)) is not None:

            async def answered(scope: Scope, receive: Receive, send: Send) -> None:
                response = await form(Request(scope, receive), session)
                await response(scope, receive, send)

            return await RateHeaders(answered)(scope, receive, send)
        if session is not None and not session.admin:
            closed = await self._people().sessions.switches.maintenance()
            if closed is not None and not path.startswith(OPEN_FOLDERS) and path not in OPEN_PATHS:
                return await _closed(path, closed.note)(scope, receive, send)
        if session is not None:
            scope[SIGNED_IN] = session
            person = session.actor.id if session.actor else ""
            return await self._connections().run(session, self._app, scope, receive, send, person)
        if scope["type"] == "http" and (path in OPEN_PATHS or path.startswith(OPEN_FOLDERS)):
            return await self._app(scope, receive, send)
        if scope["type"] == "websocket":
            await receive()
            return await send({"type": "websocket.close", "code": SIGNED_OUT, "reason": "sign in"})
        await refusal(path, scope["query_string"].decode("latin-1"), scope["method"])(scope, receive, send)

    def _with_cookie(self, value: str, send: Send) -> Send:
        cookie = self._people().cookies.session(value)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if "set-cookie" not in headers:  # an answer that ends the session clears it
                    headers.append("set-cookie", cookie)
            await send(message)

        return sent


def _way(path: str, headers: Headers) -> Via:
    if not path.startswith(_PROGRAMS) or not (token := bearer(headers)):
        return Via.BROWSER
    return Via.KEY if token.startswith(PREFIX) else Via.TOKEN


def _allowed_page(session: Session, headers: Headers) -> str:
    """The page elsewhere that sent the request and may use the key that came with it, "" for none."""
    origin, key = headers.get("origin", ""), session.actor.key if session.actor else None
    return origin if key is not None and origin in key.origins else ""


def _closed(path: str, note: str) -> ASGIApp:
    """What people hear while only administrators are let in."""
    said = t("people.maintenance")

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            return await send({"type": "websocket.close", "code": RIGHTS_CHANGED, "reason": "maintenance"})
        response: Response
        if path.startswith(("/api/", "/_", "/runtime/")):
            error = {"code": "maintenance", "message": f"{said} {note}".strip(), "details": {}}
            response = JSONResponse({"error": error}, 503)
        else:
            form = outcome(t("people.maintenance_heading"), f"{said} {note}".strip(), ("/", t("people.try_again")))
            response = form_page(form, status=503)
        response.headers.update({"Retry-After": "60", "Cache-Control": "no-store"})
        await response(scope, receive, send)

    return answer
