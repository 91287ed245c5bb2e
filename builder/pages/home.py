"""The home page: the prompt box, the starters' gallery and the projects. The page and its State."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import reflex as rx

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.errors import SaysoError
from builder.components.bell import NoticeBell
from builder.components.home import ImportButton, PromptBox
from builder.components.language import language_choice
from builder.composition.services import get_services
from builder.composition.starters import create_from_starter, why_no_starter
from builder.pages.asking import actor_of, asks
from builder.projects.shapes import thumbnail_address
from builder.projects.starters import Starter, list_starters
from builder.projects.tables import Project
from builder.texts import catalogue, spoken, t
from builder.texts.times import ago

_EXAMPLES = tuple(t(f"home.example_{number}") for number in range(1, 6))
_TEXTS = {key: text for key, text in catalogue(spoken()).texts.items() if key.startswith("home.")}
_GALLERY = ("kanban", "shop", "dashboard", "recipes", "landing", "todo", "shared-list", "stock-api", "whiteboard")
# Projects shown before the others are folded away: three rows.
_FIRST = 9
_MOST_GONE = 50


@dataclass
class ProjectCard:
    """The fields of a project that the home page shows."""

    id: str
    title: str
    when: str
    letter: str
    hue: int
    picture: str


@dataclass
class TeamChoice:
    """A team, or the person's own place (""), in the switcher."""

    id: str
    name: str


def _card(project: Project, now: datetime) -> ProjectCard:
    then = datetime.fromisoformat(project.deleted_at or project.updated_at)
    title = project.title
    letter, hue = title[:1].upper() or "·", sum(map(ord, title)) * 37 % 360
    return ProjectCard(project.id, title, ago(then, now), letter, hue, thumbnail_address(project) or "")


class Home(rx.State):
    """The projects of the actor's workspace, and the deletion that can be undone."""

    projects: list[ProjectCard] = []
    loaded: bool = False
    all_shown: bool = False
    more: str = ""
    # The newest that were deleted and can be brought back, and how many there are.
    gone: list[ProjectCard] = []
    gone_count: str = ""
    notice: str = ""
    error: str = ""
    deleted_id: str = ""
    renaming: str = ""
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
            TeamChoice("" if one.personal else one.id, t("home.own") if one.personal else one.name) for one in found
        ]
        asked = str(self.router.url.query_parameters.get("team", ""))
        self.team = next((one.id for one in self.teams if one.id == asked), "")

    async def _refresh(self, actor: Actor) -> None:
        now = datetime.now(UTC)
        found = await get_services().store.list(actor)
        hidden = 0 if self.all_shown else max(0, len(found) - _FIRST)
        self.projects = [_card(project, now) for project in found[: len(found) - hidden]]
        self.more = t("home.more_projects", count=hidden) if hidden else ""
        gone = await get_services().store.list(actor, status="deleted")
        self.gone = [_card(project, now) for project in gone[:_MOST_GONE]]
        self.gone_count = t("home.gone", count=len(gone)) if gone else ""
        self.loaded = True

    @rx.event
    @asks(Action.READ)
    async def load(self) -> None:
        await self._look_at_teams()
        await self._refresh(await self._actor())
        services = get_services()
        found = await asyncio.to_thread(list_starters)
        missing = {one.name: why for one in found if (why := why_no_starter(services.engines, one))}
        self.unavailable = {name: t("home.starter_off", why=why) for name, why in missing.items()}
        why_not = services.servers.why_not
        self.no_servers = t("home.server_starters_off", why=why_not) if why_not else ""

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
    @asks(Action.READ)
    async def duplicate(self, project_id: str) -> None:
        await self._do(lambda actor: get_services().duplicate_project(actor, project_id))

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
        self.error, self.notice, self.deleted_id = "", "", ""
        actor = await self._actor()
        try:
            await change(actor)
        except SaysoError as reason:
            self.error = reason.message
        await self._refresh(actor)
        return not self.error


load_home = Home.load

# On a State class the fields are Vars, which their annotations do not show.
_LISTED: Any = Home.projects
_LOADED: Any = Home.loaded
_TEAMS: Any = Home.teams
_GONE: Any = Home.gone
_UNAVAILABLE: Any = Home.unavailable


