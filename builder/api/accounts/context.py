"""What the routes of people are given."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends
from starlette.requests import HTTPConnection

from builder.accounts.actor import Actor
from builder.accounts.doors.client import client_of
from builder.accounts.doors.people import AccountParts
from builder.accounts.people.proofs import Caller
from builder.api.requests.context import AppServices, MayUse
from builder.base.errors import Conflict, Refused
from builder.texts import t

ACCOUNTS_OFF: Final[dict[int | str, dict[str, Any]]] = {409: {"description": "Accounts are off, or a conflict."}}


async def _people(services: AppServices) -> AccountParts:
    """Raises Conflict (`accounts_off`)."""
    if not services.settings.has_accounts:
        raise Conflict(t("people.off"), code="accounts_off")
    return services.people


AppPeople = Annotated[AccountParts, Depends(_people)]


async def _client(people: AppPeople, connection: HTTPConnection) -> Caller:
    return client_of(people, connection)


async def _own(actor: MayUse, people: AppPeople) -> Actor:  # noqa: ARG001 - which is asked for first
    """Who may change their account: not a program with a personal token. Raises Refused (`scope`)."""
    if actor.scopes is not None:
        raise Refused(t("people.token_own"), code="scope")
    return actor


async def _proven(actor: Annotated[Actor, Depends(_own)], people: AppPeople) -> Actor:
    """Who has proven within ten minutes that it is them. Raises SaysoError (401 `prove_again`, `sign_in_again`)."""
    await people.entering.lately(actor.id, actor.session)
    return actor


FromCaller = Annotated[Caller, Depends(_client)]
OnePerson = Annotated[Actor, Depends(_own)]
ProvenPerson = Annotated[Actor, Depends(_proven)]
PROVE: Final[dict[int | str, dict[str, Any]]] = {401: {"description": "Not signed in, or to be proven once more."}}
