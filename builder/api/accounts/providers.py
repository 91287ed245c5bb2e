"""Signing in by Google or GitHub, and by a passkey."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from starlette.responses import RedirectResponse

from builder.accounts.doors.entered import arrived_page, give, unchanged_page
from builder.accounts.form_pages import local_page
from builder.accounts.open_connections import Session
from builder.api.accounts.context import ACCOUNTS_OFF, AppPeople, FromCaller
from builder.api.accounts.shapes import Entered, entered_shape
from builder.api.requests.content import content
from builder.api.requests.context import for_everybody
from builder.base.errors import Json, SaysoError
from builder.base.http.hosts import SIGNED_IN

router = APIRouter(prefix="/auth", tags=["accounts"], responses=ACCOUNTS_OFF, dependencies=[for_everybody])
_UNPROVEN: dict[int | str, dict[str, Any]] = {
    401: {"description": "Not proven."},
    429: {"description": "Too often; `Retry-After` says how long to wait."},
}
_AWAY: dict[int | str, dict[str, Any]] = {502: {"description": "The provider does not answer."}}
ProviderName = Annotated[str, Path(pattern="^[a-z]{1,16}$")]


class ProviderView(BaseModel):
    """`client_id`: what a program names when it sends its person there."""

    name: str
    title: str
    client_id: str


class ProviderList(BaseModel):
    providers: list[ProviderView]


class ProviderCode(BaseModel):
    """What a program got at `redirect_uri`, an address of its own computer. `nonce`: what it sent along, if it did.
    `app_code`: of the person's app, where one is asked for."""

    model_config = ConfigDict(extra="forbid")
    code: SecretStr = Field(max_length=2_000)
    redirect_uri: str = Field(max_length=200)
    code_verifier: SecretStr = Field(min_length=43, max_length=128)
    nonce: str = Field("", max_length=200)
    app_code: str = Field("", max_length=64)


class PasskeyOptions(BaseModel):
    """What `navigator.credentials` takes, as JSON (Web Authentication, level 3)."""

    options: dict[str, Json]


class ShownPasskey(BaseModel):
    """`credential`: what `navigator.credentials.get` gave, as JSON. `tokens`: answer with tokens."""

    model_config = ConfigDict(extra="forbid")
    credential: dict[str, Json]
    tokens: bool = False


@router.get("/oauth")
async def sign_in_providers(people: AppPeople) -> ProviderList:
    """With which other accounts one signs in here."""
    found = people.identities.providers.values()
    return ProviderList(
        providers=[ProviderView(name=one.name, title=one.title, client_id=one.client_id) for one in found]
    )


@router.get(
    "/oauth/{provider}/start",
    status_code=303,
    response_class=Response,
    responses={**_AWAY, 303: {"description": "On to the provider."}, 404: {"description": "It is not set up."}},
)
async def begin_at_provider(
    people: AppPeople,
    request: Request,
    provider: ProviderName,
    next_page: Annotated[str, Query(alias="next", max_length=2_000)] = "/",
    invite: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Send a browser to the provider. Where somebody is signed in, their account is tied to the provider's; else they are
    signed in. `next`: the page of ours that they want."""
    session: Session | None = request.scope.get(SIGNED_IN)
    account = session.actor.id if session is not None and session.actor is not None else ""
    if session is not None and account:
        try:
            await people.entering.lately(account, session.id)
        except SaysoError as error:
            return unchanged_page(error)
    url, kept = await people.identities.begin(provider, target=local_page(next_page), invite=invite, account=account)
    response = RedirectResponse(url, 303, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    response.headers.append("Set-Cookie", people.cookies.attempt(kept))
    return response


@router.get(
    "/oauth/{provider}/callback",
    response_class=Response,
    responses={
        **content("text/html"),
        303: {"description": "On to the page that was wanted."},
        401: {"description": "Not proven."},
        502: {"description": "The provider does not answer."},
    },
)
async def come_back(people: AppPeople, request: Request, provider: ProviderName) -> Response:
    """Where the provider sends the browser back to: a page, or on to one."""
    return await arrived_page(people, request, provider)


@router.post("/oauth/{provider}", responses={**_UNPROVEN, **_AWAY})
async def enter_by_provider(
    people: AppPeople, client: FromCaller, provider: ProviderName, body: ProviderCode, response: Response
) -> Entered:
    """Tokens for a program whose person has signed in at the provider, with PKCE. 401 `unproven`, `code_needed`,
    `wrong_code`; 403 `closed`, `suspended`, `email_unproven`; 409 `email_taken`: the account with that address is to be
    tied on the account page; 422 `wrong_redirect`."""
    response.headers["Cache-Control"] = "no-store"
    entry = await people.identities.program(
        provider,
        body.code.get_secret_value(),
        body.redirect_uri,
        body.code_verifier.get_secret_value(),
        client,
        nonce=body.nonce,
        app_code=body.app_code,
    )
    return entered_shape(entry)


@router.post("/passkey/options")
async def passkey_options(people: AppPeople, response: Response) -> PasskeyOptions:
    """A challenge for a passkey; it is answered once, within five minutes."""
    response.headers["Cache-Control"] = "no-store"
    return PasskeyOptions(options=await people.passkeys.sign_in_options())


@router.post("/passkey", responses=_UNPROVEN)
async def enter_by_passkey(
    people: AppPeople, client: FromCaller, request: Request, body: ShownPasskey, response: Response
) -> Entered:
    """Sign in by a passkey, without password and code. 401 `wrong_passkey`; 403 `suspended`."""
    response.headers["Cache-Control"] = "no-store"
    entry = await people.passkeys.sign_in(body.credential, client, tokens=body.tokens)
    if entry.cookie:
        await give(people, request, entry, response)
    return entered_shape(entry)
