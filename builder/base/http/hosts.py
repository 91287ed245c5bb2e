"""Which application answers a request, and who may ask: host dispatch and the origin guard.

A page elsewhere can point a name it owns at this machine (DNS rebinding) or simply send requests here. So only
requests for our own names are answered, and the API and Reflex's event socket only to pages of our own origin.
Preview hosts are *same-site* with the builder, so SameSite cookies do not protect it from them: this guard does.
A request is not trusted for coming from this computer either: other programs on it (a build, a link preview, a
redirect) can be made to fetch an address that somebody else chose. Whoever causes such a fetch cannot choose its
headers, so a program has to send the header `X-Sayso-Client` to show that it means the request.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from builder.base.settings import LOOPBACK, AddressSettings
from builder.texts import t
from preview_runtime.routes.requests import is_preview_label

_HOST: Final = re.compile(
    r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\.?)(?::(?P<port>[0-9]{1,5}))?"
)
_DEFAULT_PORTS: Final = frozenset({"", "80", "443"})
_OWN_SITES: Final = frozenset({b"same-origin", b"none"})
_WILDCARDS: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - recognised here, never bound
_API: Final = re.compile(r"/+(?:api|_event|_upload|_all_routes)(?:/|$)")
# Paths that may be fetched without that header: their answers reveal nothing that anybody made.
_CALLBACK: Final = re.compile(r"/api/v1/auth/oauth/[a-z]+/callback")
"""Where a provider sends people back to: from its site, by its nature. What was begun here is told by the answer's state."""
_START: Final = re.compile(r"/api/v1/auth/oauth/[a-z]+/start")
WATCHED: Final = frozenset({"/api/v1/health", "/api/v1/health/live", "/api/v1/health/ready", "/api/v1/metrics"})
"""What programs that watch Sayso ask for; they do not sign in."""
_FOR_EVERYBODY: Final = WATCHED | {"/api/v1/docs", "/api/v1/openapi.json"}

CLIENT_HEADER: Final = "X-Sayso-Client"
_CLIENT: Final = re.compile(rb"[ -~]{0,99}[!-~]")
SIGNED_IN: Final = "sayso.signed_in"
"""Set in the scope of requests with a valid session (see `builder.accounts.sign_in`)."""
WITH_TOKEN: Final = "sayso.with_token"  # noqa: S105 - no secret
"""Set in the scope of requests that showed a valid token in their `Authorization` header."""

ALLOWED_PAGE: Final = "sayso.allowed_page"
"""Set in the scope of requests of another site's page with a partner key that names this site."""


class Sender(StrEnum):
    """What a request tells about the page that sent it."""

    OWN = "own"
    UNKNOWN = "unknown"
    """No page, or none that the browser names: a program, the address bar."""
    FOREIGN = "foreign"


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
    values = _values(scope, b"host")
    return parse_authority(values[0].decode("latin-1")) if len(values) == 1 else None


@dataclass(frozen=True, slots=True)
class HostRules:
    """The names this server answers to. Any port is ours: a proxy or the development server may change it."""

    builder_names: frozenset[str]
    preview_suffix: str
    public_origin: str = ""

    @classmethod
    def from_settings(cls, settings: AddressSettings) -> HostRules:
        """The loopback names, the address listened on, the host of PUBLIC_URL, and `p-<id>` below PREVIEW_HOST."""
        names = set(LOOPBACK)
        if settings.host not in _WILDCARDS:
            names.add(settings.host.lower())
        public = urlsplit(settings.public_url)
        if public.hostname:
            names.add(public.hostname.rstrip("."))
        origin = f"{public.scheme}://{public.netloc}".lower() if public.hostname else ""
        return cls(frozenset(names), "." + settings.preview_host.lower().strip(".").partition(":")[0], origin)

    def kind(self, authority: Authority | None) -> HostKind:
        """Whom `authority` belongs to: the builder, a preview, or nobody. A name of the builder's own counts as the
        builder's even when it lies under the preview domain."""
        if authority is None:
            return HostKind.FOREIGN
        if authority.name in self.builder_names:
            return HostKind.BUILDER
        # A preview's name is a single label. Otherwise a page of one preview could live below another preview's name
        # and set cookies for it.
        label = authority.name.removesuffix(self.preview_suffix)
        named = label != authority.name and is_preview_label(label)
        return HostKind.PREVIEW if named else HostKind.FOREIGN

    def sender(self, scope: Scope) -> Sender:
        """Which kind of page sent this request. Browsers set `Origin` and `Sec-Fetch-Site` themselves. A page cannot
        forge or omit `Sec-Fetch-Site`, but browsers send it only to addresses they trust (https, this computer)."""
        origins, sites = _values(scope, b"origin"), [site.strip().lower() for site in _values(scope, b"sec-fetch-site")]
        authority = request_authority(scope)
        if authority is None or len(origins) > 1 or any(site not in _OWN_SITES for site in sites):
            return Sender.FOREIGN
        if origins:
            return Sender.OWN if self._is_own(origins[0].decode("latin-1").lower(), authority) else Sender.FOREIGN
        return Sender.OWN if sites and all(site == b"same-origin" for site in sites) else Sender.UNKNOWN

    def _is_own(self, origin: str, authority: Authority) -> bool:
        scheme, separator, rest = origin.partition("://")
        if not separator or scheme not in ("http", "https"):
            return False
        return parse_authority(rest) == authority or (bool(self.public_origin) and origin == self.public_origin)


