"""What a turn works with; what it does not own comes in through a Protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from builder.accounts.actor import Actor
from builder.base.events import EventLog
from builder.generation.models.chain import Talker
from builder.generation.prompts.request import Surroundings
from builder.generation.service import GenerationService
from builder.generation.spool import Spools
from builder.generation.turns.checks import Checks
from builder.generation.turns.records import TurnRecords
from builder.generation.turns.shapes import MendView, SeenFault
from builder.projects.store import ProjectStore
from preview_runtime.file_tree import FileTree


@dataclass(frozen=True, slots=True)
class FreeMends:
    """The tree after what could be mended without a model, and what that was."""

    tree: FileTree
    mends: tuple[MendView, ...] = ()


class FreeMender(Protocol):
    """Mends what is certain; `before` is the tree without the change that is looked at."""

    def __call__(self, tree: FileTree, before: FileTree, faults: tuple[SeenFault, ...]) -> FreeMends: ...


class Talkers(Protocol):
    """Where models for a conversation come from; `builder.generation.models.Models` is it."""

    async def talker(self, actor: Actor, name: str) -> Talker | None:
        """None for one that cannot hold a conversation."""
        ...

    async def default(self, actor: Actor) -> str: ...


@dataclass(frozen=True, slots=True)
class TurnParts:
    """What a turn works with."""

    records: TurnRecords
    generations: GenerationService
    store: ProjectStore
    events: EventLog
    spools: Spools
    talkers: Talkers
    checks: Checks
    mend: FreeMender | None
    surroundings: Callable[[], Surroundings]
