from __future__ import annotations

import pytest
from pydantic import SecretStr
from starlette.types import Scope

from builder.accounts.actor import LOCAL_OWNER, Actor
from builder.accounts.actors import Actors
from builder.base.errors import SignInNeeded
from builder.base.http.hosts import SIGNED_IN
from builder.composition.settings import Settings

OPEN = Settings(_env_file=None)
LOCKED = OPEN.model_copy(update={"owner_password": SecretStr("correct horse")})


async def test_on_this_computer_alone_whoever_asks_is_the_owner() -> None:
    assert await Actors(OPEN).of({"type": "http"}) == LOCAL_OWNER


async def test_where_people_sign_in_a_request_without_a_session_is_nobody_s() -> None:
    actors = Actors(LOCKED)
    assert await actors.of({"type": "http", SIGNED_IN: object()}) == LOCAL_OWNER
    with pytest.raises(SignInNeeded):
        await actors.of({"type": "http"})


async def test_another_kind_of_proof_is_one_more_source() -> None:
    async def token(scope: Scope) -> Actor | None:
        return Actor("vera") if scope.get("token") == "hers" else None

    actors = Actors(LOCKED)
    actors.sources.insert(0, token)
    assert await actors.of({"type": "http", "token": "hers"}) == Actor("vera")
    with pytest.raises(SignInNeeded):
        await actors.of({"type": "http", "token": "another"})


async def test_a_page_s_event_is_of_whoever_opened_its_socket() -> None:
    actors = Actors(LOCKED)
    actors.pages_connect({"mine": {"type": "websocket", SIGNED_IN: object()}}.get)
    assert await actors.of_page("mine") == LOCAL_OWNER
    with pytest.raises(SignInNeeded):
        await actors.of_page("closed")
