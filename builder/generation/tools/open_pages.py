"""Asks the page that a person has open what the app does and shows. What it answers is said by the app: material."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from builder.base.errors import Json
from builder.base.events import Fact
from builder.base.ids import new_id
from builder.generation.tools.observed import NobodyLooks, SeenPage
from builder.projects.attachments.reading.pictures import read_picture
from builder.projects.attachments.reading.results import Unreadable
from builder.projects.walks.steps import WalkStep

ANSWERS_SECONDS: Final = 25.0
"""How long a page may take: its ten seconds for the steps, its loading, and a walk that it has under way."""
AGAIN_SECONDS: Final = 5.0
"""How long a page may be away, such as while it is loaded anew."""
_LOOKS_SECONDS: Final = 0.5
MOST_LINES: Final = 400
MOST_PICTURE_CHARACTERS: Final = 900_000
Why = Literal[
    "not_shown", "none", "many", "covered", "disabled", "unfit", "no_option", "state", "count", "still_there",
    "not_stored", "elsewhere", "no_way_back", "threw", "stuck", "no_page", "slow",
]  # fmt: skip
_WHY: Final[dict[Why, str]] = {
    "not_shown": "", "none": "it is not there", "many": "more than one fits", "covered": "something lies over it",
    "disabled": "it is disabled", "unfit": "it cannot be used that way", "no_option": "there is no such option",
    "state": "it is in another state", "count": "another number is there", "still_there": "it is still there",
    "not_stored": "it is not stored", "elsewhere": "the page is elsewhere", "no_way_back": "there is no way back",
    "threw": "the app threw an error", "stuck": "the page does not answer any more", "no_page": "the page did not load",
    "slow": "it took more than ten seconds",
}  # fmt: skip
_NOBODY: Final = "Nobody has the app open, so it cannot be looked at. Go on without."
_NOT_SHOWN: Final = "The app is not shown by the page that is open, so it cannot be looked at. Go on without."
_SILENT: Final = "The page that is open did not answer in time. Go on without."


class PageAsk(BaseModel):
    """What a model wants to see: the app `width` CSS pixels wide, with nothing stored, once `steps` (those of a walk) were
    done in it; with a `picture`."""

    id: str
    width: int
    steps: list[dict[str, Json]]
    picture: bool


class PageAskedFact(Fact):
    """A page that shows the app is asked to look at it."""

    kind: ClassVar = "page_asked"
    ask: PageAsk


class PageAnswer(BaseModel):
    """`why`: null where all steps went well, else at which `step` (from 1; 0: the page itself) they did not, and what it
    `saw` instead. `shown`: what can be seen then. `picture`: a PNG or JPEG in Base64, "" for none."""

    model_config = ConfigDict(extra="forbid")
    why: Why | None = None
    step: Annotated[int, Field(ge=0, le=1_000)] = 0
    saw: Annotated[list[Annotated[str, Field(max_length=250)]], Field(max_length=10)] = Field(default_factory=list)
    shown: Annotated[list[Annotated[str, Field(max_length=400)]], Field(max_length=MOST_LINES)] = Field(
        default_factory=list
    )
    picture: Annotated[str, Field(max_length=MOST_PICTURE_CHARACTERS)] = ""


class Followed(Protocol):
    """Tells facts, and knows who hears them; `builder.base.events.EventLog` is it."""

    def followed(self, project_id: str) -> bool: ...

    async def append(self, project_id: str, fact: Fact) -> int: ...


class OpenPages:
    """The pages that people have open. Every page of a project is asked; the first answer counts."""

    def __init__(self, events: Followed, *, answers: float = ANSWERS_SECONDS, again: float = AGAIN_SECONDS) -> None:
        self._events, self._answers, self._again = events, answers, again
        self._waiting: dict[str, tuple[str, asyncio.Future[PageAnswer]]] = {}

    def of(self, project_id: str) -> PageOfProject | None:
        """None where nobody has the project open."""
        return PageOfProject(self, project_id) if self._events.followed(project_id) else None

    async def ask(self, project_id: str, ask: PageAsk) -> PageAnswer:
        """Raises `NobodyLooks`, at once where nobody has the project open."""
        if not self._events.followed(project_id):
            raise NobodyLooks(_NOBODY)
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[PageAnswer] = loop.create_future()
        self._waiting[ask.id] = project_id, answered
        try:
            await self._events.append(project_id, PageAskedFact(ask=ask))
            until, last = loop.time() + self._answers, loop.time()
            while not answered.done():
                if loop.time() >= until:
                    raise NobodyLooks(_SILENT)
                if loop.time() - last > self._again:
                    raise NobodyLooks(_NOBODY)
                await asyncio.wait({answered}, timeout=min(_LOOKS_SECONDS, self._answers, self._again))
                if self._events.followed(project_id):
                    last = loop.time()
            return answered.result()
        finally:
            del self._waiting[ask.id]

    def answered(self, project_id: str, ask_id: str, answer: PageAnswer) -> bool:
        """Hand in what a page saw; False where nobody waits for it any more."""
        project, waiting = self._waiting.get(ask_id, ("", None))
        if waiting is None or waiting.done() or project != project_id:
            return False
        waiting.set_result(answer)
        return True


@dataclass(frozen=True, slots=True)
class PageOfProject:
    """Satisfies `OpenPage`."""

    pages: OpenPages
    project: str

    async def look(self, steps: Sequence[WalkStep], *, width: int, picture: bool) -> SeenPage:
        given = [step.model_dump(mode="json", exclude_none=True) for step in steps]
        answer = await self.pages.ask(self.project, PageAsk(id=new_id(), width=width, steps=given, picture=picture))
        if answer.why == "not_shown":
            raise NobodyLooks(_NOT_SHOWN)
        drawn = await asyncio.to_thread(_drawn, answer.picture) if picture and answer.picture else None
        return SeenPage(_went(answer, len(steps)), answer.why is None, tuple(answer.shown), drawn)


def _went(answer: PageAnswer, steps: int) -> str:
    if answer.why is None:
        return f"All {steps} steps went well." if steps else ""
    where = f"Step {answer.step} failed" if answer.step else "The app could not be walked through"
    saw = f" There instead: {', '.join(answer.saw)}." if answer.saw else ""
    return f"{where}: {_WHY[answer.why]}.{saw}"


def _drawn(picture: str) -> bytes | None:
    """The picture drawn anew; None for what is none."""
    try:
        return read_picture(base64.b64decode(picture, validate=True)).picture
    except (binascii.Error, Unreadable):
        return None
