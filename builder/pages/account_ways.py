"""The ways in beside the password: other accounts, and passkeys. Parts of the account page with a State of their own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.accounts.doors.people import AccountParts
from builder.components.account import status
from builder.composition.services import get_services
from builder.pages.account_proof import prove_first
from builder.pages.account_rows import since
from builder.pages.account_state import AccountPage
from builder.pages.asking import actor_of, asks
from builder.texts import t

# Its server is asked by the browser itself: a device answers only to a page.
_ADD = "import('/passkeys.js').then(() => window.saysoPasskeys.addFrom('passkey-form'))"


@dataclass
class WayRow:
    """An account with a provider, or the place where there could be one (`id` is its name, `what` then "")."""

    id: str
    title: str
    what: str
    tie: str
    remove: str


@dataclass
class PasskeyRow:
    id: str
    name: str
    what: str


class WaysIn(AccountPage):
    """What of them a person has."""

    ways: list[WayRow] = []
    passkeys: list[PasskeyRow] = []

    @rx.event
    @asks(Action.USE)
    async def load_ways(self) -> None:
        actor = await actor_of(self)
        if get_services().settings.has_accounts:
            await self._refresh_ways(actor)

    @rx.event
    @asks(Action.USE)
    async def remove_provider(self, provider: str) -> None:
        async def remove(people: AccountParts, actor: Actor) -> None:
            await people.entering.lately(actor.id, actor.session)
            await people.identities.remove(actor.id, provider)

        await self._change("providers", remove, t("account.provider_removed"))

    @rx.event
    @asks(Action.USE)
    async def passkey_made(self, said: str) -> None:
        """What became of a passkey in the browser: "" for made, the server's words, or "-" for nothing."""
        self.place, self.notice, self.error = "passkeys", "", ""
        if not said:
            self.notice = t("account.passkey_added")
        else:
            self.error = t("account.passkey_nothing") if said == "-" else said[:300]
        await self._refresh_ways(await actor_of(self))

    @rx.event
    @asks(Action.USE)
    async def rename_passkey(self, form: dict[str, Any]) -> None:
        passkey, name = str(form.get("passkey", "")), str(form.get("name", ""))
        await self._change(
            "passkeys",
            lambda people, actor: people.passkeys.rename(actor.id, passkey, name),
            t("account.passkey_renamed"),
        )

    @rx.event
    @asks(Action.USE)
    async def remove_passkey(self, passkey: str) -> None:
        async def remove(people: AccountParts, actor: Actor) -> None:
            await people.entering.lately(actor.id, actor.session)
            await people.passkeys.remove(actor.id, passkey)

        await self._change("passkeys", remove, t("account.passkey_removed"))

    async def _change(self, place: str, change: Callable[[AccountParts, Actor], Awaitable[object]], done: str) -> None:
        if await self._do(place, change, done, again=False):
            await self._refresh_ways(await actor_of(self))

    async def _refresh_ways(self, actor: Actor) -> None:
        people = get_services().people
        tied = {row.provider: row for row in await people.identities.list(actor.id)}
        self.ways = [
            WayRow(
                name,
                title,
                t("account.provider_tied", email=tied[name].email, day=tied[name].created_at[:10])
                if name in tied
                else "",
                t("account.provider_tie", provider=title),
                t("account.provider_remove", provider=title),
            )
            for name, title in people.identities.offered
        ]
        self.passkeys = [
            PasskeyRow(
                row.id,
                row.name,
                t(
                    "account.passkey_what",
                    day=row.created_at[:10],
                    used=since(row.last_used_at) if row.last_used_at else t("account.never"),
                ),
            )
            for row in await people.passkeys.list(actor.id)
        ]


load_ways = WaysIn.load_ways
# On a State class the fields are Vars, which their annotations do not show.
_WAYS: Any = WaysIn.ways
_PASSKEYS: Any = WaysIn.passkeys


