"""The only way out of an installer: to the registry, and to no address that a package names."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator, Collection, Mapping
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # of the library since 3.4

from preview_runtime.tasks import beside, cancel

_HEAD_SECONDS: Final = 15.0
_CONNECT_SECONDS: Final = 10.0
_CHUNK: Final = 64 * 1024
_PORTS: Final = {"https": 443, "http": 80}
_REFUSED: Final = b"HTTP/1.1 403 Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
# Headers of the connection to this proxy (RFC 9110 section 7.6.1).
_OURS: Final = ("connection:", "proxy-connection:", "proxy-authorization:", "keep-alive:")


@contextlib.asynccontextmanager
async def registry_proxy(
    registry: str, environ: Mapping[str, str], hosts: Collection[str] = ()
) -> AsyncIterator[tuple[dict[str, str], list[str]]]:
    """A proxy on loopback that reaches `registry` and `hosts` alone, while this is open.

    `hosts` are hosts from which the registry lets its packages be fetched; each is reached at the registry's port and
    at those of HTTP.

    Yields the variables to add to an installer's environment, and the list of refused addresses.

    A package's manifest may name any address for a dependency, and installers fetch it before anybody could check it.
    The machine's own proxy in `environ` is still used, unless its NO_PROXY says otherwise.
    """
    proxy = _RegistryProxy(registry, environ, hosts)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, limit=_CHUNK)
    try:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        names = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
        yield {**dict.fromkeys(names, address), "NO_PROXY": "", "no_proxy": ""}, proxy.refused
    finally:
        server.close()
        await proxy.close()


class _RegistryProxy:
    def __init__(self, registry: str, environ: Mapping[str, str], hosts: Collection[str]) -> None:
        home = _endpoint(urlsplit(registry))
        ports = [home, *((scheme, "", port) for scheme, port in _PORTS.items())]
        more = ((scheme, host.lower().rstrip("."), port) for host in hosts for scheme, _, port in ports)
        self._allowed = frozenset([home, *more])
        self._environ = environ
        self.refused: list[str] = []
        self._serving: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the installer, to its end."""
        task = asyncio.current_task()
        if task is not None:
            self._serving.add(task)
        try:
            async with asyncio.timeout(_HEAD_SECONDS):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            await self._pass_on(head, reader, writer)
        except (OSError, ValueError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the installer itself reports that the registry cannot be reached
        except asyncio.CancelledError:
            pass  # the installer has ended: nobody waits for this task
        finally:
            if task is not None:
                self._serving.discard(task)
            writer.close()

    async def close(self) -> None:
        """End what is under way."""
        await cancel(*self._serving)

    async def _pass_on(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request, *headers = head.removesuffix("\r\n\r\n").split("\r\n")
        method, target, version = request.split(" ")
        tunnel = method == "CONNECT"
        url = urlsplit(f"https://{target}" if tunnel else target)
        if _endpoint(url) not in self._allowed or any("\n" in line or "\r" in line for line in (request, *headers)):
            self.refused.append(target)
            writer.write(_REFUSED)
            await writer.drain()
            return
        host, port = url.hostname or "", url.port or _PORTS[url.scheme]
        upstream = self._upstream(url.scheme, host, port)
        async with asyncio.timeout(_CONNECT_SECONDS):
            there, back = await asyncio.open_connection(
                (upstream or url).hostname,
                port if upstream is None else upstream.port or _PORTS[upstream.scheme],
                ssl=True if upstream and upstream.scheme == "https" else None,
                limit=_CHUNK,
            )
        try:
            if tunnel and upstream is None:
                writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            else:
                path = (url.path or "/") + (f"?{url.query}" if url.query else "")
                kept = [line for line in headers if not line.lower().startswith((*_OURS, "host:"))]
                if upstream and upstream.username:
                    user = f"{unquote(upstream.username)}:{unquote(upstream.password or '')}"
                    kept.append(f"Proxy-Authorization: Basic {base64.b64encode(user.encode()).decode()}")
                # One request per connection: the target of a second one would not be checked.
                kept += [] if tunnel else ["Connection: close"]
                lines = [f"{method} {target if upstream else path} {version}", f"Host: {url.netloc}", *kept, "", ""]
                back.write("\r\n".join(lines).encode("latin-1"))
            async with contextlib.AsyncExitStack() as both:
                if tunnel:
                    await both.enter_async_context(beside(_pipe(reader, back), "to the registry"))
                await _pipe(there, writer)
        finally:
            back.close()

    def _upstream(self, scheme: str, host: str, port: int) -> SplitResult | None:
        """The machine's own proxy for this host."""
        names = (f"{scheme}_proxy", f"{scheme.upper()}_PROXY")
        text = next((self._environ[name] for name in names if self._environ.get(name)), "")
        excepted = self._environ.get("no_proxy") or self._environ.get("NO_PROXY") or ""
        if not text or proxy_bypass_environment(f"{host}:{port}", {"no": excepted}):
            return None
        return urlsplit(text if "://" in text else f"http://{text}")


def _endpoint(url: SplitResult) -> tuple[str, str, int]:
    """The values that are compared. Raises ValueError for an address without a host or with a port that is not
    HTTP's."""
    if url.scheme not in _PORTS or not url.hostname:
        raise ValueError("no address of HTTP's")
    return url.scheme, url.hostname.rstrip("."), url.port or _PORTS[url.scheme]


async def _pipe(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while piece := await source.read(_CHUNK):
        target.write(piece)
        await target.drain()
