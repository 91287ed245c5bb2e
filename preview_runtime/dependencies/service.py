"""npm dependencies → prebundled ES modules that pages import: resolved once, shared, kept for ever."""

from __future__ import annotations

import asyncio
import concurrent.futures
import hashlib
import json
import logging
import re
import shutil
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from preview_runtime.dependencies.declarations import Declarations
from preview_runtime.dependencies.dependency_set import DependencySet, SetShelf
from preview_runtime.dependencies.errors import DependencyCode, DependencyError
from preview_runtime.dependencies.installer import Installation, Installer
from preview_runtime.dependencies.process import OutputTooLarge, ProcessTimeout, run
from preview_runtime.dependencies.request import DependencyRequest
from preview_runtime.output import Output
from preview_runtime.phrases import Phrase
from preview_runtime.tasks import Tasks

Mode: TypeAlias = Literal["development", "production"]

TIME_OUT: Final = 60.0
MAX_OUTPUT: Final = 64 * 1024 * 1024
MAX_INPUT: Final = 128 * 1024 * 1024
MAX_FILES: Final = 5_000
_MAX_REPORT: Final = 16 * 1024 * 1024
_SCRIPT: Final = Path(__file__).with_name("prebundle.mjs")
_IMPORTED: Final = re.compile(rb"/@deps/([0-9a-f]{32})/")
_TOOLS: Final = ("esbuild", "es-module-lexer", "cjs-module-lexer", "svelte")

log = logging.getLogger(__name__)


