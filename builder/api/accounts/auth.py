"""Registering, signing in and out, passwords and confirmed addresses."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from builder.accounts.doors.people import AccountParts
from builder.accounts.people.access_tokens import PublicKey
from builder.accounts.people.entering import Entry
from builder.api.accounts.context import ACCOUNTS_OFF, AppPeople, FromCaller, OnePerson
from builder.api.accounts.shapes import Entered, entered_shape
from builder.api.requests.context import MayUse, for_everybody

router = APIRouter(prefix="/auth", tags=["accounts"], responses=ACCOUNTS_OFF)
_TOO_OFTEN: dict[int | str, dict[str, Any]] = {429: {"description": "Too often; `Retry-After` says how long to wait."}}
_UNPROVEN: dict[int | str, dict[str, Any]] = {401: {"description": "Not proven."}, **_TOO_OFTEN}


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Registration(_Body):
    """`invite`: the token of an invitation's link. `tokens`: answer with tokens rather than with a cookie."""

    email: str = Field(max_length=255)
    password: SecretStr
    name: str = Field("", max_length=100)
    username: str = Field("", max_length=30)
    invite: str = Field("", max_length=200)
    tokens: bool = False


class Login(_Body):
    """`tokens`: answer with tokens rather than with a cookie. `code`: of the person's app, or a recovery code."""

    email: str = Field(max_length=255)
    password: SecretStr
    code: str = Field("", max_length=64)
    tokens: bool = False


class Refresh(_Body):
    refresh_token: SecretStr


class NewPassword(_Body):
    current: SecretStr
    new: SecretStr


class Forgotten(_Body):
    email: str = Field(max_length=255)


class Reset(_Body):
    token: SecretStr
    new: SecretStr


class Verification(_Body):
    token: SecretStr


class Accepted(BaseModel):
    """It is done soon; whether there was anything to do is not said."""

    accepted: Literal[True] = True


class PublicKeys(BaseModel):
    """A JSON Web Key Set (RFC 7517)."""

    keys: list[PublicKey]


@router.post("/register", status_code=201, dependencies=[for_everybody], responses=_TOO_OFTEN)
async def register_account(people: AppPeople, client: FromCaller, body: Registration, response: Response) -> Entered:
    """Make an account and sign in. 409 `email_taken`, `username_taken`; 403 `closed` without an invitation where one is
    needed; 422 `weak_password`."""
    entry = await people.entering.register(
        body.email,
        body.password.get_secret_value(),
        body.name,
        client,
        username=body.username,
        invite=body.invite,
        tokens=body.tokens,
    )
    return _entered(people, entry, response)


@router.post("/login", dependencies=[for_everybody], responses=_UNPROVEN)
async def log_in(people: AppPeople, client: FromCaller, body: Login, response: Response) -> Entered:
    """Sign in. 401 `wrong_credentials` whatever is wrong, `code_needed` where the code of an app is needed as well,
    `wrong_code`; 403 `suspended`."""
    password = body.password.get_secret_value()
    entry = await people.entering.sign_in(body.email, password, client, code=body.code, tokens=body.tokens)
    return _entered(people, entry, response)


@router.post("/refresh", dependencies=[for_everybody], responses=_UNPROVEN)
async def refresh_tokens(people: AppPeople, body: Refresh, response: Response) -> Entered:
    """Exchange a refresh token for a new pair; the old one is dead. One that is used again ends its session."""
    return _entered(people, await people.entering.refresh(body.refresh_token.get_secret_value()), response)


@router.post("/logout", status_code=204, response_class=Response)
async def log_out(actor: OnePerson, _: MayUse, people: AppPeople, response: Response) -> None:
    """End this session: its cookie, its tokens and what it has open."""
    response.headers.append("Set-Cookie", people.cookies.clear())
    await people.sessions.end(actor.id, actor.session)


@router.put("/password", status_code=204, response_class=Response, responses=_TOO_OFTEN)
async def change_password(
    actor: OnePerson, _: MayUse, people: AppPeople, client: FromCaller, body: NewPassword
) -> None:
    """Set another password; all other sessions end. 401 `wrong_credentials` where `current` is not right."""
    current, new = body.current.get_secret_value(), body.new.get_secret_value()
    await people.entering.change_password(actor.id, actor.session, current, new, client)


@router.post("/password/forgot", status_code=202, dependencies=[for_everybody], responses=_TOO_OFTEN)
async def forget_password(people: AppPeople, client: FromCaller, body: Forgotten) -> Accepted:
    """Have a link for a new password sent, if there is such an account: the answer does not say."""
    people.entering.limits.mail(client.address, body.email.strip().casefold())
    people.links.forgotten_soon(body.email)
    return Accepted()


@router.post("/password/reset", status_code=204, response_class=Response, dependencies=[for_everybody])
async def reset_password(people: AppPeople, body: Reset) -> None:
    """Set a new password by the token of that link, which works once; all sessions end. 422 `invalid_token`."""
    await people.entering.reset(body.token.get_secret_value(), body.new.get_secret_value())


@router.post("/verify", status_code=204, response_class=Response, dependencies=[for_everybody])
async def verify_email(people: AppPeople, body: Verification) -> None:
    """Confirm an address by the token of its letter. 422 `invalid_token`."""
    await people.links.verified(body.token.get_secret_value())


@router.post("/verify/again", status_code=202, responses=_TOO_OFTEN)
async def verify_again(actor: OnePerson, _: MayUse, people: AppPeople, client: FromCaller) -> Accepted:
    """Have that letter sent once more."""
    people.entering.limits.mail(client.address, f"verify:{actor.id}")
    await people.links.verify_again(actor.id)
    return Accepted()


@router.get("/keys", dependencies=[for_everybody])
async def token_keys(people: AppPeople) -> PublicKeys:
    """The public keys with which access tokens can be checked."""
    return PublicKeys(keys=[people.tokens.public()])


def _entered(people: AccountParts, entry: Entry, response: Response) -> Entered:
    response.headers["Cache-Control"] = "no-store"
    if entry.cookie:
        response.headers.append("Set-Cookie", people.cookies.session(entry.cookie))
        if entry.device:
            response.headers.append("Set-Cookie", people.cookies.device(entry.device))
    return entered_shape(entry)
