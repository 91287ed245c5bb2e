"""The route table as Traefik's dynamic configuration, for its HTTP or file provider, and as labels of a container.

Names and fields: https://doc.traefik.io/traefik/reference/routing-configuration/. YAML is a superset of JSON, so the
same text serves both providers.

Traefik passes requests straight on to the apps. Four kinds go through the builder's own router instead, which does for
them what Traefik cannot: those for an app that does not run (it wakes it), websockets and event streams (it knows how
long they are open), bodies that may be too large (it counts them as they pass), and the way in to a private preview.

Where an app takes no connection or breaks it off, Traefik says 502 or 504. What somebody only wanted to read is asked
again through the builder then, which has a page for that, and hands on a 502 that is the app's own answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from preview_runtime.routes.gate import WAY_IN
from preview_runtime.routes.limits import Limits
from preview_runtime.routes.proxy import CONNECT_SECONDS
from preview_runtime.routes.route_table import API_PREFIX, Route, RouteTable

# Never led to from outside: this is where Traefik itself asks the builder.
PRIVATE_PREFIX: Final = "/-/traefik/"
PREVIEW_HEADERS: Final = {
    "Cross-Origin-Embedder-Policy": "credentialless",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Origin-Agent-Cluster": "?1",
    "X-Frame-Options": "",
    "Clear-Site-Data": "",
}
"""What lets the cross-origin isolated builder show an app that knows nothing of it; "" takes the app's own away. What
clears a site's data would clear the other previews' cookies as well."""
# A visitor's word about the way here. Of the usual headers Traefik itself takes care.
_CLAIMED: Final = dict.fromkeys(("Forwarded", "X-Forwarded-Uri", "X-Forwarded-Method"), "")
_TRANSPORT: Final = "previews"
_IDLE_SECONDS: Final = 30
# Any upgrade: on a connection that an app has taken over, nothing is judged or counted any more.
_LONG_LIVED: Final = "HeaderRegexp(`Upgrade`, `.`) || HeaderRegexp(`Accept`, `(?i)text/event-stream`)"
_READING: Final = "(Method(`GET`) || Method(`HEAD`))"
_OF_UNKNOWN_LENGTH: Final = (
    "!Method(`GET`) && !Method(`HEAD`) && !Method(`OPTIONS`) && !HeaderRegexp(`Content-Length`, `^[0-9]+$`)"
)


@dataclass(frozen=True, slots=True)
class TraefikSettings:
    """How Traefik stands before the builder.

    `preview_host` is the domain below which previews live, without a port; `builder` the origin at which Traefik
    reaches the builder's own server, which serves pages, API and the output of instant previews. `auth` is the address
    that is asked before each request ("" = nobody is asked), `cookies` the gate's, which may be set by its answer.
    `silent` is the builder's path that answers where an app does not ("" = Traefik itself does).
    With `tls`, certificates come from `resolver` ("" = those Traefik has) for `domains`. `redis` is the address
    (host:port) where several Traefiks count requests together.
    """

    preview_host: str
    builder: str
    auth: str = ""
    silent: str = ""
    cookies: tuple[str, ...] = ()
    entry_point: str = "web"
    tls: bool = False
    resolver: str = ""
    domains: tuple[str, ...] = ()
    redis: str = ""
    limits: Limits = field(default_factory=Limits)


def traefik_configuration(table: RouteTable, settings: TraefikSettings) -> dict[str, Any]:
    """Routers, services and middlewares of every server part that runs; all other requests are led to the builder."""
    routers: dict[str, Any] = {
        "builder": {
            "rule": f"PathPrefix(`/`) && !PathPrefix(`{PRIVATE_PREFIX}`)",
            "priority": 1,
            "service": "builder",
            "entryPoints": [settings.entry_point],
            **_tls(settings, certificates=True),
        }
    }
    services: dict[str, Any] = {"builder": _service(settings.builder)}
    middlewares: dict[str, Any] = {"preview": _preview()}
    for preview_id, route in table:
        if not route.awake:
            continue
        name = f"p-{preview_id}"
        chain = _middlewares(name, preview_id, route, settings)
        middlewares |= chain
        services[name] = _service(route.upstream, transport=_TRANSPORT)
        common = {"entryPoints": [settings.entry_point], **_tls(settings)}
        rule = _rule(preview_id, route, settings)
        routers[name] = {
            "rule": rule, "priority": 100, "service": name, "middlewares": ["preview", *chain], **common,
        }  # fmt: skip
        if settings.silent:
            middlewares[f"{name}-silent"] = _silent(preview_id, route, settings)
            routers[f"{name}-reading"] = {
                **routers[name], "rule": f"{rule} && {_READING}", "priority": 150,
                "middlewares": ["preview", *chain, f"{name}-silent"],
            }  # fmt: skip
        routers[f"{name}-through"] = {
            "rule": f"{rule} && ({_through(settings.limits)})", "priority": 200, "service": "builder", **common,
        }  # fmt: skip
    # As long as the builder's own router waits; and a connection that is open for longer than that is in use.
    transport = {"forwardingTimeouts": {"dialTimeout": f"{CONNECT_SECONDS:g}s", "idleConnTimeout": f"{_IDLE_SECONDS}s"}}
    return {
        "http": {
            "routers": routers,
            "services": services,
            "middlewares": middlewares,
            "serversTransports": {_TRANSPORT: transport},
        }
    }


def traefik_arguments(limits: Limits, entry_point: str) -> tuple[str, ...]:
    """What Traefik must be started with: limits that no dynamic configuration holds, and routes that follow at once.

    It knows one time for a whole request, its body included, so that one is longer than what a head alone may take.
    """
    point = f"--entrypoints.{entry_point}"
    return (
        f"{point}.transport.respondingTimeouts.readTimeout={max(limits.head_seconds, limits.body_seconds * 3):g}s",
        f"{point}.transport.respondingTimeouts.idleTimeout=60s",
        f"{point}.http.maxHeaderBytes={limits.head_bytes}",
        "--providers.providersThrottleDuration=100ms",
        "--global.sendAnonymousUsage=false",
        "--global.checkNewVersion=false",
    )


def traefik_labels(preview_id: str, port: int, settings: TraefikSettings, *, network: str = "") -> dict[str, str]:
    """The labels with which a plain Traefik that watches Docker finds a preview's container.

    For a container made for this one preview, which answers every path at `port`; `network` is the Docker network at
    which Traefik reaches it. They name the same checks and limits; websockets and streams pass directly.
    """
    name = f"p-{preview_id}"
    chain: dict[str, Any] = {
        f"{name}-preview": _preview(),
        **_middlewares(name, preview_id, Route(), settings),
    }
    router: dict[str, Any] = {
        "rule": _rule(preview_id, Route(), settings),
        "priority": 100,
        "service": name,
        "entryPoints": settings.entry_point,
        "middlewares": ",".join(chain),
    }
    if settings.tls:
        router["tls"] = True
    service = {"loadBalancer": {"server": {"port": port}, "responseForwarding": {"flushInterval": "-1ms"}}}
    tree = {"http": {"routers": {name: router}, "services": {name: service}, "middlewares": chain}}
    found = {"traefik.enable": "true"} | ({"traefik.docker.network": network} if network else {})
    return found | dict(_flat("traefik", tree))


def _rule(preview_id: str, route: Route, settings: TraefikSettings) -> str:
    rule = f"Host(`p-{preview_id}.{settings.preview_host}`)"
    return rule if route.whole else f"{rule} && (Path(`{API_PREFIX}`) || PathPrefix(`{API_PREFIX}/`))"


def _through(limits: Limits) -> str:
    rules = [_LONG_LIVED, f"Path(`{WAY_IN}`)"]
    if limits.body_bytes:
        # Which of the long ones is too long is for the builder's router: a length with fewer digits is not.
        rules += [
            f"({_OF_UNKNOWN_LENGTH})",
            f"HeaderRegexp(`Content-Length`, `^0*[0-9]{{{len(str(limits.body_bytes))},}}$`)",
        ]
    return " || ".join(rules)


def _middlewares(name: str, preview_id: str, route: Route, settings: TraefikSettings) -> dict[str, Any]:
    """In the order in which they are passed: what costs least comes first."""
    limits = settings.limits
    found: dict[str, Any] = {}
    if limits.requests_per_second:
        # Traefik takes whole numbers of requests in a period.
        rate: dict[str, Any] = {
            "average": max(1, round(limits.requests_per_second * 10)),
            "period": "10s",
            "burst": max(1, limits.burst),
        }
        if settings.redis:
            rate["redis"] = {"endpoints": [settings.redis]}
        found[f"{name}-rate"] = {"rateLimit": rate}
    if limits.connections:
        same_for_all = {"requestHost": True}
        found[f"{name}-connections"] = {"inFlightReq": {"amount": limits.connections, "sourceCriterion": same_for_all}}
    if settings.auth:
        # What the configuration says is what the builder is told: one that is out of date is noticed there.
        address = f"{settings.auth}?preview={preview_id}"
        if route.upstream:
            address += f"&upstream={quote(route.upstream, safe='')}"
        found[f"{name}-auth"] = {
            "forwardAuth": {
                "address": address,
                "authResponseHeaders": ["Cookie"],
                "addAuthCookiesToResponse": list(settings.cookies),
                "maxResponseBodySize": 2**20,
            }
        }
    return found


def _preview() -> dict[str, Any]:
    return {"headers": {"customResponseHeaders": dict(PREVIEW_HEADERS), "customRequestHeaders": dict(_CLAIMED)}}


def _silent(preview_id: str, route: Route, settings: TraefikSettings) -> dict[str, Any]:
    asked = f"preview={preview_id}&upstream={quote(route.upstream, safe='')}&status={{status}}&url={{url}}"
    return {"errors": {"status": ["502", "504"], "service": "builder", "query": f"{settings.silent}?{asked}"}}


def _service(origin: str, *, transport: str = "") -> dict[str, Any]:
    # An event stream is passed on at once, not gathered first.
    return {
        "loadBalancer": {
            "servers": [{"url": origin}],
            "passHostHeader": True,
            "responseForwarding": {"flushInterval": "-1ms"},
            **({"serversTransport": transport} if transport else {}),
        }
    }


def _tls(settings: TraefikSettings, *, certificates: bool = False) -> dict[str, Any]:
    if not settings.tls:
        return {}
    if not certificates:
        return {"tls": {}}
    wildcard = {"main": settings.preview_host, "sans": [f"*.{settings.preview_host}"]}
    domains = [*({"main": domain} for domain in settings.domains), wildcard]
    return {"tls": {"domains": domains} | ({"certResolver": settings.resolver} if settings.resolver else {})}


def _flat(prefix: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [pair for key, inner in value.items() for pair in _flat(f"{prefix}.{key.lower()}", inner)]
    if isinstance(value, list):
        return [(prefix, ",".join(map(str, value)))]
    return [(prefix, str(value).lower() if isinstance(value, bool) else str(value))]
