"""Projects: by size, age and activity; opened for a reason that is told, stopped, taken down, blocked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, cast, get_args

import reflex as rx

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.components.admin import admin_shell, choice, labelled, outcome_of, pager
from builder.composition.administration.administration import Administration
from builder.composition.administration.projects import ProjectOrder, ProjectSeen
from builder.pages.admin.entering import AdminPage, done, shown
from builder.pages.admin.words import number, size, when
from builder.pages.asking import asks
from builder.texts import t

_PAGE: Final = 25


@dataclass
class SeenProjectRow:
    id: str
    what: str
    blocked: bool


@dataclass
class SeenFileRow:
    path: str
    text: str


class AdminProjectsPage(AdminPage, rx.State):
    """A page of projects, the one that is chosen, and what was seen of it. `behind`: as on the page of people."""

    projects: list[SeenProjectRow] = []
    order: str = "updated"
    owner: str = ""
    behind: list[list[str]] = []
    next: list[str] = []
    chosen: str = ""
    title: str = ""
    prompt: str = ""
    files: list[SeenFileRow] = []

    @rx.event
    @asks(Action.OVERSEE)
    async def load(self) -> None:
        self.behind, self.chosen, self.notice, self.error = [], "", "", ""
        self._forget()
        await shown(self, "projects", self._read)

    @rx.event
    @asks(Action.OVERSEE)
    async def search(self, form: dict[str, Any]) -> None:
        order = str(form.get("order", ""))
        self.order = order if order in get_args(ProjectOrder) else "updated"
        self.owner, self.behind, self.chosen = str(form.get("owner", "")).strip()[:64], [], ""
        self._forget()
        await shown(self, "projects", self._read)

    @rx.event
    @asks(Action.OVERSEE)
    async def forth(self) -> None:
        if self.next:
            self.behind = [*self.behind, self.next]
        await shown(self, "projects", self._read)

    @rx.event
    @asks(Action.OVERSEE)
    async def back(self) -> None:
        self.behind = self.behind[:-1]
        await shown(self, "projects", self._read)

    @rx.event
    @asks(Action.OVERSEE)
    async def choose(self, project: str) -> None:
        async def nothing(_: Administration, __: Actor) -> None:
            self.chosen = project

        self._forget()
        await done(self, nothing, "")

    @rx.event
    @asks(Action.OVERSEE)
    async def act(self, form: dict[str, Any]) -> None:
        """Do with the chosen project what the form says, for the reason that it says."""
        what, reason = str(form.get("what", "")), str(form.get("reason", ""))
        said = t(f"admin.did.{what}") if what in ("look", "stop", "links", "block", "unblock") else ""
        self._forget()

        async def do(administration: Administration, actor: Actor) -> None:
            projects = administration.projects
            if what == "look":
                project, files = await projects.look(self.chosen, actor.id, reason)
                self.title, self.prompt = project.title, project.prompt
                self.files = [
                    SeenFileRow(one.path, t("admin.not_text") if one.text is None else one.text) for one in files
                ]
            elif what == "stop":
                await projects.stop(self.chosen, actor.id, reason)
            elif what == "links":
                await projects.take_down(self.chosen, actor.id, reason)
            elif what in ("block", "unblock"):
                await projects.block(self.chosen, actor.id, reason, blocked=what == "block")
            await self._read(administration)

        await done(self, do, said)

    def _forget(self) -> None:
        self.title, self.prompt, self.files = "", "", []

    async def _read(self, administration: Administration) -> None:
        order = cast(ProjectOrder, self.order)
        place = (self.behind[-1][0], self.behind[-1][1]) if self.behind else None
        found = await administration.projects.page(order, owner=self.owner, behind=place, limit=_PAGE + 1)
        self.projects = [_row(seen) for seen in found[:_PAGE]]
        last = found[_PAGE - 1].project if len(found) > _PAGE else None
        values = {"updated": "updated_at", "created": "created_at", "size": "size"}
        self.next = [str(getattr(last, values[order])), last.id] if last else []


def _row(seen: ProjectSeen) -> SeenProjectRow:
    project = seen.project
    what = t(
        "admin.project_what",
        owner=seen.username or project.owner,
        size=size(project.size),
        versions=number(project.version_count),
        links=number(seen.links),
        changed=when(project.updated_at),
    )
    marks = [t("admin.blocked")] if project.blocked_at else []
    marks += [t("admin.server_is", stage=seen.server)] if seen.server not in (None, "stopped") else []
    return SeenProjectRow(project.id, " · ".join([*marks, what]), project.blocked_at is not None)


load_projects = AdminProjectsPage.load
# On a State class the fields are Vars, which their annotations do not show.
_PROJECTS: Any = AdminProjectsPage.projects
_FILES: Any = AdminProjectsPage.files
_NEXT: Any = AdminProjectsPage.next
_BEHIND: Any = AdminProjectsPage.behind


def _project(row: Any) -> rx.Component:  # a Var with the attributes of SeenProjectRow
    return rx.el.li(
        rx.el.span(
            rx.el.span(row.id, class_name="card-title"),
            rx.el.span(row.what, class_name="card-text"),
            class_name="row",
        ),
        rx.el.button(
            t("admin.open"),
            on_click=AdminProjectsPage.choose(row.id),
            type="button",
            class_name="button",
            aria_label=t("admin.open_of", name="") + row.id,
        ),
    )


def _file(row: Any) -> rx.Component:  # a Var with the attributes of SeenFileRow
    return rx.el.details(rx.el.summary(row.path), rx.el.pre(row.text, tab_index=0))


def _chosen() -> rx.Component:
    page = AdminProjectsPage
    acts = tuple((name, t(f"admin.do.{name}")) for name in ("look", "stop", "links", "block", "unblock"))
    return rx.el.section(
        rx.el.h2(page.chosen),
        rx.el.p(t("admin.project_text"), class_name="card-text"),
        rx.el.form(
            choice(t("admin.what"), "what", acts),
            labelled(t("admin.reason"), "reason", required=True, min_length=5, max_length=300, auto_complete="off"),
            rx.el.button(t("admin.do_it"), type="submit", class_name="button"),
            on_submit=page.act,
        ),
        outcome_of(page.notice, page.error),
        rx.cond(
            _FILES.length() > 0,
            rx.fragment(rx.el.h3(page.title), rx.el.p(page.prompt, class_name="card-text"), rx.foreach(_FILES, _file)),
            rx.fragment(),
        ),
        class_name="chosen",
        aria_label=t("admin.chosen_project"),
    )


@asks(Action.OVERSEE)
def projects() -> rx.Component:
    page = AdminProjectsPage
    orders = (
        ("updated", t("admin.by_updated")), ("created", t("admin.by_created")), ("size", t("admin.by_size")),
    )  # fmt: skip
    return admin_shell(
        "/admin/projects",
        page.refused,
        page.loaded,
        rx.el.section(
            rx.el.form(
                choice(t("admin.order"), "order", orders),
                labelled(t("admin.owner_id"), "owner", max_length=64, auto_complete="off"),
                rx.el.button(t("admin.find"), type="submit", class_name="button primary"),
                on_submit=page.search,
                class_name="asked",
                role="search",
            ),
            rx.cond(
                _PROJECTS.length() > 0,
                rx.el.ul(rx.foreach(_PROJECTS, _project), class_name="rows"),
                rx.el.p(rx.cond(page.loaded, t("admin.no_projects"), " "), class_name="empty"),
            ),
            pager(_BEHIND.length() > 0, _NEXT.length() > 0, page.back, page.forth),
        ),
        rx.cond(page.chosen != "", _chosen(), rx.fragment()),
    )
