"""What a browser gets whose person is in, or came back from a provider."""

from __future__ import annotations

import logging
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from builder.accounts.doors.client import client_of
from builder.accounts.doors.form_texts import code_form, outcome, set_up_form, sign_in_form
from builder.accounts.doors.people import AccountParts
from builder.accounts.form_pages import PageForm, form_page
from builder.accounts.open_connections import Session
from builder.accounts.people.entering import CodeNeeded, Entry
from builder.base.errors import SaysoError
from builder.base.http.hosts import SIGNED_IN
from builder.texts import t
from builder.texts.language import chosen

log = logging.getLogger(__name__)


async def give(people: AccountParts, request: Request, entry: Entry, response: Response) -> None:
    """The cookies of a person who is in. What of a provider waited for this sign-in is tied to the account."""
    cookies = people.cookies
    response.headers.append("Set-Cookie", cookies.session(entry.cookie))
    if entry.device:
        response.headers.append("Set-Cookie", cookies.device(entry.device))
    if not chosen(request.headers.get("cookie", "")):
        response.headers.append("Set-Cookie", cookies.language(entry.account.locale))
    if waiting := cookies.first(request.headers, cookies.tie_name):
        response.headers.append("Set-Cookie", cookies.tie(""))
        try:
            await people.identities.tie_waiting(entry.account, waiting)
        except SaysoError as error:
            log.info("an account was not tied to a provider: %s", error.code)


async def entered_page(people: AccountParts, request: Request, entry: Entry, target: str) -> Response:
    """On to the page that they wanted, by way of what they have to keep."""
    if entry.recovery:
        kept = outcome(t("people.set_up_done"), t("account.codes_made"), (target, t("people.go_on")))
        page = form_page(replace(kept, listed=entry.recovery))
        await give(people, request, entry, page)
        return page
    response = RedirectResponse(target, 303, headers={"Cache-Control": "no-store"})
    await give(people, request, entry, response)
    return response


async def code_page(people: AccountParts, needed: CodeNeeded, target: str) -> Response:
    """Asks for the code of the person's app."""
    return form_page(await step_form(people, await people.entering.begin_step(needed), target))


async def step_form(people: AccountParts, step: str, target: str) -> PageForm:
    """The form of a step that has begun, with what the app has to know where it is to be set up."""
    made = await people.entering.enrolment(step)
    return set_up_form(target, step, made) if made is not None else code_form(target, step)


def unchanged_page(error: SaysoError) -> Response:
    """Why a provider was not added to an account."""
    back = outcome(t("account.providers"), "", ("/account", t("people.go_on")))
    return form_page(back, error.message, status=error.status)


async def arrived_page(people: AccountParts, request: Request, provider: str) -> Response:
    """Who came back from a provider: on to their page, to the code of their app, or back to the sign-in with the reason."""
    session: Session | None = request.scope.get(SIGNED_IN)
    account = session.actor.id if session is not None and session.actor is not None else ""
    cookies, answer = people.cookies, dict(request.query_params)
    attempt, response = cookies.first(request.headers, cookies.attempt_name), Response()
    try:
        came = await people.identities.arrive(provider, attempt, answer, account, client_of(people, request))
        if came.entry is not None:
            response = await entered_page(people, request, came.entry, came.target)
        elif came.waiting is not None:
            title = people.identities.get(provider).title
            form = sign_in_form(people.settings, came.target, providers=people.identities.offered, first=False)
            filled = form.filled({"email": [came.waiting.email]})
            response = form_page(filled, done=t("people.provider_first", provider=title))
            response.headers.append("Set-Cookie", cookies.tie(came.waiting.value))
        else:
            response = RedirectResponse(came.target, 303, headers={"Cache-Control": "no-store"})
    except CodeNeeded as needed:
        response = await code_page(people, needed, needed.target)
    except SaysoError as error:
        log.info("a sign-in by %s led to nothing: %s (%s)", provider, error.code, error.detail)
        if account:
            response = unchanged_page(error)
        else:
            form = sign_in_form(people.settings, "/", providers=people.identities.offered, first=False)
            response = form_page(form, error.message, status=error.status)
    response.headers.append("Set-Cookie", cookies.attempt(""))
    return response
