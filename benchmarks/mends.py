"""Free mends: at least 500 seeded faults over the starters and small projects, and clean projects that stay as they are.

A mend is wrong where the tree that it leaves does not mean what the tree without the fault means.
"""

from __future__ import annotations

import time
from collections import Counter

from benchmarks._harness import finish, percentile, say
from builder.generation.mends import free_mends
from preview_runtime.file_tree import FileTree
from tests.unit.generation.mends.faults import PACKAGES, Fault, seeded
from tests.unit.generation.mends.meaning import meaning
from tests.unit.generation.mends.projects import small, starters

SEED = 11
MOST_OF_A_KIND = 40


def judged(fault: Fault) -> tuple[str, float]:
    """(mended, wrong or left alone; milliseconds). The fault came with the last change."""
    # What was cut is what was written for the first time: the end that it had is known from nowhere.
    before = fault.original.replace({}, delete=[fault.path]) if "cut" in fault.kind else fault.original
    began = time.perf_counter()
    mended = free_mends(fault.tree, before=before, packages=PACKAGES)
    took = 1000 * (time.perf_counter() - began)
    if meaning(mended.tree) == meaning(fault.original):
        return "mended", took
    return ("wrong" if mended.mends else "left alone"), took


def large() -> tuple[FileTree, FileTree]:
    """A project of 300 files, before and after a change of ten."""
    base = small()["react-router"]
    files = dict(base)
    text = str(base["src/components/TripCard.tsx"])
    for number in range(300 - len(base)):
        files[f"src/components/many/Card{number}.tsx"] = text.replace("TripCard", f"Card{number}")
    broken = {
        f"src/components/many/Card{number}.tsx": files[f"src/components/many/Card{number}.tsx"] for number in range(10)
    }
    changed = {
        path: str(code).replace("className=", "class=").replace('import { Link } from "react-router-dom";\n', "")
        for path, code in broken.items()
    }
    return FileTree(files), FileTree({**files, **changed})


def main() -> None:
    projects = {**starters(), **small()}
    free_mends(projects["todo"], before=FileTree(), packages=PACKAGES)  # what is loaded once
    clean = sum(len(free_mends(tree, before=FileTree(), packages=PACKAGES).mends) for tree in projects.values())
    faults = seeded(projects, SEED, MOST_OF_A_KIND)
    say(f"{len(faults)} faults; changes of clean projects: {clean}")
    ended: Counter[str] = Counter()
    kinds: dict[str, Counter[str]] = {}
    times = []
    for fault in faults:
        end, took = judged(fault)
        times.append(took)
        ended[end] += 1
        kinds.setdefault(fault.kind, Counter())[end] += 1
        if end != "mended":
            say(f"{end}: {fault.kind} in {fault.project} {fault.path}")
    for kind, count in kinds.items():
        say(f"{kind}: {dict(count)}")
    before, after = large()
    began = time.perf_counter()
    free_mends(after, before=before, packages=PACKAGES)
    finish(
        "mends",
        {
            "faults": len(faults),
            "mended_share": round(ended["mended"] / len(faults), 3),
            "wrong": ended["wrong"],
            "left_alone": ended["left alone"],
            "changes_of_clean": clean,
            "p95_ms": percentile(times, 0.95),
            "max_ms": round(max(times), 1),
            "large_ms": round(1000 * (time.perf_counter() - began), 1),
        },
        {},
        1,
    )


if __name__ == "__main__":
    main()
