"""The walks of a project's files, and what is wrong with those that are none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from builder.projects.walks.steps import STEPS
from builder.projects.walks.walk import Walk
from builder.texts import t
from preview_runtime.file_tree import FileTree

FOLDER: Final = "walks/"
MAX_WALKS: Final = 100
MAX_CHARACTERS: Final = 100_000


class InvalidWalk(ValueError):
    """A file that is no walk: `step` counts from 1, 0 where it is about the whole; `message` is what the person reads."""

    def __init__(self, path: str, message: str, step: int = 0) -> None:
        super().__init__(f"{path}: {message}")
        self.path, self.message, self.step = path, message, step


@dataclass(frozen=True, slots=True)
class ProjectWalks:
    """The walks by path, and every file in walks/ that is none."""

    walks: dict[str, Walk]
    invalid: list[InvalidWalk]


def read_walks(tree: FileTree) -> ProjectWalks:
    """What lies in walks/, in the order of the paths. Nothing there is passed over."""
    found = ProjectWalks({}, [])
    for path in sorted(path for path in tree if path.startswith(FOLDER)):
        try:
            if len(found.walks) == MAX_WALKS:
                raise InvalidWalk(path, t("walk.too_many", limit=MAX_WALKS))
            found.walks[path] = read_walk(path, tree.text(path))
        except InvalidWalk as fault:
            found.invalid.append(fault)
    return found


def read_walk(path: str, text: str | None) -> Walk:
    """One file; None for one that is no text. Raises `InvalidWalk`."""
    if not path.endswith(".json") or "/" in path.removeprefix(FOLDER):
        raise InvalidWalk(path, t("walk.no_json"))
    if text is None or len(text) > MAX_CHARACTERS:
        raise InvalidWalk(path, t("walk.too_long", limit=MAX_CHARACTERS))
    try:
        return Walk.model_validate_json(text)
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        step = _step(first)
        raise InvalidWalk(path, _says(first, step), step) from None


def _step(error: ErrorDetails) -> int:
    match error["loc"]:
        case ("steps", int(index), *_):
            return index + 1
    return 0


def _says(error: ErrorDetails, step: int) -> str:
    # The verb stands twice in the place of what is inside a step: as the kind of the step and as its field.
    way = [str(part) for part in (error["loc"][3:] if step else error["loc"])]
    field = " → ".join(way)
    match error["type"]:
        case "json_invalid":
            problem = t("walk.invalid_json", reason=error["ctx"]["error"])
        case "union_tag_not_found":
            problem = t("walk.no_verb", verbs=", ".join(STEPS))
        case "walk_target":
            problem = t("walk.target", field=field)
        case "walk_count":
            problem = t("walk.count")
        case "missing":
            problem = t("walk.missing", field=field)
        case "extra_forbidden":
            problem = t("walk.unknown_field", field=field)
        case "string_pattern_mismatch" if way[-1] == "press":
            problem = t("walk.press", key=str(error["input"])[:60])
        case "literal_error" if way[-1] == "role":
            problem = t("walk.role", field=field, role=str(error["input"])[:60])
        case _:
            problem = t("walk.value", field=field, reason=error["msg"])
    return t("walk.in_step", step=step, problem=problem) if step else problem
