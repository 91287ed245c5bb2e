"""The way out of one app: a proxy that lets it reach the hosts its project allows, and no other.

It runs in a container of its own with nothing but Python's standard library, as `python3 -c` with this file's text:

    egress_proxy.py PORT '["api.example.com"]' '["203.0.113.0/24"]'

A name is resolved here, once, and only public addresses are connected to: a foreign name that points to the app's own
network or to this machine's gives no access to it. The third argument lists networks that are allowed all the same.
HTTPS goes through as CONNECT (RFC 9110 section 9.3.6) to port 443, HTTP by the absolute form of its target (RFC 9112
section 3.2.2) to port 80. A host that is refused is one line of JSON on standard output.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import re
import socket
import sys
from collections.abc import Iterable
from urllib.parse import urlsplit

HEAD_BYTES = 16 * 1024
HEAD_SECONDS = 15.0
CONNECT_SECONDS = 10.0
IDLE_SECONDS = 300.0
CONNECTIONS = 128
PORTS = {"https": 443, "http": 80}
CHUNK = 64 * 1024
# Headers of the connection to this proxy, or meant for it alone (RFC 9110 section 7.6.1).
OURS = ("connection:", "proxy-connection:", "proxy-authorization:", "keep-alive:", "te:", "upgrade:", "host:")
# A header field's line (RFC 9110 sections 5.1 and 5.5): programs interpret anything else differently.
FIELD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\x00-\x08\x0a-\x1f\x7f]*")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
EVERYWHERE = ipaddress.ip_network("0.0.0.0/0")
# The public IPv6 addresses (RFC 4291 section 2.4). IPv4 addresses written as IPv6, which translators turn into IPv4
# again, are outside of it (RFC 6052, RFC 8215, RFC 2765), and so are site-local ones (RFC 3879).
GLOBAL = ipaddress.ip_network("2000::/3")
# Parts of it that are not public, though Python's own table, depending on its version, says otherwise: protocol
# assignments (RFC 2928: Teredo, ORCHID), 6to4 and its relays (RFC 3056, RFC 3068), examples (RFC 3849, RFC 9637).
SPECIAL = [
    ipaddress.ip_network(text)
    for text in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
]


class ProxyRefusal(Exception):
    """A refused request, as the status line's number and its sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class EgressProxy:
    """Serves one app."""

    def __init__(self, hosts: Iterable[str], excepted: Iterable[str] = ()) -> None:
        self._hosts = frozenset(hosts)
        self._excepted = [ipaddress.ip_network(network) for network in excepted]
        self._open = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the app, to its end."""
        self._open += 1
        try:
            if self._open > CONNECTIONS:
                raise ProxyRefusal(503, "Too many connections at once.")
            async with asyncio.timeout(HEAD_SECONDS):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            await self._pass_on(head, reader, writer)
        except ProxyRefusal as refused:
            text = f"{refused}\n".encode()
            lines = f"HTTP/1.1 {refused.status} Refused\r\nContent-Type: text/plain; charset=utf-8\r\n"
            writer.write(f"{lines}Content-Length: {len(text)}\r\nConnection: close\r\n\r\n".encode() + text)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self._open -= 1
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(HEAD_SECONDS):
                    await writer.drain()
                    writer.close()
                    await writer.wait_closed()

    async def _pass_on(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request, *headers = head.removesuffix("\r\n\r\n").split("\r\n")
        if CONTROL.search(request) or not all(FIELD.fullmatch(line) for line in headers):
            raise ProxyRefusal(400, "This is no request.")
        method, target, version = _words(request)
        try:
            url = urlsplit(f"https://{target}" if method == "CONNECT" else target)
            if url.scheme != ("https" if method == "CONNECT" else "http"):
                raise ProxyRefusal(400, "This is a proxy: it takes CONNECT, and http:// addresses.")
            host, port = (url.hostname or "").rstrip("."), url.port or PORTS[url.scheme]
        except ValueError:
            raise ProxyRefusal(400, "This is no address with a host and a port.") from None
        if host not in self._hosts or port != PORTS[url.scheme]:
            print(json.dumps({"refused": host[:253], "port": port}), flush=True)
            raise ProxyRefusal(403, f"{host}:{port} is not among the hosts that this app may reach.")
        there, back = await self._connected(host, port)
        try:
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            else:
                path = (url.path or "/") + (f"?{url.query}" if url.query else "")
                kept = [line for line in headers if not line.lower().startswith(OURS)]
                # The host is the checked one, whatever the app wrote; one request per connection.
                lines = [f"{method} {path} {version}", f"Host: {host}", *kept, "Connection: close", "", ""]
                back.write("\r\n".join(lines).encode("latin-1"))
            # The server ends the connection; a client that has sent everything still waits for the answer.
            sending = asyncio.create_task(_pipe(reader, back), name="to the host")
            try:
                await _pipe(there, writer)
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
        finally:
            back.close()

    async def _connected(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to an address of `host` that is not private."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, TimeoutError):
            raise ProxyRefusal(502, f"{host} has no address.") from None
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        usable = [address for address in addresses if self.public(address)]
        if not usable:
            print(json.dumps({"refused": host, "port": port, "private": True}), flush=True)
            raise ProxyRefusal(403, f"{host} has a private address, which no app may reach.")
        for address in usable:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(CONNECT_SECONDS):
                    return await asyncio.open_connection(address, port, limit=CHUNK)
        raise ProxyRefusal(502, f"{host} does not answer.")

    def public(self, text: str) -> bool:
        """Whether apps may reach an address: it is public, or in an excepted network."""
        address = ipaddress.ip_address(text.partition("%")[0])
        address = getattr(address, "ipv4_mapped", None) or address
        if any(address in network for network in self._excepted if network.version == address.version):
            return True
        within = GLOBAL if address.version == 6 else EVERYWHERE
        if address not in within or not address.is_global or address.is_multicast:
            return False
        return not any(address in network for network in SPECIAL if network.version == address.version)


def _words(request: str) -> tuple[str, str, str]:
    words = request.split(" ")
    if len(words) != 3 or words[2] not in ("HTTP/1.0", "HTTP/1.1"):
        raise ProxyRefusal(400, "This is no request.")
    return words[0], words[1], words[2]


async def _pipe(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Pass on data until its end, or until none has come for a long time."""
    while True:
        async with asyncio.timeout(IDLE_SECONDS):
            piece = await source.read(CHUNK)
        if not piece:
            break
        target.write(piece)
        async with asyncio.timeout(IDLE_SECONDS):
            await target.drain()
    if target.can_write_eof():
        target.write_eof()


async def main(port: int, hosts: Iterable[str], excepted: Iterable[str]) -> None:
    """Serve until the process is ended."""
    proxy = EgressProxy(hosts, excepted)
    server = await asyncio.start_server(proxy.serve, "0.0.0.0", port, limit=HEAD_BYTES)  # noqa: S104 - inside a container
    async with server:
        print(json.dumps({"listening": port}), flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(int(sys.argv[1]), json.loads(sys.argv[2]), json.loads(sys.argv[3])))
