"""Files stay short enough to be read at once."""

from __future__ import annotations

import subprocess
from statistics import median, quantiles

from tests.unit.test_floors import ROOT

CODE = (".py", ".ts", ".tsx", ".mjs", ".cjs")
# What `script/api-types` writes is read by nobody.
GENERATED = {"builder/components/client/api.d.ts"}


def sizes() -> dict[str, int]:
    """The lines of each file of code below `builder` and `preview_runtime`, their own tests included."""
    listed = subprocess.run(
        ["git", "ls-files", "builder", "preview_runtime"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = [name for name in listed.stdout.split() if name.endswith(CODE) and name not in GENERATED]
    there = [name for name in names if (ROOT / name).exists()]
    return {name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in there}


def test_most_files_are_short_and_none_is_long() -> None:
    lines = sizes()
    assert len(lines) > 500
    assert {name: count for name, count in lines.items() if count > 500} == {}
    assert median(lines.values()) <= 110
    assert quantiles(lines.values(), n=20)[-1] <= 350
