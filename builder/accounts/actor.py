"""Who asks: every domain call takes an actor first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, or a program that acts for one.

    `id` is the person, whom `created_by` names. `workspace` is where they work: what they make belongs to it. Everybody
    has one of their own, which has their id. `alone`: no membership of theirs is looked for.
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
"""The one person there is until accounts exist."""


def acting_for(workspace: str) -> Actor:
    """What the server does by itself in a workspace (upkeep, live links, starts of servers), it does as its owner."""
    return Actor(workspace, alone=True)