def ways_in() -> tuple[rx.Component, ...]:
    """The two parts of the page; without a provider that is set up, only that of passkeys."""
    return rx.cond(_WAYS.length() > 0, _providers(), rx.fragment()), _passkeys()


def _status(place: str) -> rx.Component:
    return status(WaysIn.place == place, WaysIn.notice, WaysIn.error)


def _row(title: Any, what: Any) -> rx.Component:
    return rx.el.span(
        rx.el.span(title, class_name="card-title"), rx.el.span(what, class_name="card-text"), class_name="row"
    )


def _way(row: Any) -> rx.Component:  # a Var with the attributes of WayRow
    start = f"/api/v1/auth/oauth/{row.id}/start?next=/account"
    return rx.el.li(
        _row(row.title, row.what),
        rx.cond(
            WaysIn.fresh,
            rx.cond(
                row.what == "",
                rx.el.a(row.tie, href=start, class_name="button"),
                rx.el.button(row.remove, on_click=WaysIn.remove_provider(row.id), type="button", class_name="button"),
            ),
            rx.fragment(),
        ),
    )


def _providers() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("account.providers")),
        rx.el.p(t("account.providers_text"), class_name="card-text"),
        rx.el.ul(rx.foreach(_WAYS, _way), class_name="rows"),
        prove_first("providers"),
        _status("providers"),
    )


def _passkey(row: Any) -> rx.Component:  # a Var with the attributes of PasskeyRow
    return rx.el.li(
        _row(row.name, row.what),
        rx.el.span(
            rx.el.details(
                rx.el.summary(
                    t("account.passkey_rename"), aria_label=t("account.passkey_rename_of", name="") + row.name
                ),
                rx.el.form(
                    rx.el.input(type="hidden", name="passkey", value=row.id),
                    rx.el.label(
                        rx.el.span(t("account.passkey_name")),
                        rx.el.input(
                            name="name", default_value=row.name, required=True, max_length=100, auto_complete="off"
                        ),
                        class_name="field",
                    ),
                    rx.el.button(t("account.save"), type="submit", class_name="button"),
                    on_submit=WaysIn.rename_passkey,
                ),
            ),
            rx.cond(
                WaysIn.fresh,
                rx.el.button(
                    t("account.remove"),
                    on_click=WaysIn.remove_passkey(row.id),
                    type="button",
                    class_name="button",
                    aria_label=t("account.passkey_remove_of", name="") + row.name,
                ),
                rx.fragment(),
            ),
            class_name="row-of-buttons",
        ),
        key=row.id,
    )


def _passkeys() -> rx.Component:
    field = rx.el.input(
        type="password",
        name="passkey_password",
        auto_complete="current-password",
        required=True,
    )
    return rx.el.section(
        rx.el.h2(t("account.passkeys")),
        rx.el.p(t("account.passkeys_text"), class_name="card-text"),
        rx.cond(
            _PASSKEYS.length() > 0,
            rx.fragment(rx.el.ul(rx.foreach(_PASSKEYS, _passkey), class_name="rows"), prove_first("passkeys")),
            rx.el.p(rx.cond(WaysIn.loaded, t("account.no_passkeys"), " "), class_name="empty"),
        ),
        rx.el.form(
            rx.el.label(
                rx.el.span(t("account.passkey_name")),
                rx.el.input(
                    name="passkey_name",
                    default_value=t("account.passkey_default"),
                    required=True,
                    max_length=100,
                    auto_complete="off",
                ),
                class_name="field",
            ),
            rx.cond(
                WaysIn.has_password,
                rx.el.label(rx.el.span(t("sign_in.password")), field, class_name="field"),
                rx.fragment(),
            ),
            rx.el.button(t("account.passkey_add"), type="submit", class_name="button"),
            on_submit=rx.call_script(_ADD, callback=WaysIn.passkey_made),
            reset_on_submit=False,
            id="passkey-form",
        ),
        _status("passkeys"),
    )
