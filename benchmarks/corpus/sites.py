"""Outputs as sites: each under a host of its own, so that nothing is shared between them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote


class Site(Protocol):
    """What is served under one host."""

    def file(self, path: str) -> tuple[str, bytes] | None:
        """The type and the content of a file; None where there is none."""
        ...


class Folder:
    """A folder, served below `base`."""

    def __init__(self, folder: Path, base: str) -> None:
        self._folder = folder
        self._base = base if base.startswith("/") else "/"

    def file(self, path: str) -> tuple[str, bytes] | None:
        """Raises nothing: what is not there is None."""
        if not path.startswith(self._base):
            return None
        return read(self._folder / path.removeprefix(self._base).lstrip("/"))


def read(path: Path) -> tuple[str, bytes] | None:
    """A file of the disk with its type, a folder's index.html for the folder."""
    found = path / "index.html" if path.is_dir() else path
    kind = "text/javascript" if found.suffix in (".js", ".mjs") else guess_type(found.name)[0]
    return (kind or "application/octet-stream", found.read_bytes()) if found.is_file() else None


@contextmanager
def serving(sites: Mapping[str, Site]) -> Iterator[int]:
    """The port on loopback where `http://NAME.localhost` shows `sites[NAME]`, looked up with each request."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site = sites.get(self.headers.get("Host", "").partition(".")[0])
            path = unquote(self.path.partition("?")[0])
            found = site.file(path) if site else None
            if found is None and site and path.endswith("/"):
                found = site.file(path + "index.html")
            self.send_response(200 if found else 404)
            kind, body = found or ("text/plain", b"nothing here")
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: one line for each request says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
