"""Model calls: with whose keys, of which models, and what each call used; and the generations built on them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from builder.accounts.actor import Actor
from builder.billing.usage_log import UsageLog
from builder.composition.base import Base
from builder.composition.settings import Settings
from builder.composition.spending import Spending
from builder.generation.assist.assistant import Assistant
from builder.generation.assist.rates import OperationRates
from builder.generation.models import Models
from builder.generation.spool import Spools
from builder.generation.tools.open_pages import OpenPages
from builder.llm.conversation.messages import CallOptions
from builder.llm.credentials import Credentials
from builder.llm.language_models import LanguageModels
from builder.previews.docker.engines import ContainerEngines
from builder.projects.attachments.attachments import Attachments
from builder.projects.project_settings import ProjectSettings
from builder.projects.store import ProjectStore
from builder.safety.log import SafetyLog
from builder.safety.verdicts import Judgement
from preview_runtime.tasks import Tasks

if TYPE_CHECKING:
    from builder.generation.service import GenerationService
    from builder.generation.turns.service import TurnService


class ModelCalls:
    def __init__(
        self,
        settings: Settings,
        base: Base,
        store: ProjectStore,
        choices: ProjectSettings,
        attachments: Attachments,
        safety_log: SafetyLog,
    ) -> None:
        self._settings, self._base, self._store, self._choices = settings, base, store, choices
        self._attachments, self._safety_log = attachments, safety_log
        self.credentials = Credentials(base.db, settings)
        self.usage = UsageLog(base.db, base.leases)
        self.language_models = LanguageModels(settings, self.credentials.key, self.usage, noticed=self._noticed)
        self.models = Models(settings, self.language_models)
        self.spools = Spools(settings.data_dir / "spools")
        self.spending = Spending(base.db, self)
        self.pages = OpenPages(base.events)
        self.assistant = Assistant(self.models, store, OperationRates(base.rates))
        self._generations: GenerationService | None = None
        self._turns: TurnService | None = None
        self._tasks = Tasks()

    @property
    def generations(self) -> GenerationService:
        if self._generations is None:
            raise RuntimeError("the services were not started")
        return self._generations

    @property
    def turns(self) -> TurnService:
        if self._turns is None:
            raise RuntimeError("the services were not started")
        return self._turns

    async def start(self, engines: ContainerEngines, *, browser_python: bool) -> None:
        """`engines`, and whether browsers run Python servers: what a prompt says about where the app can run."""
        # The service imports the models' SDKs: done here, so that importing this module stays cheap.
        from builder.generation.prompts.surroundings import SurroundingsReader
        from builder.generation.service import GenerationService
        from builder.generation.turns.checks import Checks
        from builder.generation.turns.free_mending import PackageMender
        from builder.generation.turns.parts import TurnParts
        from builder.generation.turns.records import TurnRecords
        from builder.generation.turns.service import TurnService

        await self.credentials.load()
        around = await asyncio.to_thread(SurroundingsReader, self._settings, engines, browser_python=browser_python)
        base = self._base
        self._generations = GenerationService(
            self._store,
            base.events,
            self.spools,
            self._settings,
            self.models,
            base.leases,
            surroundings=around,
            attachments=self._attachments,
            pages=self.pages,
        )
        records = TurnRecords(base.db, base.events, base.leases)
        parts = TurnParts(
            records,
            self._generations,
            self._store,
            base.events,
            self.spools,
            self.models,
            Checks(base.events),
            PackageMender(),
            around,
        )
        self._turns = TurnService(parts, base.leases, self._choices)

    async def attacks(self, actor: Actor, text: str, finding: Judgement, project: str | None) -> bool | None:
        """What a cheap model says to the guard's question: see `builder.composition.asked_model`, also for what it raises."""
        from builder.composition.asked_model import AskedModel

        return await AskedModel(self.models).attacks(actor, text, finding, project)

    async def _noticed(self, actor: Actor, finding: Judgement, text: str, options: CallOptions) -> None:
        await self._safety_log.read(actor, finding, text, project=options.project, reference=options.reference)

    async def recover(self) -> None:
        """Settle the calls of processes that died, and mark their generations as interrupted."""
        await self.usage.recover()
        await self.generations.recover()
        await self.turns.recover(await self._base.leases.dead())

    def begin(self) -> None:
        self._tasks.forever(self._look_after, "look after what other processes call and write")

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(self._base.leases.seconds)
            await self.recover()

    async def rest(self) -> None:
        """End the background work and the running generations; what has arrived is kept."""
        await self._tasks.close()
        if self._generations is not None and self._turns is not None:
            await asyncio.gather(self._turns.close(), self._generations.close())

    async def close(self) -> None:
        await self.models.close()
        self.spools.close()
