"""What was attached to a request, as its model gets it: pictures, texts within a budget, data as files of the project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from builder.generation.models.model import ShownAttachment
from builder.llm.conversation.messages import ImagePart
from builder.projects.attachments.attachments import AttachmentContent
from builder.safety.sanitising.secrets import without_secrets
from preview_runtime.file_tree import FileTree

BUDGET_CHARACTERS: Final = 100_000
"""For all texts of one request together: half of what a project's files may take."""


@dataclass(frozen=True, slots=True)
class Attached:
    """`ids`: by which a later attempt finds them again. `files`: what the project gets with the answer's version, whatever
    the model writes."""

    ids: tuple[str, ...] = ()
    shown: tuple[ShownAttachment, ...] = ()
    images: tuple[ImagePart, ...] = ()
    files: Mapping[str, str | bytes] = field(default_factory=dict)


def attached(contents: Sequence[AttachmentContent], tree: FileTree) -> Attached:
    """`tree`: the project as the model is shown it."""
    shares = _shares([len(one.row.text) for one in contents], BUDGET_CHARACTERS)
    shown: list[ShownAttachment] = []
    images: list[ImagePart] = []
    for one, share in zip(contents, shares, strict=True):
        if one.picture:
            images.append(ImagePart(one.picture, "image/png" if one.picture.startswith(b"\x89PNG") else "image/jpeg"))
        text, whole = one.row.text[:share], one.row.whole
        cut = f"only the first {len(text):,} of {whole:,} characters" if len(text) < whole else ""
        number = len(images) if one.picture else 0
        shown.append(
            ShownAttachment(one.row.name, one.row.kind, without_secrets("", text), cut, number, one.path or "")
        )
    files = {one.path: one.file for one in contents if one.path and tree.get(one.path) != one.file}
    return Attached(tuple(one.row.id for one in contents), tuple(shown), tuple(images), files)


def _shares(lengths: Sequence[int], budget: int) -> list[int]:
    """A part of the budget for each: short texts whole, the others as much as each other."""
    shares, left = [0] * len(lengths), budget
    for done, at in enumerate(sorted(range(len(lengths)), key=lengths.__getitem__)):
        shares[at] = min(lengths[at], left // (len(lengths) - done))
        left -= shares[at]
    return shares
