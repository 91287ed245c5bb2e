"""What the model is asked in one generation: first for the answer, then for what is missing of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from builder.generation.assembly import Assembly
from builder.generation.models.model import ModelRequest, Partial, Turn
from builder.generation.prompts.attached import Attached
from builder.generation.prompts.request import Surroundings, build_request
from preview_runtime.file_tree import FileTree


@dataclass(frozen=True, slots=True)
class Asking:
    """The facts of a generation that each of its requests is made from. `fault`: why the answer before was refused."""

    prompt: str
    tree: FileTree
    turns: tuple[Turn, ...] = ()
    changed: tuple[str, ...] = ()
    fault: str = ""
    surroundings: Surroundings = field(default_factory=Surroundings)
    max_output_tokens: int = 64_000
    attached: Attached = field(default_factory=Attached)

    def first(self) -> ModelRequest:
        """For the whole answer."""
        return build_request(
            self.prompt, self.tree, turns=self.turns, changed=self.changed, fault=self.fault,
            surroundings=self.surroundings, max_output_tokens=self.max_output_tokens, attached=self.attached,
        )  # fmt: skip

    def onward(self, assembly: Assembly, refused: str = "") -> ModelRequest:
        """For what is missing of what `assembly` has; `refused`: what could not be used of it, and why."""
        join, fields = assembly.join, assembly.fields
        partial = Partial(
            {path: file.text for path, file in assembly.files.items() if file.closed},
            join.path if join else None, join.kept if join else "", join.begin if join else "",
            tuple(fields.edits), tuple(fields.delete), assembly.missing, refused,
        )  # fmt: skip
        return build_request(
            self.prompt, self.tree, changed=self.changed, partial=partial,
            surroundings=self.surroundings, max_output_tokens=self.max_output_tokens, attached=self.attached,
        )  # fmt: skip
