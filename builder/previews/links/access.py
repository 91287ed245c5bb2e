"""Who may see a private preview: tickets signed with this installation's key, for people the store knows."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from builder.accounts.actor import Actor
from builder.accounts.open_connections import OpenConnections, Session
from builder.accounts.secret_file import secret_file
from builder.accounts.settings import SignInSettings
from builder.base.errors import NotFound, Refused
from builder.previews.links.shares import Shares
from builder.projects.store import ProjectStore
from builder.texts import said
from preview_runtime.routes.gate import Gate, way_in
from preview_runtime.routes.tickets import Grant, Tickets

OPEN_PREVIEW = "/open-preview"
OPEN_LINK = "/open-link"


class PreviewAccess:
    """Hands out tickets and knows the gate. Signing out, or another password, ends every ticket and grant."""

    def __init__(
        self, settings: SignInSettings, store: ProjectStore, shares: Shares, connections: OpenConnections | None = None
    ) -> None:
        self._settings, self._store, self._shares = settings, store, shares
        self._connections = connections or OpenConnections()
        self._tickets = Tickets(_key(settings.data_dir / "session.key", settings))
        self.gate = Gate(self._tickets, self, self._ask, speak=said, secure=_secure(settings), sessions=self)

    @property
    def private(self) -> bool:
        """Whether previews that are not shared need a ticket: where people sign in. Else whoever gets here is the owner."""
        return self._settings.sign_in_required

    def guarded(self, preview_id: str) -> bool:
        """Whether a preview, its pages included, is for people with a ticket."""
        return self._shares.guarded(preview_id)

    def is_private(self, preview_id: str) -> bool:
        """Whether the server part of a preview is for people with a ticket."""
        return self._shares.guarded(preview_id) if self._shares.is_link(preview_id) else self.private

    async def may_see(self, person: str, preview_id: str) -> bool:
        """Whether the preview is one of a project that this person may see, or a live link that lets them in."""
        if self._shares.is_link(preview_id):
            return self._shares.lets_in(person, preview_id)
        try:
            await self._store.get(Actor(person), preview_id)
        except (NotFound, Refused):
            return False
        return True

    async def run(self, grant: Grant, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or websocket of a private preview: signing out ends it, and so do the end of the grant and a
        change of the person's rights."""
        session = Session(grant.person, grant.ends)
        await self._connections.run(session, app, scope, receive, send, grant.person)

    async def way_in(self, actor: Actor, project_id: str, to: str | None = None) -> str:
        """The address that lets `actor` in, for one use within a minute, and leads on to the path `to`; without `to` it
        only sets the cookie. Raises NotFound."""
        await self._store.get(actor, project_id)
        origin = self._settings.preview_origin(project_id)
        return way_in(origin, self._tickets.ticket(project_id, actor.id), to)

    def way_in_by_link(self, share_id: str, person: str, to: str) -> str:
        """The address that lets `person` in to a live link and leads on to the path `to`."""
        return way_in(self._settings.preview_origin(share_id), self._tickets.ticket(share_id, person), to)

    def _ask(self, preview_id: str, to: str) -> str:
        page = OPEN_LINK if self._shares.is_link(preview_id) else OPEN_PREVIEW
        return f"{self._settings.url}{page}/{preview_id}?to={quote(to, safe='')}"


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
