"""What the model is asked in one generation: first for the answer, then for what is missing of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pydantic import BaseModel, ConfigDict

from builder.generation.assembly import Assembly
from builder.generation.context.layout import Layout
from builder.generation.models.model import EarlierMessage, ModelRequest, Partial
from builder.generation.prompts.attached import Attached
from builder.generation.prompts.pointed_at import PointedAt
from builder.generation.prompts.request import Surroundings, build_request
from builder.generation.tools.observed import Observed, OpenPage
from preview_runtime.file_tree import FileTree


class PromptOptions(BaseModel):
    """What a person says beside their prompt. `thinking`: the model may think first, where it can; `open_file`: what they
    have open; `about`: the part of the running app that they point at; `attachments`: ids of files that go with it."""

    model_config = ConfigDict(frozen=True)
    thinking: bool = False
    open_file: str = ""
    about: PointedAt | None = None
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """The facts of a generation that each of its requests is made from. `fault`: why the answer before was refused;
    `observed`: what the app showed that is to be mended; `page`: the app, where it is open; `before`: what was sent of
    the project last time; `walks`: those that may be seen and changed."""

    prompt: str
    tree: FileTree
    earlier: tuple[EarlierMessage, ...] = ()
    changed: tuple[str, ...] = ()
    fault: str = ""
    surroundings: Surroundings = field(default_factory=Surroundings)
    max_output_tokens: int = 64_000
    options: PromptOptions = field(default_factory=PromptOptions)
    locked: tuple[str, ...] = ()
    before: Layout = field(default_factory=Layout)
    attached: Attached = field(default_factory=Attached)
    observed: Observed | None = None
    page: OpenPage | None = None
    walks: frozenset[str] = frozenset()

    def first(self) -> ModelRequest:
        """For the whole answer."""
        request = build_request(
            self.prompt, self.tree, earlier=self.earlier, changed=self.changed, fault=self.fault,
            open_file=self.options.open_file, about=self.options.about, locked=self.locked, before=self.before,
            surroundings=self.surroundings, max_output_tokens=self.max_output_tokens, attached=self.attached,
            observed=self.observed, page=self.page, walks=self.walks,
        )  # fmt: skip
        return replace(request, thinking=self.options.thinking)

    def onward(self, assembly: Assembly, refused: str = "") -> ModelRequest:
        """For what is missing of what `assembly` has; `refused`: what could not be used of it, and why."""
        join, fields = assembly.join, assembly.fields
        partial = Partial(
            {path: file.text for path, file in assembly.files.items() if file.closed},
            join.path if join else None, join.kept if join else "", join.begin if join else "",
            tuple(fields.edits), tuple(fields.delete), assembly.missing, refused,
        )  # fmt: skip
        request = build_request(
            self.prompt, self.tree, changed=self.changed, partial=partial,
            open_file=self.options.open_file, about=self.options.about, locked=self.locked, before=self.before,
            surroundings=self.surroundings, max_output_tokens=self.max_output_tokens, attached=self.attached,
            observed=self.observed, page=self.page, walks=self.walks,
        )  # fmt: skip
        return replace(request, thinking=self.options.thinking)
