"""The State of the account page: what it shows, and what its buttons do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import reflex as rx
import segno

from builder.accounts.access import SCOPES, Action
from builder.accounts.actor import Actor
from builder.accounts.doors.people import AccountParts
from builder.accounts.people.proofs import Caller
from builder.base.errors import SaysoError
from builder.components.language import choose
from builder.composition.services import get_services
from builder.pages.account_rows import LinkRow, SessionRow, TokenRow, link_row, session_row, token_row
from builder.pages.asking import actor_of, asks
from builder.texts import spoken, t

_PROVE_AGAIN = ("prove_again", "sign_in_again")
_SAID = ("name", "username", "locale", "bio", "location", "website", "github", "linkedin", "time_zone")


class AccountPage(rx.State):
    """One's own account. `place` is the part of the page that `notice` or `error` belongs to."""

    loaded: bool = False
    off: bool = False
    oversees: bool = False
    name: str = ""
    username: str = ""
    bio: str = ""
    location: str = ""
    website: str = ""
    github: str = ""
    linkedin: str = ""
    time_zone: str = ""
    avatar: str = ""
    email: str = ""
    locale: str = "en"
    verified: bool = True
    has_password: bool = True
    fresh: bool = True
    sessions: list[SessionRow] = []
    tokens: list[TokenRow] = []
    links: list[LinkRow] = []
    secret: str = ""
    # The codes of an app: asked for, being set up (the secret and its picture), and the recovery codes, shown once.
    codes_on: bool = False
    recovery_left: str = ""
    app_secret: str = ""
    app_picture: str = ""
    recovery: list[str] = []
    place: str = ""
    notice: str = ""
    error: str = ""

    @rx.event
    @asks(Action.USE)
    async def load(self) -> None:
        self.place = self.notice = self.error = self.secret = self.app_secret = ""
        self.recovery = []
        actor = await actor_of(self)
        if not get_services().settings.has_accounts:
            self.off, self.loaded = True, True
            return
        await self._refresh(actor)

    @rx.event
    @asks(Action.USE)
    async def save(self, form: dict[str, Any]) -> Any:
        """Change what one says of oneself. Another language is that of this browser too."""
        values = {key: str(form.get(key, "")) for key in _SAID}

        async def change(people: AccountParts, actor: Actor) -> None:
            await people.register.change(actor.id, values)

        saved = await self._do("profile", change, t("account.saved"))
        return choose(self.locale) if saved and self.locale != spoken() else None

    @rx.event
    @asks(Action.USE)
    async def avatar_sent(self, said: str) -> None:
        """What became of a picture that the browser sent: "" for taken, or the server's words."""
        self.place, self.notice, self.error = "avatar", "" if said else t("account.saved"), said[:300]
        await self._refresh(await actor_of(self))

    @rx.event
    @asks(Action.USE)
    async def remove_avatar(self) -> None:
        await self._do("avatar", lambda people, actor: people.register.set_avatar(actor.id, b""), t("account.saved"))

    @rx.event
    @asks(Action.USE)
    async def verify_again(self) -> None:
        async def again(people: AccountParts, actor: Actor) -> None:
            people.entering.limits.mail(self._caller().address, f"verify:{actor.id}")
            await people.links.verify_again(actor.id)

        sends = get_services().people.outbox.sends
        await self._do("profile", again, t("account.verify_sent") if sends else t("account.verify_no_mail"))

    @rx.event
    @asks(Action.USE)
    async def change_password(self, form: dict[str, Any]) -> Any:
        current, new = str(form.get("current", "")), str(form.get("new", ""))

        async def change(people: AccountParts, actor: Actor) -> None:
            await people.entering.change_password(actor.id, actor.session, current, new, self._caller())

        if await self._do("password", change, t("account.password_changed")):
            return rx.call_script("document.getElementById('password-form').reset()")
        return None

    @rx.event
    @asks(Action.USE)
    async def prove(self, form: dict[str, Any]) -> None:
        """The password said once more, which lets change for ten minutes what is closed otherwise."""
        password = str(form.get("proof", ""))

        async def prove(people: AccountParts, actor: Actor) -> None:
            await people.entering.prove(actor.id, password, self._caller(), actor.session)

        await self._do(str(form.get("place", "")), prove, t("account.proven"))

    @rx.event
    @asks(Action.USE)
    async def begin_codes(self) -> None:
        """Show the secret for an app."""

        async def begin(people: AccountParts, actor: Actor) -> None:
            await people.entering.lately(actor.id, actor.session)
            made = await people.factors.begin(actor.id)
            self.app_secret = made.secret
            self.app_picture = segno.make(made.uri).svg_data_uri(scale=4, border=4, light="white")

        await self._do("codes", begin, "")

    @rx.event
    @asks(Action.USE)
    async def confirm_codes(self, form: dict[str, Any]) -> None:
        """The app is set up once a code of it was right."""

        async def confirm(people: AccountParts, actor: Actor) -> None:
            people.entering.limits.try_code(actor.id)
            self.recovery = await people.factors.confirm(actor.id, str(form.get("code", "")))
            people.entering.limits.right_code(actor.id)
            self.app_secret = self.app_picture = ""

        await self._do("codes", confirm, t("account.codes_made"))

    @rx.event
    @asks(Action.USE)
    async def end_codes(self, form: dict[str, Any]) -> None:
        async def end(people: AccountParts, actor: Actor) -> None:
            await people.entering.prove(actor.id, str(form.get("codes_password", "")), self._caller(), actor.session)
            await people.factors.remove(actor.id, actor.id)
            self.recovery = []

        await self._do("codes", end, t("account.codes_ended"))

    @rx.event
    @asks(Action.USE)
    async def end_session(self, session: str) -> None:
        async def end(people: AccountParts, actor: Actor) -> None:
            await people.entering.lately(actor.id, actor.session)
            await people.sessions.end(actor.id, session)

        await self._do("sessions", end, t("account.session_ended"))

    @rx.event
    @asks(Action.USE)
    async def end_others(self) -> None:
        async def end(people: AccountParts, actor: Actor) -> None:
            await people.entering.lately(actor.id, actor.session)
            await people.sessions.end_others(actor.id, actor.session)

        await self._do("sessions", end, t("account.sessions_ended"))

    @rx.event
    @asks(Action.USE)
    async def create_token(self, form: dict[str, Any]) -> None:
        """Make a token and show it, once."""
        scopes = [scope for scope in SCOPES if form.get(scope)]
        days = str(form.get("days", ""))
        self.secret = ""

        async def create(people: AccountParts, actor: Actor) -> None:
            name = str(form.get("token_name", ""))
            _, self.secret = await people.personal.create(
                actor.id, name, scopes, int(days) if days in ("30", "90", "365") else None
            )

        await self._do("tokens", create, t("account.token_made"))

    @rx.event
    @asks(Action.USE)
    async def remove_token(self, token: str) -> None:
        self.secret = ""
        await self._do(
            "tokens", lambda people, actor: people.personal.remove(actor.id, token), t("account.token_removed")
        )

    @rx.event
    @asks(Action.USE)
    async def leave(self, form: dict[str, Any]) -> Any:
        """Delete the account, for whoever says its password."""
        password = str(form.get("leave_password", ""))

        async def gone(people: AccountParts, actor: Actor) -> None:
            await people.entering.prove(actor.id, password, self._caller(), actor.session)
            await people.links.leave(actor.id)

        if await self._do("leave", gone, t("account.left"), again=False):
            return rx.redirect("/sign-in", is_external=True)
        return None

    def _caller(self) -> Caller:
        return Caller(address=self.router.session.client_ip)

    async def _do(
        self,
        place: str,
        change: Callable[[AccountParts, Actor], Awaitable[object]],
        done: str,
        *,
        again: bool = True,
    ) -> bool:
        """Whether it succeeded: `done` is shown; otherwise why not."""
        self.place, self.notice, self.error = place, "", ""
        actor = await actor_of(self)
        try:
            await change(get_services().people, actor)
        except SaysoError as reason:
            self.error, self.fresh = reason.message, self.fresh and reason.code not in _PROVE_AGAIN
            return False
        self.notice = done
        if again:
            await self._refresh(actor)
        return True

    async def _refresh(self, actor: Actor) -> None:
        people = get_services().people
        account = await people.register.get(actor.id)
        self.name, self.username, self.email = account.name, account.username, account.email
        self.bio, self.location, self.time_zone = account.bio, account.location, account.time_zone
        self.website, self.github, self.linkedin = account.website, account.github, account.linkedin
        picture = await people.register.avatar(actor.id)
        self.avatar = f"/api/v1/me/avatar?{picture.sha256[:12]}" if picture is not None else ""
        self.locale, self.verified = account.locale, account.email_verified_at is not None
        self.has_password, self.fresh = bool(account.password), await people.sessions.is_fresh(actor.session)
        self.sessions = [session_row(row, actor.session) for row in await people.sessions.list(actor.id)]
        self.tokens = [token_row(row) for row in await people.personal.list(actor.id)]
        self.codes_on = await people.factors.is_on(actor.id)
        self.recovery_left = t("account.recovery_left", count=await people.factors.recovery_left(actor.id))
        self.oversees = account.role == "admin"
        hands_on = account.role == "admin" and not people.outbox.sends
        self.links = [link_row(link) for link in await people.outbox.open_links()] if hands_on else []
        self.loaded = True
