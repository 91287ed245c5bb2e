"""Fetches the packages that the runtime images have besides their base, with this machine's own package clients.

The clients run here and not in the build: indexes, credentials, certificates and proxies are used where they are
configured, on the machine, and none of them can end up in an image. No package's own code runs while it is fetched.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from preview_runtime.dependencies.process import OutputTooLarge, ProcessTimeout, run
from preview_runtime.node import node_executable

_SECONDS: Final = 600.0
_OUTPUT: Final = 4 * 2**20
# manylinux_2_28 runs on Debian 10 and later; wheels for older systems are accepted as well.
_PYTHON_PLATFORMS: Final = {"amd64": "x86_64", "arm64": "aarch64"}
_NODE_PLATFORMS: Final = {"amd64": "x64", "arm64": "arm64"}


class FetchFailed(Exception):
    """A package client failed; `detail` holds its last lines."""

    def __init__(self, message: str, detail: str) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail


async def python_packages(requirements: Path, target: Path, version: str, architecture: str) -> None:
    """Put the packages of `requirements` for Python `version` (such as 3.11) on Linux into `target`. Raises `FetchFailed`."""
    machine = _PYTHON_PLATFORMS.get(architecture, architecture)
    shared: list[str | Path] = [
        "--target",
        target,
        "--python-version",
        version,
        "--only-binary=:all:",
        "-r",
        requirements,
    ]
    by_uv = ["pip", "install", "--quiet", "--link-mode", "copy", "--python", sys.executable]
    by_pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "--implementation", "cp"]
    platforms = [f"manylinux_2_28_{machine}", f"manylinux_2_17_{machine}", f"manylinux2014_{machine}"]
    uv = shutil.which("uv", path=_path())
    # The same order as in script/setup: uv, which takes seconds; pip when only pip's configuration names an index.
    attempts: list[Sequence[str | Path]] = [
        *([[uv, *by_uv, "--python-platform", f"{machine}-manylinux_2_28", *shared]] if uv else []),
        [sys.executable, *by_pip, *(part for name in platforms for part in ("--platform", name)), *shared],
    ]
    said = ""
    for command in attempts:
        shutil.rmtree(target, ignore_errors=True)
        said = await run_client(command, target.parent)
        if not said:
            break
    else:
        raise FetchFailed("The Python frameworks could not be fetched from the package index.", said)
    await asyncio.to_thread(_tidy, target)


def _tidy(target: Path) -> None:
    (target / ".lock").unlink(missing_ok=True)
    for script in (target / "bin").iterdir():
        _belongs_anywhere(script)
    for source in target.rglob("*.po"):
        source.unlink()  # translations are read from the .mo files beside them


def _belongs_anywhere(script: Path) -> None:
    """Make a console script start the image's Python instead of this machine's."""
    first, newline, rest = script.read_bytes().partition(b"\n")
    if first.startswith(b"#!") and b"python" in first:
        script.write_bytes(b"#!/usr/bin/env python3" + newline + rest)


async def node_packages(manifest: Path, target: Path, architecture: str) -> None:
    """Install the packages of `manifest` (a folder with package.json and its lock) into `target`. Raises
    `FetchFailed`."""
    await asyncio.to_thread(shutil.copytree, manifest, target)
    await _npm(["ci", *_for(architecture)], target)


async def node_itself(version: str, target: Path, architecture: str) -> None:
    """Put Node `version` and its npm into `target`, with the layout of /usr/local. Raises `FetchFailed`."""
    work = target.with_name(f"{target.name}-npm")
    work.mkdir(parents=True, exist_ok=True)
    machine = _NODE_PLATFORMS.get(architecture, architecture)
    (work / "package.json").write_text("{}", encoding="utf-8")
    # npm 11 is the version that Node 24 ships with.
    await _npm(["install", *_for(architecture), f"node-linux-{machine}@{version}", "npm@11"], work)
    (target / "bin").mkdir(parents=True)
    (target / "lib/node_modules").mkdir(parents=True)
    shutil.move(work / f"node_modules/node-linux-{machine}/bin/node", target / "bin/node")
    shutil.move(work / "node_modules/npm", target / "lib/node_modules/npm")
    for name in ("npm", "npx"):
        (target / "bin" / name).symlink_to(f"../lib/node_modules/npm/bin/{name}-cli.js")


def _for(architecture: str) -> list[str]:
    machine = _NODE_PLATFORMS.get(architecture, architecture)
    return [
        *("--os=linux", f"--cpu={machine}", "--libc=glibc"),
        *("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"),
    ]


async def _npm(arguments: list[str], folder: Path) -> None:
    npm = shutil.which("npm", path=_path())
    if npm is None:
        raise FetchFailed("npm is not installed. Run script/setup.", "")
    said = await run_client([npm, *arguments], folder)
    if said:
        raise FetchFailed("The Node frameworks could not be fetched from the npm registry.", said)


async def run_client(command: Sequence[str | Path], folder: Path) -> str:
    """The client's error output; "" when it succeeded."""
    # A company's proxy that signs with its own certificate has it in the system's store.
    environment = {"UV_SYSTEM_CERTS": "true", "NODE_USE_SYSTEM_CA": "1", **os.environ, "PATH": _path(), "NO_COLOR": "1"}
    try:
        done = await run(command, cwd=folder, env=environment, seconds=_SECONDS, max_output=_OUTPUT)
    except (OSError, ProcessTimeout, OutputTooLarge) as error:
        return str(error) or type(error).__name__
    return (done.stderr.strip() or f"exit code {done.code}")[-2000:] if done.code else ""


def _path() -> str:
    """PATH with our own environment and the pinned Node first."""
    folders = [str(Path(sys.executable).parent), str(node_executable().parent), os.environ.get("PATH", os.defpath)]
    return os.pathsep.join(folders)
