"""The frames of a project's event stream: every fact of its log, and the text that a generation writes."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Union

from pydantic import BaseModel, Discriminator, TypeAdapter, create_model

from builder.base.events import Fact
from builder.generation import records
from builder.generation.tools.open_pages import PageAskedFact
from builder.generation.turns.shapes import TurnChangedFact
from builder.previews.links.shapes import SharesChangedFact
from builder.projects import shapes

FACTS: Final[tuple[type[Fact], ...]] = (
    shapes.ProjectChangedFact,
    shapes.MessageAddedFact,
    shapes.VersionCommittedFact,
    shapes.HeadMovedFact,
    shapes.VersionDescribedFact,
    shapes.WorkingChangedFact,
    shapes.LocksChangedFact,
    SharesChangedFact,
    records.GenerationStartedFact,
    records.GenerationFinishedFact,
    records.FieldSetFact,
    records.FileOpenedFact,
    records.FileClosedFact,
    records.FileDeletedFact,
    records.EditClosedFact,
    records.GenerationContinuedFact,
    records.ModelWaitsFact,
    records.ModelChangedFact,
    records.ThoughtAddedFact,
    records.ToolUsedFact,
    TurnChangedFact,
    PageAskedFact,
)


class TextPieceFrame(BaseModel):
    """A piece of what a generation writes; `offset` counts code points."""

    generation: str
    offset: int
    text: str


class TextEvent(BaseModel):
    """It has no id: text can be asked for again by its offset."""

    kind: Literal["text"]
    data: TextPieceFrame


def _event(fact: type[Fact]) -> type[BaseModel]:
    """A frame of the stream: its `event` is `kind`, its `data` the fact."""
    kind: Any = Literal[fact.kind]
    return create_model(fact.__name__.removesuffix("Fact") + "Event", kind=(kind, ...), data=(fact, ...))


_EVENTS: Final[Any] = Union[tuple(_event(fact) for fact in FACTS)]  # noqa: UP007  # one cannot write what is made
PROJECT_EVENT: Final[TypeAdapter[Any]] = TypeAdapter(Annotated[_EVENTS, Discriminator("kind")])
"""`{kind, data}`: a fact with the name that it has on the wire."""
