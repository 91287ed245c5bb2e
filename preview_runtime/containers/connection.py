"""The connection to a Docker Engine. An engine that ends in the middle of an answer fails like one that answers nothing."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any, Final

import aiodocker
import aiohttp

NO_ANSWER: Final = 900  # aiodocker's own number for an engine that does not answer


def no_answer(error: BaseException) -> bool:
    """Whether no engine answered, so that nothing else can be asked of it now."""
    if isinstance(error, aiodocker.DockerError):
        return int(error.status) == NO_ANSWER
    return isinstance(error, (TimeoutError, OSError, aiohttp.ClientError))


class EngineConnection(aiodocker.Docker):
    """Raises aiodocker.DockerError (`NO_ANSWER`) also where the engine ends while its answer is read.

    aiodocker does so only until the answer begins; what comes later would pass whoever expects its errors.
    """

    @contextlib.asynccontextmanager
    async def _query(self, *arguments: Any, **options: Any) -> AsyncIterator[aiohttp.ClientResponse]:
        try:
            async with super()._query(*arguments, **options) as response:
                yield response
        except (aiohttp.ClientError, ConnectionError) as error:
            raise aiodocker.DockerError(NO_ANSWER, f"The Docker Engine ended while it was asked: {error!r}") from error
