"""The audit chain: found, and written out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import reflex as rx

from builder.accounts.access import Action
from builder.accounts.audit.search import AuditQuery
from builder.accounts.audit.tables import AuditEntry
from builder.components.admin import admin_shell, labelled, pager
from builder.composition.administration.administration import Administration
from builder.pages.admin.entering import AdminPage, shown
from builder.pages.asking import asks
from builder.texts import t

_PAGE: Final = 50
_EXPORT: Final = "/api/v1/admin/audit/export?form="


@dataclass
class AuditRow:
    title: str
    what: str


class AdminAuditPage(AdminPage, rx.State):
    """A page of lines. `behind`: the numbers before which the pages before this one began."""

    lines: list[AuditRow] = []
    asked: dict[str, str] = {}
    behind: list[int] = []
    next: int = 0

    @rx.event
    @asks(Action.OVERSEE)
    async def load(self) -> None:
        self.asked, self.behind = {}, []
        await shown(self, "audit", self._read)

    @rx.event
    @asks(Action.OVERSEE)
    async def search(self, form: dict[str, Any]) -> None:
        self.asked = {
            name: str(form.get(name, "")).strip()[:64] for name in ("actor", "action", "resource_id", "since")
        }
        self.behind = []
        await shown(self, "audit", self._read)

    @rx.event
    @asks(Action.OVERSEE)
    async def forth(self) -> None:
        if self.next:
            self.behind = [*self.behind, self.next]
        await shown(self, "audit", self._read)

    @rx.event
    @asks(Action.OVERSEE)
    async def back(self) -> None:
        self.behind = self.behind[:-1]
        await shown(self, "audit", self._read)

    async def _read(self, administration: Administration) -> None:
        before = self.behind[-1] if self.behind else None
        # What administrators only look at is among the lines for whoever asks for it.
        without = "" if self.asked.get("action") else "admin.read"
        wanted = AuditQuery(**self.asked, without=without)
        found = await administration.audit.page(wanted, before=before, limit=_PAGE + 1)
        self.lines = [_row(line) for line in found[:_PAGE]]
        self.next = found[_PAGE - 1].number if len(found) > _PAGE else 0


def _row(line: AuditEntry) -> AuditRow:
    at = f"{line.at[:10]} {line.at[11:19]}"
    who = line.actor or t("admin.nobody_known")
    details = " ".join(f"{name}={_short(value)}" for name, value in line.details.items())
    about = " ".join(filter(None, (line.resource, line.resource_id)))
    parts = (at, t("admin.by", who=who, via=line.via), about, details, line.reason)
    title = line.action if line.outcome == "done" else f"{line.action} · {line.outcome}"
    return AuditRow(f"{line.number}  {title}", " · ".join(filter(None, parts)))


def _short(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value).lower()


load_audit = AdminAuditPage.load
# On a State class the fields are Vars, which their annotations do not show.
_LINES: Any = AdminAuditPage.lines
_BEHIND: Any = AdminAuditPage.behind
_NEXT: Any = AdminAuditPage.next


def _line(row: Any) -> rx.Component:  # a Var with the attributes of AuditRow
    return rx.el.li(
        rx.el.span(
            rx.el.span(row.title, class_name="card-title"),
            rx.el.span(row.what, class_name="card-text"),
            class_name="row",
        )
    )


def _download(text: str, form: str) -> rx.Component:
    return rx.el.button(
        text,
        on_click=rx.download(url=_EXPORT + form, filename=f"audit.{form}"),
        type="button",
        class_name="button",
    )


@asks(Action.OVERSEE)
def audit() -> rx.Component:
    page = AdminAuditPage
    return admin_shell(
        "/admin/audit",
        page.refused,
        page.loaded,
        rx.el.section(
            rx.el.p(t("admin.audit_text"), class_name="card-text"),
            rx.el.form(
                labelled(t("admin.audit_action"), "action", max_length=64, auto_complete="off", placeholder="share."),
                labelled(t("admin.audit_actor"), "actor", max_length=64, auto_complete="off"),
                labelled(t("admin.audit_about"), "resource_id", max_length=64, auto_complete="off"),
                labelled(t("admin.audit_since"), "since", type="date"),
                rx.el.button(t("admin.find"), type="submit", class_name="button primary"),
                on_submit=page.search,
                class_name="asked",
                role="search",
            ),
            rx.cond(
                _LINES.length() > 0,
                rx.el.ul(rx.foreach(_LINES, _line), class_name="rows"),
                rx.el.p(rx.cond(page.loaded, t("admin.no_lines"), " "), class_name="empty"),
            ),
            pager(_BEHIND.length() > 0, _NEXT > 0, page.back, page.forth),
        ),
        rx.el.section(
            rx.el.h2(t("admin.export")),
            rx.el.p(t("admin.export_text"), class_name="card-text"),
            rx.el.div(
                _download(t("admin.export_table"), "csv"),
                _download(t("admin.export_lines"), "ndjson"),
                class_name="row-of-buttons",
            ),
        ),
    )
