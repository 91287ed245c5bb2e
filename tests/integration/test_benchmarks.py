"""A benchmark that lacks a program says so in one sentence, before it does anything else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("name", "said"), [("page", "Chromium is missing"), ("preview", "Chromium is missing")])
def test_what_is_missing_is_said_in_one_sentence(name: str, said: str, tmp_path: Path) -> None:
    # No program is found by way of it.
    environment = {**os.environ, "PATH": str(tmp_path), "CI": "true"}
    command = [sys.executable, "-m", f"benchmarks.{name}"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stdout == ""
