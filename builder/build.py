"""Builds the files that browsers load, when their sources changed: the preview engine (esbuild) and the pages
(Reflex)."""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import brotli  # type: ignore[import-untyped]  # it ships no types

from builder.base.settings import ROOT
from builder.texts.catalogues import languages
from builder.texts.language import DEFAULT, PAGES_IN

BROWSER = ROOT / "preview_runtime" / "browser"
WEB = ROOT / ".web"
PAGES = WEB / "languages"
"""The pages in other languages than English, a folder for each."""
COMPRESSED = WEB / "compressed"
"""Files of the last build, compressed. Their names have their digest in them, so a later build takes them as they are."""
PAGE_SOURCES = (
    "rxconfig.py",
    "builder/app.py",
    "builder/base/http/isolation.py",
    "builder/pages",
    "builder/components",
    "builder/texts",
    "assets",
    "preview_runtime/browser/src",
    "requirements.txt",
    # The home page's gallery is made when the page is built.
    *sorted(
        path.relative_to(ROOT).as_posix()
        for name in ("*/starter.json", "texts.*.json")
        for path in (ROOT / "templates" / "starters").glob(name)
    ),
)
FOLDER_SOURCES = ("rxconfig.py", "requirements.txt")
"""What decides what Reflex writes into `.web` besides the pages."""
ENGINE_SOURCES = (
    "preview_runtime/app_server.py",
    "preview_runtime/containers/data/sqlite_look.py",
    "preview_runtime/browser/src",
    "preview_runtime/browser/build.mjs",
    "preview_runtime/browser/package-lock.json",
)
_SUFFIXES = frozenset(
    {".py", ".ts", ".tsx", ".js", ".mjs", ".css", ".json", ".txt", ".svg", ".png", ".webp", ".ico", ".woff2"}
)
_TEXT = frozenset({".js", ".css", ".html", ".json", ".svg", ".xml", ".txt", ".map", ".mjs"})
_SMALLEST: Final = 256
"""Bytes. What is smaller gains nothing; pages are compressed whatever they weigh."""
_LARGE: Final = 1_000_000
"""Bytes. From here brotli's last level takes more than twice as long as the one before it and saves 2 %."""


class BuildFailed(RuntimeError):
    """A build step ended with an error; `str()` is its output's last lines."""


def bun() -> Path | None:
    """The bun executable that npm installed for this system; None when there is none."""
    return next(iter(sorted((BROWSER / "node_modules" / "@oven").glob("bun-*/bin/bun"))), None)


def environment() -> dict[str, str]:
    """This process's environment with the pinned Node and bun first on PATH and no reporting.

    bun installs the pages' packages in seconds where npm, called three times over by Reflex, takes a minute.
    """
    found = bun()
    folders = [str(Path(sys.executable).parent), *([str(found.parent)] if found else []), os.environ.get("PATH", "")]
    return {
        **os.environ,
        "PATH": os.pathsep.join(folders),
        "REFLEX_USE_NPM": "0" if found else "1",
        "REFLEX_USE_SYSTEM_BUN": "1",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "NODE_USE_SYSTEM_CA": os.environ.get("NODE_USE_SYSTEM_CA", "1"),
        "NO_UPDATE_NOTIFIER": "1",
        "NO_COLOR": "1",
    }


def _files(names: tuple[str, ...]) -> Iterator[Path]:
    for name in names:
        base = ROOT / name
        if base.is_file():
            yield base
        for path in sorted(base.rglob("*")) if base.is_dir() else ():
            if path.suffix in _SUFFIXES and path.is_file() and "external" not in path.parts:
                yield path


