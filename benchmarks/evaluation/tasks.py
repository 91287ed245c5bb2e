"""Tasks and the sets that they come in: ours, and the public ones, each read in its own format."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from benchmarks.evaluation import requests_of_others as words
from builder.projects.walks.walk import Walk

FOLDER: Final = Path(__file__).with_name("tasks")
Layout = Literal["", "webgen", "fullstack", "baxbench"]
"""How the projects are laid out for whoever judges them; "" where the walks of the tasks do."""


class UnreadableTasks(ValueError):
    """A file that holds no tasks; `str()` says where and why."""


class Task(BaseModel):
    """One request, and the walks that a good answer walks. `needs`: without it the task is left out. `place`: where its
    project lies in the export, below the folder of the run, without an ending."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[A-Za-z0-9][\w.-]{0,120}$")
    title: str = ""
    kind: str = ""
    prompt: str = Field(min_length=1)
    needs: Literal["", "docker"] = ""
    walks: tuple[Walk, ...] = ()
    place: str = ""


class TaskSet(BaseModel):
    """`name` is what it was asked for as."""

    name: str
    layout: Layout
    tasks: list[Task]


def read_tasks(name: str) -> TaskSet:
    """The set of a name: `ours`, `webgen:FILE`, `fullstack:FILE`, `baxbench:FILE`, or the path of a file with a task of
    our own form in each line. Raises `UnreadableTasks`."""
    if name == "ours":
        return TaskSet(name=name, layout="", tasks=list(our_tasks()))
    layout, colon, path = name.partition(":")
    match layout if colon else "":
        case "webgen":
            return TaskSet(name=name, layout="webgen", tasks=_read(Path(path), _webgen))
        case "fullstack":
            return TaskSet(name=name, layout="fullstack", tasks=_read(Path(path), _fullstack))
        case "baxbench":
            return TaskSet(name=name, layout="baxbench", tasks=_read(Path(path), _baxbench))
    return TaskSet(
        name=name, layout="", tasks=_read(Path(name), lambda _, record: Task.model_validate_json(json.dumps(record)))
    )


def our_tasks() -> Iterator[Task]:
    """Those that lie in `tasks/`, a folder for each kind, a file for each task."""
    for path in sorted(FOLDER.glob("*/*.json")):
        try:
            task = Task.model_validate_json(path.read_bytes())
        except ValidationError as fault:
            raise UnreadableTasks(f"{path.name}: {fault}") from None
        yield task.model_copy(update={"id": path.stem, "kind": path.parent.name})


def _read(path: Path, task: Any) -> list[Task]:
    found: list[Task] = []
    try:
        text = path.read_text(encoding="utf-8")
        records = json.loads(text) if text.lstrip().startswith("[") else _lines(text)
        for number, record in enumerate(records, 1):
            found.append(task(number, record))
    except OSError as fault:
        raise UnreadableTasks(f"{path} cannot be read: {fault.strerror}.") from None
    except (ValueError, KeyError, TypeError) as fault:
        raise UnreadableTasks(f"{path}, task {len(found) + 1}: {fault!r} is not what the format says.") from None
    if not found:
        raise UnreadableTasks(f"{path} holds no task.")
    twice = {task.id for task in found if [one.id for one in found].count(task.id) > 1}
    if twice:
        raise UnreadableTasks(f"{path}: these names stand twice: {', '.join(sorted(twice))}.")
    return found


def _lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _webgen(number: int, record: dict[str, Any]) -> Task:
    # Its judge takes the apps by their place in the file, counted from 1 with six digits, whatever their `id` is.
    name = f"{number:06d}"
    kind = _first(record.get("Category"))
    return Task(id=name, title=_short(record["instruction"]), kind=kind, prompt=record["instruction"], place=name)


def _fullstack(_: int, record: dict[str, Any]) -> Task:
    name = str(record["id"])
    prompt = words.fullstack_prompt(record["instruction"])
    kind = _first(record.get("Category"))
    return Task(id=name, title=_short(record["instruction"]), kind=kind, prompt=prompt, needs="docker", place=name)


def _baxbench(_: int, record: dict[str, Any]) -> Task:
    scenario, environment = str(record["scenario_id"]), str(record["env_id"])
    place = f"{scenario}/{environment}/temp0.0-openapi-none/sample0/code".replace(" ", "-")
    return Task(
        id=f"{scenario}.{environment}".replace(" ", "-").replace("/", "-"),
        title=f"{scenario}, {record['env_framework']}", kind=str(record["env_language"]),
        prompt=words.baxbench_prompt(record), needs="docker", place=place,
    )  # fmt: skip


def _short(text: str) -> str:
    first = " ".join(text.split())
    return first if len(first) <= 80 else first[:79].rstrip() + "…"


def _first(category: object) -> str:
    """Categories come as a word, as a list of words, or as an object with a primary one."""
    match category:
        case str(word):
            return word
        case [str(word), *_]:
            return word
        case {"primary_category": str(word)}:
            return word
    return ""
