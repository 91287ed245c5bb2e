"""Installs npm packages from the registry without running any of their code."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import platform
import re
import shutil
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from preview_runtime.dependencies.errors import DependencyError
from preview_runtime.dependencies.lock import refuse_foreign_packages
from preview_runtime.dependencies.popular import nearest
from preview_runtime.dependencies.process import OutputTooLarge, ProcessTimeout, ToolEnd, run
from preview_runtime.dependencies.registry_proxy import registry_proxy
from preview_runtime.dependencies.registry_settings import DEFAULT_REGISTRY, installer_environment
from preview_runtime.dependencies.request import DependencyRequest
from preview_runtime.phrases import Phrase

MAX_BYTES: Final = 400 * 1024 * 1024
MAX_FILES: Final = 80_000
TIME_OUT: Final = 60.0
KEPT: Final = 12
KEPT_LOCKS: Final = 500
_MAX_OUTPUT: Final = 4 * 1024 * 1024
_WATCH_EVERY: Final = 2.0
_LOCKS: Final = ("bun.lock", "package-lock.json")

_MISSING: Final = re.compile(
    r"(?:GET |404 Not Found - GET )https?://\S*?/((?:@[^/\s]+(?:/|%2f))?[^/\s]+)(?= - |\s*$)",
    re.IGNORECASE | re.MULTILINE,
)
_NPM_MISSING: Final = re.compile(r"'((?:@[^/@']+/)?[^@']+)@[^']*' is not in this registry")
_NO_VERSION: Final = re.compile(r'No version matching "([^"]*)" found for specifier "([^"]+)"')
_NO_TAG: Final = re.compile(r'Package "([^"]+)" with tag "([^"]+)" not found')
_NPM_NO_VERSION: Final = re.compile(r"No matching version found for ((?:@[^/@\s]+/)?[^@\s]+)@(\S+?)\.?(?:\s|$)")
# A package of Python without a wheel, as uv says it.
_SOURCE_ONLY: Final = re.compile(r"(?:Wheels are required for|Building source distributions for) `([\w.-]{1,200})")
# bun's words, npm's (EINTEGRITY) and uv's.
_OTHER_BYTES: Final = re.compile(
    r"Integrity check failed for tarball: (\S{1,214})|EINTEGRITY[^\n]*?/-/([\w.-]+?)-\d|Hash mismatch for `([^`=\s]{1,200})"
)
_OFFLINE: Final = re.compile(
    r"ConnectionRefused|ConnectionClosed|ConnectionReset|DNSResolveFailed|FailedToOpenSocket|NetworkUnreachable|"
    r"UnableToConnect|ProxyConnectFailed|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|\bTimeout\b"
)


@dataclass(frozen=True, slots=True)
class Installation:
    """A folder that holds `node_modules` and the lock file's text, which states its exact content; `file` is its name."""

    root: Path
    lock: str
    file: str


