"""The second proof of one's own account: an app that shows codes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from builder.api.accounts.context import ACCOUNTS_OFF, AppPeople, FromCaller, OnePerson, ProvenPerson
from builder.api.requests.context import MayUse

router = APIRouter(prefix="/me/codes", tags=["accounts"], responses=ACCOUNTS_OFF)
_TOO_OFTEN: dict[int | str, dict[str, Any]] = {429: {"description": "Too often; `Retry-After` says how long to wait."}}


class CodesState(BaseModel):
    """`recovery_left`: how many recovery codes were not used."""

    on: bool
    recovery_left: int


class Enrolled(BaseModel):
    """`uri`: what an app opens, or reads as a picture (otpauth://)."""

    secret: str
    uri: str


class ShownCode(BaseModel):
    model_config = ConfigDict(extra="forbid")
    code: str = Field(max_length=64)


class RecoveryCodes(BaseModel):
    """No other answer ever has them. Each works once in place of a code."""

    recovery_codes: list[str]


class CodesOff(BaseModel):
    model_config = ConfigDict(extra="forbid")
    password: SecretStr


@router.get("")
async def codes_state(actor: OnePerson, _: MayUse, people: AppPeople) -> CodesState:
    """Whether a code is asked for at sign-in."""
    return CodesState(
        on=await people.factors.is_on(actor.id), recovery_left=await people.factors.recovery_left(actor.id)
    )


@router.post("", status_code=201)
async def begin_codes(actor: ProvenPerson, _: MayUse, people: AppPeople, response: Response) -> Enrolled:
    """A secret for an app. Nothing is asked for until a code of it was confirmed. 401 `prove_again`,
    `sign_in_again`; 409 `codes_on`."""
    response.headers["Cache-Control"] = "no-store"
    made = await people.factors.begin(actor.id)
    return Enrolled(secret=made.secret, uri=made.uri)


@router.put("", responses=_TOO_OFTEN)
async def confirm_codes(
    actor: OnePerson, _: MayUse, people: AppPeople, body: ShownCode, response: Response
) -> RecoveryCodes:
    """The app shows this code: from now on one is asked for. 422 `wrong_code`."""
    people.entering.limits.try_code(actor.id)
    codes = await people.factors.confirm(actor.id, body.code)
    people.entering.limits.right_code(actor.id)
    response.headers["Cache-Control"] = "no-store"
    return RecoveryCodes(recovery_codes=codes)


@router.delete("", status_code=204, response_class=Response, responses=_TOO_OFTEN)
async def end_codes(actor: OnePerson, _: MayUse, people: AppPeople, client: FromCaller, body: CodesOff) -> None:
    """No code is asked for any more. 401 `wrong_credentials`."""
    await people.entering.prove(actor.id, body.password.get_secret_value(), client, actor.session)
    await people.factors.remove(actor.id, actor.id)
