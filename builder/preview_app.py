"""The preview hosts' own application, with what the builder provides: outputs, packages, and who may frame a
preview."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import Receive, Scope, Send

from builder.base.settings import RequestSettings
from builder.composition.projects import BROWSER_PACKAGE
from builder.composition.services import Services
from builder.previews.servers.request_limits import preview_limits
from builder.texts import said
from preview_runtime.routes.preview_host import PreviewHost


class PreviewApp:
    """ASGI. Its host is made on the first request: the services start after the application is assembled."""

    def __init__(self, services: Callable[[], Services], settings: RequestSettings) -> None:
        self._services, self._settings = services, settings
        self._host: PreviewHost | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.host()(scope, receive, send)

    def host(self) -> PreviewHost:
        """The application that answers for all previews."""
        if self._host is None:
            running, settings = self._services(), self._settings
            self._host = PreviewHost(
                running.output_source,
                running.served_packages,
                BROWSER_PACKAGE / "dist" / "preview",
                frame_ancestors=[settings.url] if settings.public_url else ["http://localhost:*", "http://127.0.0.1:*"],
                speak=said,
                routes=running.routes,
                waker=running.servers.standby,
                activity=running.activity,
                limits=preview_limits(settings),
                gate=running.access.gate,
                guarded=running.shares.doors.guarded,
                pages=running.link_pages,
            )
            running.on_close(self._host.close)
        return self._host
