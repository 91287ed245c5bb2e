"""A small index of Python packages on loopback, in the simple API's JSON (PEP 691, with the times of PEP 700) or in the
older HTML (PEP 503)."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote


@dataclass
class Release:
    """One version of a package, with one module of `source`; `published` is ISO 8601. `source_only`: there is no wheel, and
    `setup` is the script that would build it."""

    name: str
    version: str = "1.0.0"
    published: str = ""
    source: str = ""
    needs: tuple[str, ...] = ()
    source_only: bool = False
    setup: str = ""
    files: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        stem = f"{self.name.replace('-', '_')}-{self.version}"
        if self.source_only:
            self.files[f"{stem}.tar.gz"] = _tarball(stem, {"setup.py": self.setup, "PKG-INFO": self._metadata()})
            return
        info = f"{stem}.dist-info"
        inner = {
            f"{self.name.replace('-', '_')}.py": self.source,
            f"{info}/METADATA": self._metadata(),
            f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = "".join(f"{path},sha256={_digest(text)},{len(text)}\n" for path, text in inner.items())
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as out:
            for path, text in {**inner, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
                out.writestr(path, text)
        self.files[f"{stem}-py3-none-any.whl"] = packed.getvalue()

    def _metadata(self) -> str:
        needs = "".join(f"Requires-Dist: {one}\n" for one in self.needs)
        return f"Metadata-Version: 2.1\nName: {self.name}\nVersion: {self.version}\n{needs}"


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def _tarball(folder: str, files: Mapping[str, str]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as out:
        for path, text in files.items():
            entry = tarfile.TarInfo(f"{folder}/{path}")
            entry.size = len(text.encode())
            out.addfile(entry, io.BytesIO(text.encode()))
    return packed.getvalue()


@contextmanager
def python_index(*releases: Release, html: bool = False) -> Iterator[tuple[str, list[str]]]:
    """The index's address and the paths asked for so far."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = unquote(self.path)
            asked.append(path)
            if path.startswith("/files/"):
                found = [one.files[path[7:]] for one in releases if path[7:] in one.files]
                return self.answer(200 if found else 404, found[0] if found else b"", "application/octet-stream")
            name = path.removeprefix("/simple/").strip("/")
            mine = [one for one in releases if one.name == name]
            if not mine:
                return self.answer(404, b"{}", "application/json")
            if html or "json" not in self.headers.get("accept", ""):
                return self.answer(200, page(mine).encode(), "text/html")
            return self.answer(200, json.dumps(document(mine)).encode(), "application/vnd.pypi.simple.v1+json")

        do_HEAD = do_GET  # uv asks for a wheel's length first

        def answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    def page(mine: list[Release]) -> str:
        links = (f'<a href="/files/{name}">{name}</a>' for one in mine for name in one.files)
        return f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>"

    def document(mine: list[Release]) -> dict[str, object]:
        files = [
            {
                "filename": name, "url": f"/files/{name}", "hashes": {"sha256": hashlib.sha256(body).hexdigest()},
                **({"upload-time": one.published} if one.published else {}),
            }
            for one in mine
            for name, body in one.files.items()
        ]  # fmt: skip
        versions = [one.version for one in mine]
        return {"meta": {"api-version": "1.1"}, "name": mine[0].name, "versions": versions, "files": files}

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/simple", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
