"""The preview hosts' own application, given what the builder knows: outputs, packages and who may frame them."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from builder.services import BROWSER_PACKAGE, Services
from builder.settings import Settings
from preview_runtime.routes.preview_host import PreviewHost


def create_preview_app(services: Callable[[], Services], settings: Settings) -> ASGIApp:
    """Made on the first request: the services start after the application is assembled."""
    host: PreviewHost | None = None
    ancestors = [settings.url] if settings.public_url else ["http://localhost:*", "http://127.0.0.1:*"]

    async def preview(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal host
        if host is None:
            running = services()
            host = PreviewHost(
                running.output_source,
                running.dependencies,
                BROWSER_PACKAGE / "dist" / "preview",
                frame_ancestors=ancestors,
                routes=running.routes,
            )
            running.on_close(host.close)
        await host(scope, receive, send)

    return preview
