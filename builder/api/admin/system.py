"""The installation: its figures, its parts, its switches and its jobs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from builder.accounts.installation.switches import Switch
from builder.api.requests.context import AppServices, MayOversee
from builder.api.requests.paging import PAGE, Limit
from builder.base.errors import NotFound
from builder.composition.services import Services
from builder.texts import t

router = APIRouter(prefix="/admin", tags=["admin"])
JobId = Annotated[str, Path(max_length=16)]


class GenerationDay(BaseModel):
    day: str
    begun: int
    done: int
    failed: int


class ModelCost(BaseModel):
    model: str
    calls: int
    input_tokens: int
    output_tokens: int
    usd: float


class Dashboard(BaseModel):
    """`people` and `jobs` by state; `active` within 1, 7 and 30 days; `days`: the last seven; `models`: this month;
    `disk_used` and `disk_free` in bytes."""

    people: dict[str, int]
    active: dict[int, int]
    projects: int
    projects_today: int
    links: int
    servers_awake: int
    days: list[GenerationDay]
    models: list[ModelCost]
    jobs: dict[str, int]
    disk_used: int
    disk_free: int


class SystemPart(BaseModel):
    """`ms`: how long it took to answer."""

    name: str
    state: Literal["ok", "down", "off"]
    says: str
    ms: float


class SettingView(BaseModel):
    """`value` of a secret says only whether there is one."""

    name: str
    value: str
    changed: bool


class SwitchView(BaseModel):
    on: bool
    note: str
    by: str | None
    since: str | None


class SystemView(BaseModel):
    versions: dict[str, str]
    parts: list[SystemPart]
    settings: list[SettingView]
    switches: dict[Literal["no_model_calls", "maintenance"], SwitchView]


class SwitchTurn(BaseModel):
    """`note`: what people are told besides, in maintenance."""

    model_config = ConfigDict(extra="forbid")
    on: bool
    note: str = Field("", max_length=300)


class JobView(BaseModel):
    """`error`: the kind of failure alone."""

    id: str
    kind: str
    owner: str
    status: str
    attempts: int
    run_at: str
    created_at: str
    error: str


class JobList(BaseModel):
    jobs: list[JobView]


@router.get("/dashboard")
async def admin_dashboard(_: MayOversee, services: AppServices) -> Dashboard:
    """The figures of the installation."""
    return Dashboard.model_validate(asdict(await services.administration.figures.read()))


@router.get("/system")
async def admin_system(_: MayOversee, services: AppServices) -> SystemView:
    """Versions, parts, and the settings in force without any secret."""
    seen = asdict(await services.administration.system.read())
    return SystemView.model_validate({**seen, "switches": await _switches(services)})


@router.post("/system/kill-switch")
async def admin_kill_switch(actor: MayOversee, services: AppServices, body: SwitchTurn) -> SystemView:
    """Have no new call of a model made by anybody; calls under way go on to their end."""
    return await _turn(services, actor.id, Switch.NO_MODEL_CALLS, body)


@router.post("/system/maintenance")
async def admin_maintenance(actor: MayOversee, services: AppServices, body: SwitchTurn) -> SystemView:
    """Let nobody in but administrators; what others have open ends."""
    return await _turn(services, actor.id, Switch.MAINTENANCE, body)


@router.get("/jobs")
async def admin_jobs(
    _: MayOversee,
    services: AppServices,
    status: Literal["", "queued", "running", "dead"] = "",
    limit: Limit = PAGE,
) -> JobList:
    """Work that outlives a process, the newest first. What is done has no row."""
    rows = await services.administration.jobs.listed(status, limit=limit)
    shown = set(JobView.model_fields) - {"error"}
    return JobList(jobs=[JobView(error=row.error.partition("(")[0], **row.model_dump(include=shown)) for row in rows])


@router.post("/jobs/{job_id}/retry", status_code=204, response_class=Response)
async def admin_retry_job(actor: MayOversee, services: AppServices, job_id: JobId) -> None:
    """Have a job that waits, or failed for good, tried at once."""
    await _told(await services.administration.jobs.again(job_id), services, actor.id, "job.retry", job_id)


@router.delete("/jobs/{job_id}", status_code=204, response_class=Response)
async def admin_cancel_job(actor: MayOversee, services: AppServices, job_id: JobId) -> None:
    """Give up a job that does not run."""
    await _told(await services.administration.jobs.cancel(job_id), services, actor.id, "job.cancel", job_id)


async def _told(done: bool, services: Services, by: str, action: str, job_id: str) -> None:
    """Raises NotFound."""
    if not done:
        raise NotFound(t("admin.no_job"))
    await services.administration.note(by, action, "job", job_id)


async def _turn(services: Services, by: str, switch: Switch, body: SwitchTurn) -> SystemView:
    await services.administration.switches.turn(switch, on=body.on, by=by, note=" ".join(body.note.split()))
    seen = asdict(await services.administration.system.read())
    return SystemView.model_validate({**seen, "switches": await _switches(services)})


async def _switches(services: Services) -> dict[str, SwitchView]:
    rows = await services.administration.switches.all()
    return {
        switch.value: SwitchView(
            on=row is not None,
            note=row.note if row else "",
            by=row.owner if row else None,
            since=row.created_at if row else None,
        )
        for switch, row in rows.items()
    }
