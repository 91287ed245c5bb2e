"""The tools as a model reads them. Their inputs are read by the same models that make their schemas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field

from builder.base.errors import Json
from builder.llm.conversation.messages import Tool

ToolName = Literal["list_files", "read_file", "search_project", "read_faults", "run_walk", "see_page"]
MOST_STEPS: Final = 30
Seen = Literal["console", "build_faults", "walks"]


class ListFiles(BaseModel):
    folder: str = Field("", description="Only what is below this folder; empty: the whole project.")
    glob: str = Field("", max_length=200, description="Only paths that match, such as *.tsx or src/**/*.css.")


class ReadFile(BaseModel):
    path: str = Field(description="A file of the project.")
    first_line: int = Field(1, ge=1, description="The first line to read, counted from 1.")
    last_line: int = Field(0, ge=0, description="The last line to read; 0: to the end.")


class SearchProject(BaseModel):
    text: str = Field(min_length=1, max_length=200, description="What to look for: plain text, not a pattern.")
    kind: Literal["text", "symbol"] = Field(
        "text", description="symbol: only where a function, class, type or variable of such a name is defined."
    )
    folder: str = Field("", description="Only below this folder; empty: the whole project.")


class ReadFaults(BaseModel):
    kind: Literal["all"] | Seen = Field("all", description="Which of them; all of them by default.")


_STEPS: Final = (
    'What is done, in order: {"click": target}, {"type": text, "into": target}, {"press": key, "on": target}, '
    '{"select": words, "of": target}, {"check": target}, {"drag": target, "to": target}, {"open": path}, '
    '{"reload": true}, {"see": target}, {"not_see": target}, {"at": path}. A target is one of {"role": ARIA role, '
    '"name": accessible name}, {"label": words}, {"placeholder": words}, {"text": words}.'
)
Steps = Annotated[list[dict[str, Json]], Field(max_length=MOST_STEPS)]


class RunWalk(BaseModel):
    steps: Annotated[Steps, Field(min_length=1, description=_STEPS)]
    width: int = Field(1280, ge=320, le=1920, description="Of the window, in CSS pixels.")


class SeePage(BaseModel):
    width: int = Field(1280, ge=320, le=1920, description="Of the window, in CSS pixels.")
    steps: Steps = Field(default_factory=list, description="Done first; written as those of run_walk.")


Looked = ListFiles | ReadFile | SearchProject | ReadFaults | RunWalk | SeePage


@dataclass(frozen=True, slots=True)
class ReadTool:
    """A tool that looks and changes nothing."""

    name: ToolName
    description: str
    reads: type[Looked]

    @property
    def tool(self) -> Tool:
        return Tool(self.name, self.description, self.reads.model_json_schema())


FILES: Final = (
    ReadTool("list_files", "Lists the project's files with their sizes in bytes.", ListFiles),
    ReadTool("read_file", "Reads a file of the project, whole or some of its lines.", ReadFile),
    ReadTool("search_project", "Finds a text, or where a name is defined, in all files of the project.", SearchProject),
)
FAULTS: Final = ReadTool(
    "read_faults",
    "What the running app showed: its console with failed requests and its server's output, faults of the build, walks.",
    ReadFaults,
)
PAGE: Final = (
    ReadTool(
        "run_walk",
        "Does steps in the app as it is before you write, from its first page with nothing stored, and says how they "
        "went and what can be seen then.",
        RunWalk,
    ),
    ReadTool("see_page", "What the app shows, with nothing stored: a picture, or what can be seen in words.", SeePage),
)
