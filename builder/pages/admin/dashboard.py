"""The figures of the installation."""

from __future__ import annotations

from typing import Any

import reflex as rx

from builder.accounts.access import Action
from builder.components.admin import admin_shell, figures
from builder.composition.administration.administration import Administration
from builder.composition.administration.figures import InstallationFigures
from builder.pages.admin.entering import AdminPage, shown
from builder.pages.admin.words import FigureRow, number, size
from builder.pages.asking import asks
from builder.texts import t


class AdminDashboard(AdminPage, rx.State):
    """The figures, as pairs of a name and a value."""

    people: list[FigureRow] = []
    running: list[FigureRow] = []
    days: list[FigureRow] = []
    models: list[FigureRow] = []

    @rx.event
    @asks(Action.OVERSEE)
    async def load(self) -> None:
        async def read(administration: Administration) -> None:
            seen = await administration.figures.read()
            self.people, self.running = _people(seen), _running(seen)
            self.days = [
                FigureRow(
                    day.day, t("admin.day", begun=number(day.begun), done=number(day.done), failed=number(day.failed))
                )
                for day in seen.days
            ]
            self.models = [
                FigureRow(one.model, t("admin.model", calls=number(one.calls), usd=f"{one.usd:.2f}"))
                for one in seen.models
            ]

        await shown(self, "dashboard", read)


def _people(seen: InstallationFigures) -> list[FigureRow]:
    return [
        FigureRow(t("admin.people_all"), number(sum(seen.people.values()))),
        *(FigureRow(t("admin.people_active", count=days), number(count)) for days, count in seen.active.items()),
        FigureRow(t("admin.people_suspended"), number(seen.people.get("suspended", 0))),
    ]


def _running(seen: InstallationFigures) -> list[FigureRow]:
    return [
        FigureRow(t("admin.projects_all"), number(seen.projects)),
        FigureRow(t("admin.projects_today"), number(seen.projects_today)),
        FigureRow(t("admin.links_live"), number(seen.links)),
        FigureRow(t("admin.servers_awake"), number(seen.servers_awake)),
        FigureRow(t("admin.jobs_waiting"), number(seen.jobs.get("queued", 0) + seen.jobs.get("running", 0))),
        FigureRow(t("admin.jobs_dead"), number(seen.jobs.get("dead", 0))),
        FigureRow(t("admin.disk_free"), size(seen.disk_free)),
    ]


load_dashboard = AdminDashboard.load
# On a State class the fields are Vars, which their annotations do not show.
_DAYS: Any = AdminDashboard.days
_MODELS: Any = AdminDashboard.models


@asks(Action.OVERSEE)
def dashboard() -> rx.Component:
    return admin_shell(
        "/admin",
        AdminDashboard.refused,
        AdminDashboard.loaded,
        rx.el.section(rx.el.h2(t("admin.people")), figures(AdminDashboard.people)),
        rx.el.section(rx.el.h2(t("admin.running")), figures(AdminDashboard.running)),
        rx.el.section(
            rx.el.h2(t("admin.days")),
            rx.cond(_DAYS.length() > 0, figures(_DAYS), rx.el.p(t("admin.no_days"), class_name="empty")),
        ),
        rx.el.section(
            rx.el.h2(t("admin.models")),
            rx.cond(_MODELS.length() > 0, figures(_MODELS), rx.el.p(t("admin.no_models"), class_name="empty")),
        ),
    )
