"""The actor of a request: every domain call takes one first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, or a program that acts for one.

    `id` is the person's id, written to `created_by`. `workspace` is where the person works: what they make belongs to
    it. Each person has a workspace of their own, whose id is the person's id. `alone`: no membership of this actor is
    looked up.
    """

    id: str
    workspace: str = ""
    alone: bool = False

    def __post_init__(self) -> None:
        if not self.workspace:
            object.__setattr__(self, "workspace", self.id)

    def within(self, workspace: str) -> Actor:
        """The same person at work in another workspace."""
        return replace(self, workspace=workspace)


LOCAL_OWNER: Final = Actor("owner", alone=True)
"""The only person until accounts exist."""


def acting_for(workspace: str) -> Actor:
    """The actor of the server's own work in a workspace (upkeep, live links, server starts): its owner."""
    return Actor(workspace, alone=True)
