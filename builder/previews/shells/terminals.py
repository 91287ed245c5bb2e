"""Terminals of projects: shells in running containers that outlive a reload, a lost connection and an app's restart.

A terminal belongs to the server, not to the tab. Its output is kept in a ring buffer; each view (one websocket) reads
from it at its own pace and reports how far it has come. A program's output is read only as fast as the fastest view
takes it, so that a flood fills no memory and Ctrl+C takes effect at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Protocol, TypeAlias

from builder.accounts.actor import Actor
from builder.base.errors import Conflict, NotFound, Refused
from builder.base.ids import new_id
from builder.previews.shells.scrollback import Scrollback
from builder.texts import t
from preview_runtime.engines import EngineFailed, EngineStatus
from preview_runtime.tasks import Tasks

log = logging.getLogger(__name__)

PER_PROJECT: Final = 4
MAX_COLUMNS: Final = 500
MAX_ROWS: Final = 300
PIECE: Final = 32 * 1024  # bytes sent at once
WINDOW: Final = 128 * 1024  # bytes that may be unacknowledged by a view
MAX_INPUT: Final = 256 * 1024  # bytes typed or pasted that no program has taken yet
_BURST: Final = 4 * 1024
_BYTES_A_SECOND: Final = 4_000_000  # of one terminal: more than anybody reads, too little to keep a processor busy
# A view that takes nothing for so long is no longer waited for: output that nobody reads would delay the engine's other
# messages.
_STALL_SECONDS: Final = 2.0
_LOOK_SECONDS: Final = 2.0


class Shell(Protocol):
    """The shell behind a terminal; see `preview_runtime.containers.app.terminal.ContainerShell`."""

    async def read(self) -> bytes: ...

    async def write(self, data: bytes) -> None: ...

    async def resize(self, columns: int, rows: int) -> None: ...

    async def code(self) -> int | None: ...

    async def close(self) -> bool:
        """End it; returns whether nothing of it is left."""
        ...


class ShellSource(Protocol):
    """Opens shells. Each method raises NotFound and Refused for a project whose app the actor may not run."""

    async def open_shell(self, actor: Actor, project_id: str, mark: str, columns: int, rows: int) -> Shell:
        """Raises Conflict (`not_running`, `no_shell`)."""
        ...

    async def status(self, actor: Actor, project_id: str) -> EngineStatus: ...

    async def end_strays(self, actor: Actor, project_id: str, spare: Sequence[str]) -> None:
        """End shells that earlier processes left in the project's container; `spare` are the marks of the shells in
        use."""
        ...

    def used(self, project_id: str) -> None:
        """Record that somebody works with the project's container: it is not idle."""
        ...


class TerminalEvent(StrEnum):
    """A message of a terminal to its views, beside its output."""

    OPEN = "open"
    ASLEEP = "asleep"
    AWAKE = "awake"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Told:
    """`open`: the output begins again (`fresh`) or continues at the byte `start`; bytes below `end` are old output.

    `ended`: the shell is gone, with its exit `code` if known; `running`: the app's container is still there.
    """

    kind: TerminalEvent
    start: int = 0
    end: int = 0
    fresh: bool = False
    code: int | None = None
    running: bool = True


class View:
    """One view of a terminal."""

    def __init__(self, terminal: Terminal, after: int) -> None:
        self._terminal = terminal
        self._at = after
        self._acknowledged = after
        self._asleep = False
        self._news = asyncio.Event()
        self._begun = False
        self.left_behind = False

    def acknowledge(self, offset: int) -> None:
        """The view has shown everything before `offset`."""
        if self._acknowledged < offset:
            self._acknowledged = min(offset, self._at)
            self.left_behind = False
            self.wake()
            self._terminal.has_room()

    @property
    def full(self) -> bool:
        """Whether the most unacknowledged bytes are on their way to the view."""
        return self._at - self._acknowledged >= WINDOW

    def wake(self) -> None:
        self._news.set()

    async def __aiter__(self) -> AsyncIterator[bytes | Told]:
        """The output and messages to show, until the terminal ends. Output that was dropped before the view could take
        it is skipped."""
        ring = self._terminal.ring
        while True:
            self._news.clear()
            if not self._begun or (self._at < ring.start and not self.full):
                fresh = not 0 < self._at <= ring.end or self._at < ring.start
                self._at = self._acknowledged = ring.start if fresh else self._at
                self._begun = True
                yield Told(TerminalEvent.OPEN, self._at, ring.end, fresh)
            elif not self.full and self._at < ring.end:
                piece = ring.since(self._at, PIECE)
                self._at += len(piece)
                yield piece
            elif self._at == ring.end and self._terminal.ended:
                yield self._terminal.ended
                return
            elif self._asleep != self._terminal.asleep:
                self._asleep = self._terminal.asleep
                yield Told(TerminalEvent.ASLEEP if self._asleep else TerminalEvent.AWAKE)
            else:
                await self._news.wait()


