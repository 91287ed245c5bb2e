"""The State of the page of a team's partner keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from builder.accounts.access import KEY_SCOPES, Action
from builder.accounts.actor import Actor
from builder.accounts.tables import PartnerKey
from builder.accounts.teams.partner_keys import USUAL_PER_MINUTE, KeyWish, PartnerKeys
from builder.base.errors import NotFound, SaysoError
from builder.composition.services import get_services
from builder.pages.account_rows import since
from builder.pages.asking import actor_of, asks
from builder.texts import t


@dataclass
class KeyRow:
    """`what`: what it may and how it fares; `pages`: whose scripts may use it, "" for none."""

    id: str
    name: str
    what: str
    pages: str


class KeysPage(rx.State):
    """`team` is the one whose keys are shown, "" for the person's own place. `place` is the part of the page that `notice`
    or `error` belongs to. `made` counts those that were made: the form is empty again after each."""

    loaded: bool = False
    team: str = ""
    heading: str = ""
    refused: str = ""
    rows: list[KeyRow] = []
    secret: str = ""
    made: int = 0
    place: str = ""
    notice: str = ""
    error: str = ""

    @rx.event
    @asks(Action.USE)
    async def load(self) -> None:
        self.place = self.notice = self.error = self.secret = self.refused = self.heading = ""
        self.rows = []
        self.team = str(self.router.url.query_parameters.get("team", ""))[:64]
        try:
            if not get_services().settings.has_accounts:
                raise NotFound(t("people.off"))
            await self._refresh(await self._actor())
        except SaysoError as reason:
            self.refused = reason.message
        self.loaded = True

    @rx.event
    @asks(Action.USE)
    async def make(self, form: dict[str, Any]) -> None:
        """Make one, and show it, once."""
        self.secret = ""

        async def made(keys: PartnerKeys, actor: Actor) -> None:
            _, self.secret = await keys.create(actor, _wish(form))
            self.made += 1

        await self._do("make", made, t("keys_of_team.made"))

    @rx.event
    @asks(Action.USE)
    async def remove(self, key: str) -> None:
        self.secret = ""
        await self._do("list", lambda keys, actor: keys.remove(actor, key), t("keys_of_team.removed"))

    async def _actor(self) -> Actor:
        """Whoever sent the event, at work in the team that is shown."""
        actor = await actor_of(self)
        return actor.within(self.team) if self.team else actor

    async def _do(self, place: str, change: Callable[[PartnerKeys, Actor], Awaitable[object]], done: str) -> None:
        """`done` is shown once it succeeded; otherwise why not."""
        self.place, self.notice, self.error = place, "", ""
        actor = await self._actor()
        try:
            await change(get_services().people.keys, actor)
            await self._refresh(actor)
        except SaysoError as reason:
            self.error = reason.message
            return
        self.notice = done

    async def _refresh(self, actor: Actor) -> None:
        services = get_services()
        found = await services.people.keys.of(actor)
        if self.team and not self.heading:
            self.heading = (await services.teams.get(actor, self.team)).name
        self.rows = [_row(row) for row in found]


def _wish(form: dict[str, Any]) -> KeyWish:
    rate, days = str(form.get("per_minute", "")).strip(), str(form.get("days", ""))
    return KeyWish(
        str(form.get("key_name", ""))[:200],
        [scope for scope in KEY_SCOPES if form.get(scope)],
        int(rate) if rate.isascii() and rate.isdecimal() and len(rate) < 9 else 0 if rate else USUAL_PER_MINUTE,
        str(form.get("origins", ""))[:4_000].split(),
        int(days) if days in ("30", "90", "365") else None,
    )


def _row(row: PartnerKey) -> KeyRow:
    ends = row.expires_at[:10] if row.expires_at else t("account.never_ends")
    used = since(row.last_used_at) if row.last_used_at else t("account.never")
    what = t(
        "keys_of_team.what", prefix=row.prefix, scopes=", ".join(row.scopes), rate=row.per_minute, ends=ends, used=used
    )
    pages = t("keys_of_team.pages", origins=", ".join(row.origins)) if row.origins else ""
    return KeyRow(row.id, row.name, what, pages)
