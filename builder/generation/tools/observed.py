"""What the running app showed, given to the tools as data, and the page itself where one is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Protocol

from builder.projects.walks.steps import WalkStep


@dataclass(frozen=True, slots=True)
class Observed:
    """What was seen of the app since its last version, oldest first, a line or a fault each. `console`: also requests
    that failed, and what the app's server wrote."""

    console: tuple[str, ...] = ()
    build_faults: tuple[str, ...] = ()
    walks: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))


def kept_form(observed: Observed | None) -> dict[str, Any] | None:
    """As a generation's row keeps it, so that going on with it knows the same."""
    return asdict(observed) if observed else None


def observed_in(kept: Mapping[str, Any] | None) -> Observed | None:
    """What `kept_form` made, read again."""
    return Observed(**{one.name: tuple(kept.get(one.name, ())) for one in fields(Observed)}) if kept else None


@dataclass(frozen=True, slots=True)
class SeenPage:
    """What a page came to. `went`: how its steps went, in a sentence; `ok`: they went well. `shown`: what it shows then,
    a line an element. `picture`: a PNG or JPEG, None where it was not asked for or could not be taken."""

    went: str
    ok: bool
    shown: tuple[str, ...] = ()
    picture: bytes | None = None


class NobodyLooks(Exception):
    """No page of the project answers: nobody has it open, or what is open shows no app. The text is a sentence."""


class OpenPage(Protocol):
    """The app in the person's browser, beside the one that they use: with nothing stored."""

    async def look(self, steps: Sequence[WalkStep], *, width: int, picture: bool) -> SeenPage:
        """The app's first page at `width` CSS pixels, once the `steps` were done in it. Raises `NobodyLooks`."""
        ...
