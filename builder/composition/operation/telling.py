"""What happens in projects is told to those outside who want to know."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncSession

from builder.accounts.actor import is_of_key
from builder.accounts.audit.chain import Deed, hear, noted
from builder.accounts.mail.outbox import Outbox
from builder.accounts.memberships import leads
from builder.accounts.notices.notices import NoticeKind, Notices
from builder.accounts.settings import SignInSettings
from builder.accounts.tables import Team
from builder.accounts.webhooks.tables import Webhook
from builder.accounts.webhooks.webhooks import DELIVER, Webhooks
from builder.base.db import Database
from builder.base.errors import Json
from builder.base.events import EventLog, Fact
from builder.base.jobs import JobQueue
from builder.base.workers import Worker
from builder.billing.budget_news import BudgetNews
from builder.billing.budgets import money
from builder.generation.records import GenerationFinishedFact
from builder.generation.shapes import GenerationView
from builder.generation.tables import Generation
from builder.previews.links.shapes import SharesChangedFact
from builder.previews.runnables.runnables import LINK, PROJECT, Runnable
from builder.projects.shapes import ProjectChangedFact, VersionCommittedFact
from builder.projects.tables import Project
from preview_runtime.containers.beside.egress_proxy import EgressProxy
from preview_runtime.engines import Fault

# Eight tries: the last some 20 hours after the first.
_FIRST_SECONDS: Final = 600.0
_ENDS: Final = {
    "done": NoticeKind.WRITTEN,
    "failed": NoticeKind.NOT_WRITTEN,
    "interrupted": NoticeKind.NOT_WRITTEN,
}
_TYPES: Final[dict[type[Fact], str]] = {
    VersionCommittedFact: "version.committed",
    GenerationFinishedFact: "generation.finished",
    SharesChangedFact: "share.changed",
    ProjectChangedFact: "project.changed",
}

_DEEDS: Final = {
    "project.delete": "project.deleted",
    "share.create": "share.created",
    "share.change": "share.changed",
    "share.revoke": "share.revoked",
    "invitation.accept": "member.added",
    "member.role": "member.changed",
    "member.remove": "member.removed",
    "collaborator.role": "member.changed",
    "collaborator.remove": "member.removed",
}


class Telling:
    def __init__(
        self, settings: SignInSettings, db: Database, events: EventLog, jobs: JobQueue, outbox: Outbox
    ) -> None:
        self._events = events
        self.notices = Notices(db, outbox, settings.url)
        # The same addresses that apps may reach.
        self.webhooks = Webhooks(db, jobs, settings, EgressProxy(()).public, self._went_off)
        self._sending = Worker(jobs, DELIVER, self.webhooks.deliver, first=_FIRST_SECONDS)
        self._db = db
        events.hear([fact.kind for fact in _TYPES], self._heard)
        hear(db, self._done)

    def begin(self) -> None:
        self._sending.begin()

    async def close(self) -> None:
        await self._sending.close()

    async def _heard(self, session: AsyncSession, project: str, owner: str, fact: Fact) -> None:
        if not _is_told_as_a_deed(session, fact):
            await self.webhooks.tell(session, owner, _TYPES[type(fact)], project, _data(fact))
        # Whoever looks on needs no telling.
        if isinstance(fact, GenerationFinishedFact) and not self._events.followed(project):
            await self._written(session, project, owner, fact.generation)

    async def _written(self, session: AsyncSession, project: str, owner: str, one: GenerationView) -> None:
        kind = _ENDS.get(one.status)
        row, about = await session.get(Generation, one.id), await session.get(Project, project)
        if kind is not None and row is not None and about is not None and not is_of_key(row.created_by):
            title = {"title": about.title}
            await self.notices.tell(session, row.created_by, kind, title, owner=owner, project=project)

    async def made(self, session: AsyncSession, project: Project) -> None:
        await self.webhooks.tell(session, project.owner, "project.created", project.id, {})

    async def _done(self, session: AsyncSession, deed: Deed) -> None:
        """A line of the audit that is an event of a team."""
        told = _event(deed)
        if told is None:
            return
        team = deed.team
        if not team and (project := await session.get(Project, deed.project)) is not None:
            team = project.owner
        await self.webhooks.tell(session, team, told[0], deed.project or None, told[1])

    async def server_failed(self, runnable: Runnable, fault: Fault) -> None:
        """A server of a project or of a live link does not run until a person does something."""
        if runnable.kind not in (PROJECT, LINK):
            return
        data: dict[str, Json] = {"server": runnable.id, "kind": runnable.kind, "fault": fault.code}
        async with self._db.session() as session:
            await self.webhooks.tell(session, runnable.workspace, "server.failed", runnable.project_id, data)

    async def budget(self, session: AsyncSession, news: BudgetNews) -> None:
        """Those who can raise it hear of it."""
        data: dict[str, Json] = {
            "span": news.span, "spent_usd": round(news.spent, 6), "cap_usd": news.cap, "level": news.level,
        }  # fmt: skip
        await self.webhooks.tell(session, news.owner, f"budget.{news.level}", news.project, data)
        kind = NoticeKind.BUDGET_NEARLY if news.level == "nearly" else NoticeKind.BUDGET_REACHED
        said = {"spent": money(news.spent), "cap": money(news.cap), **await _whose(session, news)}
        for person in await leads(session, news.owner):
            await self.notices.tell(session, person, kind, said, owner=news.owner, project=news.project)

    async def _went_off(self, session: AsyncSession, hook: Webhook) -> None:
        host = {"host": urlsplit(hook.url).hostname or ""}
        await self.notices.tell(session, hook.created_by, NoticeKind.WEBHOOK_OFF, host, owner=hook.owner)


async def _whose(session: AsyncSession, news: BudgetNews) -> dict[str, str]:
    if news.project is not None:
        project = await session.get(Project, news.project)
        return {"scope": "project", "what": project.title if project is not None else news.project}
    team = await session.get(Team, news.owner)
    return {"scope": "team", "what": team.name} if team is not None else {"scope": "own"}


def _is_told_as_a_deed(session: AsyncSession, fact: Fact) -> bool:
    """Whether a line of the audit tells the same, and more exactly."""
    if isinstance(fact, SharesChangedFact):
        return any(deed.action in _DEEDS for deed in noted(session) if deed.resource == "share")
    return isinstance(fact, ProjectChangedFact) and fact.project.deleted_at is not None


def _event(deed: Deed) -> tuple[str, dict[str, Json]] | None:
    """The type of its webhook and what is in it, None for a deed that is none."""
    kind = _DEEDS.get(deed.action)
    if kind is None or not kind.startswith("member."):
        return (kind, {"share": deed.resource_id} if deed.resource == "share" else {}) if kind else None
    accepted = deed.action == "invitation.accept"
    person, details = deed.actor if accepted else deed.resource_id, deed.details
    role = str(details.get("gets" if accepted else "role", ""))
    if kind != "member.removed" and "former" in details:
        kind = "member.changed" if details["former"] else "member.added"
        if role == details["former"]:
            return None
    return kind, {"account": person, **({"role": role} if role else {})}


def _data(fact: Fact) -> dict[str, Json]:
    """Ids and states: what people wrote is asked for by whoever may read it."""
    match fact:
        case GenerationFinishedFact(generation=one):
            return {"generation": one.id, "status": one.status, "version": one.version}
        case VersionCommittedFact(version=version):
            return {"version": version.id, "kind": version.kind}
    return {}
