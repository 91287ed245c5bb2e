"""The HTTP API: one router per noun, one shape for every error."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from builder import __version__
from builder.api import assist, budgets, catalogues, conversation, events, keys, safety, turns
from builder.api.accounts import auth, avatars, codes, me, notifications, providers, ways
from builder.api.admin import audit as admin_audit
from builder.api.admin import people as admin_people
from builder.api.admin import projects as admin_projects
from builder.api.admin import system as admin_system
from builder.api.description import add_description
from builder.api.documentation import DESCRIPTION, add_documentation
from builder.api.previews import (  # fmt: skip
    access,
    browser_servers,
    changes,
    databases,
    hosts,
    links,
    packages,
    preview,
    run,
    runtime,
    secrets,
    servers,
    shares,
    terminals,
    walk_servers,
)
from builder.api.projects import (  # fmt: skip
    archives,
    attachments,
    files,
    git,
    graph,
    locks,
    paths,
    people,
    projects,
    remix,
    search,
    sharing,
    versions,
    walks,
)
from builder.api.requests.context import for_everybody, signed_in
from builder.api.requests.errors import add_error_handlers, error_response
from builder.api.requests.limits import BodyLimits
from builder.api.requests.once import Once
from builder.api.teams import audit as team_audit
from builder.api.teams import members, partner_keys, quota, use, webhooks
from builder.api.watching import figures, health
from builder.base.http.rate_headers import RateHeaders
from builder.texts import t

if TYPE_CHECKING:
    from builder.composition.services import Services

_NOUNS = (
    health,
    figures,
    quota,
    use,
    webhooks,
    partner_keys,
    catalogues,
    auth,
    providers,
    me,
    ways,
    notifications,
    avatars,
    codes,
    members,
    team_audit,
    admin_people,
    admin_projects,
    admin_system,
    admin_audit,
    keys,
    packages,
    git,
    projects,
    people,
    search,
    files,
    paths,
    graph,
    versions,
    locks,
    walks,
    attachments,
    conversation,
    turns,
    assist,
    budgets,
    safety,
    sharing,
    shares,
    preview,
    access,
    secrets,
    servers,
    browser_servers,
    walk_servers,
    run,
    terminals,
    databases,
    hosts,
    changes,
    archives,
    events,
)
_PREFIX = "/api/v1"
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class _Below(APIRouter):
    """A page loads a hundred files. To look for each among all routes of the API took two fifths of answering it."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return super().matches(scope) if _PREFIX in scope["path"] else (Match.NONE, {})


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """They ask each request for the application it came to: made once, for a third of a second, however many there are."""
    every = APIRouter(generate_unique_id_function=lambda route: route.name)
    api = _Below(prefix=_PREFIX)
    for noun in _NOUNS:
        api.include_router(noun.router)
    every.include_router(api)
    every.include_router(runtime.router, dependencies=[signed_in])
    every.include_router(access.pages)
    every.include_router(remix.pages)
    every.include_router(links.pages, dependencies=[for_everybody])
    return tuple(every.routes)


def create_api(services: Callable[[], Services]) -> FastAPI:
    """The application that answers `/api` and `/runtime`; `services` is called at each request."""
    app = FastAPI(
        title="Sayso",
        version=__version__,
        openapi_url=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        routes=[*_routes()],
    )
    app.state.services = services
    app.add_middleware(BodyLimits)
    app.add_middleware(RateHeaders)
    app.add_middleware(Once, done=lambda: services().done_requests)
    add_error_handlers(app)
    add_description(app)
    add_documentation(app)

    # Pages are tried after the API; their "not found" answer is HTML.
    @app.api_route("/api", methods=_METHODS, include_in_schema=False, dependencies=[signed_in])
    @app.api_route("/api/{path:path}", methods=_METHODS, include_in_schema=False, dependencies=[signed_in])
    async def nothing() -> Response:
        return error_response(404, "not_found", t("api.not_found"))

    return app
