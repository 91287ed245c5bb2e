"""The actor of a request: every domain call takes one first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

_OF: Final = "/"
_KEY: Final = "key-"


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """What a partner key is held to: the `team` that it belongs to, how many requests a minute it may send, and the
    pages (`origins`) whose scripts may use it."""

    team: str
    per_minute: int
    origins: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, a program that acts for one, or a program of a team (`key`: the terms of its partner key).

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
    key: KeyTerms | None = None

    def __post_init__(self) -> None:
        if not self.workspace:
            object.__setattr__(self, "workspace", self.id)

    def within(self, workspace: str) -> Actor:
        """The same person at work in another workspace."""
        return replace(self, workspace=workspace)

    @property
    def reaches(self) -> str:
        """Whose rows the database leaves to it (`builder.base.db.act_as`), and where its own things are: the person's, or
        the key's team."""
        return self.key.team if self.key else self.id

    @property
    def witness(self) -> str:
        """The person together with their session, for permissions that end with either (see `of_witness`)."""
        return f"{self.id}{_OF}{self.session}" if self.session else self.id


def of_witness(witness: str) -> tuple[str, str]:
    """The person and the session ("" for none) of an actor's `witness`."""
    person, _, session = witness.partition(_OF)
    return person, session


def of_key(key: str) -> str:
    """The actor's id for the partner key of that id."""
    return _KEY + key


def is_of_key(actor: str) -> bool:
    """Whether that id of an actor is a partner key's: nobody's account."""
    return actor.startswith(_KEY)


LOCAL_OWNER: Final = Actor("owner", alone=True)
"""The only person where accounts are off; the first account has the same id."""


def acting_for(workspace: str) -> Actor:
    """The actor of the server's own work in a workspace (upkeep, live links, server starts): its owner."""
    return Actor(workspace, alone=True)
