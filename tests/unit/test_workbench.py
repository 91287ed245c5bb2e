"""The pages' own TypeScript tests, bundled by esbuild and run by Node's test runner."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from builder.base.settings import ROOT
from builder.pages.early_app import ALLOW, SANDBOX
from preview_runtime.node import node_executable

COMPONENTS = ROOT / "builder" / "components"
WORKBENCH = COMPONENTS / "workbench"
BROWSER = ROOT / "preview_runtime" / "browser"


def test_no_app_is_given_the_builders_camera_microphone_or_place() -> None:
    frame = (WORKBENCH / "preview" / "app_frame.tsx").read_text(encoding="utf-8")
    allowed = re.findall(r'\bALLOW = "([^"]*)"', frame)
    assert len(allowed) == 1
    assert not {"camera", "microphone", "geolocation"} & set(re.split(r"[;\s]+", allowed[0]))
    sandbox = re.findall(r'\bSANDBOX = "([^"]*)"', frame)
    assert len(sandbox) == 1
    assert "top-navigation" not in sandbox[0]
    # A frame that is opened before the workbench is given the same.
    assert (sandbox[0], allowed[0]) == (SANDBOX, ALLOW)


def test_numbers_and_moments_are_written_in_one_place() -> None:
    """`client/numbers.ts` and `client/times.ts`, by the language of the pages: a decimal point is not everybody's."""
    own = re.compile(r"\.toFixed\(|Intl\.(NumberFormat|RelativeTimeFormat|DateTimeFormat)|\.toLocale\w*String\(")
    sources = [path for path in COMPONENTS.rglob("*.ts*") if path.parent.name != "test"]
    found = sorted(path.relative_to(COMPONENTS).as_posix() for path in sources if own.search(path.read_text("utf-8")))
    assert found == ["client/numbers.ts", "client/times.ts"]


@pytest.mark.parametrize("test", sorted(COMPONENTS.glob("*/test/*.test.ts")), ids=lambda path: path.name)
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
