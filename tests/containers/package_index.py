"""A package index for Python and Node at an address beyond the host, in a network namespace of its own.

The address is one of those for documentation (RFC 5737): to an install container it looks like a public registry.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import os
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.containers.machine import machine

PORT = 8099


@contextlib.contextmanager
def served(folder: Path, network: str = "198.51.100") -> Iterator[str]:
    """Serve `folder` over HTTP from an address of `network`; yields where."""
    number = os.getpid() % 60 * 4
    host, there = f"{network}.{number + 1}/30", f"{network}.{number + 2}"
    program = [sys.executable, "-m", "http.server", str(PORT), "--directory", str(folder)]
    with machine(host, [f"{there}/30"], program, PORT):
        yield f"http://{there}:{PORT}"


def python_package(folder: Path, name: str, version: str, source: str) -> None:
    """Put a wheel with one module into the index."""
    wheel = f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": source,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
    }
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text)}\n"
        for path, text in files.items()
    )
    files[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    place = folder / "simple" / name
    place.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(place / wheel, "w") as out:
        for path, text in files.items():
            out.writestr(path, text)
    links = "".join(f'<a href="{found.name}">{found.name}</a>\n' for found in sorted(place.glob("*.whl")))
    (place / "index.html").write_text(f"<!DOCTYPE html><html><body>{links}</body></html>")


def node_package(folder: Path, address: str, name: str, version: str, files: dict[str, str], **fields: object) -> None:
    """Put a package into the index, whose address will be `address`."""
    manifest = {"name": name, "version": version, "main": "index.js", **fields}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for path, text in {**files, "package.json": json.dumps(manifest)}.items():
            entry = tarfile.TarInfo(f"package/{path}")
            entry.size, entry.mode = len(text.encode()), 0o755
            archive.addfile(entry, io.BytesIO(text.encode()))
    (folder / "archives").mkdir(parents=True, exist_ok=True)
    (folder / "archives" / f"{name}-{version}.tgz").write_bytes(out.getvalue())
    integrity = f"sha512-{base64.b64encode(hashlib.sha512(out.getvalue()).digest()).decode()}"
    manifest["dist"] = {"tarball": f"{address}/archives/{name}-{version}.tgz", "integrity": integrity}
    (folder / name).write_text(
        json.dumps({"name": name, "dist-tags": {"latest": version}, "versions": {version: manifest}})
    )


def address() -> str:
    """Where `served` will serve in this process."""
    return f"http://198.51.100.{os.getpid() % 60 * 4 + 2}:{PORT}"
