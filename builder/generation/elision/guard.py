"""Finds what a model left out without being asked to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from builder.generation.elision import asked
from builder.generation.elision.exports import exports, still_imported
from builder.generation.elision.remarks import bodies, placeholders
from builder.texts import t
from preview_runtime.file_tree import FileTree

_FEW: Final = 10  # lines with text: of less, half is soon gone
_A_LITTLE: Final = 0.01
_MAY_BE_EMPTY: Final = ("__init__.py", ".gitkeep", ".keep", "py.typed")
_MADE_BY_TOOLS: Final = (".lock", "-lock.json", "-lock.yaml", ".map", ".svg", ".min.js", ".min.css", ".snap")


@dataclass(frozen=True, slots=True)
class Elision:
    """`path` was shortened unasked; `reason` is the plain sentence that says how, `detail` is for the log."""

    path: str
    reason: str
    detail: str


def elision_in(written: Collection[str], before: FileTree, after: FileTree, prompt: str = "") -> Elision | None:
    """Where a remark stands in the place of code, or where a file that is still there lost all of its text, what others
    import from it, or more than half, and `prompt` does not explain it. `written`: the paths of files that were given
    whole; the others were edited. Linear in the sizes of what changed."""
    changed = {path: text for path, text in after.items() if isinstance(text, str) and before.get(path) != text}
    for path, text in changed.items():
        old = before.text(path)
        if found := _by_remark(path, path in written, old, text, prompt):
            return found
        if old is not None and old.strip() and (found := _by_loss(path, old, text, changed, before, after, prompt)):
            return found
    return None


def _by_remark(path: str, written: bool, old: str | None, new: str, prompt: str) -> Elision | None:
    if not new.strip() or path.endswith(_MADE_BY_TOOLS):
        return None
    known: frozenset[str] = frozenset()
    lost: float | None = None
    if old is not None:
        known = bodies(path, old)
        gone = _gone(old, [new])
        explained = prompt and (asked.anew(prompt) or asked.to_be_taken_out(prompt, (), gone))
        shorter = 1 - _size(new)[0] / max(1, _size(old)[0])
        lost = 0.0 if explained or not gone else max(_A_LITTLE, shorter)
    for remark in placeholders(path, new, known, lost):
        if old is None or remark not in old:
            key = "policy.elided" if written else "policy.elided_edit"
            return Elision(path, t(key, path=path, remark=remark[:80]), f"{remark[:200]!r}")
    return None


def _by_loss(
    path: str, old: str, new: str, changed: Mapping[str, str], before: FileTree, after: FileTree, prompt: str
) -> Elision | None:
    if path.endswith(_MAY_BE_EMPTY) or path.endswith(_MADE_BY_TOOLS):
        return None
    others = {other: text for other, text in changed.items() if other != path}
    gone = _gone(old, [new, *others.values()])
    gave, gives = exports(path, old), exports(path, new)
    lost = gave - gives
    explained = bool(prompt) and (asked.anew(prompt) or asked.to_be_taken_out(prompt, lost, gone))
    if not new.strip():
        return None if explained or not gone else Elision(path, t("policy.emptied", path=path), "emptied")
    if not prompt:
        return None  # nothing to explain it with, nor to say that it is not explained
    explained_names = explained or len(gives) >= len(gave)  # as many under other names
    missed = [
        name for name in sorted(lost) if _is_missed(name, path, new, others, before, after, prompt, explained_names)
    ]
    if missed:
        names = ", ".join(missed[:5])
        return Elision(path, t("policy.exports_lost", path=path, names=names), f"lost {names}")
    had, has = _size(old), _size(new)
    if had[0] >= _FEW and 2 * has[0] < had[0] and 2 * has[1] < had[1] and not explained and 2 * len(gone) > had[0]:
        return Elision(path, t("policy.half_lost", path=path), f"{had} → {has} (lines, characters)")
    return None


def _is_missed(
    name: str,
    path: str,
    new: str,
    others: Mapping[str, str],
    before: FileTree,
    after: FileTree,
    prompt: str,
    explained: bool,
) -> bool:
    if any(name in exports(other, text) for other, text in others.items() if name in text or name == "default"):
        return False  # it has moved
    if still_imported(name, path, after):
        return True
    if explained or asked.named(prompt, name) or (name != "default" and name in new):
        return False
    # Whoever imported it was changed with it.
    return not still_imported(name, path, before)


def _gone(old: str, new: Iterable[str]) -> list[str]:
    """The lines of `old` that are in none of the new texts."""
    had = Counter(line.strip() for line in old.split("\n") if len(line.strip()) > 1)
    for text in new:
        had -= Counter(line.strip() for line in text.split("\n"))
    return list(had.elements())


def _size(text: str) -> tuple[int, int]:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return len(lines), sum(map(len, lines))