def digest(names: tuple[str, ...]) -> str:
    """SHA-256 (hex) over the names and contents of all source files below `names`."""
    total = hashlib.sha256()
    for path in _files(names):
        total.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def _run(command: list[str], cwd: Path, variables: Mapping[str, str] | None = None) -> None:
    env = {**environment(), **(variables or {})}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines()
        raise BuildFailed("\n".join(lines[-60:]))


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two servers that start together build once: both would write to the same folders."""
    with (ROOT / ".build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build_engine() -> bool:
    """Build `preview_runtime/browser/dist` when its sources changed; True when it did."""
    stamp = BROWSER / "dist" / ".sources"
    with _one_at_a_time():
        now = digest(ENGINE_SOURCES)
        if stamp.is_file() and stamp.read_text() == now:
            return False
        node = shutil.which("node", path=environment()["PATH"]) or "node"
        _run([node, "build.mjs"], BROWSER)
        stamp.write_text(now)
        return True


def build_pages() -> bool:
    """Export the Reflex pages in each language when their sources changed; True when it did.

    `.web/build` holds the pages in English and the code of all languages, whose names have its digest in them;
    `.web/languages/<language>` holds the pages in the others.
    """
    stamp = WEB / "build" / ".sources"
    with _one_at_a_time():
        now = digest(PAGE_SOURCES)
        if stamp.is_file() and stamp.read_text() == now:
            return False
        # Reflex changes the folder that it finds: what another version or other plugins left there would stay.
        made_by, maker = WEB / ".made_by", digest(FOLDER_SOURCES)
        if not made_by.is_file() or made_by.read_text() != maker:
            shutil.rmtree(WEB, ignore_errors=True)
        _export_all()
        made_by.write_text(maker)
        stamp.write_text(now)
        return True


def _export_all() -> None:
    client = WEB / "build" / "client"
    others = [language for language in languages() if language != DEFAULT]
    with ThreadPoolExecutor(1) as beside:
        packed = []
        for language in others:
            _export(language)
            shutil.rmtree(PAGES / language, ignore_errors=True)
            shutil.copytree(client, PAGES / language)
            packed.append(beside.submit(_compress, PAGES / language))
        _export(DEFAULT)
        for one in packed:
            one.result()
    _compress(client)
    for language in others:
        shutil.copytree(PAGES / language / "assets", client / "assets", dirs_exist_ok=True)
        _keep_pages(PAGES / language)
    for old in COMPRESSED.iterdir():
        if not (client / "assets" / old.name).exists():
            old.unlink()


def _export(language: str) -> None:
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    # Reflex's own compression, switched off by a list of nothing, would pack the editor again for each language.
    _run(command, ROOT, {PAGES_IN: language, "REFLEX_FRONTEND_COMPRESSION_FORMATS": ","})
    if not (WEB / "build" / "client" / "index.html").is_file():
        raise BuildFailed("Reflex exported no index.html.")


def _compress(folder: Path) -> None:
    """Write `.br` and `.gz` beside each file of text below `folder`; those with a digest in their name only once."""
    COMPRESSED.mkdir(exist_ok=True)
    sizes = {path: path.stat().st_size for path in folder.rglob("*") if path.suffix in _TEXT}
    files = [path for path, size in sizes.items() if size >= _SMALLEST or path.suffix == ".html"]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(_compress_file, sorted(files, key=lambda path: -sizes[path])))


def _compress_file(path: Path) -> None:
    kinds: dict[str, Callable[[bytes], bytes]] = {".br": _brotli, ".gz": gzip.compress}
    for suffix, compress in kinds.items():
        target = path.with_name(path.name + suffix)
        kept = COMPRESSED / target.name
        if path.parent.name != "assets":
            target.write_bytes(compress(path.read_bytes()))
            continue
        if not kept.is_file():
            half = kept.with_suffix(".part")  # a build that is killed here must not leave a file cut short
            half.write_bytes(compress(path.read_bytes()))
            half.replace(kept)
        shutil.copyfile(kept, target)


def _brotli(data: bytes) -> bytes:
    return bytes(brotli.compress(data, quality=10 if len(data) >= _LARGE else 11))


def _keep_pages(folder: Path) -> None:
    """Remove what is the same in each language."""
    for path in [path for path in folder.rglob("*") if path.is_file() and ".html" not in path.suffixes]:
        path.unlink()
