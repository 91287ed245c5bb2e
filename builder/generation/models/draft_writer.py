"""A language model that writes Drafts: as the input of one tool call where it has such tools, else as plain JSON."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Final

from builder.generation.models.draft_schema import DRAFT_SCHEMA, TOOL_DESCRIPTION, TOOL_NAME
from builder.generation.models.explorer import Findings, explore
from builder.generation.models.looking import LookingEvent, look
from builder.generation.models.model import (
    CallEnded,
    DraftEvent,
    Finished,
    FinishReason,
    JsonText,
    ModelRequest,
    ProseText,
    ThoughtText,
    ToolUsed,
)
from builder.generation.models.opening import opening
from builder.generation.tools.session import ToolSession
from builder.llm.conversation.errors import ModelError, NoTools
from builder.llm.conversation.events import (
    AnswerEnded,
    Ending,
    TextPiece,
    ThinkingPiece,
    ToolInputPiece,
    Usage,
    Waiting,
)
from builder.llm.conversation.messages import CallOptions, Tool
from builder.llm.conversation.model import Model

OPERATION: Final = "generate"
"""What the usage log calls it."""
WRITE_APP: Final = Tool(TOOL_NAME, TOOL_DESCRIPTION, DRAFT_SCHEMA)
_SCHEMA_TURN: Final = (
    f"{TOOL_DESCRIPTION}\n"
    f"Answer with one JSON object and nothing else, of this JSON Schema:\n{json.dumps(DRAFT_SCHEMA)}"
)
_REASONS: Final[dict[Ending, FinishReason]] = {"max_tokens": "max_tokens", "refusal": "refusal", "context": "context"}

logger = logging.getLogger(__name__)


class DraftWriter:
    """Asks a language model for a Draft. Satisfies `DraftModel`.

    `shows_thinking`: what it thinks is passed on. `explorer`: a cheaper model that looks at the project first, where the
    request has tools. Without `looks` no model does: each request is one call.
    """

    offline = False

    def __init__(
        self, model: Model, explorer: Model | None = None, *, looks: bool = True, shows_thinking: bool = True
    ) -> None:
        self.name = model.name
        self.label = model.label
        self.images = model.profile.images
        self._model = model
        self._explorer = explorer
        self._looks = looks
        self._shows_thinking = shows_thinking

    def cost(self, usage: Usage) -> float | None:
        return self._model.cost(usage)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[DraftEvent, None]:
        request = request if self._looks else replace(request, tools=None)
        by_tool = self._model.profile.eager_tools
        # A model whose tool input comes late writes plain JSON, and so looks in a conversation of its own.
        if explorer := self._explorer or (None if by_tool else self._model):
            async with aclosing(self._explored(explorer, request)) as looked:
                async for found in looked:
                    if isinstance(found, ModelRequest):
                        request = found
                    else:
                        yield found
        try:
            async with aclosing(self._written(request, by_tool=by_tool)) as events:
                async for event in events:
                    yield event
            return
        except NoTools:
            if not by_tool:
                raise
        async with aclosing(self._written(request, by_tool=False)) as events:
            async for event in events:
                yield event

    async def _written(self, request: ModelRequest, *, by_tool: bool) -> AsyncGenerator[DraftEvent, None]:
        document, last = "", ""
        async with aclosing(self._answer(request, by_tool=by_tool)) as events:
            async for event in events:
                match event:
                    case ToolInputPiece(call, _, text):
                        # A second call is a second document, and goes on with the first where that is whole.
                        document = call if last in ("", "}") else document
                        if text and call == document:
                            last = text.rstrip()[-1:] or last
                            yield JsonText(text)
                    case TextPiece(text, refusal):
                        yield ProseText(text) if by_tool or refusal else JsonText(text)
                    case ThinkingPiece(text) if text and self._shows_thinking:
                        yield ThoughtText(text)
                    case Usage() | Waiting() | CallEnded() | ToolUsed():
                        yield event
                    case AnswerEnded(ending, detail):
                        yield Finished(_REASONS.get(ending, "end"), detail)

    def _answer(self, request: ModelRequest, *, by_tool: bool) -> AsyncGenerator[LookingEvent, None]:
        options = self._options(request, by_tool=by_tool)
        if request.tools and by_tool and self._model.profile.tools:
            return look(self._model, opening(request), ToolSession(request.tools, sees=self.images), WRITE_APP, options)
        return self._model.stream([opening(request)], [WRITE_APP] if by_tool else [], options)

    async def _explored(
        self, explorer: Model, request: ModelRequest
    ) -> AsyncGenerator[ToolUsed | Usage | CallEnded | ModelRequest, None]:
        """`request` with what `explorer` found, last; a look that fails is done without."""
        if not request.tools or not explorer.profile.tools:
            return
        try:
            async with aclosing(explore(explorer, request, request.tools)) as events:
                async for event in events:
                    yield event.added_to(request, request.tools) if isinstance(event, Findings) else event
        except ModelError as fault:
            logger.warning("%s could not look at the project: %s", explorer.name, fault.detail or fault.code)

    def _options(self, request: ModelRequest, *, by_tool: bool) -> CallOptions:
        return CallOptions(
            OPERATION,
            project=request.project,
            reference=request.reference,
            system=request.system if by_tool else f"{request.system}\n\n{_SCHEMA_TURN}",
            tool=TOOL_NAME if by_tool else "",
            one_call=by_tool,
            json=not by_tool,
            thinking=request.thinking and self._model.profile.thinking is not None,
            max_output_tokens=request.max_output_tokens,
            longest_wait=request.longest_wait,
        )
