"""A folder and a project brought together: what differs, which way it goes, and where both have changed.

Three digests say it for each path: what it is here, what it is there, and what both were when they were last the same.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pathspec import GitIgnoreSpec

from sayso.client import ApiError, Client, Content
from sayso.kept import FOLDER, Checkout

IGNORES = (".gitignore", ".saysoignore")
ALWAYS = (f"/{FOLDER}/", ".git/", "node_modules/", "__pycache__/", ".venv/", ".DS_Store", "*.theirs")
THEIRS = ".theirs"
_BATCH_BYTES = 6 * 2**20
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """Paths. `here` and `there` have changed on that side alone (`gone_…` were removed there); `both` are conflicts."""

    here: list[str] = field(default_factory=list)
    there: list[str] = field(default_factory=list)
    gone_here: list[str] = field(default_factory=list)
    gone_there: list[str] = field(default_factory=list)
    both: list[str] = field(default_factory=list)


def difference(base: Mapping[str, str], here: Mapping[str, str], there: Mapping[str, str]) -> Difference:
    found = Difference()
    for path in sorted(base.keys() | here.keys() | there.keys()):
        was, mine, theirs = base.get(path), here.get(path), there.get(path)
        if mine == theirs:
            continue
        if theirs == was:
            (found.here if mine else found.gone_here).append(path)
        elif mine == was:
            (found.there if theirs else found.gone_there).append(path)
        else:
            found.both.append(path)
    return found


def files_here(root: Path) -> dict[str, str]:
    """SHA-256 of each file below `root` that is not ignored. Links are passed over."""
    lines = [line for name in IGNORES if (root / name).is_file() for line in _lines(root / name)]
    ignored = GitIgnoreSpec.from_lines([*ALWAYS, *lines])
    return {path: digest(root / path) for path in _walk(root, ignored)}


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def push(client: Client, checkout: Checkout, say: Say, *, dry: bool = False) -> Difference:
    """Writes what has changed here, in batches that are whole or refused whole. Where both have changed nothing is
    written at all: `both` names it."""
    here, there = files_here(checkout.root), client.digests(checkout.project)
    found = difference(checkout.base, here, there)
    if found.both or dry:
        return found
    for batch in _batches(checkout.root, found.here):
        _write(client, checkout, there, batch, [])
        say(", ".join(batch))
    if found.gone_here:
        _write(client, checkout, there, {}, found.gone_here)
        say(", ".join(f"-{path}" for path in found.gone_here))
    _same(checkout, here, there, found)
    return found


def pull(client: Client, checkout: Checkout, say: Say, *, dry: bool = False) -> Difference:
    """Brings what has changed there. Where both have changed the file here stays, and the other comes beside it, with
    `.theirs` behind its name; a next push writes what is here then."""
    here, there = files_here(checkout.root), client.digests(checkout.project)
    found = difference(checkout.base, here, there)
    if dry:
        return found
    for path in found.there:
        _bring(checkout.root, path, client.read(checkout.project, path))
        say(path)
    for path in found.gone_there:
        target_in(checkout.root, path).unlink(missing_ok=True)
        say(f"-{path}")
    for path in found.both:
        if path in there:
            _bring(checkout.root, path + THEIRS, client.read(checkout.project, path))
            checkout.base[path] = there[path]
        else:
            checkout.base.pop(path, None)
        checkout.keep()
    for path in (*found.there, *found.gone_there):
        _now(checkout, path, there.get(path))
    _same(checkout, here, there, found)
    return found


def _write(
    client: Client, checkout: Checkout, there: Mapping[str, str], put: Mapping[str, Content], delete: list[str]
) -> None:
    """What somebody writes in this very moment is not written over."""
    paths = [*put, *delete]
    written = client.write(checkout.project, put, delete, {path: there.get(path) for path in paths})
    for path in paths:
        _now(checkout, path, written["digests"].get(path))
    checkout.keep()


def _same(checkout: Checkout, here: Mapping[str, str], there: Mapping[str, str], found: Difference) -> None:
    """What was the same all along, or became so on both sides."""
    touched = {*found.here, *found.there, *found.gone_here, *found.gone_there, *found.both}
    for path in (here.keys() | there.keys() | checkout.base.keys()) - touched:
        _now(checkout, path, there.get(path))
    checkout.keep()


def _now(checkout: Checkout, path: str, sha: str | None) -> None:
    if sha is None:
        checkout.base.pop(path, None)
    else:
        checkout.base[path] = sha


def _batches(root: Path, paths: list[str]) -> Iterator[dict[str, Content]]:
    batch: dict[str, Content] = {}
    size = 0
    for path in paths:
        raw = (root / path).read_bytes()
        if batch and size + len(raw) > _BATCH_BYTES:
            yield batch
            batch, size = {}, 0
        batch[path] = _content(raw)
        size += len(raw)
    if batch:
        yield batch


def _content(raw: bytes) -> Content:
    """Text where the bytes are text, as the server has it."""
    try:
        return raw if b"\0" in raw else raw.decode()
    except UnicodeDecodeError:
        return raw


def _bring(root: Path, path: str, content: bytes) -> None:
    """Whole or not at all, so that whoever stops it loses nothing."""
    target = target_in(root, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(target)


def target_in(root: Path, path: str) -> Path:
    """Where a file of the project is here. No server may name a place outside of the folder."""
    parts = PurePosixPath(path).parts
    target = root.joinpath(*parts)
    outside = path.startswith("/") or ".." in parts or parts[0] == FOLDER
    if outside or not target.parent.resolve().is_relative_to(root.resolve()):
        raise ApiError(0, "path_outside", f"The project has a file “{path}”, which would lie outside of this folder.")
    return target


def _walk(root: Path, ignored: GitIgnoreSpec) -> Iterator[str]:
    for folder, folders, names in os.walk(root):
        at = Path(folder).relative_to(root).as_posix()
        start = "" if at == "." else f"{at}/"
        folders[:] = sorted(name for name in folders if not ignored.match_file(f"{start}{name}/"))
        for name in sorted(names):
            file = Path(folder, name)
            if not ignored.match_file(start + name) and file.is_file() and not file.is_symlink():
                yield start + name


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8", errors="replace").splitlines()
