"""A language model that writes Drafts: as the input of one tool call where it has such tools, else as plain JSON."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from builder.generation.models.draft_schema import DRAFT_SCHEMA, TOOL_DESCRIPTION, TOOL_NAME
from builder.generation.models.model import DraftEvent, Finished, FinishReason, JsonText, ModelRequest, ProseText
from builder.llm.conversation.events import AnswerEnded, Ending, TextPiece, ToolInputPiece, Usage
from builder.llm.conversation.messages import CallOptions, Tool, user_message
from builder.llm.conversation.model import Model

OPERATION: Final = "generate"
"""What the usage log calls it."""
WRITE_APP: Final = Tool(TOOL_NAME, TOOL_DESCRIPTION, DRAFT_SCHEMA)
_SCHEMA_TURN: Final = (
    f"{TOOL_DESCRIPTION}\n"
    f"Answer with one JSON object and nothing else, of this JSON Schema:\n{json.dumps(DRAFT_SCHEMA)}"
)
_REASONS: Final[dict[Ending, FinishReason]] = {"max_tokens": "max_tokens", "refusal": "refusal", "context": "context"}


class DraftWriter:
    """Asks a language model for a Draft. Satisfies `DraftModel`."""

    offline = False

    def __init__(self, model: Model) -> None:
        self.name = model.name
        self.label = model.label
        self.images = model.profile.images
        self._model = model
        self._by_tool = model.profile.eager_tools

    def cost(self, usage: Usage) -> float | None:
        return self._model.cost(usage)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[DraftEvent, None]:
        messages = [user_message(request.user, *request.images)]
        tools = [WRITE_APP] if self._by_tool else []
        document, last = "", ""
        async with aclosing(self._model.stream(messages, tools, self._options(request))) as events:
            async for event in events:
                match event:
                    case ToolInputPiece(call, _, text):
                        # A second call is a second document, and goes on with the first where that is whole.
                        document = call if last in ("", "}") else document
                        if text and call == document:
                            last = text.rstrip()[-1:] or last
                            yield JsonText(text)
                    case TextPiece(text, refusal):
                        yield ProseText(text) if self._by_tool or refusal else JsonText(text)
                    case Usage():
                        yield event
                    case AnswerEnded(ending, detail):
                        yield Finished(_REASONS.get(ending, "end"), detail)

    def _options(self, request: ModelRequest) -> CallOptions:
        return CallOptions(
            OPERATION,
            project=request.project,
            reference=request.generation,
            system=request.system if self._by_tool else f"{request.system}\n\n{_SCHEMA_TURN}",
            tool=TOOL_NAME if self._by_tool else "",
            one_call=self._by_tool,
            json=not self._by_tool,
            max_output_tokens=request.max_output_tokens,
        )