def dispatch_by_host(builder: ASGIApp, preview: ASGIApp, settings: AddressSettings) -> ASGIApp:
    """Previews go to `preview`, the builder's own names to `builder`, every other Host gets 403.

    It is the outermost application, so requests to previews never reach Reflex or its CORS layers. `lifespan` goes to
    `builder`.
    """
    rules = HostRules.from_settings(settings)

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await builder(scope, receive, send)
        kind = rules.kind(request_authority(scope))
        if kind is HostKind.FOREIGN:
            return await _refuse(scope, send, "foreign_host", t("api.foreign_host"))
        await (preview if kind is HostKind.PREVIEW else builder)(scope, receive, send)

    return dispatch


def same_origin_only(app: ASGIApp, settings: AddressSettings) -> ASGIApp:
    """Guards the API, Reflex's event socket, every websocket and every unsafe method: refuses (403) requests from
    another origin, and requests that do not show that they are meant.

    A request shows that by coming from a page of ours, or by the header `X-Sayso-Client`. Over plain http from another
    computer a browser fetches pictures and downloads with neither; for those a session is enough. Pages and their files
    may be opened from anywhere: a link from another site leads to the home page.
    """
    rules = HostRules.from_settings(settings)

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and _protected(scope):
            sender = rules.sender(scope)
            if sender is Sender.FOREIGN and ALLOWED_PAGE not in scope:
                return await _refuse(scope, send, "cross_origin", t("api.cross_origin"))
            if sender is Sender.UNKNOWN and not _meant(scope):
                step = t("api.say_client", header=CLIENT_HEADER)
                return await _refuse(scope, send, "unknown_client", t("api.unknown_client"), {"next": step})
        await app(scope, receive, send)

    return guarded


def _protected(scope: Scope) -> bool:
    if scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD"):
        return True
    return _API.match(scope["path"].lower()) is not None and not _CALLBACK.fullmatch(scope["path"])


def _meant(scope: Scope) -> bool:
    """Whether a request that no page is known to have sent shows that it is meant. Who is made to fetch an address has no
    token for it."""
    if WITH_TOKEN in scope:
        return True
    named = _values(scope, CLIENT_HEADER.lower().encode())
    if len(named) == 1 and _CLIENT.fullmatch(named[0].strip()):
        return True
    if scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD"):
        return False
    # Over plain http a browser does not say that a link of our own page was followed.
    if _START.fullmatch(scope["path"]):
        return True
    return scope["path"] in _FOR_EVERYBODY or (SIGNED_IN in scope and not _values(scope, b"sec-fetch-site"))


def _values(scope: Scope, wanted: bytes) -> list[bytes]:
    return [value for name, value in scope["headers"] if name.lower() == wanted]


async def _refuse(scope: Scope, send: Send, code: str, message: str, details: dict[str, str] | None = None) -> None:
    if scope["type"] == "websocket":
        # Closing before accepting makes the server answer the handshake with 403 (ASGI, "Close - send event").
        await send({"type": "websocket.close", "code": 1008, "reason": code})
        return
    body = json.dumps({"error": {"code": code, "message": message, "details": details or {}}}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
