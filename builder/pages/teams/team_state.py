"""The State of the pages of teams: one's teams, one of them with its people, and an invitation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import reflex as rx

from builder.accounts.access import Action, MemberRole
from builder.accounts.actor import Actor
from builder.base.errors import NotFound, SaysoError
from builder.composition.services import Services, get_services
from builder.pages.asking import actor_of, asks
from builder.pages.teams.team_rows import InvitationRow, MemberRow, TeamRow, invitation_row, member_row, team_row
from builder.texts import t

_LEADERS = (MemberRole.OWNER, MemberRole.ADMIN)


class TeamsPage(rx.State):
    """`team` is the one that is shown, "" for none. `place` is the part of the page that `notice` or `error` belongs to."""

    loaded: bool = False
    off: bool = False
    teams: list[TeamRow] = []
    team: str = ""
    name: str = ""
    leads: bool = False
    owns: bool = False
    members: list[MemberRow] = []
    invitations: list[InvitationRow] = []
    link: str = ""
    place: str = ""
    notice: str = ""
    error: str = ""

    @rx.event
    @asks(Action.USE)
    async def load(self) -> None:
        self.place = self.notice = self.error = self.link = self.team = ""
        actor = await actor_of(self)
        if not get_services().settings.has_accounts:
            self.off, self.loaded = True, True
            return
        self.team = str(self.router.url.query_parameters.get("team", ""))[:64]
        await self._refresh(actor)

    @rx.event
    @asks(Action.USE)
    async def create(self, form: dict[str, Any]) -> Any:
        """Make a team and show it."""
        name = str(form.get("name", ""))
        made: list[str] = []

        async def make(services: Services, actor: Actor) -> None:
            made.append((await services.teams.create(actor, name)).id)

        await self._do("teams", make, "")
        return rx.redirect(f"/teams?team={made[0]}") if made else None

    @rx.event
    @asks(Action.USE)
    async def rename(self, form: dict[str, Any]) -> None:
        team, name = self.team, str(form.get("name", ""))
        await self._do("team", lambda services, actor: services.teams.rename(actor, team, name), t("teams.saved"))

    @rx.event
    @asks(Action.USE)
    async def invite(self, form: dict[str, Any]) -> None:
        """By address or username; with neither, make a link."""
        whom, role, team = str(form.get("whom", "")).strip()[:255], str(form.get("role", "")), self.team
        self.link = ""
        given = role if role in {*MemberRole} - {MemberRole.OWNER} else MemberRole.VIEWER
        mailed: list[bool] = []

        async def make(services: Services, actor: Actor) -> None:
            if whom:
                services.people.entering.limits.mail(actor.id, f"join:{whom.casefold()}")
            made = await services.teams.invite(actor, team, whom, MemberRole(given))
            self.link = "" if made.mailed else made.link
            mailed.append(made.mailed)

        if await self._do("invite", make, ""):
            text = "access.sent" if mailed[0] else "access.not_sent" if whom else "access.link_made"
            self.notice = t(text, whom=whom) if whom else t(text)

    @rx.event
    @asks(Action.USE)
    async def withdraw(self, invitation: str) -> None:
        team = self.team
        await self._do(
            "invite", lambda services, actor: services.teams.withdraw(actor, team, invitation), t("teams.withdrawn")
        )

    @rx.event
    @asks(Action.USE)
    async def set_role(self, account: str, role: str) -> None:
        """Give a member another role; `owner` hands the team on."""
        team = self.team
        if role in {*MemberRole}:
            await self._do(
                "members",
                lambda services, actor: services.memberships.change(actor.within(team), account, MemberRole(role)),
                t("teams.changed"),
            )

    @rx.event
    @asks(Action.USE)
    async def remove(self, account: str) -> Any:
        """Remove a member; whoever removes themselves leaves."""
        team, actor = self.team, await actor_of(self)
        done = await self._do(
            "members",
            lambda services, actor: services.memberships.remove(actor.within(team), account),
            t("teams.removed"),
        )
        return rx.redirect("/teams") if done and account == actor.id else None

    @rx.event
    @asks(Action.USE)
    async def delete(self) -> Any:
        team = self.team
        done = await self._do("end", lambda services, actor: services.teams.delete(actor, team), "")
        return rx.redirect("/teams") if done else None

    async def _do(self, place: str, change: Callable[[Services, Actor], Awaitable[object]], done: str) -> bool:
        """Whether it succeeded: `done` is shown; otherwise why not."""
        self.place, self.notice, self.error = place, "", ""
        actor = await actor_of(self)
        try:
            await change(get_services(), actor)
        except SaysoError as reason:
            self.error = reason.message
            return False
        self.notice = done
        await self._refresh(actor)
        return True

    async def _refresh(self, actor: Actor) -> None:
        services = get_services()
        found = [one for one in await services.teams.list(actor) if not one.personal]
        chosen = next((one for one in found if one.id == self.team), None)
        self.teams = [team_row(one, self.team) for one in found]
        self.team, self.name = (chosen.id, chosen.name) if chosen else ("", "")
        self.members, self.invitations = [], []
        if chosen:
            self.leads, self.owns = chosen.role in _LEADERS, chosen.role is MemberRole.OWNER
            people = await services.memberships.list(actor.within(chosen.id))
            self.members = [member_row(one, actor.id, chosen.role) for one in people]
            if self.leads:
                self.invitations = [invitation_row(one) for one in await services.teams.invited(actor, chosen.id)]
        self.loaded = True


class JoinPage(rx.State):
    """What an invitation offers. `over`: why it cannot be accepted."""

    loaded: bool = False
    heading: str = ""
    text: str = ""
    over: str = ""
    error: str = ""
    declined: bool = False

    @rx.event
    @asks(Action.USE)
    async def load(self) -> None:
        self.heading = self.text = self.over = self.error = ""
        self.declined = False
        actor = await actor_of(self)
        services = get_services()
        try:
            if not services.settings.has_accounts:
                raise NotFound(t("people.off"))
            offer = await services.offer(actor, self._secret())
        except SaysoError as reason:
            self.over = reason.message
        else:
            role = t(f"access.role.{offer.row.role}")
            self.heading = t("join.heading", name=offer.place.name)
            place = "join.team" if offer.place.team else "join.project"
            self.text = t(place, by=offer.by or "Sayso", name=offer.place.name, role=role)
        self.loaded = True

    @rx.event
    @asks(Action.USE)
    async def accept(self) -> Any:
        """Join, and go there."""
        self.error = ""
        try:
            row = await get_services().invitations.accept(await actor_of(self), self._secret())
        except SaysoError as reason:
            self.error = reason.message
            return None
        return rx.redirect(f"/p/{row.project}" if row.project else f"/teams?team={row.team}")

    @rx.event
    @asks(Action.USE)
    async def decline(self) -> None:
        self.error = ""
        try:
            await get_services().invitations.decline(await actor_of(self), self._secret())
        except SaysoError as reason:
            self.error = reason.message
        else:
            self.declined = True

    def _secret(self) -> str:
        return self.router.url.path.rstrip("/").rpartition("/")[2][:200]
