"""How a person or a model wants a project's server to run, kept as a file of the project itself.

As a file it is part of every version, so undo, history, duplicates, downloads and live links include it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from builder.base.errors import BadInput
from builder.texts import t
from preview_runtime.engines import RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.plan import NothingToRun, plan_run
from preview_runtime.stack import StackKind, detect_stack

FILE: Final = "sayso.json"
MAX_COMMAND: Final = 500  # characters in what a person fills in; the files may hold more (recipe.MAX_COMMAND)
# Ports below 1024 are for the administrator, and apps never run as that (ports: RFC 6335).
PORTS: Final = range(1024, 65536)
_FIELDS: Final = ("install", "start", "port")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_USUAL_INSTALL: Final = re.compile(
    r"(?:npm|pnpm|yarn|bun)(?: (?:install|i|ci))?"
    r"|(?:python3? -m )?(?:uv )?pip3? install(?: -r requirements\.txt| \.)?"
    r"|uv sync|go mod (?:download|tidy)"
)
_USUAL_SCRIPT: Final = re.compile(r"(?:npm|pnpm|yarn|bun)(?: run)? (?:start|dev|serve)")
_SAYS_NOTHING: Final = re.compile(
    r"^exec\s+|\bpython3?\s+-m\s+|\s--(?:host|bind|port|hostname)[= ]\S+|\s--(?:reload|noreload|debug|strictPort)\b"
)


def read_hints(tree: FileTree, stack: tuple[str, ...] = ()) -> RunHints:
    """The run hints in the project's own `sayso.json`; unreadable values are ignored.

    A command that is too long is kept, so that `plan_run` reports it; falling back to another command would start
    something else.
    """
    run = _document(tree).get("run")
    run = run if isinstance(run, dict) else {}
    port = run.get("port")
    return RunHints(
        stack=stack,
        install=_command(run.get("install")),
        start=_command(run.get("start")),
        port=port if isinstance(port, int) and not isinstance(port, bool) and port in PORTS else 0,
        dockerfile=own if isinstance(own := run.get("dockerfile"), bool) else None,
    )


def write_hints(tree: FileTree, hints: RunHints) -> str | None:
    """The text of `sayso.json` with `hints` and everything else that it holds; None when nothing is left in it."""
    document = _document(tree)
    run = {name: value for name in _FIELDS if (value := getattr(hints, name))}
    if hints.dockerfile is not None:
        run["dockerfile"] = hints.dockerfile
    document = {name: value for name, value in document.items() if name != "run"}
    if run:
        document["run"] = run
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n" if document else None


def checked(install: str, start: str, port: int | None, dockerfile: bool | None = None) -> RunHints:
    """The hints that a person filled in. Raises `BadInput` with a sentence that says what to change."""
    for command in (install, start):
        if _CONTROL.search(command.strip()):
            raise BadInput(t("run.one_line"), code="run_command")
        if len(command) > MAX_COMMAND:
            raise BadInput(t("run.too_long", limit=MAX_COMMAND), code="run_command")
    if port and port not in PORTS:
        raise BadInput(t("run.port", low=PORTS.start, high=PORTS.stop - 1), code="run_port")
    return RunHints(install=install.strip(), start=start.strip(), port=port or 0, dockerfile=dockerfile)


def told(tree: FileTree, run: Mapping[str, Any]) -> FileTree:
    """`tree` with a model's `run`, as far as it differs from what the files imply.

    Fields that it does not mention keep their value; an empty command removes the hint.
    """
    if not any(name in run for name in _FIELDS):
        return tree
    before = read_hints(tree)
    port = run.get("port", before.port)
    said = RunHints(
        install=_answered(run["install"]) if "install" in run else before.install,
        start=_answered(run["start"]) if "start" in run else before.start,
        port=port if isinstance(port, int) and port in PORTS else 0,
        dockerfile=before.dockerfile,
    )
    text = write_hints(tree, _worth_saying(said, tree))
    if text == tree.text(FILE):
        return tree
    files = {path: content for path, content in tree.items() if path != FILE}
    return FileTree(files if text is None else {**files, FILE: text})


def _worth_saying(said: RunHints, tree: FileTree) -> RunHints:
    """`said` without what would happen anyway: models repeat the usual commands, and such hints would outlive the
    files."""
    stack = detect_stack(tree)
    if stack.kind is StackKind.FRONT_END and not stack.needs:
        return RunHints(dockerfile=said.dockerfile)
    try:
        usual = plan_run(tree, RunHints(dockerfile=said.dockerfile))
        usual = usual.instead or usual  # a model's start command is about its language
        usual_start, usual_port = _core(usual.start), usual.port
    except NothingToRun:
        usual_start, usual_port = "", 0
    start = said.start
    if _USUAL_SCRIPT.fullmatch(start) or (usual_start and _core(start) == usual_start):
        start = ""
    repeated = bool(said.start) and not start
    return RunHints(
        install="" if _USUAL_INSTALL.fullmatch(said.install) else said.install,
        start=start,
        # An app that starts in the usual way is given its port, so the port that the model named is dropped.
        port=0 if repeated or said.port == usual_port else said.port,
        dockerfile=said.dockerfile,
    )


def _core(command: str) -> str:
    return " ".join(_SAYS_NOTHING.sub(" ", command).split())


def _command(value: object) -> str:
    text = value.strip() if isinstance(value, str) else ""
    return "" if _CONTROL.search(text) else text


def _answered(value: object) -> str:
    text = _command(value)
    return text if len(text) <= MAX_COMMAND else ""


def _document(tree: FileTree) -> dict[str, Any]:
    try:
        document = json.loads(tree.text(FILE) or "{}")
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
