"""The installation: its switches, parts, versions, jobs, and the settings in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import reflex as rx

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.accounts.installation.switches import Switch
from builder.base.errors import NotFound
from builder.components.admin import admin_shell, figures, labelled, outcome_of
from builder.composition.administration.administration import Administration
from builder.pages.admin.entering import AdminPage, done, shown
from builder.pages.admin.words import FigureRow, when
from builder.pages.asking import asks
from builder.texts import t

_JOBS: Final = 25


@dataclass
class JobRow:
    id: str
    kind: str
    what: str


class AdminSystemPage(AdminPage, rx.State):
    no_model_calls: bool = False
    maintenance: bool = False
    parts: list[FigureRow] = []
    versions: list[FigureRow] = []
    settings: list[FigureRow] = []
    jobs: list[JobRow] = []

    @rx.event
    @asks(Action.OVERSEE)
    async def load(self) -> None:
        self.notice = self.error = ""
        await shown(self, "system", self._read)

    @rx.event
    @asks(Action.OVERSEE)
    async def turn_calls(self, off: bool) -> None:
        await self._turn(Switch.NO_MODEL_CALLS, off, "", t("admin.calls_off") if off else t("admin.calls_on"))

    @rx.event
    @asks(Action.OVERSEE)
    async def begin_maintenance(self, form: dict[str, Any]) -> None:
        note = " ".join(str(form.get("note", "")).split())[:300]
        await self._turn(Switch.MAINTENANCE, True, note, t("admin.maintenance_on"))

    @rx.event
    @asks(Action.OVERSEE)
    async def end_maintenance(self) -> None:
        await self._turn(Switch.MAINTENANCE, False, "", t("admin.maintenance_off"))

    @rx.event
    @asks(Action.OVERSEE)
    async def retry(self, job: str) -> None:
        await self._job(job, "job.retry", lambda queue: queue.again(job), t("admin.job_again"))

    @rx.event
    @asks(Action.OVERSEE)
    async def cancel(self, job: str) -> None:
        await self._job(job, "job.cancel", lambda queue: queue.cancel(job), t("admin.job_cancelled"))

    async def _turn(self, switch: Switch, on: bool, note: str, said: str) -> None:
        async def do(administration: Administration, actor: Actor) -> None:
            await administration.switches.turn(switch, on=on, by=actor.id, note=note)
            await self._read(administration)

        await done(self, do, said)

    async def _job(self, job: str, action: str, work: Any, said: str) -> None:
        async def do(administration: Administration, actor: Actor) -> None:
            if not await work(administration.jobs):
                raise NotFound(t("admin.no_job"))
            await administration.note(actor.id, action, "job", job)
            await self._read(administration)

        await done(self, do, said)

    async def _read(self, administration: Administration) -> None:
        seen, switches = await administration.system.read(), await administration.switches.all()
        self.no_model_calls = switches[Switch.NO_MODEL_CALLS] is not None
        self.maintenance = switches[Switch.MAINTENANCE] is not None
        self.parts = [
            FigureRow(t(f"admin.part.{part.name}"), " · ".join(filter(None, (t(f"admin.is.{part.state}"), part.says))))
            for part in seen.parts
        ]
        self.versions = [FigureRow(name, version) for name, version in seen.versions.items()]
        self.settings = [FigureRow(one.name, one.value) for one in seen.settings if one.changed]
        dead = await administration.jobs.listed("dead", limit=_JOBS)
        self.jobs = [
            JobRow(row.id, row.kind, t("admin.job_what", error=row.error.partition("(")[0], made=when(row.created_at)))
            for row in dead
        ]


load_system = AdminSystemPage.load
# On a State class the fields are Vars, which their annotations do not show.
_DEAD: Any = AdminSystemPage.jobs
_SETTINGS: Any = AdminSystemPage.settings


def _job(row: Any) -> rx.Component:  # a Var with the attributes of JobRow
    page = AdminSystemPage
    return rx.el.li(
        rx.el.span(
            rx.el.span(row.kind, class_name="card-title"),
            rx.el.span(row.what, class_name="card-text"),
            class_name="row",
        ),
        rx.el.span(
            rx.el.button(t("admin.try_again"), on_click=page.retry(row.id), type="button", class_name="button"),
            rx.el.button(t("admin.give_up"), on_click=page.cancel(row.id), type="button", class_name="button"),
        ),
    )


def _switches() -> rx.Component:
    page = AdminSystemPage
    return rx.el.section(
        rx.el.h2(t("admin.switches")),
        rx.el.p(t("admin.calls_text"), class_name="card-text"),
        rx.cond(
            page.no_model_calls,
            rx.el.button(
                t("admin.turn_calls_on"), on_click=page.turn_calls(False), type="button", class_name="button primary"
            ),
            rx.el.button(t("admin.turn_calls_off"), on_click=page.turn_calls(True), type="button", class_name="button"),
        ),
        rx.cond(
            page.maintenance,
            rx.fragment(
                rx.el.p(t("admin.in_maintenance"), class_name="card-text"),
                rx.el.button(
                    t("admin.end_maintenance"),
                    on_click=page.end_maintenance,
                    type="button",
                    class_name="button primary",
                ),
            ),
            rx.el.details(
                rx.el.summary(t("admin.begin_maintenance"), class_name="danger-text"),
                rx.el.p(t("admin.maintenance_text"), class_name="card-text"),
                rx.el.form(
                    labelled(t("admin.maintenance_note"), "note", max_length=300, auto_complete="off"),
                    rx.el.button(t("admin.maintenance_now"), type="submit", class_name="button danger-text"),
                    on_submit=page.begin_maintenance,
                ),
            ),
        ),
        outcome_of(page.notice, page.error),
    )


@asks(Action.OVERSEE)
def system() -> rx.Component:
    page = AdminSystemPage
    return admin_shell(
        "/admin/system",
        page.refused,
        page.loaded,
        _switches(),
        rx.el.section(rx.el.h2(t("admin.parts")), figures(page.parts, wide=True)),
        rx.el.section(
            rx.el.h2(t("admin.dead_jobs")),
            rx.cond(
                _DEAD.length() > 0,
                rx.el.ul(rx.foreach(_DEAD, _job), class_name="rows"),
                rx.el.p(t("admin.no_dead_jobs"), class_name="empty"),
            ),
        ),
        rx.el.section(
            rx.el.h2(t("admin.settings")),
            rx.el.p(t("admin.settings_text"), class_name="card-text"),
            rx.cond(
                _SETTINGS.length() > 0,
                figures(_SETTINGS, wide=True),
                rx.el.p(t("admin.no_settings"), class_name="empty"),
            ),
        ),
        rx.el.section(rx.el.h2(t("admin.versions")), figures(page.versions)),
    )
