"""What a route is given: the services, and the actor with the action."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from starlette.requests import ClientDisconnect, HTTPConnection, Request

from builder.accounts.access import Action, within_scopes
from builder.accounts.actor import Actor
from builder.api.requests.rates import RequestRates
from builder.base.http.hosts import CLIENT_HEADER
from builder.composition.services import Services


def _services(connection: HTTPConnection) -> Services:
    services: Services = connection.app.state.services()
    return services


async def until_gone(request: Request) -> None:
    """Raises ClientDisconnect once the client has left. For requests whose body was read to its end."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    raise ClientDisconnect


def _rates(connection: HTTPConnection, services: Services) -> RequestRates:
    state, settings = connection.app.state, services.settings
    if getattr(state, "rates_of", None) is not services:
        state.rates = RequestRates(services.rates, settings, counts=settings.has_accounts)
        state.rates_of = services
    rates: RequestRates = state.rates
    return rates


def _address(connection: HTTPConnection) -> str:
    """The network address that the request comes from, "" where it is not known."""
    return connection.client.host if connection.client else ""


def client_name(request: Request) -> str:
    """The name that a program gives itself: what it types is known by it."""
    return request.headers.get(CLIENT_HEADER, "")[:64]


Team = Annotated[str, Query(max_length=64, description="The team to act in; one's own place where none is named.")]
AppServices = Annotated[Services, Depends(_services)]
ClientAddress = Annotated[str, Depends(_address)]


class Declared:
    """A dependency that declares the route's action. A test fails for a route without one."""

    def __init__(self, action: Action) -> None:
        self.action = action


class ForEverybody(Declared):
    """For actions that need no sign-in."""

    async def __call__(self) -> None:
        """Nothing is looked at."""


class Asks(Declared):
    """Returns the actor. The row of the project decides whether they may: see `builder.projects.rows`."""

    async def __call__(self, connection: HTTPConnection, services: AppServices) -> Actor:
        """Raises SignInNeeded, Refused where a token does not allow the action, and AskedTooOften."""
        actor = await services.actors.of(connection.scope)
        within_scopes(actor, self.action)
        await _rates(connection, services).count(connection, actor)
        return actor


class AsksTalk(Asks):
    """For how the project that the path names was made: decided here, as what a public project shows is less."""

    async def __call__(self, connection: HTTPConnection, services: AppServices) -> Actor:
        """Raises SignInNeeded, NotFound, Refused, AskedTooOften."""
        actor = await super().__call__(connection, services)
        await services.store.get(actor, connection.path_params["project_id"], self.action)
        return actor


class AsksInstallation(Asks):
    """For whoever looks after the installation; what they only look at is written into the audit chain by this."""

    async def __call__(self, connection: HTTPConnection, services: AppServices) -> Actor:
        """Raises SignInNeeded, Refused."""
        actor = await super().__call__(connection, services)
        looks = connection.scope["method"] == "GET"
        name = connection.scope["route"].name if looks else ""
        await services.administration.enter(actor, name, next(iter(connection.path_params.values()), "")[:64])
        return actor


class AsksWorkspace(Asks):
    """For actions on the workspace itself, not on a project of it: decided here."""

    async def __call__(self, connection: HTTPConnection, services: AppServices, team: Team = "") -> Actor:
        """Raises SignInNeeded, NotFound, Refused."""
        actor = await super().__call__(connection, services)
        if team:
            actor = actor.within(team)
        await services.memberships.check(actor, self.action)
        return actor


class AsksTeam(Asks):
    """For actions on the team that the path names: decided here. The actor works there."""

    async def __call__(self, connection: HTTPConnection, services: AppServices) -> Actor:
        """Raises SignInNeeded, NotFound, Refused, AskedTooOften."""
        actor = (await super().__call__(connection, services)).within(connection.path_params["team_id"])
        await services.memberships.check(actor, self.action)
        return actor


async def _has_room(connection: HTTPConnection, services: AppServices) -> None:
    if not services.quotas.limits_storage:
        return
    actor, project = await services.actors.of(connection.scope), connection.path_params.get("project_id")
    workspace = (await services.store.get(actor, project, Action.EDIT)).owner if project else actor.workspace
    await services.quotas.check_storage(workspace)


has_room = Depends(_has_room)
"""For what stores something: raises QuotaReached."""

for_everybody = Depends(ForEverybody(Action.VISIT))
signed_in = Depends(Asks(Action.USE))

MayUse = Annotated[Actor, Depends(Asks(Action.USE))]
MayRead = Annotated[Actor, Depends(Asks(Action.READ))]
MayReadTalk = Annotated[Actor, Depends(AsksTalk(Action.READ_TALK))]
MayEdit = Annotated[Actor, Depends(Asks(Action.EDIT))]
MayRun = Annotated[Actor, Depends(Asks(Action.RUN))]
MayShare = Annotated[Actor, Depends(Asks(Action.SHARE))]
MayConfigure = Annotated[Actor, Depends(Asks(Action.CONFIGURE))]
MayDelete = Annotated[Actor, Depends(Asks(Action.DELETE))]
MayInvite = Annotated[Actor, Depends(Asks(Action.INVITE))]
# The team is named in the path: its own calls decide.
MayAdministerMembers = Annotated[Actor, Depends(Asks(Action.ADMINISTER))]
MayOwn = Annotated[Actor, Depends(Asks(Action.OWN))]

MayReadTeam = Annotated[Actor, Depends(AsksTeam(Action.READ))]
MayAdministerTeam = Annotated[Actor, Depends(AsksTeam(Action.ADMINISTER))]

MayReadWorkspace = Annotated[Actor, Depends(AsksWorkspace(Action.READ))]
MayEditWorkspace = Annotated[Actor, Depends(AsksWorkspace(Action.EDIT))]
MayOversee = Annotated[Actor, Depends(AsksInstallation(Action.OVERSEE))]
MayAdminister = Annotated[Actor, Depends(AsksWorkspace(Action.ADMINISTER))]
