"""Compiles a file tree with the instant engine in Node, for previews that no browser has compiled."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import re
import resource
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from preview_runtime.child_process import LAST_SECONDS, end_process, kill_group, start_process
from preview_runtime.compiling.places import CompilePlaces, TooManyWaiting
from preview_runtime.dependencies import DependencyError, DependencySet, refuse_registry_settings
from preview_runtime.file_tree import FileTree, InvalidTree
from preview_runtime.node import node_executable
from preview_runtime.output import Output, OutputFile, output_path
from preview_runtime.phrases import Phrase, Value, verbatim
from preview_runtime.tasks import begun, cancel

# Seconds of the engine's own work. Fetching packages is not counted: that takes as long as the network does.
WORK_SECONDS: Final = 15.0
TIME_OUT: Final = 90.0
# Beside the heap, for which Node has a limit: buffers, and the bundler's own memory.
MAX_MEMORY: Final = 1536 * 1024 * 1024
MAX_OUTPUT: Final = 64 * 1024 * 1024
MAX_ROUNDS: Final = 20
# Of a line of JSON, which blocks everybody while it is parsed: the longest list of packages fits.
_MAX_LINE: Final = 512 * 1024
_YIELD_BYTES: Final = 1024 * 1024
_OUT_OF_MEMORY: Final = (
    "out of memory",
    "llocation failed",
    "ocate memory",
    "Invalid string length",
    "ALLOCATION_FAILED",
)
_MAX_STDERR: Final = 64 * 1024
_MAX_TEXT: Final = 4_000  # characters of a tool's message
_MAX_NESTED: Final = 4  # nesting of phrases
_KEY: Final = re.compile(r"(?:engine|phrase)[.][a-z_.]+")


class Resolver(Protocol):
    """The part of `DependencyService` a compilation needs."""

    async def resolve(self, dependencies: Mapping[str, str], specifiers: list[str]) -> DependencySet:
        """The set for these packages and specifiers. Raises `DependencyError`."""
        ...


@dataclass(frozen=True, slots=True)
class Order:
    """For whom something is compiled, and how. `built`: bundled and minified, without the parts that only the author
    needs, as for a live link; otherwise as served during editing. `builder` and `origin`: those of the page that shows it and
    of the app, for output that a workbench takes up; empty for output that nobody watches."""

    person: str = ""
    project: str = ""
    built: bool = False
    builder: str = ""
    origin: str = ""


@dataclass(eq=False)
class BuildFault(Exception):
    """The tree cannot be compiled; the fields are those of the engine's fault (see docs/architecture.md).

    `kind` is `build` for the project's own mistakes, `platform` when our side failed; `says` is the message for the
    person.
    """

    kind: str
    code: str
    says: Phrase
    file: str = ""
    line: int = 0
    column: int = 0
    frame: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}: " if self.file else ""
        return f"{place}{self.says}"


Send = Callable[[asyncio.subprocess.Process], Awaitable[None]]


class Compiler:
    """Runs `compile.mjs`, one Node process per compilation, with one started ahead: starting Node and loading the
    engine is most of the time a small tree takes.

    `node` is a Node executable, `browser_package` the folder whose `dist` holds the script (`script` names another).
    At most two compile at a time (`CompilePlaces`), each for `WORK_SECONDS` and with bounded memory. The processes get
    none of our environment. `of_page`: the sets that a workbench is given, for output that one takes up.
    """

    def __init__(
        self,
        dependencies: Resolver,
        node: Path,
        browser_package: Path,
        *,
        script: Path | None = None,
        ahead: bool = True,
        of_page: Callable[[Order], Resolver] | None = None,
    ) -> None:
        self._dependencies, self._of_page = dependencies, of_page
        self._node = node
        self._script = script or browser_package / "dist" / "compile.mjs"
        self._ahead = ahead
        self._places = CompilePlaces()
        self._standby: asyncio.subprocess.Process | None = None
        self._running: set[asyncio.subprocess.Process] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = False

    @property
    def ready(self) -> int | None:
        """The id of the process that is kept ready for the next compilation; None when there is none."""
        return self._standby.pid if self._standby and self._standby.returncode is None else None

    @property
    def running(self) -> int:
        """The number of processes that compile."""
        return len(self._running)

    async def compile(self, tree: FileTree, order: Order = Order()) -> Output:
        """The output of `tree`. Raises `BuildFault`; registry settings in the tree and refused packages raise it
        too."""
        try:
            refuse_registry_settings(tree)
        except DependencyError as error:
            raise _of_packages(error) from error
        packages = self._of_page(order) if self._of_page and order.builder else self._dependencies
        return await self._in_a_place(order, lambda process: _send_tree(process, tree, order), packages)

    async def shrink(self, output: Output, order: Order = Order()) -> Output:
        """An earlier output that was not bundled, minified without comments and source maps; its addresses stay. Raises
        `BuildFault`."""
        return await self._again(output, "shrink", order)

    async def single(self, output: Output, order: Order = Order()) -> OutputFile:
        """Of an output for visitors, with the files of its packages beside it, one page that needs no server. Raises
        `BuildFault`."""
        return (await self._again(output, "single", order))["index.html"]

    async def _again(self, output: Output, wanted: str, order: Order) -> Output:
        """Something else made of an output."""
        return await self._in_a_place(order, lambda process: _send_output(process, output, wanted), self._dependencies)

    async def _in_a_place(self, order: Order, send: Send, packages: Resolver) -> Output:
        try:
            async with self._places.one(order.person, order.project), asyncio.timeout(TIME_OUT):
                return await self._compile(send, packages)
        except TooManyWaiting as error:
            raise BuildFault("platform", "busy", Phrase("fault.busy")) from error
        except DependencyError as error:
            raise _of_packages(error) from error
        except TimeoutError as error:
            raise BuildFault("platform", "time_out", Phrase("fault.time_out.build")) from error

    async def close(self) -> None:
        """End every process; compilations under way fail."""
        self._closed = True
        standby, self._standby = self._standby, None
        if standby:
            await end_process(standby)
        # Only killed here; the compilation that uses it reads to its end: a stream has one reader.
        for process in self._running:
            if process.returncode is None:
                kill_group(process)
        with contextlib.suppress(TimeoutError):  # a compilation that waits for packages notices it afterwards
            async with asyncio.timeout(LAST_SECONDS):
                await self._idle.wait()

    async def _compile(self, send: Send, packages: Resolver) -> Output:
        process = await self._take()
        self._running.add(process)
        self._idle.clear()
        errors = begun(_tail(process.stderr), "errors of the compiler")
        try:
            work = _Work()
            async with work:
                await send(process)
            await self._start_ahead()
            return await self._converse(process, errors, work, packages)
        finally:
            await end_process(process)
            await cancel(errors)
            self._running.discard(process)
            if not self._running:
                self._idle.set()

    async def _converse(
        self, process: asyncio.subprocess.Process, errors: asyncio.Task[str], work: _Work, packages: Resolver
    ) -> Output:
        output: dict[str, OutputFile] = {}
        size = asked = 0
        while asked < MAX_ROUNDS:
            async with work:
                answer = await self._receive(process, errors)
            if "file" in answer:
                path, type, length = _decode_file(answer)
                size += length
                if size > MAX_OUTPUT:
                    raise _too_large()
                async with work:
                    output[path] = OutputFile(type, await self._receive_bytes(process, errors, length))
                continue
            if "done" in answer:
                return output
            if "fault" in answer:
                raise _decode_fault(answer["fault"])
            need = answer.get("need")
            if not isinstance(need, dict):
                break
            asked += 1
            found = await packages.resolve(need.get("dependencies") or {}, need.get("specifiers") or [])
            await _send(process, found.to_json())
        raise _broken("the compiler asked too often or for something unknown")

    async def _receive(self, process: asyncio.subprocess.Process, errors: asyncio.Task[str]) -> dict[str, Any]:
        if process.stdout is None:
            raise _broken("no pipe")
        try:
            line = await process.stdout.readuntil(b"\n")
        except asyncio.IncompleteReadError as error:
            raise await _ended_early(errors) from error
        except asyncio.LimitOverrunError as error:
            raise _too_large() from error
        try:
            answer = json.loads(line)
        except ValueError as error:
            raise _broken("the compiler's answer is not JSON") from error
        if not isinstance(answer, dict):
            raise _broken("the compiler's answer is not an object")
        return answer

    async def _receive_bytes(
        self, process: asyncio.subprocess.Process, errors: asyncio.Task[str], length: int
    ) -> bytes:
        """A file's content as raw bytes: parsing it as JSON would block everybody."""
        if process.stdout is None:
            raise _broken("no pipe")
        try:
            return await process.stdout.readexactly(length)
        except asyncio.IncompleteReadError as error:
            raise await _ended_early(errors) from error

    async def _take(self) -> asyncio.subprocess.Process:
        process, self._standby = self._standby, None
        return process if process and process.returncode is None else await self._start()

    async def _start_ahead(self) -> None:
        """Have a process ready for the next compilation."""
        if not self._ahead or self._standby or self._closed:
            return
        process = await self._start()
        if self._standby or self._closed:
            await end_process(process)
        else:
            self._standby = process

    async def _start(self) -> asyncio.subprocess.Process:
        if self._closed:
            raise BuildFault("platform", "stopping", Phrase("fault.stopping"))
        if not self._script.is_file():
            raise BuildFault("platform", "engine_missing", Phrase("fault.engine_missing.compiler"))
        process = await start_process(
            str(self._node),
            "--max-old-space-size=512",
            str(self._script.resolve()),
            env={"PATH": "/usr/bin:/bin", "NODE_ENV": "production"},
            cwd=self._script.parent,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_MAX_LINE,
        )
        # The process may have ended already; writing to it then tells why. Processes that it starts have the same
        # limit.
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(process.pid, resource.RLIMIT_DATA, (MAX_MEMORY, MAX_MEMORY))
        return process


