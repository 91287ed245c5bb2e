"""A server's inside with the model's API beside it, and a page that looks at what is made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from builder.accounts.actor import LOCAL_OWNER, Actor
from builder.base.db import Database
from builder.base.events import EventLog
from builder.base.leases import Leases
from builder.billing.usage_log import UsageLog
from builder.composition.settings import Settings
from builder.generation.models import Models
from builder.generation.prompts.request import Surroundings
from builder.generation.service import GenerationService
from builder.generation.spool import Spools
from builder.generation.tools.open_pages import OpenPages, PageAnswer, PageAsk, PageAskedFact
from builder.generation.turns.checks import Checks
from builder.generation.turns.parts import FreeMender, TurnParts
from builder.generation.turns.records import TurnRecords
from builder.generation.turns.service import TurnService
from builder.generation.turns.shapes import CheckReport, TurnView, turn_shape
from builder.llm.language_models import LanguageModels
from builder.llm.testing.messages_api import KEY, MessagesApi, MessagesBehaviour
from builder.projects.attachments.attachments import Attachments
from builder.projects.project_settings import ProjectSettings
from builder.projects.store import ProjectStore
from builder.projects.tables import Project

ME = LOCAL_OWNER
APP: Mapping[str, Any] = {
    "title": "Todo list",
    "summary": "A list of things to do.",
    "stack": ["react"],
    "files": {"package.json": "{}\n", "src/App.tsx": "export const App = () => null;\n"},
}
ENDED = ("done", "asking", "planned", "stopped", "interrupted", "failed")


def asked(request: Mapping[str, Any]) -> str:
    """What a request to the model says, in whatever pieces."""
    content = request["messages"][0]["content"]
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


@dataclass
class Page:
    """Looks at each version that waits for a check; says what `sees` makes of its number, from 1. A model that asks what
    it shows gets `answers`."""

    sees: Callable[[int, str], CheckReport | None]
    looked: list[str] = field(default_factory=list)
    answers: PageAnswer = field(default_factory=PageAnswer)
    asked: list[PageAsk] = field(default_factory=list)


@dataclass
class House:
    api: MessagesApi
    settings: Settings
    folder: Path
    db: Database
    events: EventLog
    store: ProjectStore
    spools: Spools
    models: Models
    usage: UsageLog
    leases: Leases
    mend: FreeMender | None = None
    comes: float = 0.05
    service: TurnService = field(init=False)
    generations: GenerationService = field(init=False)
    pages: OpenPages = field(init=False)

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        """What a new server process has: nothing in memory."""
        self.pages = OpenPages(self.events)
        self.generations = GenerationService(
            self.store, self.events, self.spools, self.settings, self.models, self.leases,
            attachments=Attachments(self.db, self.settings), pages=self.pages,
        )  # fmt: skip
        parts = TurnParts(
            TurnRecords(self.db, self.events, self.leases), self.generations, self.store, self.events, self.spools,
            self.models, Checks(self.events, comes=self.comes), self.mend, Surroundings,
        )  # fmt: skip
        self.service = TurnService(parts, self.leases, ProjectSettings(self.db, self.store))

    async def project(self) -> Project:
        return await self.store.create(ME, "New app")

    async def send(self, project: Project, prompt: str = "a todo app", **options: Any) -> TurnView:
        turn, steps = await self.service.send(ME, project.id, prompt, **options)
        return turn_shape(turn, steps)

    async def turn(self, turn: TurnView) -> TurnView:
        return turn_shape(*await self.service.get(ME, turn.project, turn.id))

    async def until(self, turn: TurnView, *statuses: str) -> TurnView:
        """The turn once it has come so far; by default until it ends or waits."""
        async with asyncio.timeout(60):
            while (found := await self.turn(turn)).status not in (statuses or ENDED):  # noqa: ASYNC110 - nobody may listen
                await asyncio.sleep(0.01)
        return found

    async def watched(self, project: Project, page: Page) -> None:
        """Be a page that is open, until cancelled."""
        async for frame in self.events.frames(project.id, 0, self.spools):
            if "event: page_asked" in frame:
                page.asked.append(PageAskedFact.model_validate_json(frame.split("data: ")[1]).ask)
                self.pages.answered(project.id, page.asked[-1].id, page.answers)
            if "event: turn_changed" not in frame:
                continue
            for turn, steps in await self.service.all(ME, project.id):
                last = steps[-1] if steps else None
                if last and last.kind == "check" and last.status == "running" and turn.version not in page.looked:
                    page.looked.append(turn.version or "")
                    if report := page.sees(len(page.looked), turn.version or ""):
                        await self.service.seen(ME, project.id, report)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    kept = Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]
    db = Database(kept)
    await db.migrate()
    events, leases = EventLog(db), Leases(db, tmp_path / "processes")
    store, spools, usage = ProjectStore(db, events, kept), Spools(tmp_path / "spools"), UsageLog(db, leases)
    api = MessagesApi(MessagesBehaviour(APP))

    async def key(actor: Actor, provider: str) -> str:
        return KEY

    async with api.serve() as url:
        settings = kept.model_copy(update={"anthropic_base_url": url, "model": "anthropic:claude-sonnet-5-5"})
        models = Models(settings, LanguageModels(settings, key, usage))
        made = House(api, settings, tmp_path, db, events, store, spools, models, usage, leases)
        yield made
        await asyncio.gather(made.service.close(), made.generations.close())
        await models.close()
    await leases.close()
    await db.close()


@pytest.fixture
async def watch(house: House) -> AsyncIterator[Callable[[Project, Callable[[int, str], CheckReport | None]], Page]]:
    """Opens a page on a project."""
    tasks: list[asyncio.Task[None]] = []

    def open_page(project: Project, sees: Callable[[int, str], CheckReport | None]) -> Page:
        page = Page(sees)
        tasks.append(asyncio.ensure_future(house.watched(project, page)))
        return page

    yield open_page
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
