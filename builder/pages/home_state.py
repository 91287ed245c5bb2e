"""The State of the home page: the projects of the workspace that is shown, and what is done with one of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

import reflex as rx

from builder.accounts.access import ROLES, Action
from builder.accounts.actor import Actor
from builder.base.errors import SaysoError
from builder.composition.services import get_services
from builder.composition.starters import create_from_starter, missing_starters
from builder.pages.asking import actor_of, asks
from builder.projects.shapes import thumbnail_address
from builder.projects.starters import list_starters
from builder.projects.store import ChangeOfProject
from builder.projects.tables import Project
from builder.texts import t
from builder.texts.times import ago

MOVE_DIALOG: Final = "move-project"
# Projects shown before the others are folded away: three rows.
_FIRST = 9
_MOST_FOLDED = 50


@dataclass
class ProjectCard:
    """The fields of a project that the home page shows."""

    id: str
    title: str
    when: str
    letter: str
    hue: int
    picture: str
    tags: list[str]


@dataclass
class TeamChoice:
    """A team, or the person's own place (""), in the switcher. `takes`: they may put a project there."""

    id: str
    name: str
    takes: bool = True


def _card(project: Project, now: datetime) -> ProjectCard:
    then = datetime.fromisoformat(project.deleted_at or project.updated_at)
    title = project.title
    letter, hue = title[:1].upper() or "·", sum(map(ord, title)) * 37 % 360
    return ProjectCard(
        project.id, title, ago(then, now), letter, hue, thumbnail_address(project) or "", [*project.tags]
    )


