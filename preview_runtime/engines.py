"""The engines that run file trees: their common interface, and the choice of the one that suits a tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase, Value, verbatim
from preview_runtime.stack import Stack, StackKind, detect_stack


class EngineKind(StrEnum):
    """The engines; the browser package (`preview_runtime/browser`) has the same list for those that run in the
    browser."""

    INSTANT = "instant"
    WEBCONTAINER = "webcontainer"
    PYODIDE = "pyodide"
    DOCKER = "docker"


class Phase(StrEnum):
    """How far a preview is, in order; an engine skips the phases that it does not have."""

    QUEUED = "queued"
    BOOT = "boot"
    DEPENDENCIES = "dependencies"
    BUILD = "build"
    START = "start"
    LISTENING = "listening"
    PAINTED = "painted"


class FaultKind(StrEnum):
    """Who is responsible for a failure. Only `BUILD`, `RUNTIME` and `WALK` may be sent to the model for repair."""

    PROTOCOL = "protocol"
    POLICY = "policy"
    BUILD = "build"
    RUNTIME = "runtime"
    WALK = "walk"
    PLATFORM = "platform"

    @property
    def repairable(self) -> bool:
        """Whether the model can do something about it."""
        return self in (FaultKind.BUILD, FaultKind.RUNTIME, FaultKind.WALK)


@dataclass(frozen=True, slots=True)
class Fault:
    """A failure with a name: `code` is stable, `says` is the message for the person; lines and columns count from 1, 0
    = none."""

    kind: FaultKind
    code: str
    says: Phrase
    file: str = ""
    line: int = 0
    column: int = 0
    frame: str = ""


class EngineStatus(StrEnum):
    """The answer of `Engine.poll`."""

    ABSENT = "absent"
    PENDING = "pending"
    RUNNING = "running"
    ASLEEP = "asleep"  # frozen or ended to save memory, and kept: a request wakes it
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class EngineState:
    """The state of a preview: `address` is where it listens when RUNNING, `fault` why it FAILED."""

    status: EngineStatus
    phase: Phase = Phase.QUEUED
    address: str = ""
    fault: Fault | None = None


class Engine(Protocol):
    """A server-side engine: one object runs one preview.

    start  returns the app's address once the app listens (any status below 500 counts); raises `EngineFailed` with a
           `Fault`. Called again with another tree, it updates the running preview to that tree. A start that fails or
           is cancelled leaves nothing running.
    stop   returns once nothing of the preview is left. Stopping a preview that does not run is no error.
    poll   returns the present state, asked from outside and not from memory; never blocks for long, never raises for
           a preview that is gone (ABSENT). PENDING means that a start or stop is under way: leave it alone.
    get_state / load_state  hold what finds the preview again after our own restart; JSON only, no secret.
    """

    kind: EngineKind

    async def start(self, tree: FileTree) -> str: ...

    async def stop(self) -> None: ...

    async def poll(self) -> EngineState: ...

    def get_state(self) -> dict[str, Any]: ...

    def load_state(self, state: Mapping[str, Any]) -> None: ...


class EngineFailed(Exception):
    """A preview could not be started; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault.says))
        self.fault = fault