class _Work:
    """The part of `WORK_SECONDS` that a compilation has used: time spent on fetching packages does not count."""

    def __init__(self) -> None:
        self._left = WORK_SECONDS
        self._timeout = asyncio.timeout(None)
        self._began = 0.0

    async def __aenter__(self) -> None:
        self._began = asyncio.get_running_loop().time()
        self._timeout = asyncio.timeout(max(0.0, self._left))
        await self._timeout.__aenter__()

    async def __aexit__(self, *raised: Any) -> None:
        self._left -= asyncio.get_running_loop().time() - self._began
        try:
            await self._timeout.__aexit__(*raised)
        except TimeoutError as error:
            raise BuildFault(
                "build",
                "time_out",
                Phrase("fault.time_out.compile", {"seconds": f"{round(WORK_SECONDS):g}"}),
            ) from error


async def compile_tree(
    tree: FileTree,
    dependencies: Resolver,
    browser_package: Path,
    *,
    node: Path | None = None,
    script: Path | None = None,
) -> Output:
    """`Compiler.compile` once, without a process kept ahead. Raises `BuildFault`."""
    compiler = Compiler(dependencies, node or node_executable(), browser_package, script=script, ahead=False)
    try:
        return await compiler.compile(tree)
    finally:
        await compiler.close()