class Home(rx.State):
    """The projects of the actor's workspace, and the last of them that was put away and can be had back."""

    projects: list[ProjectCard] = []
    loaded: bool = False
    all_shown: bool = False
    # All tags of these projects, and the one that is chosen, "" for none; the project whose tags are being changed.
    tags: list[str] = []
    tag: str = ""
    tagging: str = ""
    more: str = ""
    # The newest that were archived, or deleted and can be brought back, and how many there are.
    archived: list[ProjectCard] = []
    archived_count: str = ""
    gone: list[ProjectCard] = []
    gone_count: str = ""
    notice: str = ""
    error: str = ""
    deleted_id: str = ""
    archived_id: str = ""
    renaming: str = ""
    # The project that the dialog is about to move, and where it can go.
    moving: str = ""
    moving_title: str = ""
    places: list[TeamChoice] = []
    # Why a starter cannot run here at the moment, by its name.
    unavailable: dict[str, str] = {}
    no_servers: str = ""
    # Whether people have accounts of their own here.
    has_accounts: bool = False
    # The person's teams, and the one whose projects are shown, "" for their own place.
    teams: list[TeamChoice] = []
    team: str = ""

    async def _actor(self) -> Actor:
        """Whoever sent the event, at work in the team that is shown."""
        actor = await actor_of(self)
        return actor.within(self.team) if self.team else actor

    async def _look_at_teams(self) -> None:
        services, actor = get_services(), await actor_of(self)
        self.has_accounts = services.settings.has_accounts
        if not self.has_accounts:
            return
        found = await services.teams.list(actor)
        self.teams = [
            TeamChoice(
                "" if one.personal else one.id,
                t("home.own") if one.personal else one.name,
                Action.EDIT in ROLES[one.role],
            )
            for one in found
        ]
        asked = str(self.router.url.query_parameters.get("team", ""))
        self.team = next((one.id for one in self.teams if one.id == asked), "")

    async def _refresh(self, actor: Actor) -> None:
        now = datetime.now(UTC)
        found = await get_services().store.list(actor)
        known = {tag.casefold(): tag for one in found for tag in one.tags}
        self.tags = [known[name] for name in sorted(known)]
        self.tag = known.get(self.tag.casefold(), "")
        if self.tag:
            found = [one for one in found if self.tag.casefold() in map(str.casefold, one.tags)]
        hidden = 0 if self.all_shown else max(0, len(found) - _FIRST)
        self.projects = [_card(project, now) for project in found[: len(found) - hidden]]
        self.more = t("home.more_projects", count=hidden) if hidden else ""
        archived = await get_services().store.list(actor, status="archived")
        self.archived = [_card(project, now) for project in archived[:_MOST_FOLDED]]
        self.archived_count = t("home.archived", count=len(archived)) if archived else ""
        gone = await get_services().store.list(actor, status="deleted")
        self.gone = [_card(project, now) for project in gone[:_MOST_FOLDED]]
        self.gone_count = t("home.gone", count=len(gone)) if gone else ""
        self.loaded = True

    @rx.event
    @asks(Action.READ)
    async def load(self) -> None:
        await self._look_at_teams()
        await self._refresh(await self._actor())
        services = get_services()
        found = await asyncio.to_thread(list_starters)
        python = services.browser_python.there
        missing = await asyncio.to_thread(missing_starters, services.engines, found, python=python)
        self.unavailable = {name: t("home.starter_off", why=why) for name, why in missing.items()}
        why_not = services.servers.why_not
        off = "home.server_starters_python" if python else "home.server_starters_off"
        self.no_servers = t(off, why=why_not) if why_not else ""

    @rx.event
    @asks(Action.USE)
    async def switch(self, team: str) -> Any:
        """Show the projects of another team, at its own address."""
        address = f"/?{urlencode({'team': team})}" if team else "/"
        return rx.call_script(f"location.assign({json.dumps(address)})")  # the whole page is the team's then

    @rx.event
    @asks(Action.READ)
    async def show_all(self) -> None:
        self.all_shown = True
        await self._refresh(await self._actor())

    @rx.event
    @asks(Action.EDIT)
    async def use_starter(self, name: str) -> Any:
        """Make a project of a starter and open it."""
        self.error = ""
        try:
            project = await create_from_starter(get_services().store, await self._actor(), name)
        except SaysoError as reason:
            self.error = reason.message
            return None
        return rx.redirect(f"/p/{project.id}")

    @rx.event
    @asks(Action.USE)
    async def ask_name(self, project_id: str) -> None:
        self.renaming = project_id

    @rx.event
    @asks(Action.CONFIGURE)
    async def rename(self, form: dict[str, Any]) -> None:
        """Give the project chosen by `ask_name` the title in the form."""
        project_id, self.renaming = self.renaming, ""
        title = str(form.get("title", ""))
        await self._do(lambda actor: get_services().store.rename(actor, project_id, title))

    @rx.event
    @asks(Action.USE)
    async def ask_tags(self, project_id: str) -> None:
        self.tagging = project_id

    @rx.event
    @asks(Action.CONFIGURE)
    async def set_tags(self, form: dict[str, Any]) -> None:
        """Give the project chosen by `ask_tags` the tags in the form."""
        project_id, self.tagging = self.tagging, ""
        change = ChangeOfProject(tags=str(form.get("tags", "")).split(","))
        await self._do(lambda actor: get_services().change_project(actor, project_id, change))

    @rx.event
    @asks(Action.READ)
    async def choose_tag(self, tag: str) -> None:
        """Show the projects with this tag, all where it is chosen already."""
        self.tag = "" if tag == self.tag else tag
        await self._refresh(await self._actor())

    @rx.event
    @asks(Action.READ)
    async def duplicate(self, project_id: str) -> None:
        await self._do(lambda actor: get_services().duplicate_project(actor, project_id))

    @rx.event
    @asks(Action.CONFIGURE)
    async def archive(self, project_id: str, title: str) -> None:
        """Have it be read only, and end its server."""
        away = ChangeOfProject(archived=True)
        if await self._do(lambda actor: get_services().change_project(actor, project_id, away)):
            self.archived_id = project_id
            self.notice = t("home.archived_one", title=title)

    @rx.event
    @asks(Action.CONFIGURE)
    async def unarchive(self, project_id: str) -> None:
        back = ChangeOfProject(archived=False)
        await self._do(lambda actor: get_services().change_project(actor, project_id, back))

    @rx.event
    @asks(Action.USE)
    async def ask_place(self, project_id: str, title: str) -> Any:
        """Ask for the team to move the project to."""
        self.moving, self.moving_title = project_id, title
        self.places = [one for one in self.teams if one.takes and one.id != self.team]
        return rx.call_script(f"document.getElementById('{MOVE_DIALOG}').showModal()")

    @rx.event
    @asks(Action.INVITE)
    async def move(self, form: dict[str, Any]) -> Any:
        """Give the project chosen by `ask_place` to the team in the form."""
        project_id, title, self.moving = self.moving, self.moving_title, ""
        chosen = str(form.get("place", ""))
        own = (await actor_of(self)).workspace
        if await self._do(lambda actor: get_services().move_project(actor, project_id, chosen or own)):
            name = next((one.name for one in self.teams if one.id == chosen), "")
            self.notice = t("home.moved", title=title, team=name)
        return rx.call_script(f"document.getElementById('{MOVE_DIALOG}').close()")

    @rx.event
    @asks(Action.DELETE)
    async def delete(self, project_id: str, title: str) -> None:
        if await self._do(lambda actor: get_services().delete_project(actor, project_id)):
            self.deleted_id = project_id
            self.notice = t("home.deleted", title=title)

    @rx.event
    @asks(Action.DELETE)
    async def undelete(self) -> None:
        project_id, self.deleted_id, self.notice = self.deleted_id, "", ""
        await self._do(lambda actor: get_services().store.undelete(actor, project_id))

    @rx.event
    @asks(Action.DELETE)
    async def restore(self, project_id: str) -> None:
        """Bring back a project of the list of deleted ones."""
        await self._do(lambda actor: get_services().store.undelete(actor, project_id))

    async def _do(self, change: Callable[[Actor], Awaitable[object]]) -> bool:
        """Whether it succeeded; otherwise `error` says why not."""
        self.error = self.notice = self.deleted_id = self.archived_id = ""
        actor = await self._actor()
        try:
            await change(actor)
        except SaysoError as reason:
            self.error = reason.message
        await self._refresh(actor)
        return not self.error
