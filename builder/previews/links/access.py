"""Who may see a private preview: tickets signed with this installation's key, for people with access to that kind of
runnable."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from builder.accounts.access import Subject, not_found
from builder.accounts.actor import Actor, of_witness
from builder.accounts.open_connections import OpenConnections, Session
from builder.accounts.secret_file import secret_file
from builder.accounts.settings import SignInSettings
from builder.base.errors import NotFound, Refused
from builder.previews.links.doors import LinkDoors
from builder.previews.runnables.runnables import PROJECT, RunnableKind, Runnables
from builder.projects.store import ProjectStore
from builder.texts import said, spoken
from preview_runtime.routes.gate import Gate, way_in
from preview_runtime.routes.tickets import Grant, Tickets

OPEN_PREVIEW = "/open-preview"
OPEN_LINK = "/open-link"


class Entrance(Protocol):
    """Decides who has access to runnables of one kind. `page`: the builder's page for visitors without a ticket."""

    @property
    def page(self) -> str: ...

    async def lets_in(self, actor: Actor, runnable_id: str) -> bool:
        """False when the person may get access at `page`. Raises NotFound, Refused for a stranger."""
        ...


class ProjectEntrance:
    """A project's preview is open to those who may see the project."""

    page = OPEN_PREVIEW

    def __init__(self, store: ProjectStore) -> None:
        self._store = store

    async def lets_in(self, actor: Actor, runnable_id: str) -> bool:
        await self._store.get(actor, runnable_id)
        return True


class LinkEntrance:
    """The terms of a live link say whom it is open to."""

    page = OPEN_LINK

    def __init__(self, doors: LinkDoors) -> None:
        self._doors = doors

    async def lets_in(self, actor: Actor, runnable_id: str) -> bool:
        return self._doors.lets_in(actor.id, runnable_id)


class PreviewAccess:
    """Issues tickets and owns the gate. Signing out, or a changed password, ends every ticket and grant."""

    def __init__(
        self,
        settings: SignInSettings,
        runnables: Runnables,
        entrances: Mapping[RunnableKind, Entrance],
        connections: OpenConnections | None = None,
    ) -> None:
        self._settings, self._runnables, self._entrances = settings, runnables, entrances
        self.still_signed_in: Callable[[str, str], Awaitable[bool]] = _always
        self._connections = connections or OpenConnections()
        self._tickets = Tickets(_key(settings.key_file("session.key"), settings))
        self.gate = Gate(self._tickets, self, self._ask, speak=said, secure=_secure(settings), sessions=self)

    async def may_see(self, person: str, preview_id: str) -> bool:
        """Whether the person of a ticket or grant (see `Actor.witness`) has access to the preview."""
        try:
            name, session = of_witness(person)
            if session and not await self.still_signed_in(name, session):
                return False
            actor = Actor(name, session=session)
            return await (await self._entrance(actor, preview_id)).lets_in(actor, preview_id)
        except (NotFound, Refused):
            return False

    async def run(self, grant: Grant, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Run one request or websocket of a private preview. It ends when the person signs out, when the grant ends, or
        when the person's rights change."""
        person, signed_in = of_witness(grant.person)
        session = Session(signed_in or person, grant.ends)
        await self._connections.run(session, app, scope, receive, send, person)

    async def way_in(self, actor: Actor, preview_id: str, to: str) -> str:
        """The address that leads `actor` to the path `to` of a preview. It gives access, once, within a minute; or it
        is the builder's page that asks for what is missing. Raises NotFound, Refused."""
        entrance = await self._entrance(actor, preview_id)
        if not await entrance.lets_in(actor, preview_id):
            return _asking(entrance, preview_id, to)
        return self.let_in(preview_id, actor.witness, to)

    def let_in(self, preview_id: str, person: str, to: str | None = None) -> str:
        """The address that gives access to `person` (see `Actor.witness`), whose identity was checked; without `to` it
        only sets the cookie."""
        return way_in(self._settings.preview_origin(preview_id), self._tickets.ticket(preview_id, person), to, spoken())

    def let_in_to_walks(self, project_id: str, server_id: str, person: str) -> list[str]:
        """The addresses that give access to a project's server for walks, at each of the names at which one page asks for
        it."""
        origins = (self._settings.walk_origin(project_id, lane) for lane in (None, 1))
        return [way_in(origin, self._tickets.ticket(server_id, person)) for origin in origins]

    async def _ask(self, preview_id: str, to: str) -> str:
        found = await self._runnables.find(preview_id)
        # An unknown id gets the page of a project, so that nobody learns that it does not exist.
        entrance = self._entrances[found.kind if found else PROJECT]
        return self._settings.url + _asking(entrance, preview_id, to)

    async def _entrance(self, actor: Actor, preview_id: str) -> Entrance:
        found = await self._runnables.find(preview_id)
        if found is None:
            raise not_found(actor, Subject("", preview_id))
        return self._entrances[found.kind]


async def _always(_: str, __: str) -> bool:
    return True


def _asking(entrance: Entrance, preview_id: str, to: str) -> str:
    return f"{entrance.page}/{quote(preview_id, safe='')}?to={quote(to, safe='')}"


def _key(file: Path, settings: SignInSettings) -> Callable[[], bytes]:
    password = settings.owner_password.get_secret_value().encode()

    def key() -> bytes:
        # Read each time (32 bytes from the page cache): signing out replaces the file.
        stored = secret_file(file, lambda: secrets.token_bytes(32))
        return hmac.digest(stored, b"preview tickets " + password, hashlib.sha256)

    return key


def _secure(settings: SignInSettings) -> bool:
    """Browsers send `Secure` cookies over https, and over http to host names of this machine."""
    return settings.url.startswith("https://") or _of_this_machine(settings.preview_host)


def _of_this_machine(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    return name == "localhost" or name.endswith(".localhost")
