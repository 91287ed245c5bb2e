"""Who may see a private preview: entry with a ticket, the cookie afterwards, and the answer to everybody else."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol
from urllib.parse import quote, urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from preview_runtime.phrases import LANGUAGE_COOKIE, Phrase, Speak
from preview_runtime.routes.limits import refuse
from preview_runtime.routes.preview_pages import closed_page
from preview_runtime.routes.requests import error, html, is_navigation
from preview_runtime.routes.tickets import GRANT_SECONDS, Grant, Tickets

WAY_IN: Final = "/@sayso/enter"
_COOKIE: Final = "sayso-preview"
# `__Host-`: no other preview can set or replace it (RFC 6265bis section 4.1.3.2).
_SECURE_COOKIE: Final = "__Host-sayso-preview"
COOKIES: Final = (_SECURE_COOKIE, _COOKIE, LANGUAGE_COOKIE)
"""Ours: no app sees them."""
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{2,8})?")
_ASKED_SECONDS: Final = 10.0
_ASKED: Final = 10_000


class People(Protocol):
    """Who may see which preview."""

    async def may_see(self, person: str, preview_id: str) -> bool: ...


class Sessions(Protocol):
    """Knows when somebody loses their access."""

    async def run(self, grant: Grant, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Have `app` answer one request or websocket, and end it when the access that it is based on ends."""
        ...


@dataclass(frozen=True, slots=True)
class Admission:
    """`refusal` is sent instead of the app's answer; `cookie` is a `Set-Cookie` value for it, "" for none; `valid` is
    the grant on which the access is based, if it is still valid."""

    refusal: Response | None = None
    cookie: str = ""
    valid: Callable[[], Grant | None] = lambda: None


