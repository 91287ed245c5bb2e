"""One's own account: what is said of oneself, sessions, tokens, everything in a file, and leaving."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Response
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from starlette.background import BackgroundTask
from starlette.responses import StreamingResponse

from builder.accounts.people.personal_tokens import MOST_DAYS
from builder.api.accounts.context import ACCOUNTS_OFF, AppPeople, FromCaller, OnePerson, ProvenPerson
from builder.api.accounts.own_data import write_own_data
from builder.api.accounts.shapes import (
    AccountView,
    SessionView,
    TokenView,
    account_shape,
    session_shape,
    token_shape,
)
from builder.api.requests import paging
from builder.api.requests.content import content
from builder.api.requests.context import AppServices, MayUse
from builder.api.requests.paging import PAGE, Cursor, Limit

router = APIRouter(prefix="/me", tags=["accounts"], responses=ACCOUNTS_OFF)
_TOO_OFTEN: dict[int | str, dict[str, Any]] = {429: {"description": "Too often; `Retry-After` says how long to wait."}}
Name = Annotated[str, InPath(max_length=16)]
_PIECE: Final = 64 * 1024
Language = Literal["en", "pt-BR"]
Scope = Literal["projects:read", "projects:write", "projects:manage", "run", "share", "admin"]


class AboutMe(BaseModel):
    """What is left out, or null, stays as it is."""

    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(None, max_length=100)
    username: str | None = Field(None, max_length=30)
    bio: str | None = Field(None, max_length=2_000)
    location: str | None = Field(None, max_length=100)
    website: str | None = Field(None, max_length=200)
    github: str | None = Field(None, max_length=200)
    linkedin: str | None = Field(None, max_length=200)
    locale: Language | None = None
    time_zone: str | None = Field(None, max_length=64)


class Proof(BaseModel):
    """`password`: of the account; any text where it has none."""

    model_config = ConfigDict(extra="forbid")
    password: SecretStr


class Me(BaseModel):
    account: AccountView


class SessionList(BaseModel):
    sessions: list[SessionView]
    next: str | None


class NewToken(BaseModel):
    """`days`: how long it works; null for as long as it is not removed."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=100)
    scopes: list[Scope] = Field(max_length=20)
    days: int | None = Field(90, ge=1, le=MOST_DAYS)


class PersonalTokenList(BaseModel):
    tokens: list[TokenView]


class MadeToken(BaseModel):
    """`secret`: the token itself. No other answer ever has it."""

    token: TokenView
    secret: str


@router.get("")
async def me(actor: MayUse, people: AppPeople) -> Me:
    """Who asks."""
    return Me(account=account_shape(await people.register.get(actor.id)))


@router.patch("")
async def change_me(actor: OnePerson, _: MayUse, people: AppPeople, body: AboutMe) -> Me:
    """Change what one says of oneself. 409 `username_taken`."""
    values = {name: value for name, value in body.model_dump().items() if value is not None}
    return Me(account=account_shape(await people.register.change(actor.id, values)))


@router.delete("", status_code=204, response_class=Response, responses=_TOO_OFTEN)
async def leave(
    actor: OnePerson, _: MayUse, people: AppPeople, client: FromCaller, body: Proof, response: Response
) -> None:
    """Delete one's account. Signing in within 30 days takes it back; then it is removed with its projects. 401
    `wrong_credentials`; 409 `last_admin`."""
    await people.entering.prove(actor.id, body.password.get_secret_value(), client, actor.session)
    await people.links.leave(actor.id)
    response.headers.append("Set-Cookie", people.cookies.clear())


@router.get("/export", response_class=StreamingResponse, responses=content("application/zip"))
async def export_me(actor: OnePerson, _: MayUse, people: AppPeople, services: AppServices) -> StreamingResponse:
    """Everything one owns, as a zip: the account as JSON, and each project as its own zip."""
    file = await write_own_data(services, people, actor)
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="sayso.zip"'}
    gone = BackgroundTask(file.unlink, missing_ok=True)
    # Whole: it is made anew for each request, so that a part of it would be one of another.
    return StreamingResponse(_pieces(file), media_type="application/zip", headers=headers, background=gone)


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            yield piece


@router.get("/sessions")
async def my_sessions(
    actor: OnePerson, _: MayUse, people: AppPeople, limit: Limit = PAGE, cursor: Cursor = ""
) -> SessionList:
    """Where one is signed in, the session used last first."""
    found = await people.sessions.list(actor.id, limit=limit + 1, behind=paging.place_of(cursor, "used"))
    last = found[limit - 1] if len(found) > limit else None
    more = paging.cursor("used", (last.last_seen_at, last.id)) if last else None
    return SessionList(sessions=[session_shape(row, actor.session) for row in found[:limit]], next=more)


@router.post("/proof", status_code=204, response_class=Response, responses=_TOO_OFTEN)
async def prove_again(actor: OnePerson, _: MayUse, people: AppPeople, client: FromCaller, body: Proof) -> None:
    """Say the password once more: for ten minutes this session may change the ways in and end others. 401
    `wrong_credentials`; `sign_in_again` for an account without a password."""
    await people.entering.prove(actor.id, body.password.get_secret_value(), client, actor.session)


@router.delete("/sessions", status_code=204, response_class=Response)
async def end_other_sessions(actor: ProvenPerson, _: MayUse, people: AppPeople) -> None:
    """End all sessions but the one that asks. 401 `prove_again`, `sign_in_again`."""
    await people.sessions.end_others(actor.id, actor.session)


@router.delete("/sessions/{session_id}", status_code=204, response_class=Response)
async def end_session(actor: OnePerson, _: MayUse, people: AppPeople, session_id: Name) -> None:
    """End one session with what it has open. 401 `prove_again`, `sign_in_again` for another than the one that asks."""
    if session_id != actor.session:
        await people.entering.lately(actor.id, actor.session)
    await people.sessions.end(actor.id, session_id)


@router.get("/tokens")
async def my_tokens(actor: OnePerson, _: MayUse, people: AppPeople) -> PersonalTokenList:
    """The tokens of one's programs, the newest first."""
    return PersonalTokenList(tokens=[token_shape(row) for row in await people.personal.list(actor.id)])


@router.post("/tokens", status_code=201)
async def create_token(actor: OnePerson, _: MayUse, people: AppPeople, body: NewToken, response: Response) -> MadeToken:
    """A token for a program, sent as `Authorization: Bearer …`. It does what its scopes say, and no more than one may
    oneself."""
    row, secret = await people.personal.create(actor.id, body.name, body.scopes, body.days)
    response.headers["Cache-Control"] = "no-store"
    return MadeToken(token=token_shape(row), secret=secret)


@router.delete("/tokens/{token_id}", status_code=204, response_class=Response)
async def remove_token(actor: OnePerson, _: MayUse, people: AppPeople, token_id: Name) -> None:
    """The token opens nothing any more."""
    await people.personal.remove(actor.id, token_id)
