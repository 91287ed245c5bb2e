"""The built pages in each language."""

from __future__ import annotations

import copy
from pathlib import Path

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from builder.texts.language import spoken


class PagesInTheirLanguage:
    """ASGI: `pages`, with the files of `folder/<language>` before its own. English has no folder."""

    def __init__(self, pages: StaticFiles, folder: Path) -> None:
        self._pages = pages
        self._others: dict[str, StaticFiles] = {}
        for found in sorted(folder.iterdir()) if folder.is_dir() else ():
            other = self._others[found.name] = copy.copy(pages)
            other.all_directories = [found, *pages.all_directories]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_naming_language(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                if answer.get("content-type", "").startswith("text/html"):
                    answer.add_vary_header("Accept-Language")
                    answer.add_vary_header("Cookie")
            await send(message)

        await self._others.get(spoken(), self._pages)(scope, receive, send_naming_language)


def in_each_language(app: ASGIApp, folder: Path) -> ASGIApp:
    """`app` of Reflex, whose mounted pages answer in the language of the request."""
    for route in app.routes if isinstance(app, Starlette) else ():
        if isinstance(route, Mount) and isinstance(route.app, StaticFiles):
            route.app = PagesInTheirLanguage(route.app, folder)
    return app