class Installer:
    """Keeps the last `KEPT` installations below `folder`; a set of packages is installed once.

    `node` is a Node executable, `browser_package` the folder whose `node_modules` holds bun. If bun is missing or
    cannot run on this processor, npm is used (15–25 s instead of 1.4 s). `hosts` are further hosts from which the
    registry lets its packages be fetched.
    """

    def __init__(self, folder: Path, node: Path, browser_package: Path, hosts: Collection[str] = ()) -> None:
        self._folder = folder
        self._home = folder / "home"
        self._node = node
        self._browser_package = browser_package
        self._hosts = hosts
        self._tool: Sequence[str | Path] | None = None

    async def install(self, request: DependencyRequest, *, low_priority: bool = False) -> Installation:
        """The installation of the request's packages: what `lock` says of it. Raises `DependencyError`."""
        place = self._folder / "installed" / request.install_key
        if found := await asyncio.to_thread(_read, place):
            return found
        file, lock = await self.lock(request, low_priority=low_priority)
        work = self._folder / "installing" / uuid.uuid4().hex
        try:
            await asyncio.to_thread(self._prepare, work, request, file, lock)
            await self._ran(work, low_priority)
            await asyncio.to_thread(_check, work)
            await asyncio.to_thread(_move, work, place)
        finally:
            await asyncio.to_thread(shutil.rmtree, work, True)
        await asyncio.to_thread(self._prune)
        installed = await asyncio.to_thread(_read, place)
        if installed is None:
            raise DependencyError("install_failed", Phrase("fault.install_failed.list"))
        return installed

    async def lock(self, request: DependencyRequest, *, low_priority: bool = False) -> tuple[str, str]:
        """The name and the text of the lock file for the request's packages; nothing is installed, and the answer is kept.
        Raises `DependencyError`."""
        kept = self._folder / "resolved" / request.install_key
        if found := await asyncio.to_thread(_read, kept):
            return found.file, found.lock
        work = self._folder / "installing" / uuid.uuid4().hex
        try:
            await asyncio.to_thread(self._prepare, work, request, "package-lock.json", request.lock)
            await self._ran(work, low_priority, "--lockfile-only", "--package-lock-only")
            await asyncio.to_thread(_check, work)
            found = await asyncio.to_thread(_read, work) or Installation(work, "", _LOCKS[0])
            await asyncio.to_thread(_keep, kept, found)
        finally:
            await asyncio.to_thread(shutil.rmtree, work, True)
        return found.file, found.lock

    def kept_lock(self, request: DependencyRequest) -> str:
        """The text of the bun.lock that `lock` gave; "" for none. It reads a file."""
        found = _read(self._folder / "resolved" / request.install_key)
        return found.lock if found and found.file == _LOCKS[0] else ""

    async def _ran(self, work: Path, low_priority: bool, *more: str) -> None:
        """`more`: an option of bun, and the same of npm."""
        tool = self._tool = self._tool or await self._find_tool()
        option = [more[str(tool[0]) == str(self._node)]] if more else []
        finished = await self._run([*tool, *option], work, low_priority)
        if finished.code != 0:
            raise explained(finished.stderr + finished.stdout.decode("utf-8", "replace"))

    def _prepare(self, work: Path, request: DependencyRequest, file: str, lock: str) -> None:
        (self._home / "tmp").mkdir(parents=True, exist_ok=True)
        work.mkdir(parents=True)
        package = {"name": "preview", "private": True, "dependencies": dict(request.packages)}
        (work / "package.json").write_text(json.dumps(package), encoding="utf-8")
        if lock:
            (work / file).write_text(lock, encoding="utf-8")

    async def _run(self, tool: Sequence[str | Path], work: Path, low_priority: bool) -> ToolEnd:
        async def watch() -> None:
            while True:
                await asyncio.sleep(_WATCH_EVERY)
                await asyncio.to_thread(_check_size, work)

        try:
            environment = installer_environment(self._home)
            registry = environment.get("npm_config_registry") or DEFAULT_REGISTRY
            async with registry_proxy(registry, environment, self._hosts) as (proxied, refused):
                finished = await run(
                    tool,
                    cwd=work,
                    env={**environment, **proxied},
                    seconds=TIME_OUT,
                    max_output=_MAX_OUTPUT,
                    low_priority=low_priority,
                    watch=watch,
                )
            if refused:
                raise DependencyError(
                    "specifier_refused",
                    Phrase("fault.specifier_refused.outside"),
                    detail=f"refused: {' '.join(refused)[:2000]} (of a registry's own: name its host in INSTALL_HOSTS)",
                )
            return finished
        except ProcessTimeout as error:
            raise DependencyError("time_out", Phrase("fault.time_out.install")) from error
        except OutputTooLarge as error:
            raise DependencyError("install_failed", Phrase("fault.install_failed.installer")) from error

    async def _find_tool(self) -> Sequence[str | Path]:
        for bun in bun_candidates(self._browser_package / "node_modules"):
            try:
                answer = await run([bun, "--version"], cwd=self._home, env={}, seconds=10, max_output=1024)
            except (OSError, ProcessTimeout, OutputTooLarge):
                continue  # not for this processor or C library: try the next one
            if answer.code == 0:
                options = "install --ignore-scripts --omit=dev --no-progress --no-summary --linker=hoisted"
                return [bun, *options.split(), "--save-text-lockfile"]
        npm = npm_program(self._node)
        if npm is None:
            raise DependencyError(
                "install_failed",
                Phrase("fault.install_failed.no_installer"),
                detail=str(self._browser_package),
            )
        options = "install --ignore-scripts --omit=dev --no-audit --no-fund --omit-lockfile-registry-resolved"
        return [self._node, npm, *options.split()]

    def _prune(self) -> None:
        places = sorted((self._folder / "installed").iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for place in places[KEPT:]:
            shutil.rmtree(place, ignore_errors=True)
        locks = sorted((self._folder / "resolved").glob("*"), key=lambda path: path.stat().st_mtime, reverse=True)
        for place in locks[KEPT_LOCKS:]:
            shutil.rmtree(place, ignore_errors=True)


def bun_candidates(node_modules: Path) -> list[Path]:
    """bun's executables for this system: in its platform package, or where its install script moved it."""
    system = {"Darwin": "darwin", "Linux": "linux"}.get(platform.system(), "")
    machine = {"arm64": "aarch64", "aarch64": "aarch64", "x86_64": "x64", "AMD64": "x64"}.get(platform.machine(), "")
    found = sorted(node_modules.glob(f"@oven/bun-{system}-{machine}*/bin/bun"), key=lambda path: len(str(path)))
    return [path for path in (*found, node_modules / "bun" / "bin" / "bun.exe") if path.is_file()]


def npm_program(node: Path) -> Path | None:
    """npm's own program beside a Node executable; None where there is none."""
    relative = Path("lib/node_modules/npm/bin/npm-cli.js")
    return next((path for path in (node.resolve().parents[1] / relative,) if path.is_file()), None)


def _read(place: Path) -> Installation | None:
    for name in _LOCKS:
        with contextlib.suppress(FileNotFoundError):
            lock = (place / name).read_text(encoding="utf-8")
            os.utime(place)
            return Installation(place, lock, name)
    return None


def _keep(place: Path, found: Installation) -> None:
    part = place.with_name(f"{place.name}.{uuid.uuid4().hex}")
    part.mkdir(parents=True)
    (part / found.file).write_text(found.lock, encoding="utf-8")
    try:
        part.rename(place)
    except OSError:  # another process was first: its answer is as good
        shutil.rmtree(part, ignore_errors=True)


def _move(work: Path, place: Path) -> None:
    (work / "node_modules").mkdir(exist_ok=True)
    if not any((work / name).exists() for name in _LOCKS):
        (work / "bun.lock").write_text("", encoding="utf-8")  # bun writes none for an empty list
    place.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(OSError):  # another process was first: its installation is equivalent
        work.rename(place)


def _check(work: Path) -> None:
    """Check the installation: not too large, and everything from the registry."""
    _check_size(work)
    for name in _LOCKS:
        with contextlib.suppress(FileNotFoundError):
            refuse_foreign_packages(name, (work / name).read_text(encoding="utf-8"))


def _check_size(root: Path) -> None:
    files = size = 0
    pending = [str(root)]
    while pending:
        try:
            entries = list(os.scandir(pending.pop()))
        except FileNotFoundError:
            continue  # the installer moved it during the check
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                pending.append(entry.path)
                continue
            files += 1
            with contextlib.suppress(FileNotFoundError):
                size += entry.stat(follow_symlinks=False).st_size
        if files > MAX_FILES or size > MAX_BYTES:
            raise DependencyError("too_large", Phrase("fault.too_large.install", {"megabytes": MAX_BYTES // 2**20}))


def explained(output: str) -> DependencyError:
    """The error that the output of an installer which gave up tells of."""
    detail = output[-4000:]
    if match := _OTHER_BYTES.search(output):
        name = match[1] or match[2] or match[3]
        says = Phrase("fault.package_changed", {"name": name})
        return DependencyError("install_failed", says, name, detail=detail)
    if "404" in output and (match := _NPM_MISSING.search(output) or _MISSING.search(output)):
        name = re.sub("%2f", "/", match[1], flags=re.IGNORECASE)
        close = nearest(name)
        says = Phrase("fault.package_missing", {"name": name})
        if close:
            says = Phrase("fault.package_missing.like", {"name": name, "like": close})
        return DependencyError("package_missing", says, name, suggestion=close, detail=detail)
    if match := _NO_VERSION.search(output):
        return _no_version(match[2], match[1], detail)
    if match := _NO_TAG.search(output) or _NPM_NO_VERSION.search(output):
        return _no_version(match[1], match[2], detail)
    if name := source_only(output):
        says = Phrase("fault.package_source_only", {"name": name})
        return DependencyError("install_failed", says, name, detail=detail)
    if _OFFLINE.search(output):
        return DependencyError(
            "offline",
            Phrase("fault.offline"),
            detail=detail,
        )
    return DependencyError("install_failed", Phrase("fault.install_failed.packages"), detail=detail)


def source_only(output: str) -> str:
    """The Python package that an installer's `output` says comes without a wheel; "" where it says nothing like it."""
    found = _SOURCE_ONLY.search(output)
    return found[1] if found else ""


def _no_version(name: str, wanted: str, detail: str) -> DependencyError:
    says = Phrase("fault.version_missing", {"name": name, "version": wanted})
    return DependencyError("version_missing", says, name, detail=detail)
