"""Native Vite on a folder: the baseline."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from benchmarks._probe import now
from builder.build import environment
from tests.browser.conftest import free_port


class Vite:
    """A project on disk, its packages, and its development server as a process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""
        self._process: subprocess.Popen[str] | None = None

    def write(self, files: Mapping[str, str]) -> None:
        """These files and no others, beside the packages."""
        shutil.rmtree(self.folder / "src", ignore_errors=True)
        for path, text in files.items():
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)

    def install(self) -> None:
        """Not part of what is timed: Sayso has a project's packages ready as well."""
        command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=self.folder, env=environment(), check=True, capture_output=True, timeout=240)

    def start(self, *, cold: bool) -> float:
        """A fresh process, without what an earlier one left behind where `cold`; returns when it was started (ms)."""
        if cold:
            shutil.rmtree(self.folder / "node_modules" / ".vite", ignore_errors=True)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/"
        node = shutil.which("node", path=environment()["PATH"]) or "node"
        command = [node, "node_modules/vite/bin/vite.js", "--host", "127.0.0.1", "--strictPort", "--port", str(port)]
        began = now()
        self._process = subprocess.Popen(
            command,
            cwd=self.folder,
            env={**environment(), "CI": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout
        said = ""
        for line in self._process.stdout:
            said += line
            if "ready in" in line:
                return began
        raise RuntimeError(f"Vite did not start:\n{said}")

    def edit(self, path: str, text: str) -> float:
        """Write a file as an editor does; returns when the writing began (ms)."""
        began = now()
        with (self.folder / path).open("w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        return began

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(10)
            self._process = None
