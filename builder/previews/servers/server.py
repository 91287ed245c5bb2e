"""One server, as this process knows it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from builder.base.ids import now
from builder.previews.data.copies import CopyState
from builder.previews.engine import ServerEngine
from builder.previews.runnables.contents import NOTHING, Key
from builder.previews.runnables.runnables import Runnable
from builder.previews.servers.places import Waits
from preview_runtime.engines import EngineState, EngineStatus, Fault, FaultKind
from preview_runtime.tasks import cancel

ABSENT: Final = EngineState(EngineStatus.ABSENT)
# Ends that the app did not choose: the server is restarted after them.
LOSSES: Final = frozenset({"out_of_memory", "app_lost"})
# After so many losses within this time a server is no longer restarted by itself.
MOST_LOSSES: Final = 4
LOSS_SECONDS: Final = 60.0


class Stage(StrEnum):
    """How far a server is awake; stored in its row.

    STARTING: somebody has asked for it. REMOVED: it rested so long that only its data is left; a request starts it
    again. STOPPED: a person ended it, and only an explicit start brings it back.
    """

    STARTING = "starting"
    AWAKE = "awake"
    PAUSED = "paused"
    ASLEEP = "asleep"
    REMOVED = "removed"
    STOPPED = "stopped"

    @property
    def takes_place(self) -> bool:
        """Whether it uses memory, and so counts against the limits."""
        return self in (Stage.STARTING, Stage.AWAKE, Stage.PAUSED)

    @property
    def wakeable(self) -> bool:
        """Whether a request wakes it."""
        return self in (Stage.PAUSED, Stage.ASLEEP, Stage.REMOVED)


@dataclass(frozen=True, slots=True)
class Loss:
    """An end of the server by the app's own fault, after which it was restarted; `at` is in ISO 8601."""

    fault: Fault
    at: str


@dataclass(frozen=True, slots=True)
class ServerState:
    """What a person sees of a server: the engine's state; `ahead`, how many starts come before this one (0: it is its
    turn); what it waits for; `since`, the beginning of its stage (ISO 8601); `copying`, how far the copy of its initial
    data is; `loss`, the last loss while the present content was running."""

    state: EngineState
    ahead: int = 0
    waits_for: Waits | None = None
    stage: Stage = Stage.STOPPED
    since: str = ""
    copying: CopyState | None = None
    loss: Loss | None = None


@dataclass
class Server:
    """`lock` is held during every change of what runs; `task` is the start or wake under way.

    `engine` is None until the engine answers after a restart of this process. `wanted` is the content that was asked
    for last, `done` the content that runs, `tried` that of the last start; `used` is the time of the last use
    (monotonic seconds); `by` who had it started last; `holds` counts open terminals. `comes_back`: it was lost, and is restarted once the engine
    answers. `adopted` is False until the state stored by an earlier process (`kept`) was compared with what runs.
    """

    runnable: Runnable
    engine: ServerEngine | None = None
    stage: Stage = Stage.STOPPED
    since: str = field(default_factory=now)
    wanted: Key = NOTHING
    done: Key = NOTHING
    tried: Key = NOTHING
    asked: int = 0
    by: str = ""
    whole: bool = True
    address: str = ""
    fault: Fault | None = None
    task: asyncio.Task[None] | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    used: float = field(default_factory=time.monotonic)
    holds: int = 0
    loss: Loss | None = None
    losses: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_LOSSES))
    comes_back: bool = False
    retry_at: float = 0.0
    adopted: bool = True
    kept: dict[str, Any] | None = None

    @property
    def id(self) -> str:
        """The runnable's id, which also names its host, container, data and log."""
        return self.runnable.id

    @property
    def workspace(self) -> str:
        """The workspace against whose limits it counts."""
        return self.runnable.workspace

    @property
    def busy(self) -> bool:
        """Whether a start, wake or end is under way: leave it alone."""
        return self.lock.locked() or (self.task is not None and not self.task.done())

    @property
    def working(self) -> bool:
        """Whether a start or wake is under way."""
        return self.task is not None and not self.task.done()

    def enter(self, stage: Stage) -> None:
        """Record that it is in `stage` from this moment on."""
        if stage is not self.stage:
            self.stage, self.since = stage, now()

    def lost_too_often(self, at: float) -> bool:
        """Count a loss at `at` (monotonic seconds); True when that is one loss too many."""
        self.losses.append(at)
        return len(self.losses) == MOST_LOSSES and at - self.losses[0] < LOSS_SECONDS

    async def give_up(self) -> None:
        """End the start or wake that is under way."""
        task = self.task
        if task is not None and not task.done():
            with contextlib.suppress(asyncio.CancelledError):
                await cancel(task)


def out_of_reach(found: EngineState) -> bool:
    """Whether the engine could not be asked, so that nothing is known."""
    if found.status is not EngineStatus.FAILED or found.fault is None:
        return False
    return found.fault.kind is FaultKind.PLATFORM and found.fault.code not in LOSSES