async def _send_tree(process: asyncio.subprocess.Process, tree: FileTree, order: Order) -> None:
    """One line per file: encoding a whole tree at once would block everybody else."""
    files = ((len(content), {"file": path, **_encode(content)}) for path, content in tree.items())
    await _send_files(process, files)
    await _send(process, {"build": {"built": order.built, "builder": order.builder, "origin": order.origin}})


async def _send_output(process: asyncio.subprocess.Process, output: Output, wanted: str) -> None:
    files = ((len(file.body), {"file": path, "type": file.type, **_encode(file.body)}) for path, file in output.items())
    await _send_files(process, files)
    await _send(process, {wanted: True})


async def _send_files(process: asyncio.subprocess.Process, files: Iterable[tuple[int, Mapping[str, str]]]) -> None:
    """The files, each with its size in bytes or characters."""
    unsent = 0
    for size, file in files:
        await _send(process, file)
        unsent += size
        if unsent > _YIELD_BYTES:
            unsent = 0
            await asyncio.sleep(0)


async def _send(process: asyncio.subprocess.Process, message: object) -> None:
    if process.stdin is None:
        raise _broken("no pipe")
    # A process that died is noticed by the end of its output, which is read next.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(json.dumps(message).encode() + b"\n")
        await process.stdin.drain()


