"""The packages that apps are made with, installed in the versions that they have there; once, kept between runs."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests import starters

ROOT = starters.ROOT
DEPLOY = ROOT / "templates" / "deploy"
_KEPT = ROOT / ".pytest_cache" / "notes"
_SECONDS = 300


def browser() -> Path:
    """node_modules with what the starters' front ends are made of."""
    return starters.installed()


def node() -> Path:
    """node_modules of the image for Node servers."""
    lock = DEPLOY / "node" / "package-lock.json"

    def install(folder: Path) -> None:
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(DEPLOY / "node" / name, folder / name)
        _run(["npm", "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"], folder)

    return _once("node", lock, install) / "node_modules"


def python() -> Path:
    """The packages of the image for Python servers."""
    lock = DEPLOY / "python" / "requirements.txt"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check"]
    return _once("python", lock, lambda folder: _run([*pip, "--target", str(folder), "-r", str(lock)], folder))


def _once(name: str, lock: Path, install: Callable[[Path], None]) -> Path:
    target = _KEPT / f"{name}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    _KEPT.mkdir(parents=True, exist_ok=True)
    with target.with_suffix(".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not target.exists():
            with tempfile.TemporaryDirectory(dir=_KEPT) as scratch:
                made = Path(scratch, "made")
                made.mkdir()
                install(made)
                made.rename(target)  # only when complete
    return target


def _run(command: list[str], folder: Path) -> None:
    path = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=_SECONDS
    )
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
