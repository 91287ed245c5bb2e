"""The agent of an image, as the one file that is copied there.

The Python one is written in several modules and joined: a start opens one file, and no module of ours lies in
`sys.modules`, where the app may look for one of its own by the same name.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from preview_runtime.plans.runtimes import Image, Runtime

_HERE: Final = Path(__file__).parent
# In this order: each module imports only from those before it.
_PYTHON: Final = tuple(_HERE / "python_agent" / f"{name}.py" for name in ("work_folder", "preload", "program", "agent"))
_LEFT_OUT: Final = ("__future__", "preview_runtime.")


@cache
def image_file(image: Image) -> Mapping[str, bytes]:
    """The file's content by its name in the build context; empty for an image without an agent."""
    if image is Runtime.PYTHON:
        return {"agent.py": joined(path.read_text(encoding="utf-8") for path in _PYTHON).encode()}
    if image is Runtime.NODE:
        return {"agent.cjs": (_HERE / "node_agent.cjs").read_bytes()}
    return {}


def joined(sources: Iterable[str]) -> str:
    """One of the modules, without the lines that import names from the others."""
    lines = ["from __future__ import annotations\n"]
    for source in sources:
        kept = source.splitlines(keepends=True)
        for node in ast.parse(source).body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_LEFT_OUT):
                kept[node.lineno - 1 : node.end_lineno] = [""] * ((node.end_lineno or 0) - node.lineno + 1)
        lines += kept
    return "".join(lines)
