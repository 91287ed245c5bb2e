"""What a person is told before they share a project."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.composition.sharing.decisions import Decisions
from builder.composition.sharing.probes import ProbeRun, Probes
from builder.composition.sharing.secrets import SecretGate
from builder.previews.runnables.contents import Key
from builder.projects.compiled import Compiled
from builder.projects.run_hints import read_hints
from builder.projects.store import ProjectStore
from builder.safety.leaks.scan import Leak
from preview_runtime.compiling.compiler import BuildFault, Order
from preview_runtime.dependencies.errors import DependencyError
from preview_runtime.file_tree import FileTree
from preview_runtime.output import Output
from preview_runtime.stack import detect_stack


@dataclass(frozen=True, slots=True)
class SharingScan:
    """`leaks` of the files that a person sees, and of what is built of them. `server`: the app has one, so that it can be
    probed. `probe`: the last one, None where there was none of this content."""

    of: Key
    leaks: list[Leak]
    server: bool
    probe: ProbeRun | None
    decided: dict[str, set[str]]


class Sharing:
    def __init__(
        self, store: ProjectStore, compiled: Compiled, gate: SecretGate, decisions: Decisions, probes: Probes
    ) -> None:
        self._store, self._compiled = store, compiled
        self.gate, self.decisions, self.probes = gate, decisions, probes

    async def look(
        self, actor: Actor, project_id: str, action: Action = Action.READ, *, build: bool = True
    ) -> SharingScan:
        """Raises NotFound, Refused."""
        await self._store.get(actor, project_id, action)
        project, _, tree = await self._store.read_working(actor, project_id, [])
        of = (project.head or "", project.revision)
        stack = await asyncio.to_thread(lambda: detect_stack(tree, read_hints(tree).start))
        output = await self._built(project.owner, project_id, of, tree) if build and not stack.is_all_server else {}
        run = self.probes.last(project_id)
        return SharingScan(
            of,
            await self.gate.leaks(tree, output),
            stack.needs_server,
            run if run is not None and (run.of == of or run.state == "running") else None,
            await self.decisions.of(project_id),
        )

    async def probe(self, actor: Actor, project_id: str) -> None:
        """Begin to ask the app's routes. Raises NotFound, Refused, Conflict (`no_engine`)."""
        await self._store.get(actor, project_id, Action.RUN)
        project, _, tree = await self._store.read_working(actor, project_id, [])
        self.probes.begin(project.owner, project_id, (project.head or "", project.revision), tree)

    async def stop(self, actor: Actor, project_id: str) -> None:
        """Raises NotFound, Refused."""
        await self._store.get(actor, project_id, Action.RUN)
        await self.probes.stop(project_id)

    async def _built(self, owner: str, project_id: str, of: Key, tree: FileTree) -> Output:
        """What visitors would be given; nothing where it does not build: then nothing is shared either."""
        if not tree:
            return {}
        try:
            return await self._compiled.output(
                f"{project_id}:{of[0]}:{of[1]}:scan", tree, Order(owner, project_id, built=True)
            )
        except (BuildFault, DependencyError):
            return {}
