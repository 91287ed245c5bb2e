"""The pages of signing in, signing up, a forgotten password and a confirmed address, and what their forms do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from builder.accounts.doors.client import client_of
from builder.accounts.doors.entered import code_page, entered_page, step_form
from builder.accounts.doors.form_texts import (
    forgot_form,
    outcome,
    reset_form,
    sign_in_form,
    sign_up_form,
    unsubscribe_form,
    verify_form,
)
from builder.accounts.doors.people import AccountParts
from builder.accounts.form_pages import MAX_FORM_BYTES, PageForm, form_page, local_page
from builder.accounts.notices.unsubscribing import UNSUBSCRIBE_PAGE
from builder.accounts.open_connections import Session
from builder.accounts.people.entering import CodeNeeded
from builder.base.errors import SaysoError
from builder.base.http.hosts import HostRules, Sender
from builder.texts import t

Answer = Callable[[Request, Session | None], Awaitable[Response]]
Sent = Mapping[str, str]
_NO_STORE: Final = {"Cache-Control": "no-store"}


class Forms:
    """One method for each page. Each form is refused when another site sent it."""

    def __init__(self, people: Callable[[], AccountParts]) -> None:
        self._people_of = people
        self._pages: Final[Mapping[str, Answer]] = {
            "/sign-in": self._sign_in,
            "/sign-up": self._sign_up,
            "/forgot": self._forgot,
            "/reset": self._reset,
            "/verify": self._verify,
            "/sign-out": self._sign_out,
            UNSUBSCRIBE_PAGE: self._unsubscribe,
        }

    def at(self, path: str) -> Answer | None:
        """The page of that path, None for another application's."""
        return self._pages.get(path)

    @property
    def _people(self) -> AccountParts:
        return self._people_of()

    async def _sign_in(self, request: Request, session: Session | None) -> Response:
        target, people = local_page(request.query_params.get("next", "/")), self._people
        first = await people.entering.needs_first()
        form = sign_in_form(people.settings, target, first=first, providers=people.identities.offered)

        async def enter(sent: Sent) -> Response:
            email, password, client = sent.get("email", ""), sent.get("password", ""), client_of(people, request)
            way = people.entering.first if first else people.entering.sign_in
            try:
                return await entered_page(people, request, await way(email, password, client), target)
            except CodeNeeded as needed:
                return await code_page(people, needed, target)

        async def second(sent: Sent) -> Response:
            token, code = sent.get("step", ""), sent.get("code", "")[:64]
            try:
                entry = await people.entering.second_step(token, code, client_of(people, request))
                return await entered_page(people, request, entry, target)
            except SaysoError as error:
                again = form if error.code == "invalid_token" else await step_form(people, token[:200], target)
                return form_page(again, error.message, status=error.status)

        async def either(sent: Sent) -> Response:
            return await (second if "step" in sent else enter)(sent)

        if session is not None:
            return RedirectResponse(target, 303, headers=_NO_STORE)
        return await self._page(request, form, either)

    async def _sign_up(self, request: Request, session: Session | None) -> Response:
        people, invite = self._people, request.query_params.get("invite", "")[:200]
        target = local_page(request.query_params.get("next", "/"))
        invited = await people.entering.invitation(invite)
        form = sign_up_form(target, invite, invited, people.identities.offered)

        async def enter(sent: Sent) -> Response:
            try:
                entry = await people.entering.register(
                    sent.get("email", ""),
                    sent.get("password", ""),
                    sent.get("name", ""),
                    client_of(people, request),
                    invite=invite,
                )
            except CodeNeeded as needed:
                return await code_page(people, needed, target)
            return await entered_page(people, request, entry, target)

        if session is not None:
            return RedirectResponse(target, 303, headers=_NO_STORE)
        if await people.entering.needs_first():
            return RedirectResponse("/sign-in", 303, headers=_NO_STORE)
        if not invited and (invite or people.settings.accounts != "open"):
            problem = t("people.invite_over") if invite else t("people.closed")
            return form_page(outcome(t("people.sign_up"), problem), status=403)
        return await self._page(request, form, enter)

    async def _forgot(self, request: Request, _: Session | None) -> Response:
        people = self._people

        async def ask(sent: Sent) -> Response:
            email, client = sent.get("email", ""), client_of(people, request)
            people.entering.limits.mail(client.address, email.strip().casefold())
            people.links.forgotten_soon(email)
            sends = people.outbox.sends
            said = t("people.forgot_sent") if sends else t("people.forgot_no_mail")
            return form_page(outcome(t("people.forgot"), said))

        return await self._page(request, forgot_form(), ask)

    async def _reset(self, request: Request, _: Session | None) -> Response:
        people, token = self._people, request.query_params.get("token", "")[:200]

        async def reset(sent: Sent) -> Response:
            await people.entering.reset(token, sent.get("password", ""))
            return form_page(outcome(t("people.reset"), t("people.reset_done")))

        return await self._page(request, reset_form(token), reset)

    async def _verify(self, request: Request, _: Session | None) -> Response:
        # Asked for by a button: programs that look through mail open every link in it.
        people, token = self._people, request.query_params.get("token", "")[:200]

        async def verify(_: Sent) -> Response:
            await people.links.verified(token)
            return form_page(outcome(t("people.verify"), t("people.verify_done"), ("/", t("people.go_on"))))

        return await self._page(request, verify_form(token), verify)

    async def _unsubscribe(self, request: Request, _: Session | None) -> Response:
        # One click in a mail program is a POST without a page before it (RFC 8058): it needs nothing but the link.
        people, token = self._people, request.query_params.get("token", "")[:500]

        async def stop(_: Sent) -> Response:
            await people.unsubscribing.stop(token)
            return form_page(outcome(t("people.unsubscribe"), t("people.unsubscribe_done"), ("/", t("people.go_on"))))

        try:
            form = unsubscribe_form(token, people.unsubscribing.kind(token))
        except SaysoError as error:
            return form_page(outcome(t("people.unsubscribe"), error.message), status=error.status)
        return await self._page(request, form, stop)

    async def _sign_out(self, request: Request, session: Session | None) -> Response:
        if request.method != "POST":
            return Response(status_code=405, headers={"Allow": "POST"})
        if self._foreign(request):
            return Response(t("sign_in.foreign"), 403, media_type="text/plain")
        if session is not None and session.actor is not None:
            await self._people.sessions.end(session.actor.id, session.id)
        return RedirectResponse("/sign-in", 303, headers={"Set-Cookie": self._people.cookies.clear()})

    async def _page(self, request: Request, form: PageForm, do: Callable[[Sent], Awaitable[Response]]) -> Response:
        """The form, or what comes of it."""
        if request.method in ("GET", "HEAD"):
            return form_page(form)
        if request.method != "POST":
            return Response(status_code=405, headers={"Allow": "GET, POST"})
        if self._foreign(request):
            return form_page(form, t("sign_in.foreign"), status=403)
        body = bytearray()
        async for piece in request.stream():  # counted while it arrives: the sender has not signed in
            body += piece
            if len(body) > MAX_FORM_BYTES:
                return form_page(form, t("people.form_long"), status=413)
        fields = parse_qs(body.decode("latin-1"), keep_blank_values=True)
        try:
            return await do({name: values[0] for name, values in fields.items()})
        except SaysoError as error:
            response = form_page(form.filled(fields), error.message, status=error.status)
            if "seconds" in error.details:
                response.headers["Retry-After"] = str(error.details["seconds"])
            return response

    def _foreign(self, request: Request) -> bool:
        return HostRules.from_settings(self._people.settings).sender(request.scope) is Sender.FOREIGN
