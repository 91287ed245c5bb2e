"""The tools of one project, as one request may use them. They read what the request's own texts may show: no secrets,
and nothing outside the project."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final

from pydantic import ValidationError

from builder.base.errors import Json
from builder.generation.reading.paths import inside
from builder.generation.tools.declared import (
    FAULTS,
    FILES,
    PAGE,
    ListFiles,
    Looked,
    ReadFaults,
    ReadFile,
    ReadTool,
    RunWalk,
    SearchProject,
    SeePage,
)
from builder.generation.tools.listing import listed
from builder.generation.tools.observed import NobodyLooks, Observed, OpenPage
from builder.generation.tools.searching import found_symbols, found_text
from builder.llm.conversation.messages import ImagePart
from builder.projects.walks.reading import InvalidWalk, read_walk
from builder.projects.walks.steps import TabStep, WalkStep
from preview_runtime.file_tree import FileTree

MOST_PICTURE_BYTES: Final = 3 * 2**20
_ASKED: Final = "walks/asked.json"


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What a tool says. `what` is the thing it was about, in few words; not `ok`: `text` says what was wrong."""

    text: str
    what: str = ""
    ok: bool = True
    images: tuple[ImagePart, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectTools:
    """What a model may look at. `hide(path, text)` takes the secrets out of a text; `unseen` are the files whose text
    the request does not show. `sees`: whether the model takes pictures."""

    tree: FileTree
    hide: Callable[[str, str], str]
    unseen: frozenset[str] = frozenset()
    observed: Observed = field(default_factory=Observed)
    page: OpenPage | None = None
    sees: bool = True

    @property
    def offered(self) -> tuple[ReadTool, ...]:
        """Without what there is nothing to see of, or nobody who sees it."""
        return (*FILES, *((FAULTS,) if self.observed else ()), *(PAGE if self.page else ()))

    def text(self, path: str) -> str | None:
        """A file's text without its secrets; None for a file that is not there or is not text."""
        text = self.tree.text(path)
        return None if text is None else self.hide(path, text)

    async def answer(self, name: str, given: Mapping[str, Any]) -> ToolAnswer:
        """The answer of the tool `name`; whatever is wrong with the call is said in it."""
        tool = next((one for one in self.offered if one.name == name), None)
        if tool is None:
            return ToolAnswer(f"There is no tool {name[:60]!r}.", ok=False)
        try:
            asked = tool.reads.model_validate(given)
        except ValidationError as fault:
            wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in fault.errors()[:5])
            return ToolAnswer(f"Such a call cannot be answered: {wrong}", ok=False)
        match asked:
            case RunWalk(steps=steps, width=width):
                return await self._page(steps, width, picture=False)
            case SeePage(steps=steps, width=width):
                return await self._page(steps, width, picture=self.sees)
        return await asyncio.to_thread(self._looked, asked)

    async def _page(self, given: list[dict[str, Json]], width: int, *, picture: bool) -> ToolAnswer:
        """The app in the person's browser after the steps. Without a picture, or where none can be had, what it shows
        in words."""
        if self.page is None:
            raise LookupError("the tools of a page are offered only where there is one")
        what = f"{width} px"
        try:
            steps = _steps(given)
            seen = await self.page.look(steps, width=width, picture=picture)
        except (InvalidWalk, NobodyLooks) as fault:
            return ToolAnswer(str(fault), what, ok=False)
        told = [seen.went] if seen.went else []
        image = _image(seen.picture)
        if not image:
            told += ["What can be seen, a line an element, in the app's own words:", *seen.shown]
        return ToolAnswer(self.hide("", "\n".join(told)), what, ok=seen.ok, images=image)

    def _looked(self, asked: Looked) -> ToolAnswer:
        match asked:
            case ListFiles(folder=folder, glob=glob):
                return ToolAnswer(listed(self.tree, _folder(folder), glob, self.unseen), glob or folder)
            case SearchProject(text=text, kind=kind, folder=folder):
                find = found_text if kind == "text" else found_symbols
                return ToolAnswer(find(self.tree, text, _folder(folder), self.text), text)
            case ReadFaults(kind=kind):
                return ToolAnswer(self._faults(kind), "" if kind == "all" else kind)
            case ReadFile():
                return self._lines(asked)
        raise LookupError(type(asked).__name__)

    def _lines(self, asked: ReadFile) -> ToolAnswer:
        path = inside(asked.path)
        text = self.text(path)
        if text is None:
            why = "is not text" if path in self.tree else "is not in the project: see list_files"
            return ToolAnswer(f"{path[:200]} {why}.", path, ok=False)
        lines = text.split("\n")
        last = min(asked.last_line or len(lines), len(lines))
        if asked.first_line > last:
            return ToolAnswer(f"{path} has {len(lines)} lines.", path, ok=False)
        said = "\n".join(lines[asked.first_line - 1 : last])
        return ToolAnswer(f"{path}, lines {asked.first_line} to {last} of {len(lines)}:\n{said}", path)

    def _faults(self, kind: str) -> str:
        told = []
        for one in fields(self.observed):
            lines = getattr(self.observed, one.name)
            if lines and kind in ("all", one.name):
                told.append(f"{one.name}:\n" + "\n".join(self.hide("", line) for line in lines))
        return "\n\n".join(told) or "Nothing was seen."


def _steps(given: list[dict[str, Json]]) -> Sequence[WalkStep]:
    """Raises `InvalidWalk` for what is no step, or one of several tabs, with its number and what is wrong with it."""
    steps = read_walk(_ASKED, json.dumps({"title": "asked", "steps": given})).steps if given else []
    for number, step in enumerate(steps, 1):
        if isinstance(step, TabStep):
            raise InvalidWalk(_ASKED, f"Step {number}: one tab alone can be looked at.", number)
    return steps


def _image(picture: bytes | None) -> tuple[ImagePart, ...]:
    if picture is None or len(picture) > MOST_PICTURE_BYTES:
        return ()
    return (ImagePart(picture, "image/jpeg" if picture.startswith(b"\xff\xd8") else "image/png"),)


def _folder(folder: str) -> str:
    """A folder as paths name it; "." is the project."""
    plain = inside(f"{folder.strip().strip('/')}/x")
    return plain.removesuffix("/x") if plain != "x" else ""
