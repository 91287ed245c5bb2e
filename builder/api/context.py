"""What a route is given: the services, and who asks."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from builder.accounts.actor import LOCAL_OWNER, Actor
from builder.services import Services


def _services(connection: HTTPConnection) -> Services:
    services: Services = connection.app.state.services()
    return services


def _actor() -> Actor:
    # Until there are accounts everybody who gets this far is the owner: `require_sign_in` stands before the API.
    return LOCAL_OWNER


Running = Annotated[Services, Depends(_services)]
Who = Annotated[Actor, Depends(_actor)]
