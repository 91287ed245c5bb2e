"""The actor of a request: every domain call takes one first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

_OF: Final = "/"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, or a program that acts for one.

    `id` is the person's id, written to `created_by`. `workspace` is where the person works: what they make belongs to
    it. Each person has a workspace of their own, whose id is the person's id. `alone`: no membership of this actor is
    looked up. `scopes`: the actions (`builder.accounts.access.Action`) of the token that a program came with, None for
    all. `verified`: their e-mail address is known to be theirs. `session`: the id of their sign-in, "" where it has none.
    """

    id: str
    workspace: str = ""
    alone: bool = False
    scopes: frozenset[str] | None = None
    verified: bool = True
    session: str = ""

    def __post_init__(self) -> None:
        if not self.workspace:
            object.__setattr__(self, "workspace", self.id)

    def within(self, workspace: str) -> Actor:
        """The same person at work in another workspace."""
        return replace(self, workspace=workspace)

    @property
    def witness(self) -> str:
        """The person together with their session, for permissions that end with either (see `of_witness`)."""
        return f"{self.id}{_OF}{self.session}" if self.session else self.id


def of_witness(witness: str) -> tuple[str, str]:
    """The person and the session ("" for none) of an actor's `witness`."""
    person, _, session = witness.partition(_OF)
    return person, session


LOCAL_OWNER: Final = Actor("owner", alone=True)
"""The only person where accounts are off; the first account has the same id."""


def acting_for(workspace: str) -> Actor:
    """The actor of the server's own work in a workspace (upkeep, live links, server starts): its owner."""
    return Actor(workspace, alone=True)
