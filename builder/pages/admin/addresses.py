"""The pages for administrators and their addresses."""

from __future__ import annotations

from typing import Final

from builder.pages.addresses import Page
from builder.pages.admin.audit import audit, load_audit
from builder.pages.admin.dashboard import dashboard, load_dashboard
from builder.pages.admin.people import load_people, people
from builder.pages.admin.projects import load_projects, projects
from builder.pages.admin.system import load_system, system
from builder.texts import t

ADMIN_PAGES: Final = (
    Page("/admin", dashboard, t("admin.title"), on_load=load_dashboard),
    Page("/admin/people", people, t("admin.title"), on_load=load_people),
    Page("/admin/projects", projects, t("admin.title"), on_load=load_projects),
    Page("/admin/system", system, t("admin.title"), on_load=load_system),
    Page("/admin/audit", audit, t("admin.title"), on_load=load_audit),
)