class DependencyService:
    """Resolves dependencies into `DependencySet`s below `cache_dir`.

    `node` is a Node executable, `browser_package` the folder with the bundler's `node_modules`. Two jobs run at a
    time beside one of low priority; requests for the same set share one job. Only an unknown set costs network and time
    (3.6 + 1.1 s cold, 0.4 + 1.1 s with a warm package cache). `hosts` are further hosts from which the registry lets
    its packages be fetched.
    """

    def __init__(self, cache_dir: Path, node: Path, browser_package: Path, hosts: Collection[str] = ()) -> None:
        self._shelf = SetShelf(cache_dir)
        self._node = node
        self._browser_package = browser_package
        self._installer = Installer(cache_dir, node, browser_package, hosts)
        self._declarations = Declarations(cache_dir, self._installer)
        self._slots = asyncio.Semaphore(2)
        self._quiet = asyncio.Semaphore(1)
        self._jobs: dict[str, asyncio.Task[DependencySet]] = {}
        self._locks: dict[str, asyncio.Task[tuple[str, str]]] = {}
        self._tasks = Tasks()
        self._compressor = concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="brotli")
        self._tool_version: str | None = None
        self._closed = False

    async def resolve(
        self, dependencies: Mapping[str, str], specifiers: Iterable[str], *, mode: Mode = "development", lock: str = ""
    ) -> DependencySet:
        """The set for these packages (name → range) and import specifiers, in the versions of `lock` (a package-lock.json)
        where they fit. Raises `DependencyError`.

        A single specifier that cannot be loaded is in the set's `errors`. `production` is for share links: React
        without its development checks and without Fast Refresh.
        """
        return await self._resolve(DependencyRequest.parse(dependencies, specifiers, lock), mode, low_priority=False)

    async def types(self, dependencies: Mapping[str, str], lock: str = "") -> dict[str, str]:
        """The declarations of these packages by their path below `node_modules`, at most `declarations.MOST_BYTES`. Raises
        `DependencyError`."""
        request = DependencyRequest.parse(dependencies, lock=lock)
        if not request.packages:
            return {}
        async with self._quiet:
            return await self._declarations.of(request)

    async def locked(self, dependencies: Mapping[str, str], lock: str = "") -> tuple[str, str]:
        """The name and the text of the lock that `resolve` installs from; nothing is installed. Raises `DependencyError`."""
        request = DependencyRequest.parse(dependencies, lock=lock)
        if not request.packages:
            return "bun.lock", ""
        key = request.install_key
        job = self._locks.get(key)
        if job is None:
            job = self._locks[key] = self._tasks.begin(self._installer.lock(request), f"versions {key}", heard=True)
            job.add_done_callback(lambda _: self._locks.pop(key, None))
        return await asyncio.shield(job)

    def known_lock(self, dependencies: Mapping[str, str]) -> str:
        """The text of the bun.lock that these packages were last installed from; "" where there is none."""
        try:
            return self._installer.kept_lock(DependencyRequest.parse(dependencies))
        except DependencyError:
            return ""

    def known(
        self, dependencies: Mapping[str, str], specifiers: Iterable[str], *, mode: Mode = "development"
    ) -> DependencySet | None:
        """The set if it was resolved before, else None; needs no network. Raises `DependencyError` for invalid
        names."""
        return self._shelf.for_request(self._key(DependencyRequest.parse(dependencies, specifiers), mode))

    def path(self, hash: str, file: str) -> Path | None:
        """Where a set's file lies (`<name>.br` is its brotli form, once made); None for anything else."""
        return self._shelf.path(hash, file)

    def files(self, output: Output) -> Output:
        """The files of all sets that `output` imports from. Blocks."""
        named = {name.decode() for file in output.values() for name in _IMPORTED.findall(file.body)}
        return {path: file for name in sorted(named) for path, file in self._shelf.files(name).items()}

    def prepare(
        self, requests: Iterable[tuple[Mapping[str, str], Iterable[str]]], *, mode: Mode = "development"
    ) -> asyncio.Task[None]:
        """Resolve many sets one after the other at low priority; cancel the task to stop. Failures are logged."""

        async def prepare_all() -> None:
            for dependencies, specifiers in requests:
                try:
                    request = DependencyRequest.parse(dependencies, specifiers)
                    await self._resolve(request, mode, low_priority=True)
                except DependencyError as error:
                    log.warning("Could not prepare a set of packages: %s %s", error.code, error.says)
                    log.debug("%s", error.detail)
                    if error.code == "offline":
                        return

        return self._tasks.begin(prepare_all(), "prepare packages")

    async def close(self) -> None:
        """Stop all work and wait for it; every child process is dead afterwards."""
        self._closed = True
        await self._tasks.close()
        await asyncio.to_thread(self._compressor.shutdown, wait=True, cancel_futures=True)

    async def _resolve(self, request: DependencyRequest, mode: Mode, *, low_priority: bool) -> DependencySet:
        key = self._key(request, mode)
        if found := self._shelf.for_request(key):
            self._compress(found)
            return found
        if self._closed:
            raise DependencyError("install_failed", Phrase("fault.stopping"))
        job = self._jobs.get(key)
        if job is None:
            job = self._tasks.begin(self._make(key, request, mode, low_priority), f"packages {key}", heard=True)
            self._jobs[key] = job
            job.add_done_callback(lambda _: self._jobs.pop(key, None))
        # A visitor who leaves does not cancel the job: the next visitor, or the same one later, uses the set.
        return await asyncio.shield(job)

    async def _make(self, key: str, request: DependencyRequest, mode: Mode, low_priority: bool) -> DependencySet:
        async with self._quiet if low_priority else self._slots:
            installation = await self._installer.install(request, low_priority=low_priority)
            name = self._hash(installation, request, mode)
            made = await asyncio.to_thread(self._shelf.get, name)
            if made is None:
                made = await self._bundle(name, installation, request, mode, low_priority)
            await asyncio.to_thread(self._shelf.link, key, made)
        self._compress(made)
        return made

    async def _bundle(
        self, name: str, installation: Installation, request: DependencyRequest, mode: Mode, low_priority: bool
    ) -> DependencySet:
        work = self._shelf.work_folder()
        base = f"/@deps/{name}/"
        order = {
            "root": str(installation.root.resolve()),
            "tools": str(self._browser_package.resolve()),
            "outdir": str(work / "files"),
            "base": base,
            "specifiers": request.specifiers,
            "mode": mode,
            "limits": {"output": MAX_OUTPUT, "input": MAX_INPUT, "files": MAX_FILES},
        }
        try:
            await asyncio.to_thread((work / "files").mkdir, parents=True)
            report = await self._run(json.dumps(order).encode(), work, low_priority)
            made = DependencySet(
                hash=name,
                base=base,
                modules=report["modules"],
                styles=report["styles"],
                imports=report["imports"],
                errors=report["errors"],
            )
            await asyncio.to_thread(self._shelf.add, made, work)
            return made
        finally:
            await asyncio.to_thread(shutil.rmtree, work, True)

    async def _run(self, order: bytes, cwd: Path, low_priority: bool) -> dict[str, Any]:
        try:
            finished = await run(
                [self._node, "--max-old-space-size=1024", _SCRIPT],
                cwd=cwd,
                env={"GOMEMLIMIT": "1GiB", "NODE_ENV": "production", "PATH": "/usr/bin:/bin"},
                stdin=order,
                seconds=TIME_OUT,
                max_output=_MAX_REPORT,
                low_priority=low_priority,
            )
        except ProcessTimeout as error:
            raise DependencyError("time_out", Phrase("fault.time_out.bundle")) from error
        except OutputTooLarge as error:
            raise DependencyError("too_large", Phrase("fault.too_large.bundle")) from error
        try:
            report: dict[str, Any] = json.loads(finished.stdout)
        except ValueError as error:
            raise DependencyError(
                "bundle_failed", Phrase("fault.bundle_failed"), detail=finished.stderr[-4000:]
            ) from error
        if fatal := report.get("fatal"):
            code: DependencyCode = "too_large" if fatal["code"] == "too_large" else "bundle_failed"
            raise DependencyError(code, Phrase("fault.bundle_failed.reason", {"reason": str(fatal["message"])}))
        return report

    def _compress(self, made: DependencySet) -> None:
        if self._closed or self._shelf.is_compressed(made.hash):
            return
        loop = asyncio.get_running_loop()

        async def compress() -> None:
            await loop.run_in_executor(self._compressor, self._shelf.compress, made.hash)

        self._tasks.begin(compress(), f"compress packages {made.hash}")

    def _key(self, request: DependencyRequest, mode: Mode) -> str:
        return hashlib.sha256(f"{request.key} {mode} {self._tools()}".encode()).hexdigest()[:32]

    def _hash(self, installation: Installation, request: DependencyRequest, mode: Mode) -> str:
        """Named by its inputs: exact packages (the lock holds versions and checksums), specifiers, tools, mode."""
        content = json.dumps([installation.lock, request.specifiers, mode, self._tools()])
        return hashlib.sha256(content.encode()).hexdigest()[:32]

    def _tools(self) -> str:
        if self._tool_version is None:
            versions = [
                json.loads((self._browser_package / "node_modules" / tool / "package.json").read_text())["version"]
                for tool in _TOOLS
            ]
            self._tool_version = hashlib.sha256(_SCRIPT.read_bytes() + " ".join(versions).encode()).hexdigest()[:16]
        return self._tool_version
