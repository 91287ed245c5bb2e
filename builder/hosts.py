"""Which application answers a request, and who may ask: host dispatch and the origin guard.

A page elsewhere can point a name it owns at this machine (DNS rebinding) or simply send requests here. So only
requests for our own names are answered, and the API and Reflex's event socket only to pages of our own origin.
Preview hosts are *same-site* with the builder, so SameSite cookies do not protect it from them: this guard does.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from builder.settings import LOOPBACK, Settings

_HOST: Final = re.compile(
    r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\.?)(?::(?P<port>[0-9]{1,5}))?"
)
_DEFAULT_PORTS: Final = frozenset({"", "80", "443"})
_OWN_SITES: Final = frozenset({b"same-origin", b"none"})
_WILDCARDS: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - recognised here, never bound
_API: Final = re.compile(r"/+(?:api|_event|_upload|_all_routes)(?:/|$)")


class HostKind(StrEnum):
    """Whose a host name is."""

    BUILDER = "builder"
    PREVIEW = "preview"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Authority:
    """A host name in lower case, without brackets or trailing dot, and its port ("" where it is the default)."""

    name: str
    port: str


def parse_authority(text: str) -> Authority | None:
    """Read the value of a Host header; None where it is not exactly `name`, `name:port`, or either with an IPv6 address.

    User info, paths, white space and empty labels make it invalid (RFC 9110 section 7.2, RFC 3986 section 3.2).
    """
    match = _HOST.fullmatch(text)
    if match is None or ".." in match["name"]:
        return None
    port = match["port"] or ""
    if port and not 0 < int(port) <= 65535:
        return None
    name = match["name"].lower().strip("[]").removesuffix(".")
    return Authority(name, "" if port in _DEFAULT_PORTS else str(int(port)))


def request_authority(scope: Scope) -> Authority | None:
    """The host a request is for; None where its Host header is missing, doubled or malformed."""
    values = [value for name, value in scope["headers"] if name.lower() == b"host"]
    return parse_authority(values[0].decode("latin-1")) if len(values) == 1 else None


@dataclass(frozen=True, slots=True)
class HostRules:
    """The names this server answers to. Any port is ours: a proxy or the development server may change it."""

    builder_names: frozenset[str]
    preview_suffix: str
    public_origin: str = ""

    @classmethod
    def from_settings(cls, settings: Settings) -> HostRules:
        """The loopback names, the address listened on, the host of PUBLIC_URL, and what lies below PREVIEW_HOST."""
        names = set(LOOPBACK)
        if settings.host not in _WILDCARDS:
            names.add(settings.host.lower())
        public = urlsplit(settings.public_url)
        if public.hostname:
            names.add(public.hostname.rstrip("."))
        origin = f"{public.scheme}://{public.netloc}".lower() if public.hostname else ""
        return cls(frozenset(names), "." + settings.preview_host.lower().strip(".").partition(":")[0], origin)

    def kind(self, authority: Authority | None) -> HostKind:
        """Whose `authority` is. A name of the builder's own wins over the preview domain it may lie under."""
        if authority is None:
            return HostKind.FOREIGN
        if authority.name in self.builder_names:
            return HostKind.BUILDER
        return HostKind.PREVIEW if authority.name.endswith(self.preview_suffix) else HostKind.FOREIGN

    def own_origin(self, scope: Scope, authority: Authority) -> bool:
        """Whether the page that sends this request is the builder's own, or no page at all (a program, the address bar).

        Browsers set `Origin` and `Sec-Fetch-Site` themselves; a page cannot forge or omit the latter.
        """
        origins = [value for name, value in scope["headers"] if name.lower() == b"origin"]
        sites = [value.strip().lower() for name, value in scope["headers"] if name.lower() == b"sec-fetch-site"]
        if len(origins) > 1 or any(site not in _OWN_SITES for site in sites):
            return False
        return not origins or self._is_own(origins[0].decode("latin-1").lower(), authority)

    def _is_own(self, origin: str, authority: Authority) -> bool:
        scheme, separator, rest = origin.partition("://")
        if not separator or scheme not in ("http", "https"):
            return False
        return parse_authority(rest) == authority or (bool(self.public_origin) and origin == self.public_origin)


def dispatch_by_host(builder: ASGIApp, preview: ASGIApp, settings: Settings) -> ASGIApp:
    """Previews go to `preview`, the builder's own names to `builder`, every other Host gets 403.

    The outermost application, so that previews never see Reflex or its CORS layers. `lifespan` goes to `builder`.
    """
    rules = HostRules.from_settings(settings)

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await builder(scope, receive, send)
        kind = rules.kind(request_authority(scope))
        if kind is HostKind.FOREIGN:
            return await _refuse(scope, send, "foreign_host", "This server does not answer to that name.")
        await (preview if kind is HostKind.PREVIEW else builder)(scope, receive, send)

    return dispatch


def same_origin_only(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Refuse (403) what another origin asks of the API, Reflex's event socket, any websocket or by an unsafe method.

    Pages and their files may be opened from anywhere: a link from another site leads to the home page.
    """
    rules = HostRules.from_settings(settings)

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and _protected(scope):
            authority = request_authority(scope)
            if authority is None or not rules.own_origin(scope, authority):
                return await _refuse(scope, send, "cross_origin", "Another site may not ask for this.")
        await app(scope, receive, send)

    return guarded


def _protected(scope: Scope) -> bool:
    if scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD"):
        return True
    return _API.match(scope["path"].lower()) is not None


async def _refuse(scope: Scope, send: Send, code: str, message: str) -> None:
    if scope["type"] == "websocket":
        # Closing before accepting makes the server answer the handshake with 403 (ASGI, "Close - send event").
        await send({"type": "websocket.close", "code": 1008, "reason": code})
        return
    body = json.dumps({"error": {"code": code, "message": message, "details": None}}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
