"""Makes every request of the models' SDKs fail that would leave this computer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class RealRequest(AssertionError):
    """A test tried to call a real model."""


@contextmanager
def no_real_requests() -> Iterator[None]:
    """While open, the SDKs' HTTP transport raises `RealRequest` for any host but loopback.

    The SDKs are the only users of `httpx2`, so package registries (asked through other clients) are not concerned.
    """
    import httpx2

    class _Refused(RealRequest, httpx2.TransportError):
        """To the clients a fault of the line, as any other."""

    real = httpx2.AsyncHTTPTransport.handle_async_request

    async def guarded(self: Any, request: Any) -> Any:
        if request.url.host not in _LOOPBACK:
            raise _Refused(f"a test asked {request.url.host}")
        return await real(self, request)

    httpx2.AsyncHTTPTransport.handle_async_request = guarded  # type: ignore[method-assign]  # that is the point
    try:
        yield
    finally:
        httpx2.AsyncHTTPTransport.handle_async_request = real  # type: ignore[method-assign]