async def _tail(stream: asyncio.StreamReader | None) -> str:
    tail = b""
    while stream and (chunk := await stream.read(_MAX_STDERR)):
        tail = (tail + chunk)[-_MAX_STDERR:]
    return tail.decode("utf-8", "replace")


def _encode(content: str | bytes) -> dict[str, str]:
    return {"body": content} if isinstance(content, str) else {"base64": base64.b64encode(content).decode()}


def _decode_file(file: dict[str, Any]) -> tuple[str, str, int]:
    """The file's path in the output, its media type, and the number of bytes that follow the line."""
    try:
        path, type, length = output_path(file["file"]), str(file["type"]), file["bytes"]
    except (KeyError, TypeError, AttributeError, InvalidTree) as error:
        raise _broken(f"the output has a malformed file: {error}") from error
    if not isinstance(length, int) or isinstance(length, bool) or length < 0:
        raise _broken("the output has a file without a length")
    return path, type, length


async def _ended_early(errors: asyncio.Task[str]) -> BuildFault:
    said = await errors
    if any(mark in said for mark in _OUT_OF_MEMORY):
        return BuildFault("build", "out_of_memory", Phrase("fault.out_of_memory.compile"))
    return _broken(f"the compiler ended early: {said[-2000:]}")


def _too_large() -> BuildFault:
    return BuildFault("build", "too_large", Phrase("fault.too_large.output"))


def _decode_fault(fault: object) -> BuildFault:
    if not isinstance(fault, dict):
        return _broken("the fault is not an object")
    place = {name: fault[name] if isinstance(fault.get(name), int) else 0 for name in ("line", "column")}
    return BuildFault(
        kind=str(fault.get("kind") or "build"),
        code=str(fault.get("code") or ""),
        says=_decode_phrase(fault["says"]) if "says" in fault else verbatim(str(fault.get("message") or "")),
        file=str(fault.get("file") or ""),
        line=place["line"],
        column=place["column"],
        frame=str(fault.get("frame") or ""),
    )


def _decode_phrase(says: object, nested: int = 0) -> Phrase:
    """Raises BuildFault for a phrase that is not one of the engine's."""
    if not isinstance(says, dict) or nested == _MAX_NESTED or not _KEY.fullmatch(str(says.get("key"))):
        raise _broken("the fault says nothing")
    given = says.get("values") or {}
    if not isinstance(given, dict):
        raise _broken("the fault has malformed values")
    values: dict[str, Value] = {}
    for name, value in given.items():
        if isinstance(value, dict):
            values[name] = _decode_phrase(value, nested + 1)
        else:
            values[name] = value if isinstance(value, int) else str(value)[:_MAX_TEXT]
    return Phrase(str(says["key"]), values)


def _of_packages(error: DependencyError) -> BuildFault:
    return BuildFault("build", error.code, error.says, file="package.json")


def _broken(detail: str) -> BuildFault:
    return BuildFault("platform", "compiler_failed", Phrase("fault.compiler_failed"), frame=detail)
