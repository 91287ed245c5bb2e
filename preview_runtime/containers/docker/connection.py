"""The connection to a Docker Engine, with a time limit on every call: an engine that hangs on one container still
answers for all others.

An engine that goes away in the middle of an answer fails like one that does not answer. When it takes a call and stays
silent, as about a container for which it waits itself, only that call fails.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiodocker
import aiohttp

NO_ANSWER: Final = 900  # aiodocker's own number for an engine that does not answer
SILENT: Final = 504  # our own number, for an engine that answers other calls but not this one
PATIENCE: Final = 45.0
_CONNECT_SECONDS: Final = 10.0
_LONG: Final = 3.0  # times the patience
# Calls that copy or remove the files of an image or a volume.
_MUCH_WORK: Final = re.compile(
    r"(?:POST containers/create|DELETE (?:images|volumes)/.*|(?:GET|PUT) containers/[^/]+/archive)"
)
# Calls that last as long as a build, a fetch or a container; their callers set the time limit.
_LASTS: Final = re.compile(r"build|events|images/(?:create|load|.*/(?:get|push))|containers/[^/]+/(?:wait|export)")
_MAY_LAST: Final = {"logs": "follow", "stats": "stream"}  # last part of a path → the option that makes the call last
# A connection that stays open: the engine accepts it, or refuses it, at once.
_KEPT: Final = re.compile(r"exec/[^/]+/start|containers/[^/]+/attach(?:/ws)?")
_NO: Final = ("", "0", "false", "False")


class EngineSilent(aiodocker.DockerError):
    """The engine took a call and did not answer it in time. It may still answer all others."""

    def __init__(self, what: str, seconds: float) -> None:
        super().__init__(SILENT, f"The Docker Engine did not answer “{what}” within {seconds:.0f} seconds")


def no_answer(error: BaseException) -> bool:
    """Whether no engine answered, so that no other call can succeed at the moment."""
    if isinstance(error, aiodocker.DockerError):
        return int(error.status) == NO_ANSWER
    return isinstance(error, (TimeoutError, OSError, aiohttp.ClientError))


def silent(error: BaseException) -> bool:
    """Whether the engine was silent about one thing: repeated at once, the call would not be answered either."""
    return isinstance(error, EngineSilent)


@dataclass(frozen=True, slots=True)
class _Patience:
    """Seconds until an answer begins, and until it is complete; None for no limit."""

    begins: float | None
    whole: float | None


class EngineConnection(aiodocker.Docker):
    """Raises aiodocker.DockerError (`NO_ANSWER`) also when the engine goes away while its answer is being read.

    aiodocker does so only until the answer begins; later errors have other types, which its callers do not expect.
    Raises `EngineSilent` after `patience` seconds (three times that for calls that move files) for every call that does
    not last by nature.
    """

    def __init__(self, url: str | None = None, *, patience: float = PATIENCE) -> None:
        super().__init__(url)
        self._patience = patience

    @contextlib.asynccontextmanager
    async def _query(
        self, path: Any, method: str = "GET", *, params: Any = None, **options: Any
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        whole = self._of(method, path, params).whole
        try:
            async with super()._query(path, method, params=params, **options) as response:
                yield response
        except TimeoutError as error:
            # For lasting calls, and for callers with less patience, the caller's limit holds.
            if whole is None:
                raise
            raise EngineSilent(f"{method} {_place(path)}", whole) from error
        except (aiohttp.ClientError, ConnectionError) as error:
            raise aiodocker.DockerError(NO_ANSWER, f"The Docker Engine ended while it was asked: {error!r}") from error

    async def _do_query(
        self,
        path: Any,
        method: str,
        *,
        params: Any = None,
        timeout: Any = None,  # noqa: ASYNC109, ARG002 - aiodocker's; ours holds
        **options: Any,
    ) -> aiohttp.ClientResponse:
        patience = self._of(method, path, params)
        limits = aiohttp.ClientTimeout(total=patience.whole, sock_connect=min(_CONNECT_SECONDS, self._patience))
        try:
            async with asyncio.timeout(patience.begins):
                return await super()._do_query(path, method, params=params, timeout=limits, **options)
        except TimeoutError as error:
            raise EngineSilent(f"{method} {_place(path)}", patience.begins or _CONNECT_SECONDS) from error

    def _of(self, method: str, path: Any, params: Mapping[str, Any] | None) -> _Patience:
        place = _place(path)
        if _KEPT.fullmatch(place):
            return _Patience(self._patience, None)
        option = _MAY_LAST.get(place.rpartition("/")[2])
        if _LASTS.fullmatch(place) or (option and str((params or {}).get(option, "")) not in _NO):
            return _Patience(None, None)
        seconds = self._patience * (_LONG if _MUCH_WORK.fullmatch(f"{method} {place}") else 1)
        return _Patience(seconds, seconds)


def _place(path: Any) -> str:
    return str(path).partition("?")[0]
