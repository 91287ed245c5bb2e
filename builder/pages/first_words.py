"""What a project's page shows before its code is there: the title, the newest request with its answer, and the app.

The built page is the same for every project. Read and put into it as it is sent, they are on the screen with the first
paint, some 0.2 s after the request, where the workbench takes a second to load, start and ask for them.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

import brotli  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy import select
from sqlmodel import col
from starlette.datastructures import Headers, MutableHeaders

from builder.accounts.access import Action, within_scopes
from builder.accounts.actor import Actor
from builder.base.db import Database
from builder.base.errors import SaysoError
from builder.generation.tables import Generation
from builder.projects.rows import project_of
from builder.projects.tables import Message, Project

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send
    from starlette.types import Message as Sent

    from builder.composition.services import Services

_PATH: Final = re.compile(r"/p/([a-z0-9]{1,32})/?")
_LONGEST: Final = 4_000
"""Characters of a request or an answer; more does not fit on a screen."""
_HTML: Final = b"<html"
_BODY: Final = b"<body>"
# The page's own code waits for an app that was opened before it (`early_app.py`): beside it, it would take the processor.
_ENTRY: Final = b'import("/assets/entry.client'
_HELD: Final = b"await window.saysoSeen;" + _ENTRY
# The page that is sent depends on the person and on the moment.
_DROPPED: Final = ("etag", "last-modified", "content-length", "content-encoding")
_ASKED: Final = frozenset({b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"})


@dataclass(frozen=True, slots=True)
class FirstWords:
    """`writing`: the answer is being written, or ended before it changed anything."""

    project: Project
    asked: str
    answered: str
    writing: bool


async def read_first_words(db: Database, actor: Actor, project_id: str) -> FirstWords:
    """Raises NotFound, Refused."""
    async with db.reader() as session:
        project = await project_of(session, actor, project_id, Action.READ_TALK)
        said = select(Message).where(col(Message.project) == project_id, col(Message.role) == "person")
        asked = await session.scalar(said.order_by(col(Message.position).desc()).limit(1))
        # Of a turn the newest step, as the chat shows it; a request may have set off neither.
        its = col(Generation.turn) == asked.turn if asked and asked.turn else None
        if asked and its is None and asked.generation:
            its = col(Generation.id) == asked.generation
        newest: Generation | None = None
        if its is not None:
            made = select(Generation).where(col(Generation.project) == project_id, its)
            newest = await session.scalar(made.order_by(col(Generation.created_at).desc()).limit(1))
    answered, writing = (newest.summary or "", newest.status != "done") if newest else ("", False)
    return FirstWords(project, (asked.text if asked else "")[:_LONGEST], answered[:_LONGEST], writing)


def as_html(words: FirstWords) -> str:
    """Beside the outline, not in it: React takes the outline over and would take the words out.

    In the body React passes over elements that it does not know, as long as they are none of the kind that it looks for
    there (`div`, `script`).
    """
    asked = f'<p class="wb-first-asked">{escape(words.asked)}</p>' if words.asked else ""
    answered = f"<p>{escape(words.answered)}</p>" if words.answered else ""
    return f'<article id="wb-first"><b>{escape(words.project.title)}</b><div>{asked}{answered}</div></article>'


def with_first_words(app: ASGIApp, services: Callable[[], Services]) -> ASGIApp:
    """`app` serves the built pages. A page of a project whose conversation the person may not read is sent as it was built."""

    async def worded(scope: Scope, receive: Receive, send: Send) -> None:
        found = _PATH.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        if not found:
            return await app(scope, receive, send)
        try:
            actor = await services().actors.of(scope)
            within_scopes(actor, Action.READ_TALK)
            words = await read_first_words(services().db, actor, found[1])
        except SaysoError:
            return await app(scope, receive, send)
        plain = {**scope, "headers": [(name, value) for name, value in scope["headers"] if name not in _ASKED]}
        headers = Headers(scope=scope)
        app_at = "" if words.writing else await services().early_apps.address(words.project, headers.get("host", ""))
        await app(plain, receive, _inserting(as_html(words), app_at, headers.get("accept-encoding", ""), send))

    return worded


def _inserting(html: str, app_at: str, accepts: str, send: Send) -> Callable[[Sent], Awaitable[None]]:
    """Sends an answer whole, with `html` at the beginning of its body, and where the app is that it may show at once."""
    begun: list[Sent] = []
    parts: list[bytes] = []

    async def insert(message: Sent) -> None:
        if message["type"] == "http.response.start":
            begun.append(message)
            return
        parts.append(message.get("body", b""))
        if message.get("more_body"):
            return
        head = MutableHeaders(scope=begun[0])
        body = b"".join(parts)
        if head.get("content-type", "").startswith("text/html") and "content-encoding" not in head:
            for name in _DROPPED:
                del head[name]
            begun_with = f'<html data-early="{escape(app_at)}"'.encode() if app_at else _HTML
            for old, new in ((_HTML, begun_with), (_BODY, _BODY + html.encode()), (_ENTRY, _HELD)):
                body = body.replace(old, new, 1)
            encoding, body = _packed(body, accepts)
            if encoding:
                head["Content-Encoding"] = encoding
            head["Content-Length"] = str(len(body))
            head["Cache-Control"] = "private, no-cache"
            for name in ("Accept-Encoding", "Cookie"):
                head.add_vary_header(name)
        await send(begun[0])
        await send({"type": "http.response.body", "body": body})

    return insert


def _packed(body: bytes, accepts: str) -> tuple[str, bytes]:
    if re.search(r"\bbr\b", accepts):
        return "br", bytes(brotli.compress(body, quality=5))
    return ("gzip", gzip.compress(body, 6)) if re.search(r"\bgzip\b", accepts) else ("", body)
