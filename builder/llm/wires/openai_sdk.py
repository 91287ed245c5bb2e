"""The common parts of both OpenAI APIs in the SDK: the client, the accepted request, the token counts."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from builder.llm.conversation import errors
from builder.llm.conversation.events import Usage
from builder.llm.conversation.messages import CallOptions
from builder.llm.conversation.model import Profile
from builder.llm.conversation.prices import price
from builder.llm.conversation.provider import Provider
from builder.llm.wires.openai_faults import refused_option, translated
from builder.llm.wires.retries import CONNECT_SECONDS, Pause, Sending

if TYPE_CHECKING:
    from openai import AsyncOpenAI


class OpenAIConnection:
    """An authenticated connection; the SDK is imported on first use. `refused` are, by model, the parts of a request
    that it did not accept: they are not sent again."""

    def __init__(self, provider: Provider, key: str, address: str = "") -> None:
        self.provider = provider
        self.address = address
        self.refused: defaultdict[str, set[str]] = defaultdict(set)
        self._key = key
        self._sdk: AsyncOpenAI | None = None
        self._opening = asyncio.Lock()

    async def sdk(self) -> AsyncOpenAI:
        # As for Anthropic: nothing else would be served while it is imported.
        async with self._opening:
            if self._sdk is None:
                self._sdk = await asyncio.to_thread(self._connect)
        return self._sdk

    def _connect(self) -> AsyncOpenAI:
        import httpx2
        from openai import AsyncOpenAI

        # As for Anthropic: the SDK's own retries would pay again for an answer that timed out.
        return AsyncOpenAI(
            api_key=self._key,
            base_url=self.address or None,
            max_retries=0,
            timeout=httpx2.Timeout(self.provider.silence_seconds, connect=CONNECT_SECONDS),
        )

    async def names(self) -> list[str]:
        """All models the key can use, newest first, whatever they make. Raises `ModelError`."""
        sdk = await self.sdk()
        import httpx2
        import openai

        try:
            found = [model async for model in sdk.models.list()]
        except (openai.OpenAIError, httpx2.HTTPError) as fault:
            raise translated(fault, self.provider, "", streaming=False) from fault
        return [model.id for model in sorted(found, key=lambda model: model.created or 0, reverse=True)]

    async def close(self) -> None:
        if self._sdk is not None:
            await self._sdk.close()


class OpenAIModel:
    """One model behind a connection, whichever API is used."""

    def __init__(self, client: OpenAIConnection, model: str, *, pause: Pause = asyncio.sleep) -> None:
        provider = client.provider
        self.name = f"{provider.name}:{model}"
        self.label = provider.model_label(model)
        self._provider = provider
        self._profile = provider.profile(model)
        self._client = client
        self._model = model
        self._pause = pause

    @property
    def profile(self) -> Profile:
        if "tools" in self._client.refused[self._model]:
            return replace(self._profile, tools=False, eager_tools=False)
        return self._profile

    def cost(self, usage: Usage) -> float | None:
        """The counts come last, so an answer that broke off has none: its cost is unknown, not zero."""
        known = price(self.name)
        return known.cost(usage) if known and usage != Usage() else None

    def _sending(self, create: Callable[..., Awaitable[Any]], asked: dict[str, Any], options: CallOptions) -> Sending:
        """The request `asked`, made by `create`."""
        import openai

        refused = self._client.refused[self._model]
        for name in refused:
            asked.pop(name, None)

        def amend(fault: Exception) -> bool:
            """Leaves out what an older model or another server does not accept."""
            option = refused_option(fault, asked)
            if option not in asked:
                return False
            refused.add(option)
            if option == "tools":
                raise errors.NoTools(self._provider.label, self._model, detail=str(fault)[:2_000]) from fault
            del asked[option]
            return True

        return Sending(
            lambda: create(**asked),
            (openai.OpenAIError,),
            amend,
            lambda fault: translated(fault, self._provider, self._model, streaming=False),
            self._provider.label,
            options.longest_wait,
            self._pause,
        )


def usage(read: int, details: Any, written: int) -> Usage:
    """The counts of an answer: all tokens `read`, with cache figures in `details`, and all tokens `written`."""
    cached = (details.cached_tokens if details else 0) or 0
    kept = (details.cache_write_tokens if details else 0) or 0
    return Usage(max(0, read - cached - kept), written, cached, kept)
