"""Who may see a private preview: tickets signed with this installation's key, for those whom its kind lets in."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from builder.accounts.access import Subject, not_found
from builder.accounts.actor import Actor
from builder.accounts.open_connections import OpenConnections, Session
from builder.accounts.secret_file import secret_file
from builder.accounts.settings import SignInSettings
from builder.base.errors import NotFound, Refused
from builder.previews.links.doors import LinkDoors
from builder.previews.runnables.runnables import PROJECT, RunnableKind, Runnables
from builder.projects.store import ProjectStore
from builder.texts import said
from preview_runtime.routes.gate import Gate, way_in
from preview_runtime.routes.tickets import Grant, Tickets

OPEN_PREVIEW = "/open-preview"
OPEN_LINK = "/open-link"


class Entrance(Protocol):
    """Who is let in to runnables of one kind. `page`: where the builder asks who comes without a ticket."""

    @property
    def page(self) -> str: ...

    async def lets_in(self, actor: Actor, runnable_id: str) -> bool:
        """False for somebody whom `page` may let in. Raises NotFound, Refused for a stranger."""
        ...


class ProjectEntrance:
    """A project's preview is for those who may see the project."""

    page = OPEN_PREVIEW

    def __init__(self, store: ProjectStore) -> None:
        self._store = store

    async def lets_in(self, actor: Actor, runnable_id: str) -> bool:
        await self._store.get(actor, runnable_id)
        return True


class LinkEntrance:
    """A live link is for whom its terms say."""

    page = OPEN_LINK

    def __init__(self, doors: LinkDoors) -> None:
        self._doors = doors

    async def lets_in(self, actor: Actor, runnable_id: str) -> bool:
        return self._doors.lets_in(actor.id, runnable_id)


class PreviewAccess:
    """Hands out tickets and knows the gate. Signing out, or another password, ends every ticket and grant."""

    def __init__(
        self,
        settings: SignInSettings,
        runnables: Runnables,
        entrances: Mapping[RunnableKind, Entrance],
        connections: OpenConnections | None = None,
    ) -> None:
        self._settings, self._runnables, self._entrances = settings, runnables, entrances
        self._connections = connections or OpenConnections()
        self._tickets = Tickets(_key(settings.data_dir / "session.key", settings))
        self.gate = Gate(self._tickets, self, self._ask, speak=said, secure=_secure(settings), sessions=self)

    async def may_see(self, person: str, preview_id: str) -> bool:
        """Whether the preview is one that this person is let in to."""
        try:
            actor = Actor(person)
            return await (await self._entrance(actor, preview_id)).lets_in(actor, preview_id)
        except (NotFound, Refused):
            return False

    async def run(self, grant: Grant, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or websocket of a private preview: signing out ends it, and so do the end of the grant and a
        change of the person's rights."""
        session = Session(grant.person, grant.ends)
        await self._connections.run(session, app, scope, receive, send, grant.person)

    async def way_in(self, actor: Actor, preview_id: str, to: str) -> str:
        """The address that leads `actor` to the path `to` of a preview: lets them in, for one use within a minute, or is
        the builder's path that asks for what is missing. Raises NotFound, Refused."""
        entrance = await self._entrance(actor, preview_id)
        if not await entrance.lets_in(actor, preview_id):
            return _asking(entrance, preview_id, to)
        return self.let_in(preview_id, actor.id, to)

    def let_in(self, preview_id: str, person: str, to: str | None = None) -> str:
        """The address that lets in whoever was found to be `person`; without `to` it only sets the cookie."""
        return way_in(self._settings.preview_origin(preview_id), self._tickets.ticket(preview_id, person), to)

    async def _ask(self, preview_id: str, to: str) -> str:
        found = await self._runnables.find(preview_id)
        # What does not exist is asked for where nobody learns that.
        entrance = self._entrances[found.kind if found else PROJECT]
        return self._settings.url + _asking(entrance, preview_id, to)

    async def _entrance(self, actor: Actor, preview_id: str) -> Entrance:
        found = await self._runnables.find(preview_id)
        if found is None:
            raise not_found(actor, Subject("", preview_id))
        return self._entrances[found.kind]


def _asking(entrance: Entrance, preview_id: str, to: str) -> str:
    return f"{entrance.page}/{quote(preview_id, safe='')}?to={quote(to, safe='')}"


def _key(file: Path, settings: SignInSettings) -> Callable[[], bytes]:
    password = settings.owner_password.get_secret_value().encode()

    def key() -> bytes:
        # 32 bytes from the page cache, each time: signing out replaces the file.
        stored = secret_file(file, lambda: secrets.token_bytes(32))
        return hmac.digest(stored, b"preview tickets " + password, hashlib.sha256)

    return key


def _secure(settings: SignInSettings) -> bool:
    """Browsers send `Secure` cookies over https, and over http to names of this machine."""
    return settings.url.startswith("https://") or _of_this_machine(settings.preview_host)


def _of_this_machine(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    return name == "localhost" or name.endswith(".localhost")