class Terminal:
    """One shell of a project, and its views."""

    def __init__(
        self, number: int, actor: Actor, project: str, mark: str, shell: Shell, running: Callable[[], Awaitable[bool]]
    ) -> None:
        self.id = new_id()
        self.number = number
        self.actor = actor
        self.project = project
        self.mark = mark
        self.clean = True  # whether nothing of it is left in the container, once it has ended
        self.ring = Scrollback()
        self.ended: Told | None = None
        self.asleep = False
        self.views: set[View] = set()
        self._shell = shell
        self._running = running
        self._room = asyncio.Event()
        self._input = bytearray()
        self._typed = asyncio.Event()
        self._tasks = Tasks()
        self._tasks.begin(self._listen(), f"terminal {self.id}: listen")
        self._typing = self._tasks.begin(self._type(), f"terminal {self.id}: type")

    @contextlib.contextmanager
    def view(self, after: int = 0) -> Iterator[View]:
        """Open a view of the terminal from the byte `after` on."""
        view = View(self, after)
        self.views.add(view)
        try:
            yield view
        finally:
            self.views.discard(view)
            self.has_room()

    def type(self, data: bytes) -> bool:
        """Type `data`; returns False when too much is waiting already, and then types none of it.

        Ctrl+C discards waiting input: it is meant for the running program, not for what would come after it.
        """
        if data == b"\x03":
            self._input.clear()
        if len(self._input) + len(data) > MAX_INPUT:
            return False
        self._input += data
        self._typed.set()
        return True

    async def resize(self, columns: int, rows: int) -> None:
        await self._shell.resize(min(max(columns, 2), MAX_COLUMNS), min(max(rows, 1), MAX_ROWS))

    async def close(self) -> None:
        """End the shell and what it started."""
        await self._tasks.close()
        await self._end(Told(TerminalEvent.ENDED))

    def has_room(self) -> None:
        self._room.set()

    def tell_asleep(self, asleep: bool) -> None:
        self.asleep = asleep
        self._wake_views()

    async def _listen(self) -> None:
        while data := await self._shell.read():
            self.ring.append(data)
            self._wake_views()
            if len(data) >= _BURST:
                await asyncio.sleep(len(data) / _BYTES_A_SECOND)
            await self._wait_for_room()
        code = await self._shell.code()
        await self._end(Told(TerminalEvent.ENDED, code=code), look=True)

    async def _wait_for_room(self) -> None:
        """While no view can take more, the program waits; without any view it runs on into the ring buffer."""
        try:
            async with asyncio.timeout(_STALL_SECONDS):
                while (views := [view for view in self.views if not view.left_behind]) and all(v.full for v in views):
                    self._room.clear()
                    await self._room.wait()
        except TimeoutError:
            for view in self.views:
                view.left_behind = view.full

    async def _type(self) -> None:
        while True:
            self._typed.clear()
            if not self._input:
                await self._typed.wait()
                continue
            data = bytes(self._input[:4096])
            del self._input[:4096]
            await self._shell.write(data)

    async def _end(self, ended: Told, *, look: bool = False) -> None:
        try:
            self.clean = await self._shell.close()
            # Asked last: it takes a moment until an ended container is known as ended.
            ended = replace(ended, running=await self._running()) if look else ended
        finally:
            self._typing.cancel()
            self.ended = self.ended or ended
            self._wake_views()

    def _wake_views(self) -> None:
        for view in self.views:
            view.wake()