def _starters(*, server: bool) -> list[Starter]:
    """The starters with or without a server of their own, the selected ones first. Read when the page is built."""
    found = {one.name: one for one in list_starters() if bool(one.server) is server}
    return [found[name] for name in (*_GALLERY, *(n for n in found if n not in _GALLERY)) if name in found]


def _starter(starter: Starter) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.img(
                src=f"/api/v1/starters/{starter.name}/screenshot.webp",
                alt="",
                loading="lazy",
                width="560",
                height="373",
                decoding="async",
            ),
            rx.el.span(starter.title, class_name="card-title"),
            rx.el.span(starter.description, class_name="card-text"),
            rx.cond(
                _UNAVAILABLE.contains(starter.name),
                rx.el.span(_UNAVAILABLE[starter.name], class_name="card-why"),
                rx.fragment(),
            ),
            on_click=Home.use_starter(starter.name),
            type="button",
            disabled=_UNAVAILABLE.contains(starter.name),
            class_name="starter",
        )
    )


def _menu_item(label: str, handler: Any, danger: bool = False) -> rx.Component:
    # A <details> menu closes only when something closes it.
    close = rx.call_script("document.querySelectorAll('details.more[open]').forEach((d) => d.removeAttribute('open'))")
    return rx.el.button(label, on_click=[close, handler], type="button", class_name="danger" if danger else "")


def _project(card: Any) -> rx.Component:  # a Var with the attributes of ProjectCard
    name = rx.cond(
        Home.renaming == card.id,
        rx.el.form(
            rx.el.input(
                name="title",
                default_value=card.title,
                aria_label=t("home.rename_label"),
                auto_focus=True,
                max_length=120,
            ),
            rx.el.button(t("home.save"), type="submit", class_name="button"),
            rx.el.button(t("home.cancel"), type="button", on_click=Home.ask_name(""), class_name="button"),
            on_submit=Home.rename,
            class_name="rename",
        ),
        rx.el.a(
            rx.el.span(
                # The picture covers the letter: when it cannot be loaded, the letter stays visible.
                card.letter,
                rx.cond(
                    card.picture != "",
                    rx.el.img(src=card.picture, alt="", loading="lazy", decoding="async", width="72", height="48"),
                    rx.fragment(),
                ),
                class_name="thumb",
                aria_hidden="true",
                style={"--hue": card.hue.to_string()},
            ),
            rx.el.span(rx.el.span(card.title, class_name="card-title"), rx.el.span(card.when, class_name="card-text")),
            href="/p/" + card.id,
            class_name="project",
        ),
    )
    return rx.el.li(
        name,
        rx.el.details(
            rx.el.summary("⋯", aria_label=t("home.project_menu", title=card.title)),
            rx.el.div(
                _menu_item(t("home.rename"), Home.ask_name(card.id)),
                _menu_item(t("home.duplicate"), Home.duplicate(card.id)),
                _menu_item(t("home.delete"), Home.delete(card.id, card.title), danger=True),
                class_name="menu",
            ),
            class_name="more",
            custom_attrs={"name": "project-menu"},
        ),
    )


def _switcher() -> rx.Component:
    """Whose projects are shown, and where what is made next belongs."""
    return rx.el.select(
        rx.foreach(_TEAMS, lambda one: rx.el.option(one.name, value=one.id)),
        value=Home.team,
        on_change=Home.switch,
        aria_label=t("home.team"),
        class_name="button",
        id="team",
    )


def _gone(card: Any) -> rx.Component:  # a Var with the attributes of ProjectCard
    return rx.el.li(
        rx.el.span(card.title),
        rx.el.small(card.when),
        rx.el.button(
            t("home.restore"),
            on_click=Home.restore(card.id),
            type="button",
            aria_label=t("home.restore_one", title=card.title),
            class_name="button",
        ),
    )


