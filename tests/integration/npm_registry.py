"""A small npm registry on loopback, for packages that no honest registry would serve."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote


@dataclass
class Package:
    """One version of a package: its manifest, its files, links (path → target) and raw names as they are in the tar.
    `published`: when it was (ISO 8601), "" where the registry says nothing of times."""

    name: str
    version: str = "1.0.0"
    manifest: dict[str, Any] = field(default_factory=dict)
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    raw: Mapping[str, str] = field(default_factory=dict)
    published: str = ""

    def tarball(self) -> bytes:
        """The package as the registry serves it."""
        manifest = {"name": self.name, "version": self.version, **self.manifest}
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            named = {
                f"package/{path}": text for path, text in {"package.json": json.dumps(manifest), **self.files}.items()
            }
            for path, text in {**named, **self.raw}.items():
                body = text.encode() if isinstance(text, str) else text
                entry = tarfile.TarInfo(path)
                entry.size = len(body)
                tar.addfile(entry, io.BytesIO(body))
            for path, target in self.links.items():
                entry = tarfile.TarInfo(f"package/{path}")
                entry.type = tarfile.SYMTYPE
                entry.linkname = target
                tar.addfile(entry)
        return gzip.compress(packed.getvalue(), mtime=0)  # the same package, the same bytes


@contextmanager
def npm_registry(*packages: Package, tarballs_from: str = "127.0.0.1") -> Iterator[tuple[str, list[str]]]:
    """The registry's address and the paths asked for so far. `tarballs_from`: this computer's name in their addresses."""
    tarballs = {f"/-/{package.name}-{package.version}.tgz": package.tarball() for package in packages}
    # Where installers look that go by a lock without addresses.
    usual = {
        f"/{one.name}/-/{one.name.rpartition('/')[2]}-{one.version}.tgz": f"/-/{one.name}-{one.version}.tgz"
        for one in packages
    }
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = unquote(self.path)
            path = usual.get(path, path)
            asked.append(path)
            if path in tarballs:
                return self.answer(200, tarballs[path], "application/octet-stream")
            found = [package for package in packages if package.name == path[1:]]
            document = json.dumps(describe(found)).encode() if found else b"{}"
            return self.answer(200 if found else 404, document, "application/json")

        def answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    def describe(found: list[Package]) -> dict[str, Any]:
        versions = {}
        for package in found:
            path = f"/-/{package.name}-{package.version}.tgz"
            integrity = base64.b64encode(hashlib.sha512(tarballs[path]).digest()).decode()
            host = address.replace("127.0.0.1", tarballs_from)
            dist = {"tarball": f"{host}{path}", "integrity": f"sha512-{integrity}"}
            versions[package.version] = {
                "name": package.name, "version": package.version, **package.manifest, "dist": dist,
            }  # fmt: skip
        times = {package.version: package.published for package in found if package.published}
        if times:
            times["created"] = min(times.values())
        tags = {"latest": found[-1].version}
        return {"name": found[0].name, "dist-tags": tags, "versions": versions, **({"time": times} if times else {})}

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield address, asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
