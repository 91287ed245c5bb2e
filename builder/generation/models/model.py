"""What a model that writes a Draft is to us: a request in, a stream of events out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, Protocol

from builder.generation.context.layout import Layout
from builder.generation.edits import Edit
from builder.generation.tools.declared import ToolName
from builder.generation.tools.project_tools import ProjectTools
from builder.llm.conversation.events import Usage, Waiting
from builder.llm.conversation.messages import ImagePart
from preview_runtime.file_tree import FileTree

RequestKind = Literal["first", "follow_up", "continue"]
FinishReason = Literal["end", "max_tokens", "refusal", "context", "stopped"]


@dataclass(frozen=True, slots=True)
class EarlierMessage:
    """One earlier message of the conversation."""

    role: Literal["person", "builder"]
    text: str


@dataclass(frozen=True, slots=True)
class Partial:
    """What arrived of an answer and is kept: its finished files, edits and deletes, and the file that broke off.

    `open_text`: its complete lines; its continuation starts with `begin`, the last of them and a mark, and what follows
    is the rest. `missing`: files to be written whole, with how they begin. `refused`: what could not be used of the answer, and why.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    open_path: str | None = None
    open_text: str = ""
    begin: str = ""
    edits: tuple[Edit, ...] = ()
    delete: tuple[str, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""


@dataclass(frozen=True, slots=True)
class ShownAttachment:
    """A file that was attached. `text` is what is read of it, `cut` how much that is, "" for all; `image` is the number of
    its picture, from 1, 0 for none; `path` is the file that the project gets, "" for none."""

    name: str
    kind: str
    text: str = ""
    cut: str = ""
    image: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One request for a Draft.

    `prompt`, `tree`, `history` (oldest first) and `partial` are the facts; `system` and `user` are the same facts
    rendered for a language model, which sees `images` before the last of its `blocks`. Up to each of `marks` (characters
    of `user`) the text is likely to be the same next time: a provider may keep it. `layout`: what of the project is in
    `user`; `others`: the files that are not. `tree` has the data of `attachments`. `runtimes` are those on which a server
    can run here. A model uses whichever it needs. `project` and `reference` (a turn, or a generation without one) are the
    ids on whose behalf it is asked. With `thinking` it may think first, where it can; `longest_wait` is that of
    `CallOptions`. With `tools` a model that can may look at the project before it writes.
    """

    kind: RequestKind
    prompt: str
    tree: FileTree = field(default_factory=FileTree)
    history: tuple[EarlierMessage, ...] = ()
    partial: Partial | None = None
    system: str = ""
    user: str = ""
    attachments: tuple[ShownAttachment, ...] = ()
    images: tuple[ImagePart, ...] = ()
    max_output_tokens: int = 64_000
    runtimes: tuple[str, ...] = ()
    project: str | None = None
    reference: str | None = None
    thinking: bool = False
    longest_wait: float = 30.0
    tools: ProjectTools | None = None
    marks: tuple[int, ...] = ()
    layout: Layout = field(default_factory=Layout)
    others: tuple[str, ...] = ()

    @property
    def blocks(self) -> tuple[str, ...]:
        """`user`, cut at its marks."""
        return tuple(self.user[start:end] for start, end in pairwise((0, *self.marks, len(self.user))))


@dataclass(slots=True)
class JsonText:
    """A piece of the Draft's JSON, in order."""

    text: str


@dataclass(slots=True)
class ProseText:
    """A piece of text the model said beside (or instead of) the Draft."""

    text: str


@dataclass(slots=True)
class ThoughtText:
    """A piece of the model's thinking, for a person to read."""

    text: str


@dataclass(slots=True)
class ModelChanged:
    """The model `name` is asked from here on, because (an error's code) `instead_of` failed before anything arrived."""

    name: str
    label: str
    because: str
    instead_of: str


@dataclass(slots=True)
class Finished:
    """The model stopped writing. `detail` is for the log."""

    reason: FinishReason
    detail: str = ""


@dataclass(slots=True)
class ToolUsed:
    """The model looked at something: `what` in few words. Not `ok`: its call could not be answered as it was.
    `characters` is the length of what it got."""

    name: ToolName
    what: str
    ok: bool
    characters: int


@dataclass(slots=True)
class CallEnded:
    """One call of a model is over and another follows: `usage` is all that it used, and the next one counts anew.
    `cost` is in USD, None where the price is unknown."""

    usage: Usage
    cost: float | None


Aside = ThoughtText | Waiting | ModelChanged | ToolUsed
"""What happens beside an answer."""
DraftEvent = JsonText | ProseText | ThoughtText | Usage | Waiting | ModelChanged | ToolUsed | CallEnded | Finished


class DraftModel(Protocol):
    """A named model, ready to write.

    `name` is "provider:model"; `label` is what the person reads; `offline` says that no language model answers;
    `images` whether it takes a request with pictures.
    """

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def offline(self) -> bool: ...

    @property
    def images(self) -> bool: ...

    def stream(self, request: ModelRequest) -> AsyncGenerator[DraftEvent, None]:
        """Answer `request`; ends after `Finished`. Each `Usage` counts from the last `CallEnded` on. Raises `ModelError`; closing the generator ends the request."""
        ...

    def cost(self, usage: Usage) -> float | None:
        """USD for `usage`, or None where the price is unknown."""
        ...
