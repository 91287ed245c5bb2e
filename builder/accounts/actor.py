"""Who asks: every domain call takes an actor first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or a program acting for one). `id` is what the tables carry as `owner`."""

    id: str


LOCAL_OWNER: Final = Actor("owner")
"""The one person there is until accounts exist."""
