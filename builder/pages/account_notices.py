"""Which notifications a person wants, and where: a part of the account page with a State of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, get_args

import reflex as rx

from builder.accounts.access import Action
from builder.accounts.notices.notices import NoticeKind, Way
from builder.components.account import status
from builder.composition.services import get_services
from builder.pages.account_state import AccountPage
from builder.pages.asking import actor_of, asks
from builder.texts import t

_WAYS: Final = get_args(Way)


@dataclass
class NoticeRow:
    """A kind, and where it is told."""

    kind: str
    what: str
    way: str


class NoticesOfMine(AccountPage):
    """How each kind reaches a person. `mails`: letters can be sent to them."""

    notices: list[NoticeRow] = []
    mails: bool = False

    @rx.event
    @asks(Action.USE)
    async def load_notices(self) -> None:
        await self._look()

    @rx.event
    @asks(Action.USE)
    async def choose_way(self, kind: str, way: str) -> None:
        if kind in {*NoticeKind} and way in _WAYS:
            await get_services().notices.choose(await actor_of(self), {NoticeKind(kind): way})  # type: ignore[dict-item]
            self.place, self.notice, self.error = "notices", t("account.saved"), ""
        await self._look()

    async def _look(self) -> None:
        services, actor = get_services(), await actor_of(self)
        chosen = await services.notices.choices(actor)
        self.notices = [NoticeRow(kind, t(f"notice.kind.{kind}"), way) for kind, way in chosen.items()]
        self.mails = services.settings.sends_mail and actor.verified


load_notices = NoticesOfMine.load_notices

# On a State class the fields are Vars, which their annotations do not show.
_NOTICES: Any = NoticesOfMine.notices


def _row(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(row.what, class_name="row"),
        rx.el.select(
            *[rx.el.option(t(f"notice.way.{way}"), value=way) for way in _WAYS],
            value=row.way,
            on_change=lambda way: NoticesOfMine.choose_way(row.kind, way),
            aria_label=row.what,
        ),
    )


def notices_of_mine() -> rx.Component:
    """A row for each kind; a choice is kept at once."""
    return rx.el.section(
        rx.el.h2(t("notice.title")),
        rx.el.p(
            rx.cond(NoticesOfMine.mails, t("notice.choose"), t("notice.choose_no_mail")),
            class_name="card-text",
        ),
        rx.el.ul(rx.foreach(_NOTICES, _row), class_name="rows"),
        status(NoticesOfMine.place == "notices", NoticesOfMine.notice, NoticesOfMine.error),
        rx.el.p(rx.el.a(t("webhooks.mine"), href="/teams/webhooks", class_name="link")),
    )
