"""What a route is given: the services, and who asks for what."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import ClientDisconnect, HTTPConnection, Request

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.composition.services import Services


def _services(connection: HTTPConnection) -> Services:
    services: Services = connection.app.state.services()
    return services


async def until_gone(request: Request) -> None:
    """Raises ClientDisconnect once the client has left. For requests whose body was read to its end."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    raise ClientDisconnect


AppServices = Annotated[Services, Depends(_services)]


class Declared:
    """A dependency that says what a route asks for. A test refuses a route without one."""

    def __init__(self, action: Action) -> None:
        self.action = action


class ForEverybody(Declared):
    """Who asks need not be known."""

    async def __call__(self) -> None:
        """Nothing is looked at."""


class Asks(Declared):
    """Gives who asks. Whether they may is decided where the project's row is read: see `builder.projects.rows`."""

    async def __call__(self, connection: HTTPConnection, services: AppServices) -> Actor:
        """Raises SignInNeeded."""
        return await services.actors.of(connection.scope)


class AsksWorkspace(Asks):
    """Of the workspace that the actor works in, no project of it: decided at once."""

    async def __call__(self, connection: HTTPConnection, services: AppServices) -> Actor:
        """Raises SignInNeeded, NotFound, Refused."""
        actor = await super().__call__(connection, services)
        await services.memberships.check(actor, self.action)
        return actor


for_everybody = Depends(ForEverybody(Action.VISIT))
signed_in = Depends(Asks(Action.USE))

MayUse = Annotated[Actor, Depends(Asks(Action.USE))]
MayRead = Annotated[Actor, Depends(Asks(Action.READ))]
MayEdit = Annotated[Actor, Depends(Asks(Action.EDIT))]
MayRun = Annotated[Actor, Depends(Asks(Action.RUN))]
MayShare = Annotated[Actor, Depends(Asks(Action.SHARE))]
MayConfigure = Annotated[Actor, Depends(Asks(Action.CONFIGURE))]
MayDelete = Annotated[Actor, Depends(Asks(Action.DELETE))]

MayReadWorkspace = Annotated[Actor, Depends(AsksWorkspace(Action.READ))]
MayEditWorkspace = Annotated[Actor, Depends(AsksWorkspace(Action.EDIT))]
MayAdminister = Annotated[Actor, Depends(AsksWorkspace(Action.ADMINISTER))]
