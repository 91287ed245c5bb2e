"""Signing in as the owner: the page, the cookie, and the guard around everything else of the builder's host."""

from __future__ import annotations

import hashlib
import hmac
import logging
import math
from collections.abc import Callable
from urllib.parse import parse_qs, quote

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from builder.accounts.audit.origin import Via, came
from builder.accounts.form_pages import (
    MAX_FORM_BYTES,
    OPEN_FOLDERS,
    OPEN_PATHS,
    FormField,
    PageForm,
    form_page,
    local_page,
    refusal,
)
from builder.accounts.open_connections import SIGNED_OUT, OpenConnections
from builder.accounts.session_cookie import SessionCookies
from builder.accounts.settings import SignInSettings
from builder.accounts.tries import Tries
from builder.base.http.hosts import SIGNED_IN, HostRules, Sender
from builder.base.http.rate_headers import RateHeaders
from builder.base.http.rates import note
from builder.base.watching.metrics import proof_refused
from builder.texts import t

log = logging.getLogger(__name__)


def require_sign_in(
    app: ASGIApp, settings: SignInSettings, connections: Callable[[], OpenConnections] | None = None
) -> ASGIApp:
    """`app` for those who signed in, when the settings ask for it; otherwise `app` itself.

    `connections` is called at each request and returns the open connections of the sessions; without it the middleware
    keeps its own.
    """
    if not settings.sign_in_required:
        return app
    own = OpenConnections()
    return SignIn(app, settings, connections or (lambda: own))


class SignIn:
    """ASGI: answers `/sign-in` and `/sign-out`, passes on requests with a valid session, refuses the rest.

    A request that passes is tied to its session: signing out ends it. Pages are sent to the sign-in page, API calls get
    401 in the error shape, websockets are refused.
    """

    def __init__(self, app: ASGIApp, settings: SignInSettings, connections: Callable[[], OpenConnections]) -> None:
        self._app, self._connections = app, connections
        self._rules = HostRules.from_settings(settings)
        self._password = _hash(settings.owner_password.get_secret_value())
        self._cookies = SessionCookies(settings)
        self._tries = Tries()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        path: str = scope["path"]
        came(Via.BROWSER)
        session = self._cookies.session(Headers(scope=scope))
        if scope["type"] == "http" and path in ("/sign-in", "/sign-out"):
            answer = self._sign_in if path == "/sign-in" else self._sign_out

            async def answered(scope: Scope, receive: Receive, send: Send) -> None:
                response = await answer(Request(scope, receive), session is not None)
                await response(scope, receive, send)

            return await RateHeaders(answered)(scope, receive, send)
        if session is not None:
            scope[SIGNED_IN] = session
            return await self._connections().run(session, self._app, scope, receive, send)
        if scope["type"] == "http" and (path in OPEN_PATHS or path.startswith(OPEN_FOLDERS)):
            return await self._app(scope, receive, send)
        if scope["type"] == "websocket":
            await receive()
            return await send({"type": "websocket.close", "code": SIGNED_OUT, "reason": "sign in"})
        await refusal(path, scope["query_string"].decode("latin-1"), scope["method"])(scope, receive, send)

    async def _sign_in(self, request: Request, signed_in: bool) -> Response:
        target = local_page(request.query_params.get("next", "/"))
        if request.method in ("GET", "HEAD"):
            return RedirectResponse(target, 303) if signed_in else _page(target)
        if request.method != "POST":
            return Response(status_code=405, headers={"Allow": "GET, POST"})
        if self._rules.sender(request.scope) is Sender.FOREIGN:
            return _page(target, t("sign_in.foreign"), 403)
        form = bytearray()
        async for piece in request.stream():  # counted while it arrives: the sender has not signed in
            form += piece
            if len(form) > MAX_FORM_BYTES:
                return _page(target, t("sign_in.wrong"), 413)
        # The wait is checked here because nothing is awaited between this check and the count of the try. Otherwise a
        # client could hold back many bodies, send them at once, and have all of them let through before the first try
        # failed.
        client = request.client.host if request.client else ""
        if wait := self._tries.wait(client):
            note(self._tries.state(client))
            seconds = math.ceil(wait)
            response = _page(target, t("sign_in.too_often", seconds=seconds), 429)
            response.headers["Retry-After"] = str(seconds)
            return response
        password = parse_qs(form.decode("latin-1"), keep_blank_values=True).get("password", [""])[0]
        # Hashes of equal length, compared in constant time: the answer's timing says nothing about the password.
        if not hmac.compare_digest(_hash(password), self._password):
            self._tries.failed(client)
            note(self._tries.state(client))
            proof_refused("password")
            return _page(target, t("sign_in.wrong"), 401)
        self._tries.passed(client)
        return RedirectResponse(target, 303, headers={"Set-Cookie": self._cookies.issue(), "Cache-Control": "no-store"})

    async def _sign_out(self, request: Request, signed_in: bool) -> Response:
        if request.method != "POST":
            return Response(status_code=405, headers={"Allow": "POST"})
        if self._rules.sender(request.scope) is Sender.FOREIGN:
            return Response(t("sign_in.foreign"), 403, media_type="text/plain")
        cleared = {"Set-Cookie": self._cookies.clear()}
        if signed_in:
            try:
                self._cookies.revoke_all()
            except OSError:
                log.exception("The key of the ended sessions could not be replaced on the disk")
                return Response(t("sign_in.key_kept"), 507, media_type="text/plain", headers=cleared)
            finally:
                self._connections().end_all()
        return RedirectResponse("/sign-in", 303, headers=cleared)


def _page(target: str, problem: str = "", status: int = 200) -> HTMLResponse:
    password = FormField("password", t("sign_in.password"), "password", "current-password")
    heading, text, button = t("sign_in.heading"), t("sign_in.text"), t("sign_in.button")
    form = PageForm(heading, text, f"/sign-in?next={quote(target, safe='/')}", (password,), button)
    return form_page(form, problem, status=status)


def _hash(password: str) -> bytes:
    return hashlib.sha256(password.encode()).digest()
