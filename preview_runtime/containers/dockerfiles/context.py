"""A build's context: the files of a project that its Dockerfile sees."""

from __future__ import annotations

import hashlib
import io
import tarfile
from dataclasses import dataclass
from typing import Final

from preview_runtime.containers.dockerfiles.dockerignore import TooManyRules, context_filter
from preview_runtime.engines import EngineFailed, Fault, FaultKind
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase
from preview_runtime.plans.other_app import context_folder

_DATE: Final = 1_600_000_000.0  # of every file, so that the same files give the same context


@dataclass(frozen=True, slots=True)
class BuildContext:
    """What a build is given: the files below the context's root, the Dockerfile's path there, and its text."""

    files: dict[str, bytes]
    path: str
    text: str

    def digest(self) -> str:
        told = hashlib.sha256(self.path.encode())
        for path, content in sorted(self.files.items()):
            told.update(f"{path}\0{len(content)}\0".encode() + content)
        return told.hexdigest()


def context_of(tree: FileTree, dockerfile: str) -> BuildContext:
    """The context for the build of `dockerfile`, a path in `tree`: the files of its folder that .dockerignore does not
    exclude.

    Raises `EngineFailed` (`dockerfile_refused`) for rules that would take minutes.
    """
    root = context_folder(dockerfile)
    prefix = f"{root}/" if root else ""
    path = dockerfile.removeprefix(prefix)
    own, shared = f"{dockerfile}.dockerignore", f"{prefix}.dockerignore"
    rules = own if tree.text(own) is not None else shared
    sent = context_filter(tree.text(rules) or "")
    try:
        files = {
            name: content if isinstance(content, bytes) else content.encode()
            for whole, content in tree.items()
            if whole.startswith(prefix) and ((name := whole.removeprefix(prefix)) == path or sent(name))
        }
    except TooManyRules as refused:
        raise EngineFailed(refusal(rules, refused.line, refused.says)) from refused
    return BuildContext(files, path, tree.text(dockerfile) or "")


def packed(files: dict[str, bytes]) -> bytes:
    """The files as the archive that the engine builds from."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, content in sorted(files.items()):
            entry = tarfile.TarInfo(path)
            entry.size, entry.mtime = len(content), _DATE
            entry.mode = 0o755 if content.startswith(b"#!") else 0o644
            tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def refusal(path: str, line: int, says: Phrase) -> Fault:
    """The fault of a Dockerfile, or of its rules, that cannot be built; `line` counts from 1."""
    return Fault(FaultKind.BUILD, "dockerfile_refused", says, path, line)
