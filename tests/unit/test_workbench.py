"""The workbench's own TypeScript tests, bundled by esbuild and run by Node's test runner."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from builder.settings import ROOT
from preview_runtime.node import node_executable

WORKBENCH = ROOT / "builder" / "components" / "workbench"
BROWSER = ROOT / "preview_runtime" / "browser"


@pytest.mark.parametrize("test", sorted(WORKBENCH.glob("test/*.test.ts")), ids=lambda path: path.name)
def test_typescript(test: Path, tmp_path: Path) -> None:
    node = str(node_executable())
    bundle = tmp_path / f"{test.stem}.mjs"
    options = ["--bundle", "--format=esm", "--platform=node", f"--alias:$/texts={ROOT / 'builder' / 'texts'}"]
    esbuild = BROWSER / "node_modules" / "esbuild" / "bin" / "esbuild"
    build = subprocess.run(
        [str(esbuild), str(test), f"--outfile={bundle}", *options], capture_output=True, text=True, check=False
    )
    assert build.returncode == 0, build.stderr
    run = subprocess.run([node, "--test", str(bundle)], capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 0, run.stdout + run.stderr