class Gate:
    """The gate of all private previews.

    `secure`: the preview hosts are reached by https, or are names of this machine, which browsers trust as much; only
    then do browsers send a cookie in a frame on another site. `ask` returns the builder's address that issues a ticket
    for a preview and leads back to a path of it.
    """

    def __init__(
        self,
        tickets: Tickets,
        people: People,
        ask: Callable[[str, str], Awaitable[str]],
        *,
        secure: bool = True,
        speak: Speak,
        clock: Callable[[], float] = time.monotonic,
        sessions: Sessions | None = None,
    ) -> None:
        self.tickets, self._people, self._ask, self.secure = tickets, people, ask, secure
        self._speak = speak
        self._clock, self._sessions = clock, sessions
        self._asked: OrderedDict[tuple[str, str], tuple[bool, float]] = OrderedDict()
        self.cookie = _SECURE_COOKIE if secure else _COOKIE

    async def admit(self, connection: HTTPConnection, preview_id: str) -> Admission:
        """Whether a request may pass, by its cookie."""
        for grant in _cookies(connection.scope, self.cookie):
            known = self.tickets.read(grant, preview_id)
            # Signed before anything is awaited: if it were signed with a later key, it would outlive a sign-out.
            renewed = self.tickets.grant(preview_id, known.person) if known is not None and known.old else ""
            if known is not None and await self._may_see(known.person, preview_id):
                valid = partial(self.tickets.read, grant, preview_id)
                return Admission(cookie=self._header(renewed) if renewed else "", valid=valid)
        return Admission(await self._refusal(connection, preview_id))

    async def enter(self, request: Request, preview_id: str) -> Response:
        """The entry, `/@sayso/enter?ticket=…&to=/path`: redirects to the path, without the ticket. The pages of this host
        speak `language` from then on, which browsers do not bring from the builder's."""
        person = self.tickets.redeem(request.query_params.get("ticket", ""), preview_id)
        grant = (
            self.tickets.grant(preview_id, person) if person is not None else ""
        )  # before anything is awaited, as in `admit`
        if person is None or not await self._may_see(person, preview_id):
            # It does not lead back to the builder: if the builder issued useless tickets, that would be an endless
            # loop.
            return self._closed(request)
        headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
        answer = Response(status_code=204, headers=headers)
        if "to" in request.query_params:
            answer = RedirectResponse(local_path(request.query_params["to"]), 303, headers=headers)
        answer.headers.append("Set-Cookie", self._header(grant))
        language = request.query_params.get("language", "")
        if _LANGUAGE.fullmatch(language):
            answer.headers.append("Set-Cookie", self._header(language, LANGUAGE_COOKIE))
        return answer

    async def within(self, admission: Admission, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Have `app` answer an admitted request, while its access lasts."""
        grant = admission.valid()
        if grant is None:  # the person signed out while the app was being woken
            return await refuse(scope, receive, send, self._closed(HTTPConnection(scope)))
        if self._sessions is None:
            return await app(scope, receive, send)
        await self._sessions.run(grant, app, scope, receive, send)

    def forget(self, preview_id: str) -> None:
        """Forget the cached rights of a preview: the rule of who may see it has changed."""
        for known in [known for known in self._asked if known[1] == preview_id]:
            del self._asked[known]

    def forget_person(self, is_theirs: Callable[[str], bool]) -> None:
        """Forget the cached rights of those for whom `is_theirs` is true: they have changed."""
        for known in [known for known in self._asked if is_theirs(known[0])]:
            del self._asked[known]

    async def _refusal(self, connection: HTTPConnection, preview_id: str) -> Response:
        # In a frame the builder would not recognise the person: browsers send its own cookie in no frame on another
        # site.
        framed = connection.headers.get("sec-fetch-dest") in ("iframe", "frame", "embed", "object")
        if is_navigation(connection) and connection.scope["method"] == "GET" and not framed:
            path = connection.scope.get("raw_path", connection.scope["path"].encode()).decode("latin-1")
            query = connection.scope["query_string"].decode("latin-1")
            target = await self._ask(preview_id, path + (f"?{query}" if query else ""))
            return RedirectResponse(target, 303, headers={"Cache-Control": "no-store"})
        return self._closed(connection)

    def _closed(self, connection: HTTPConnection) -> Response:
        if is_navigation(connection):
            return html(401, closed_page(self._speak), "closed")
        return error(401, "ticket_needed", self._speak(Phrase("page.closed.text")))

    async def _may_see(self, person: str, preview_id: str) -> bool:
        """Checked again every ten seconds: an app requests dozens of files at once."""
        now = self._clock()
        known, at = self._asked.get((person, preview_id), (False, 0.0))
        if known and now - at < _ASKED_SECONDS:
            return True
        allowed = await self._people.may_see(person, preview_id)
        self._asked[person, preview_id] = (allowed, now)
        self._asked.move_to_end((person, preview_id))
        if len(self._asked) > _ASKED:
            self._asked.popitem(last=False)
        return allowed

    def _header(self, value: str, name: str = "") -> str:
        # In the builder's frame the preview is a third party: without `None` browsers send no cookie there; with
        # `Partitioned` (CHIPS) they send it even if third-party cookies are off, and under no other site than ours.
        reach = "; SameSite=None; Secure; Partitioned" if self.secure else "; SameSite=Lax"
        return f"{name or self.cookie}={value}; Path=/; Max-Age={GRANT_SECONDS}; HttpOnly{reach}"


def way_in(origin: str, ticket: str, to: str | None = None, language: str = "") -> str:
    """The address that gives access at a preview's `origin`; with `to` it redirects to that path, else it answers
    204. `language`: that of the person, "" for the one that their browser asks for."""
    spoken = f"&language={quote(language)}" if language else ""
    return f"{origin}{WAY_IN}?ticket={quote(ticket)}{spoken}" + (f"&to={quote(to)}" if to is not None else "")


def without_cookies(scope: Scope) -> Scope:
    """The same request without the gate's cookies, which the app must not see."""
    if not any(name == b"cookie" and b"sayso" in value for name, value in scope["headers"]):
        return scope
    headers = []
    for name, value in scope["headers"]:
        if name == b"cookie":
            value = _kept_cookies(value)
            if not value:
                continue
        headers.append((name, value))
    return {**scope, "headers": headers}


def _kept_cookies(value: bytes) -> bytes:
    """A `Cookie` header without our cookies."""
    names = [name.encode() for name in COOKIES]
    parts = [part.strip() for part in value.split(b";")]
    return b"; ".join(part for part in parts if part and part.partition(b"=")[0].strip() not in names)


def local_path(target: str) -> str:
    """`target` if it is a path of the same host, else the first page: the entry leads nowhere else."""
    safe = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if safe and not urlsplit(target).netloc else "/"


def _cookies(scope: Scope, wanted: str) -> list[str]:
    """Every value of that name: another preview may have set one for the common parent domain."""
    found = []
    for name, value in scope["headers"]:
        if name == b"cookie":
            for part in value.decode("latin-1").split(";"):
                key, _, content = part.partition("=")
                if key.strip() == wanted:
                    found.append(content.strip())
    return found[:8]
