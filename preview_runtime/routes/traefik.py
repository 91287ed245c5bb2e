"""The route table as Traefik's dynamic configuration, for its HTTP or file provider.

Names and fields: https://doc.traefik.io/traefik/reference/routing-configuration/. YAML is a superset of JSON, so the
same text serves both providers.
"""

from __future__ import annotations

from typing import Any

from preview_runtime.routes.route_table import API_PREFIX, RouteTable


def traefik_configuration(
    table: RouteTable, preview_host: str, builder: str, *, entry_points: tuple[str, ...] = ("web",)
) -> dict[str, Any]:
    """Routers and services of every server part, and one router that leads all other requests to `builder`.

    `preview_host` is the domain below which previews live, without a port; `builder` the origin of the builder's own
    server, which serves pages, API and the output of instant previews.
    """
    routers: dict[str, Any] = {
        "builder": {
            "rule": "PathPrefix(`/`)",
            "priority": 1,
            "service": "builder",
            "entryPoints": list(entry_points),
        }
    }
    services: dict[str, Any] = {"builder": _service(builder)}
    for preview_id, route in table:
        name = f"p-{preview_id}"
        rule = f"Host(`{name}.{preview_host}`)"
        if not route.whole:
            rule += f" && (Path(`{API_PREFIX}`) || PathPrefix(`{API_PREFIX}/`))"
        routers[name] = {
            "rule": rule,
            "priority": 100,
            "service": name,
            "entryPoints": list(entry_points),
            "middlewares": ["preview"],
        }
        services[name] = _service(route.upstream)
    return {
        "http": {
            "routers": routers,
            "services": services,
            "middlewares": {"preview": {"headers": {"customResponseHeaders": dict(PREVIEW_HEADERS)}}},
        }
    }


PREVIEW_HEADERS = {
    "Cross-Origin-Embedder-Policy": "credentialless",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Origin-Agent-Cluster": "?1",
}
"""What lets the cross-origin isolated builder show an app that knows nothing of it."""


def _service(origin: str) -> dict[str, Any]:
    # An event stream is passed on at once, not gathered first.
    return {
        "loadBalancer": {
            "servers": [{"url": origin}],
            "passHostHeader": True,
            "responseForwarding": {"flushInterval": "-1ms"},
        }
    }
