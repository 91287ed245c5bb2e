"""What `vite build` makes of the corpus' projects, kept until their files change."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.corpus.projects import OLDER, PACKAGES, Project
from builder.build import environment

SECONDS: Final = 90
# Named by the corpus only so that it is refused.
_NOT_INSTALLED: Final = {"astro"}


@dataclass(frozen=True, slots=True)
class Built:
    """`folder`: the output; `error`: why there is none."""

    folder: Path
    base: str
    error: str = ""


class ViteBuilds:
    """Installs the packages of the corpus once and builds its projects, below `cache`."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache

    def build(self, project: Project, *, anew: bool = False) -> Built:
        """The output of `vite build`, from the cache unless `anew`."""
        packages = self._installed(project.older)
        root = self._cache / "projects" / project.hash
        done = root / "done.json"
        base = next(iter(re.findall(r"base: '([^']+)'", str(project.files.get("vite.config.ts", "")))), "/")
        if anew or not done.exists():
            shutil.rmtree(root, ignore_errors=True)
            for path, content in project.files.items():
                target = root / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.encode() if isinstance(content, str) else content)
            (root / "node_modules").symlink_to(packages / "node_modules")
            node = shutil.which("node", path=environment()["PATH"]) or "node"
            command = [node, "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"]
            ran = subprocess.run(
                command, cwd=root, env={**environment(), "CI": "1"}, capture_output=True, text=True, timeout=SECONDS
            )
            error = "" if ran.returncode == 0 else (ran.stderr or ran.stdout)[-2_000:]
            done.write_text(json.dumps({"error": error}))
        return Built(root / "dist", base, str(json.loads(done.read_text())["error"]))

    def _installed(self, older: str) -> Path:
        folder = self._cache / ("packages-" + older.replace("@", "-") if older else "packages")
        wanted = {name: version for name, version in PACKAGES.items() if name not in _NOT_INSTALLED}
        if older:
            names = PACKAGES.keys() - _NOT_INSTALLED - {"tailwindcss", "@tailwindcss/vite", "@tailwindcss/postcss"}
            wanted = {name: PACKAGES[name] for name in sorted(names)} | OLDER[older]
        text = json.dumps({"private": True, "dependencies": wanted})
        manifest = folder / "package.json"
        if not (folder / "node_modules").is_dir() or not manifest.exists() or manifest.read_text() != text:
            folder.mkdir(parents=True, exist_ok=True)
            manifest.write_text(text)
            command = ["npm", "install", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund"]
            subprocess.run(
                command, cwd=folder, env={**os.environ, **environment()}, check=True, capture_output=True, timeout=300
            )
        return folder