Listed: TypeAlias = list[Terminal]


class Terminals:
    """The terminals of all projects, at most `PER_PROJECT` each. `close()` ends them all."""

    def __init__(self, shells: ShellSource) -> None:
        self.shells = shells
        self._terminals: dict[str, list[Terminal]] = {}
        self._swept: set[str] = set()
        self._opening: Counter[str] = Counter()
        self._tasks = Tasks()
        self._watch: asyncio.Task[None] | None = None

    async def open(self, actor: Actor, project_id: str, columns: int = 80, rows: int = 24) -> Terminal:
        """Open a new terminal. Raises NotFound, Conflict (`not_running`, `no_shell`, `too_many_terminals`)."""
        mine = await self.list(actor, project_id)
        if len(mine) + self._opening[project_id] >= PER_PROJECT:
            raise Conflict(t("terminal.too_many", most=PER_PROJECT), code="too_many_terminals")
        self._opening[project_id] += 1
        try:
            if project_id not in self._swept:
                self._swept.add(project_id)
                await self.shells.end_strays(actor, project_id, [one.mark for one in mine])
            mark = new_id()
            shell = await self.shells.open_shell(actor, project_id, mark, columns, rows)
        finally:
            self._opening[project_id] -= 1
            self._opening += Counter()  # without those that are 0

        async def running() -> bool:
            with contextlib.suppress(NotFound, Refused, EngineFailed):
                return await self.shells.status(actor, project_id) is EngineStatus.RUNNING
            return False

        mine = self._terminals.setdefault(project_id, [])
        taken = {one.number for one in mine if one.ended is None}
        number = next(n for n in range(1, PER_PROJECT + 1) if n not in taken)
        terminal = Terminal(number, actor, project_id, mark, shell, running)
        mine.append(terminal)
        if self._watch is None or self._watch.done():
            self._watch = self._tasks.begin(self._look(), "terminals: who sleeps")
        return terminal

    async def list(self, actor: Actor, project_id: str) -> Listed:
        """The project's open terminals, by number. Raises NotFound."""
        await self.shells.status(actor, project_id)
        return sorted(self._open(project_id), key=lambda one: one.number)

    def _open(self, project_id: str) -> Listed:
        every = self._terminals.get(project_id, [])
        if any(one.ended is not None and not one.clean for one in every):
            self._swept.discard(project_id)
        left = [one for one in every if one.ended is None]
        if left:
            self._terminals[project_id] = left
        else:
            self._terminals.pop(project_id, None)
        return left

    async def get(self, actor: Actor, project_id: str, terminal_id: str) -> Terminal:
        """Raises NotFound, also for a terminal that has ended."""
        for terminal in await self.list(actor, project_id):
            if terminal.id == terminal_id:
                return terminal
        raise NotFound(t("terminal.not_found"))

    async def end(self, actor: Actor, project_id: str, terminal_id: str) -> None:
        """Close a terminal; it is no error when it is closed already. Raises NotFound for the project."""
        for terminal in await self.list(actor, project_id):
            if terminal.id == terminal_id:
                await terminal.close()

    def used(self, terminal: Terminal) -> None:
        """Called when somebody types: the container is not idle."""
        self.shells.used(terminal.project)

    async def close(self) -> None:
        """End every terminal: another process could not find them again."""
        await self._tasks.close()
        everything = [one for mine in self._terminals.values() for one in mine]
        self._terminals.clear()
        for result in await asyncio.gather(*(one.close() for one in everything), return_exceptions=True):
            if isinstance(result, Exception):
                log.warning("A terminal could not be closed: %r", result)

    async def _look(self) -> None:
        """Tell the views when their container goes to sleep, and when it wakes."""
        while self._terminals:
            await asyncio.sleep(_LOOK_SECONDS)
            for project_id in [*self._terminals]:
                watched = [one for one in self._open(project_id) if one.views]
                if not watched:
                    continue
                try:
                    status = await self.shells.status(watched[0].actor, project_id)
                except (NotFound, Refused, EngineFailed):  # the person who opened it may be gone
                    continue
                for terminal in watched:
                    if terminal.asleep != (status.value == "asleep"):
                        terminal.tell_asleep(status.value == "asleep")
