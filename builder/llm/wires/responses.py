"""OpenAI's Responses through its SDK, read as raw stream events: the only API in which its newest models take tools."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Any, Final

from builder.llm.conversation import errors
from builder.llm.conversation.events import AnswerEnded, Ending, ModelEvent, TextPiece, ThinkingPiece, ToolInputPiece
from builder.llm.conversation.messages import CallOptions, ModelMessage, Tool
from builder.llm.conversation.model import Model
from builder.llm.wires.chat_completions import ChatCompletionsClient
from builder.llm.wires.openai_faults import translated
from builder.llm.wires.openai_sdk import OpenAIConnection, OpenAIModel, usage
from builder.llm.wires.responses_order import EventOrder, OutOfOrder
from builder.llm.wires.responses_request import kept, parameters
from builder.llm.wires.retries import UNREADABLE, Pause

_UNFINISHED: Final[dict[str, Ending]] = {
    "max_output_tokens": "max_tokens",
    "content_filter": "refusal",
    "max_messages": "paused",
    "steered": "paused",
}
"""Why a response is incomplete."""
_DECLINED: Final = frozenset({"bio_policy", "image_content_policy_violation", "misalignment_policy_violation"})
"""Codes of a failed response that mean the provider refuses to answer."""


class OpenAIClient(ChatCompletionsClient):
    """A client of OpenAI's own service; models that take no tools in chat completions are called by Responses.

    Another address is a compatible server, and chat completions are what such servers have in common.
    """

    def model(self, name: str) -> Model:
        own = not self.address and not self.provider.profile(name).tools
        return ResponsesModel(self, name) if own else super().model(name)


class ResponsesModel(OpenAIModel):
    """One model that is asked through Responses. Satisfies `Model`."""

    def __init__(self, client: OpenAIConnection, model: str, *, pause: Pause = asyncio.sleep) -> None:
        super().__init__(client, model, pause=pause)
        self._profile = replace(self._profile, tools=True, eager_tools=True)

    async def stream(
        self, messages: Sequence[ModelMessage], tools: Sequence[Tool], options: CallOptions
    ) -> AsyncGenerator[ModelEvent, None]:
        if options.stop:
            detail = "Responses end at no text of ours"
            raise errors.RequestRefused(self._provider.label, self._model, detail=detail)
        sdk = await self._client.sdk()
        import httpx2
        import openai

        asked = parameters(self._model, self.profile, messages, tools, options)
        sending = self._sending(sdk.responses.create, asked, options)
        async for waiting in sending.waits():
            yield waiting
        response = sending.response
        calls: dict[int, tuple[str, str]] = {}
        order = EventOrder()
        ended: AnswerEnded | None = None
        try:
            async for event in response:
                try:
                    if not order.takes(event):
                        continue  # told twice
                except OutOfOrder as lost:
                    detail = f"events are missing: {lost}"
                    raise errors.ConnectionLost(self._provider.label, self._model, detail=detail) from lost
                if event.type == "error":
                    raise _fault(event, response)
                if event.type in ("response.completed", "response.incomplete", "response.failed"):
                    whole = event.response
                    if counted := whole.usage:
                        yield usage(counted.input_tokens, counted.input_tokens_details, counted.output_tokens)
                    ended = _ending(event, calls)
                    if not ended:
                        raise _fault(whole.error, response)
                    break
                if piece := _piece(event, calls):
                    yield piece
        except (openai.OpenAIError, httpx2.HTTPError, *UNREADABLE) as fault:
            raise translated(fault, self._provider, self._model, streaming=True) from fault
        finally:
            await response.close()
        if not ended:
            detail = "the stream ended without the response's end"
            raise errors.ConnectionLost(self._provider.label, self._model, detail=detail)
        yield ended


def _piece(event: Any, calls: dict[int, tuple[str, str]]) -> ModelEvent | None:
    """Our event for one of the API's, None for an event without content. `calls`: id and name of the tool calls by
    index."""
    match event.type:
        case "response.output_item.added" if event.item.type == "function_call":
            calls[event.output_index] = event.item.call_id, event.item.name
            return ToolInputPiece(*calls[event.output_index], "")
        case "response.function_call_arguments.delta" if event.delta and event.output_index in calls:
            return ToolInputPiece(*calls[event.output_index], event.delta)
        case "response.output_text.delta" if event.delta:
            return TextPiece(event.delta)
        case "response.refusal.delta" if event.delta:
            return TextPiece(event.delta, refusal=True)
        case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta" if event.delta:
            return ThinkingPiece(event.delta)
        case "response.reasoning_summary_part.added" if event.summary_index:
            return ThinkingPiece("\n\n")
        case "response.output_item.done" if event.item.type == "reasoning":
            # The signature is complete only here.
            seal = kept(event.item.to_dict(mode="json", exclude_none=True))
            return ThinkingPiece(signature=seal) if seal else None
    return None


def _ending(event: Any, calls: dict[int, tuple[str, str]]) -> AnswerEnded | None:
    """How a response ended, None when it failed."""
    if event.type == "response.completed":
        return AnswerEnded("tool_use" if calls else "end", "completed")
    if event.type == "response.incomplete":
        details = event.response.incomplete_details
        reason = str(details and details.reason)
        return AnswerEnded(_UNFINISHED.get(reason, "paused"), reason)
    code = event.response.error and event.response.error.code
    return AnswerEnded("refusal", code) if code in _DECLINED else None


def _fault(said: Any, response: Any) -> Exception:
    """An error that came in the stream, as the SDK's exception for it."""
    import openai

    body = {name: getattr(said, name, None) for name in ("code", "param", "type")}
    message = str(getattr(said, "message", None) or "the response failed")
    return openai.APIError(message, request=response.response.request, body=body)
