"""The starters as the tests see them: read from their folders, built natively with one shared install, served."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import http.server
import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
STARTERS = ROOT / "templates" / "starters"
APART = frozenset({"starter.json", "screenshot.webp"})  # lie in a starter's folder and are not part of the made project
_INSTALLS = ROOT / ".pytest_cache" / "starters"  # one install for each set of dependencies, kept between runs
_BUILD_SECONDS = 180


@dataclass(frozen=True)
class Starter:
    """One folder of templates/starters."""

    name: str

    @property
    def folder(self) -> Path:
        return STARTERS / self.name

    @functools.cached_property
    def spec(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.text("starter.json"))
        return found

    @functools.cached_property
    def content(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.text(self.spec["content"]))
        return found

    @functools.cached_property
    def package(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.text("package.json"))
        return found

    @property
    def dependencies(self) -> dict[str, str]:
        return {**self.package.get("dependencies", {}), **self.package.get("devDependencies", {})}

    def text(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    def files(self) -> list[str]:
        """The paths of the made project, sorted."""
        paths = (p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*") if p.is_file())
        return sorted(p for p in paths if p not in APART)


def starters() -> list[Starter]:
    """All starters that are a front end alone, by name."""
    return [starter for starter in _all() if "server" not in starter.spec]


def server_starters() -> list[Starter]:
    """All starters with a server, by name."""
    return [starter for starter in _all() if "server" in starter.spec]


def _all() -> list[Starter]:
    return [Starter(path.parent.name) for path in sorted(STARTERS.glob("*/starter.json"))]


def installed() -> Path:
    """The node_modules of everything that any starter needs; installed once for each set of dependencies."""
    union: dict[str, str] = {}
    for starter in [one for one in _all() if (one.folder / "index.html").is_file()]:
        for name, version in starter.dependencies.items():
            if union.setdefault(name, version) != version:
                raise AssertionError(f"{starter.name} pins {name} {version}, another starter {union[name]}")
    digest = hashlib.sha256(json.dumps(union, sort_keys=True).encode()).hexdigest()[:16]
    target = _INSTALLS / digest
    _INSTALLS.mkdir(parents=True, exist_ok=True)
    # Tests of several processes ask at once: one installs, the others wait for it.
    with target.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            with tempfile.TemporaryDirectory(dir=_INSTALLS) as scratch:
                made = Path(scratch, "made")
                made.mkdir()
                package = {"name": "starters", "private": True, "dependencies": union}
                (made / "package.json").write_text(json.dumps(package))
                _npm(["install", "--no-audit", "--no-fund", "--ignore-scripts"], made)
                made.rename(target)  # only when complete: a broken install is never taken for a good one
    return target / "node_modules"


def build(starter: Starter, work: Path) -> Path:
    """Run the starter's own `npm run build` in a copy of it under `work`, once; returns the folder of the built site."""
    copy = work / starter.name
    if (copy / "dist").is_dir():
        return copy / "dist"
    for path in starter.files():
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(starter.folder / path, copy / path)
    (copy / "node_modules").symlink_to(installed())
    _npm(["run", "build"], copy)
    return copy / "dist"


def _npm(arguments: list[str], folder: Path) -> None:
    binaries = ROOT / ".venv" / "bin"
    environment = {**os.environ, "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"}
    run = subprocess.run(
        ["npm", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=_BUILD_SECONDS,
        check=False,
    )
    if run.returncode != 0:
        raise AssertionError(
            f"npm {' '.join(arguments)} failed in {folder.name}:\n{run.stdout[-3000:]}\n{run.stderr[-3000:]}"
        )


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: a test's output is for what went wrong."""


@contextlib.contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a built site on a free loopback port; yields its address."""
    handler = functools.partial(_Quiet, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
