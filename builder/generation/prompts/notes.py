"""Notes on the libraries that apps here are made with: what models get wrong about the versions that are installed.

They are short lines in templates/prompts/notes, a file for each library, each line with a name of its own; each is
shown to be true by a test that runs it with those versions. A file's first line names packages, whose versions are put
in from where they are pinned.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

from builder.base.settings import ROOT
from builder.projects.starters import starter_packages
from preview_runtime.containers.images.catalogue import DEPLOY
from preview_runtime.containers.images.preinstalled import RUNTIME_NAMES
from preview_runtime.plans.runtimes import Runtime

NOTES: Final = ROOT / "templates" / "prompts" / "notes"
BROWSER: Final = "browser"


@cache
def library_notes(runtimes: tuple[str, ...] = ()) -> str:
    """The notes for front ends, and for servers on `runtimes`, such as "python". Reads files."""
    folders = [BROWSER, *(name for name in sorted(runtimes) if (NOTES / name).is_dir())]
    pins = _pins()
    return "\n".join(
        _with_versions(path, pins[folder]) for folder in folders for path in sorted((NOTES / folder).glob("*.md"))
    )


def _with_versions(path: Path, pins: Mapping[str, str]) -> str:
    heading, _, lines = path.read_text(encoding="utf-8").strip().partition("\n")
    names = heading.removeprefix("# ").split(", ")
    return f"## {', '.join(f'{name} {pins[name]}' for name in names)}\n{lines}\n"


def _pins() -> dict[str, dict[str, str]]:
    """The version of each package, by the folders of the notes."""
    node = json.loads((DEPLOY / "node" / "package.json").read_text(encoding="utf-8"))["dependencies"]
    return {
        BROWSER: dict(package.rsplit(" ", 1) for package in starter_packages(development=True)),
        Runtime.PYTHON: {**dict(_locked()), **_runtime(Runtime.PYTHON)},
        Runtime.NODE: {**node, **_runtime(Runtime.NODE)},
    }


def _runtime(runtime: Runtime) -> dict[str, str]:
    """ "Python 3.11" as a name and a version."""
    name, version, *_ = RUNTIME_NAMES[runtime].split(" ")
    return {name: version}


def _locked() -> Iterator[tuple[str, str]]:
    for line in (DEPLOY / "python" / "requirements.txt").read_text(encoding="utf-8").splitlines():
        wanted = Requirement(line)
        if wanted.marker is None or wanted.marker.evaluate(
            {"python_full_version": f"{_runtime(Runtime.PYTHON)['Python']}.0"}
        ):
            yield wanted.name, str(wanted.specifier).removeprefix("==")
