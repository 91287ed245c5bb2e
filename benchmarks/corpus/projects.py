"""Reads the corpus: many small projects in a few files.

`== name: what it shows | needs: package …` begins a project, `=== path` one of its files (`=== path base64`: binary).
The project `*` holds what all projects of its file have, unless they have it themselves.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
_PROJECT: Final = re.compile(r"^== ([\w*-]+)(?:: ([^|\n]*?))?(?: ?\| needs: (.*))?$", re.MULTILINE)
_FILE: Final = re.compile(r"^=== (.+?)( base64)?\n", re.MULTILINE)
# Vite, its plugins and the libraries, all in one folder: a project names those that it uses.
PACKAGES: Final = json.loads((_HERE / "packages.json").read_text())
# Another major version of a package that most projects have in its newest.
OLDER: Final = {"tailwindcss@3": {"tailwindcss": "3.4.17", "postcss": "8.5.6", "autoprefixer": "10.7.0"}}
_NEVER_BUNDLED: Final = re.compile(r"vite|postcss|autoprefixer|sass$|less$|stylus|pug|tailwind|rollup")


@dataclass(frozen=True, slots=True)
class Project:
    """`needs`: packages beside Vite; `files`: by path, package.json among them."""

    family: str
    name: str
    shows: str
    needs: tuple[str, ...]
    files: dict[str, str | bytes]

    @property
    def hash(self) -> str:
        """The same for the same files."""
        parts = ((path, text.encode() if isinstance(text, str) else text) for path, text in sorted(self.files.items()))
        return hashlib.sha256(b"\0".join(path.encode() + b"\0" + body for path, body in parts)).hexdigest()[:16]

    @property
    def older(self) -> str:
        """The entry of `OLDER` that it needs, or nothing."""
        return next((name for name in self.needs if name in OLDER), "")


@cache
def projects() -> tuple[Project, ...]:
    """Every project of the corpus, by family and in the order in which they are written."""
    return tuple(one for path in sorted(_HERE.glob("*.projects")) for one in _family(path))


def _family(path: Path) -> list[Project]:
    text = path.read_text(encoding="utf-8")
    heads = list(_PROJECT.finditer(text))
    shared: dict[str, str | bytes] = {}
    shared_needs: list[str] = []
    found = []
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        files = _files(text[head.end() + 1 : after.start() if after else len(text)])
        needs = (head[3] or "").split()
        if head[1] == "*":
            shared, shared_needs = files, needs
            continue
        every = shared | files
        wanted = tuple(dict.fromkeys([*(shared_needs if not OLDER.keys() & set(needs) else ()), *needs]))
        every.setdefault("package.json", _manifest(head[1], wanted))
        found.append(Project(path.stem, head[1], head[2] or "", wanted, every))
    return found


def _files(text: str) -> dict[str, str | bytes]:
    heads = list(_FILE.finditer(text))
    return {
        head[1]: base64.b64decode(body) if head[2] else body.rstrip("\n") + "\n"
        for head, after in zip(heads, [*heads[1:], None], strict=True)
        for body in [text[head.end() : after.start() if after else len(text)]]
    }


def _manifest(name: str, needs: tuple[str, ...]) -> str:
    versions = PACKAGES.copy()
    for older in needs:
        versions |= OLDER.get(older, {})
    named = [one.partition("@3")[0] if one in OLDER else one for one in needs]
    used = {one: versions[one] for one in named if not _NEVER_BUNDLED.search(one)}
    tools = {"vite": versions["vite"], **{one: versions[one] for one in named if one not in used}}
    manifest = {"name": name, "private": True, "type": "module", "dependencies": used, "devDependencies": tools}
    return json.dumps(manifest, indent=2) + "\n"
