"""An image registry on a loopback port that holds one image: as much of the distribution API as a pull needs."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
_CONFIG = "application/vnd.docker.container.image.v1+json"
_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


def digest(content: bytes) -> str:
    """What a registry calls these bytes."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@contextlib.contextmanager
def serving(name: str, tag: str, files: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """Serve an image of one layer with `files`; yields the registry's address (host:port) and the manifest's digest."""
    layer = _tar(files)
    packed = gzip.compress(layer, mtime=0)
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": [digest(layer)]},
        }
    ).encode()
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": {"mediaType": _CONFIG, "size": len(config), "digest": digest(config)},
            "layers": [{"mediaType": _LAYER, "size": len(packed), "digest": digest(packed)}],
        }
    ).encode()
    found = {
        "/v2/": (b"{}", "application/json"),
        **{f"/v2/{name}/manifests/{version}": (manifest, _MANIFEST) for version in (tag, digest(manifest))},
        **{f"/v2/{name}/blobs/{digest(blob)}": (blob, "application/octet-stream") for blob in (config, packed)},
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, kind = found.get(self.path, (b'{"errors":[{"code":"MANIFEST_UNKNOWN","message":"unknown"}]}', ""))
            self.send_response(200 if kind else 404)
            self.send_header("Content-Type", kind or "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Docker-Content-Digest", digest(body))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}", digest(manifest)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _tar(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o755
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()
