"""The common parts of both OpenAI APIs in the SDK: the client, the accepted request, the token counts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from builder.llm.conversation.events import Usage
from builder.llm.conversation.prices import price
from builder.llm.conversation.provider import Provider
from builder.llm.wires.openai_faults import refused_option, translated, unpaid
from builder.llm.wires.retries import CONNECT_SECONDS, wait_before_retry

if TYPE_CHECKING:
    from openai import AsyncOpenAI


class OpenAIConnection:
    """An authenticated connection; the SDK is imported on first use."""

    def __init__(self, provider: Provider, key: str, address: str = "") -> None:
        self.provider = provider
        self.address = address
        self._key = key
        self._sdk: AsyncOpenAI | None = None

    async def sdk(self) -> AsyncOpenAI:
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
        import httpx2
        import openai

        sdk = await self.sdk()
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

    def __init__(
        self, client: OpenAIConnection, model: str, *, pause: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        provider = client.provider
        self.name = f"{provider.name}:{model}"
        self.label = provider.model_label(model)
        self.profile = provider.profile(model)
        self._provider = provider
        self._client = client
        self._model = model
        self._pause = pause

    def cost(self, usage: Usage) -> float | None:
        """The counts come last, so an answer that broke off has none: its cost is unknown, not zero."""
        known = price(self.name)
        return known.cost(usage) if known and usage != Usage() else None

    async def _accepted(self, create: Callable[..., Awaitable[Any]], asked: dict[str, Any]) -> Any:
        """The stream that `create` returns for `asked`, after the provider has accepted the request."""
        import openai

        tries = 0
        while True:
            try:
                return await create(**asked)
            except openai.OpenAIError as fault:
                option = refused_option(fault)
                if option in asked:
                    del asked[option]  # an older model, or another server; a refused request costs nothing
                    continue
                wait = None if unpaid(fault) else wait_before_retry(fault, tries)
                if wait is None:
                    raise translated(fault, self._provider, self._model, streaming=False) from fault
                tries += 1
                await self._pause(wait)


def usage(read: int, details: Any, written: int) -> Usage:
    """The counts of an answer: all tokens `read`, with cache figures in `details`, and all tokens `written`."""
    cached = (details.cached_tokens if details else 0) or 0
    kept = (details.cache_write_tokens if details else 0) or 0
    return Usage(max(0, read - cached - kept), written, cached, kept)
