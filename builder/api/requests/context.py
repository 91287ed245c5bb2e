"""What a route is given: the services, and who asks."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import ClientDisconnect, HTTPConnection, Request

from builder.accounts.actor import LOCAL_OWNER, Actor
from builder.composition.services import Services


def _services(connection: HTTPConnection) -> Services:
    services: Services = connection.app.state.services()
    return services


def _actor() -> Actor:
    # Until there are accounts everybody who gets this far is the owner: `require_sign_in` stands before the API.
    return LOCAL_OWNER


async def until_gone(request: Request) -> None:
    """Raises ClientDisconnect once the client has left. For requests whose body was read to its end."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    raise ClientDisconnect


AppServices = Annotated[Services, Depends(_services)]
CurrentActor = Annotated[Actor, Depends(_actor)]
