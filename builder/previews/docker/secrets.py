"""The secrets that an app's server is started with, and its output without them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from builder.base.errors import Conflict
from builder.previews.runnables.runnables import LINK, PROJECT, WALK, Runnables
from builder.projects.vault.vault import Vault
from preview_runtime.containers.beside.access import Access
from preview_runtime.engines import EngineFailed, Fault, FaultKind
from preview_runtime.phrases import verbatim

Mask = Callable[[str], str]
# Shorter values, such as "true", are in every line; a secret is longer.
_SHORTEST: Final = 6
_HIDDEN: Final = "•••"


class ProjectSecrets:
    """One object for all runnables. A project and its walks get all of the project's secrets, a live link those that
    are meant for links, and a probe, which asks as a stranger does, none."""

    def __init__(self, vault: Vault, runnables: Runnables) -> None:
        self._vault, self._runnables = vault, runnables

    async def access(self, runnable_id: str) -> Access | None:
        """None where there are none. Raises EngineFailed."""
        try:
            values = await self._values(runnable_id)
        except Conflict as locked:
            fault = Fault(FaultKind.PLATFORM, locked.code, verbatim(locked.message))
            raise EngineFailed(fault) from locked
        return Access((), values) if values else None

    async def mask(self, runnable_id: str) -> Mask:
        """Replaces the values of secrets in a line of the app's output."""
        try:
            values = await self._values(runnable_id)
        except Conflict:
            return str
        lines = {line.strip() for value in values.values() for line in value.splitlines()}
        long = sorted((line for line in lines if len(line) >= _SHORTEST), key=len, reverse=True)
        if not long:
            return str
        pattern = re.compile("|".join(map(re.escape, long)))
        return lambda text: pattern.sub(_HIDDEN, text)

    async def _values(self, runnable_id: str) -> dict[str, str]:
        found = await self._runnables.find(runnable_id)
        if found is None or found.kind not in (PROJECT, WALK, LINK):
            return {}
        return await self._vault.values(found.project_id, live=found.kind == LINK)
