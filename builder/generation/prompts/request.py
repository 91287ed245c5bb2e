"""Renders the request that a language model reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from builder.base.settings import ROOT
from builder.generation.models.draft_schema import TOOL_NAME
from builder.generation.models.model import EarlierMessage, ModelRequest, Partial, RequestKind
from builder.generation.prompts.context import choose, collapsed
from builder.generation.prompts.notes import library_notes
from builder.generation.prompts.offered_tools import tools_for
from builder.generation.prompts.secrets import without_secrets
from builder.generation.tools.observed import Observed, OpenPage
from preview_runtime.file_tree import FileTree

TEMPLATES: Final = ROOT / "templates" / "prompts"
INSTANT: Final = (
    "instant: a front end in the browser, at once and while you write: React, Vue 3 or Svelte 5 with TypeScript, "
    "Tailwind CSS 4, plain CSS, JSON, inline SVG; imports from npm"
)


@dataclass(frozen=True, slots=True)
class Servers:
    """What runs servers: runtimes by name, what each has ready without an install, whether PostgreSQL can be had;

    `kinds` are the runtimes as starters name them, such as `python`.
    """

    runtimes: tuple[str, ...]
    ready: tuple[tuple[str, tuple[str, ...]], ...] = ()
    postgres: bool = False
    kinds: tuple[str, ...] = ()


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
    turns: tuple[EarlierMessage, ...] = (),
    changed: tuple[str, ...] = (),
    partial: Partial | None = None,
    fault: str = "",
    surroundings: Surroundings | None = None,
    max_output_tokens: int = 64_000,
    observed: Observed | None = None,
    page: OpenPage | None = None,
) -> ModelRequest:
    """One request. `turns`: the conversation before `prompt`, oldest first; `fault`: why the last answer was refused;
    `observed`: what the app showed that is to be mended; `page`: the app, where it is open."""
    around = surroundings or Surroundings()
    kind: RequestKind = "continue" if partial else "follow_up" if tree else "first"
    history = collapsed(turns)
    clean = without_secrets("", prompt)
    # The system prompt holds only what is the same for every project: it is cached as a whole.
    system = template("system").render(
        tool=TOOL_NAME,
        engines=around.engines,
        servers=around.servers,
        packages=around.packages,
        notes=library_notes(around.servers.kinds if around.servers else ()),
    )
    shown = choose(tree, prompt, changed)
    if partial:
        user = template("continue").render(prompt=clean, partial=partial, tree_files=shown.files, others=shown.others)
    elif tree:
        user = template("follow_up").render(
            prompt=clean, history=history, files=shown.files, others=shown.others, fault=fault
        )
    else:
        user = template("first").render(prompt=clean)
    runtimes = around.servers.kinds if around.servers else ()
    tools = tools_for(tree, shown.others, observed, page)
    return ModelRequest(kind, prompt, tree, history, partial, system, user, max_output_tokens, runtimes, tools=tools)


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
