"""Renders the request that a language model reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from builder.base.settings import ROOT
from builder.generation.context.choice import choose, without_checks
from builder.generation.context.layout import Layout, SentFile, arranged, corrections
from builder.generation.context.ranking import Pointers
from builder.generation.models.draft_schema import TOOL_NAME
from builder.generation.models.model import EarlierMessage, ModelRequest, Partial, RequestKind
from builder.generation.prompts.attached import Attached
from builder.generation.prompts.frames import mark_for
from builder.generation.prompts.history import compacted
from builder.generation.prompts.notes import library_notes
from builder.generation.prompts.offered_tools import tools_for
from builder.generation.prompts.pointed_at import PointedAt
from builder.generation.tools.observed import Observed, OpenPage
from builder.safety.sanitising.secrets import without_secrets
from preview_runtime.file_tree import FileTree, digest

TEMPLATES: Final = ROOT / "templates" / "prompts"
INSTANT: Final = (
    "instant: a front end in the browser, at once and while you write: React, Vue 3 or Svelte 5 with TypeScript, "
    "Tailwind CSS 4, plain CSS, JSON, inline SVG; imports from npm"
)
NOTHING: Final = Attached()


@dataclass(frozen=True, slots=True)
class Servers:
    """What runs servers: runtimes by name, what each has ready without an install, whether PostgreSQL can be had;

    `kinds` are the runtimes as starters name them, such as `python`. `in_browser`: no container runs them but Python in
    the person's own browser, which can do less.
    """

    runtimes: tuple[str, ...]
    ready: tuple[tuple[str, tuple[str, ...]], ...] = ()
    postgres: bool = False
    kinds: tuple[str, ...] = ()
    in_browser: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the app will find: engines (a line each), what runs servers (None: nothing), packages prepared already."""

    engines: tuple[str, ...] = (INSTANT,)
    servers: Servers | None = None
    packages: tuple[str, ...] = ()


def build_request(
    prompt: str,
    tree: FileTree,
    *,
    earlier: tuple[EarlierMessage, ...] = (),
    changed: tuple[str, ...] = (),
    partial: Partial | None = None,
    fault: str = "",
    open_file: str = "",
    about: PointedAt | None = None,
    locked: tuple[str, ...] = (),
    before: Layout | None = None,
    surroundings: Surroundings | None = None,
    max_output_tokens: int = 64_000,
    attached: Attached = NOTHING,
    observed: Observed | None = None,
    page: OpenPage | None = None,
    walks: Collection[str] = (),
) -> ModelRequest:
    """One request. `earlier`: the conversation before `prompt`, oldest first; `fault`: why the last answer was refused;
    `open_file`: what the person has open; `about`: what they point at in the app; `locked`: files and folders that the answer may not change; `before`: what
    was sent of the project last time; `observed`: what the app showed that is to be mended; `page`: the app, where it is
    open; `walks`: those of the project's that the model may see.

    What is `attached` as data is in the request's tree, and is not shown with the project: its outline is enough.
    """
    around = surroundings or Surroundings()
    kind: RequestKind = "continue" if partial else "follow_up" if tree else "first"
    history = compacted(earlier)
    clean = without_secrets("", prompt)
    # The system prompt holds only what is the same for every project: it is cached as a whole.
    system = template("system").render(
        tool=TOOL_NAME,
        engines=around.engines,
        servers=around.servers,
        packages=around.packages,
        notes=library_notes(around.servers.kinds if around.servers else ()),
    )
    last, readable = before or Layout(), without_checks(tree, walks)
    part = _part(about, readable)
    pointers = Pointers(part.path if part else open_file, changed, fault)
    context = choose(readable, prompt, pointers, before=tuple(last.files))
    layout = arranged((_sent(path, tree) for path in context.files), context.map, last, readable.keys())
    no_longer, instead = corrections(layout.map, context.map)
    blocks = [*_texts(tree, layout)]
    mark = mark_for(_material(clean, history, [*layout.map, *context.others], blocks, attached, partial, fault, part))
    shown = {
        "tree": tree, "map": layout.map, "no_longer": no_longer, "instead": instead, "others": context.others,
        "gone": [path for path in layout.files if path not in tree], "locked": locked, "mark": mark,
        "open_file": open_file if open_file in tree else "", "attachments": attached.shown, "about": part,
    }  # fmt: skip
    if partial:
        asked = template("continue").render(prompt=clean, partial=partial, **shown)
    elif tree:
        asked = template("follow_up").render(prompt=clean, history=history, fault=fault, **shown)
    else:
        asked = template("first").render(prompt=clean, attachments=attached.shown, mark=mark)
    parts = _project(layout, blocks, mark) if tree else []
    runtimes = around.servers.kinds if around.servers and not around.servers.in_browser else ()
    return ModelRequest(
        kind, prompt, tree.replace(attached.files) if attached.files else tree, history, partial, system,
        "".join([*parts, asked]), attached.shown, attached.images, max_output_tokens, runtimes,
        tools=tools_for(readable, context.others, observed, page), marks=_marks(parts), layout=layout,
        others=context.others,
    )  # fmt: skip


def _part(about: PointedAt | None, tree: Collection[str]) -> PointedAt | None:
    """What is pointed at, if its file is there; without secrets."""
    if about is None or about.path not in tree:
        return None
    return about.model_copy(update={"text": without_secrets(about.path, about.text)})


def _sent(path: str, tree: FileTree) -> SentFile:
    return SentFile(path, digest(tree[path]), len(tree.text(path) or ""))


def _texts(tree: FileTree, layout: Layout) -> Iterator[list[tuple[str, str]]]:
    """Path and text of the files of each block; secrets are taken out."""
    for block in layout.blocks:
        whole = [(file.path, layout.texts.get(file.sha) or tree.text(file.path) or "") for file in block]
        yield [(path, without_secrets(path, text)) for path, text in whole]


def _project(layout: Layout, blocks: Sequence[Sequence[tuple[str, str]]], mark: str) -> list[str]:
    """The project as texts, each of which ends where a provider's cache may."""
    texts = [template("project_head").render(map=layout.map, mark=mark)]
    for number, files in enumerate(blocks):
        texts.append(template("files").render(files=files, later=number > 0, mark=mark))
    return ["".join(texts[:2]), *texts[2:]]


def _marks(parts: list[str]) -> tuple[int, ...]:
    """The first mark outlives most requests; the one before the last is where the last request ended, the last is where the
    next one will look."""
    ends = [*accumulate(map(len, parts))]
    return tuple(dict.fromkeys([*ends[:1], *ends[-2:]]))


def _material(
    prompt: str, history: tuple[EarlierMessage, ...], lines: Sequence[str],
    blocks: Sequence[Sequence[tuple[str, str]]], attached: Attached, partial: Partial | None, fault: str,
    part: PointedAt | None,
) -> Iterator[str]:  # fmt: skip
    """All that a prompt quotes."""
    yield from (prompt, fault, part.text if part else "", *(message.text for message in history), *lines)
    for block in blocks:
        for path, text in block:
            yield from (path, text)
    for one in attached.shown:
        yield from (one.name, one.text)
    if partial:
        yield from (*partial.files, *partial.files.values(), *partial.delete, *partial.missing, partial.refused)
        yield from (partial.open_text, partial.begin)
        for edit in partial.edits:
            yield from (edit.path, edit.find, edit.replace)


@cache
def _environment() -> Environment:
    # Prompts are text for a model, not HTML: escaping would change the code they quote.
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701
    )


@cache
def template(name: str) -> Template:
    """One of templates/prompts."""
    return _environment().get_template(f"{name}.jinja")