@dataclass(frozen=True, slots=True)
class RunHints:
    """What the model or the person said about the app: `stack` such as ("react", "typescript"), `install` and `start`
    the commands ("" = not said), `port` or 0, `dockerfile` whether to use the project's own (None = not said)."""

    stack: tuple[str, ...] = ()
    start: str = ""
    port: int = 0
    install: str = ""
    dockerfile: bool | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Which engines this server and browser have. `forced` is PREVIEW_ENGINE unless that is `auto`.

    `why_not` holds half a sentence for each missing engine, such as that Docker is not installed.
    """

    available: frozenset[EngineKind] = frozenset({EngineKind.INSTANT})
    forced: EngineKind | None = None
    why_not: Mapping[EngineKind, Phrase] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """The engine, with the reason in one plain sentence. `kind` is None when nothing can run the tree; `complete` is
    False when only a part of the app, its front end, can be shown; `missing` is True when another computer could run
    it."""

    kind: EngineKind | None
    reason: Phrase
    complete: bool = True
    missing: bool = False


# Which engines can run a kind of stack, best first. A container comes before a WebContainer, which contacts a third
# party and has to ask for consent: if both are available, the app simply runs.
_SUITED: Final[Mapping[StackKind, tuple[EngineKind, ...]]] = {
    StackKind.FRONT_END: (EngineKind.INSTANT, EngineKind.DOCKER, EngineKind.WEBCONTAINER),
    StackKind.FRAMEWORK: (EngineKind.DOCKER, EngineKind.WEBCONTAINER),
    StackKind.NODE_SERVER: (EngineKind.DOCKER, EngineKind.WEBCONTAINER),
    StackKind.PYTHON: (EngineKind.DOCKER, EngineKind.PYODIDE),
    StackKind.CONTAINER: (EngineKind.DOCKER,),
    StackKind.NOTHING: (),
}


def suited_engines(stack: Stack) -> tuple[EngineKind, ...]:
    """The engines that can run all of `stack`, best first."""
    suited = _SUITED[stack.kind]
    if stack.kind is StackKind.FRONT_END and stack.needs:
        suited = tuple(kind for kind in suited if kind is not EngineKind.INSTANT)
    if stack.native:
        suited = tuple(kind for kind in suited if kind is not EngineKind.PYODIDE)
    return suited


def choose_engine(tree: FileTree, hints: RunHints, capabilities: Capabilities) -> EngineChoice:
    """The engine for `tree`, with the reason for the person. Depends on its arguments alone."""
    stack = detect_stack(tree, hints.start)
    suited = suited_engines(stack)
    if capabilities.forced:
        return _forced(capabilities.forced, stack, suited, capabilities)
    if stack.kind is StackKind.NOTHING:
        return EngineChoice(None, Phrase("choice.nothing"), False)
    for kind in suited:
        if kind in capabilities.available:
            return EngineChoice(kind, _reason(kind, stack))
    missing = _missing(stack, suited, capabilities)
    if stack.front_end and EngineKind.INSTANT in capabilities.available:
        return EngineChoice(EngineKind.INSTANT, Phrase("choice.front_end_only", {"missing": missing}), False)
    return EngineChoice(None, missing, complete=False, missing=True)


def _forced(kind: EngineKind, stack: Stack, suited: tuple[EngineKind, ...], capabilities: Capabilities) -> EngineChoice:
    engine = Phrase(f"engine.{kind}")
    if kind not in capabilities.available:
        why = capabilities.why_not.get(kind, Phrase("engine.unavailable"))
        reason = Phrase("choice.forced_but", {"engine": engine, "why": why})
        return EngineChoice(None, reason, complete=False, missing=True)
    if kind in suited:
        return EngineChoice(kind, Phrase("choice.forced", {"engine": engine}))
    if stack.front_end and kind is EngineKind.INSTANT and stack.needs:
        return EngineChoice(kind, Phrase("choice.forced_front_end", {"engine": engine, "needs": stack.needs}), False)
    but = Phrase("choice.needs", {"needs": stack.needs}) if stack.needs else Phrase("choice.shows_nothing")
    return EngineChoice(kind, Phrase("choice.forced_but", {"engine": engine, "why": but}), False)


def _reason(kind: EngineKind, stack: Stack) -> Phrase:
    if kind is EngineKind.INSTANT:
        return Phrase("choice.instant", {"name": stack.name})
    if stack.kind is StackKind.FRONT_END and not stack.needs:
        return Phrase("choice.instant_off", {"name": stack.name, "engine": Phrase(f"engine.{kind}")})
    return Phrase("choice.runs", {"needs": stack.needs or verbatim(stack.name), "where": _where(kind, stack)})


def _where(kind: EngineKind, stack: Stack) -> Phrase:
    if kind is EngineKind.PYODIDE:
        return Phrase("choice.where.pyodide")
    if kind is EngineKind.WEBCONTAINER:
        servers = stack.kind in (StackKind.NODE_SERVER, StackKind.FRAMEWORK)
        return Phrase("choice.where.webcontainer_one" if servers else "choice.where.webcontainer")
    if stack.kind is StackKind.FRONT_END:
        return Phrase("choice.where.docker_has")
    if stack.front_end and stack.front_folder:
        return Phrase("choice.where.docker_and_folder", {"folder": stack.front_folder})
    return Phrase("choice.where.docker_and_front_end" if stack.front_end else "choice.where.docker")


def _missing(stack: Stack, suited: tuple[EngineKind, ...], capabilities: Capabilities) -> Phrase:
    reasons = tuple(capabilities.why_not[kind] for kind in suited if kind in capabilities.why_not)
    values: dict[str, Value] = {"needs": stack.needs or verbatim(stack.name)}
    native = because = ""
    if stack.native and EngineKind.PYODIDE in capabilities.available:
        native, values["package"] = "_native", stack.native[0]
    if reasons:
        because, values["reasons"] = "_because", reasons
    return Phrase(f"choice.missing{native}{because}", values)