def _header() -> rx.Component:
    open_key = rx.call_script("window.dispatchEvent(new Event('sayso:key'))")
    open_servers = rx.call_script("window.dispatchEvent(new Event('sayso:servers'))")
    return rx.el.header(
        rx.el.a(t("app.skip"), href="#content", class_name="skip"),
        rx.el.a("Sayso", href="/", class_name="wordmark"),
        rx.el.nav(
            rx.el.a(t("home.projects"), href="#projects", class_name="nav"),
            rx.el.button(t("home.servers"), on_click=open_servers, type="button", class_name="nav"),
            rx.el.button(t("home.key"), on_click=open_key, type="button", class_name="nav"),
            NoticeBell.create(),
            rx.cond(
                Home.has_accounts,
                rx.fragment(
                    rx.el.a(t("home.teams"), href="/teams", class_name="nav"),
                    rx.el.a(t("account.nav"), href="/account", class_name="nav"),
                ),
                rx.fragment(),
            ),
            rx.el.button(
                rx.el.span(t("home.theme_dark"), class_name="to-dark"),
                rx.el.span(t("home.theme_light"), class_name="to-light"),
                on_click=rx.toggle_color_mode,
                type="button",
                class_name="nav",
            ),
        ),
        class_name="top",
    )


@asks(Action.USE)
def home() -> rx.Component:
    """The prompt first; everything else below it."""
    return rx.el.div(
        _header(),
        rx.el.main(
            rx.el.h1(t("home.heading")),
            PromptBox.create(texts=_TEXTS, examples=list(_EXAMPLES)),
            rx.el.div(
                rx.cond(Home.error != "", rx.el.p(Home.error, class_name="error"), rx.fragment()),
                rx.cond(
                    Home.notice != "",
                    rx.el.p(
                        Home.notice,
                        " ",
                        rx.el.button(t("home.undo"), on_click=Home.undelete, type="button", class_name="link"),
                        class_name="notice",
                    ),
                    rx.fragment(),
                ),
                role="status",
            ),
            rx.el.section(
                rx.el.div(
                    rx.el.h2(t("home.recent"), id="projects"),
                    rx.el.div(
                        rx.cond(_TEAMS.length() > 1, _switcher(), rx.fragment()),
                        rx.cond(
                            _LISTED.length() > 0,
                            rx.el.button(
                                t("home.search"),
                                on_click=rx.call_script("window.dispatchEvent(new Event('sayso:search'))"),
                                type="button",
                                title=t("home.search_keys"),
                                class_name="button",
                            ),
                            rx.fragment(),
                        ),
                        ImportButton.create(texts=_TEXTS),
                        class_name="section-acts",
                    ),
                    class_name="section-head",
                ),
                rx.cond(
                    _LISTED.length() > 0,
                    rx.el.ul(rx.foreach(_LISTED, _project), class_name="projects"),
                    rx.el.p(rx.cond(Home.loaded, t("home.recent_empty"), " "), class_name="empty"),
                ),
                rx.cond(
                    Home.more != "",
                    rx.el.button(Home.more, on_click=Home.show_all, type="button", class_name="button more-projects"),
                    rx.fragment(),
                ),
                rx.cond(
                    Home.gone_count != "",
                    rx.el.details(
                        rx.el.summary(Home.gone_count),
                        rx.el.p(t("home.gone.text")),
                        rx.el.ul(rx.foreach(_GONE, _gone)),
                        class_name="gone",
                    ),
                    rx.fragment(),
                ),
                class_name="recent",
                custom_attrs={"data-loaded": _LOADED.to_string()},
            ),
            rx.el.section(
                rx.el.div(rx.el.h2(t("home.starters")), rx.el.p(t("home.starters_text")), class_name="section-head"),
                rx.el.ul(*[_starter(starter) for starter in _starters(server=False)], class_name="starters"),
            ),
            rx.el.section(
                rx.el.div(
                    rx.el.h2(t("home.server_starters")),
                    rx.el.p(rx.cond(Home.no_servers != "", Home.no_servers, t("home.server_starters_text"))),
                    class_name="section-head",
                ),
                rx.el.ul(*[_starter(starter) for starter in _starters(server=True)], class_name="starters"),
            ),
            id="content",
        ),
        rx.el.footer(language_choice(), class_name="foot"),
        class_name="home",
    )
