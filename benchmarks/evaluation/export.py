"""Projects laid out as the judges of the public sets take them."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks.evaluation.tasks import Layout, Task
from builder.base.settings import ROOT
from builder.projects.naming import slug

# What Sayso adds to a project, or what BaxBench brings itself: its packages are fixed.
_NOT_JUDGED: Final = ("walks/", "node_modules/", "Dockerfile", "requirements.txt", "package.json", "package-lock.json")
# WebGen-Bench reads the commands out of the conversation that made the app.
_COMMANDS: Final = '<boltAction type="shell">npm install</boltAction><boltAction type="start">npm run dev</boltAction>'


def write_export(folder: Path, layout: Layout, model: str, task: Task, archive: bytes, texts: Mapping[str, str]) -> str:
    """Write one project; its path from `folder`, "" where the set's own walks judge. `archive`: the project as a zip."""
    match layout:
        case "webgen":
            return _webgen(folder, task, archive)
        case "fullstack":
            return _fullstack(folder, task, archive)
        case "baxbench":
            return _baxbench(folder, slug(model.partition(":")[2]) or "sayso", task, texts)
    return ""


def _webgen(folder: Path, task: Task, archive: bytes) -> str:
    path = folder / "webgen" / f"{task.place}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(with_commands(archive))
    said = [{"role": "user", "content": task.prompt}, {"role": "assistant", "content": _COMMANDS}]
    path.with_suffix(".json").write_text(json.dumps({"messages": said}, ensure_ascii=False), encoding="utf-8")
    return path.relative_to(folder).as_posix()


def _fullstack(folder: Path, task: Task, archive: bytes) -> str:
    # Its judge takes folders of the tasks' names; the zip lies beside.
    path = folder / "fullstack" / f"{task.place}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    packed = with_commands(archive)
    path.write_bytes(packed)
    unpacked = path.with_suffix("")
    shutil.rmtree(unpacked, ignore_errors=True)
    with zipfile.ZipFile(io.BytesIO(packed)) as files:
        files.extractall(unpacked)
    return path.relative_to(folder).as_posix()


def _baxbench(folder: Path, model: str, task: Task, texts: Mapping[str, str]) -> str:
    code = folder / "baxbench" / model / task.place
    shutil.rmtree(code, ignore_errors=True)
    code.mkdir(parents=True)
    for path, text in texts.items():
        if not path.startswith(_NOT_JUDGED) and not path.endswith(".md"):
            (code / path).parent.mkdir(parents=True, exist_ok=True)
            (code / path).write_text(text, encoding="utf-8")
    return code.relative_to(folder).as_posix()


def with_commands(archive: bytes) -> bytes:
    """The same project, with a package.json where it has none: the judges start every app with `npm run dev`."""
    packed = io.BytesIO(archive)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as files:
        if "package.json" not in files.namelist():
            files.writestr("package.json", json.dumps(_served_as_it_is(), indent=2) + "\n")
    return packed.getvalue()


def _served_as_it_is() -> dict[str, object]:
    """For pages without packages: Vite, in the version that our starters have."""
    starter = json.loads((ROOT / "templates/starters/todo/package.json").read_text(encoding="utf-8"))
    vite = starter["devDependencies"]["vite"]
    return {"private": True, "scripts": {"dev": "vite"}, "devDependencies": {"vite": vite}}
