"""Assembles the application: pages, HTTP API, isolation, hosts and the services' lifetime."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import reflex as rx
from reflex.event import EventSpec

from builder.accounts.doors.door import AccountDoor
from builder.accounts.sign_in import require_sign_in
from builder.api import create_api
from builder.base.errors import SignInNeeded
from builder.base.http.connections import let_go
from builder.base.http.event_socket import guard, handshake_of, of_a_stranger, only_packets
from builder.base.http.git_addresses import with_git_addresses
from builder.base.http.hosts import dispatch_by_host, same_origin_only
from builder.base.http.isolation import isolate
from builder.base.http.pages import in_each_language
from builder.base.http.tickets import with_tickets
from builder.base.watching.about import about
from builder.base.watching.requests import Watched
from builder.build import PAGES
from builder.components.notices import connection_notice, page_boundary
from builder.composition.services import get_services
from builder.composition.settings import get_settings
from builder.pages import addresses
from builder.pages.admin.addresses import ADMIN_PAGES
from builder.pages.asking import EventLanguage, language_of_event
from builder.pages.first_words import with_first_words
from builder.pages.head import head_components
from builder.pages.teams.addresses import TEAM_PAGES
from builder.pages.workbench import skeleton
from builder.preview_app import PreviewApp
from builder.texts import speaking, spoken, t
from builder.texts.language import InTheirLanguage

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Scope

log = logging.getLogger(__name__)


class Sayso(rx.App):
    """The Reflex app with the host dispatch, the origin guard and the sign-in around it."""

    def __call__(self) -> ASGIApp:
        """The ASGI app: requests to preview hosts never reach Reflex, its API or its CORS layers."""
        settings = get_settings()
        reflex = only_packets(super().__call__())
        if self.sio is not None:
            guard(self.sio)
        guarded, connections = same_origin_only(reflex, settings), lambda: get_services().connections
        if settings.has_accounts:
            pages: ASGIApp = AccountDoor(guarded, lambda: get_services().people, connections)
        else:
            pages = require_sign_in(guarded, settings, connections)
        pages = with_git_addresses(with_tickets(pages, lambda: get_services().tickets))
        previews = Watched(PreviewApp(get_services, settings), "preview")
        return let_go(InTheirLanguage(dispatch_by_host(Watched(pages), previews, settings)))

    def handshake(self, socket: str) -> Scope | None:
        """The request that opened a page's event socket, None once the socket is closed."""
        return handshake_of(self.sio, socket) if self.sio is not None else None


@contextlib.asynccontextmanager
async def services() -> AsyncIterator[None]:
    """Starts the services that outlive a request, and ends them cleanly."""
    running = get_services()
    running.actors.pages_connect(app.handshake)
    await running.start()
    try:
        yield
    finally:
        await running.close()


# Reflex evaluates this function's annotations in its own module: use only names that are known there.
def on_error(exception: Exception) -> EventSpec:
    """An event failed: the log gets all details, the person a sentence and a reference."""
    reference = about().reference
    if of_a_stranger(exception) or isinstance(exception, SignInNeeded):
        log.warning("An event that is none of ours, reference %s: %s", reference, type(exception).__name__)
    else:
        log.error("Event failed, reference %s", reference, exc_info=exception)
    with speaking(language_of_event()):
        return rx.call_script(f"window.saysoNotice?.({t('app.event_failed', reference=reference)!r})")


app = Sayso(
    api_transformer=[
        lambda pages: with_first_words(in_each_language(pages, PAGES), get_services),
        create_api(get_services),
        isolate,
    ],
    html_lang=spoken(),
    html_custom_attrs={"data-app": "sayso"},
    head_components=head_components(),
    hydrate_fallback=skeleton,
    backend_exception_handler=on_error,
    app_wraps={
        (55, "ErrorBoundary"): page_boundary,
        (5, "ConnectionNotice"): connection_notice,
    },
    toaster=None,
    stylesheets=[],
)
app.register_lifespan_task(services)
app.add_middleware(EventLanguage())

for page in (*addresses.PAGES, *TEAM_PAGES, *ADMIN_PAGES):
    app.add_page(page.content, route=page.route, title=page.title, description=page.description, on_load=page.on_load)
