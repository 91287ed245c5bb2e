"""Finds what a model left out without being asked to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from builder.generation.elision import asked
from builder.generation.elision.exports import ImportedNames, exports
from builder.generation.elision.parts import PartOfFile, parts
from builder.generation.elision.remarks import bodies, placeholders
from builder.texts import t
from preview_runtime.file_tree import FileTree

_FEW: Final = 10  # lines with text: of less, half is soon gone
_FEW_OF_A_PART: Final = 3  # lines: of less, something else may have come instead
_LONG_LINES: Final = 120  # characters of fewer lines
_A_LITTLE: Final = 0.01
_MOST_LOOKED_FOR: Final = 50  # parts: each is looked for in the whole file
_SIGNS: Final = 5  # characters: "..." stands in many a line
_WORD: Final = re.compile(r"[^\W\d_]{3,60}")
_CODE_ALONE: Final = re.compile(r"(?:^|(?<=\s))(?://|/\*|#|--|<!--|\{/\*)[^\n]{0,300}", re.MULTILINE)
_MAY_BE_EMPTY: Final = ("__init__.py", ".gitkeep", ".keep", "py.typed")
_MADE_BY_TOOLS: Final = (".lock", "-lock.json", "-lock.yaml", ".map", ".svg", ".min.js", ".min.css", ".snap")


@dataclass(frozen=True, slots=True)
class Elision:
    """`path` was shortened unasked; `reason` is the plain sentence that says how, `detail` is for the log."""

    path: str
    reason: str
    detail: str


def elisions_in(written: Collection[str], before: FileTree, after: FileTree, prompt: str = "") -> Iterator[Elision]:
    """Where a remark stands in the place of code, or where a file that is still there lost all of its text, what others
    import from it, or more than half, and `prompt` does not explain it; at most one of a file. `written`: the paths of
    files that were given whole; the others were edited. Linear in the sizes of what changed, and of those who import
    from it."""
    change = _Change(before, after, prompt)
    for path, text in change.texts.items():
        old = before.text(path)
        if path.endswith(_MADE_BY_TOOLS):
            continue
        found = _by_remark(path, path in written, old, text, prompt)
        if found is None and old is not None and old.strip() and not path.endswith(_MAY_BE_EMPTY):
            found = change.loss(path, old, whole=path in written)
        if found:
            yield found


def elision_in(written: Collection[str], before: FileTree, after: FileTree, prompt: str = "") -> Elision | None:
    """The first of `elisions_in`."""
    return next(elisions_in(written, before, after, prompt), None)


def _by_remark(path: str, written: bool, old: str | None, new: str, prompt: str) -> Elision | None:
    if not new.strip():
        return None
    known: frozenset[str] = frozenset()
    lost: float | None = None
    if old is not None:
        known = bodies(path, old)
        gone = _gone(old, _lines(new))
        explained = prompt and (asked.anew(prompt) or asked.to_be_taken_out(prompt, (), gone))
        shorter = 1 - _size(new)[0] / max(1, _size(old)[0])
        lost = 0.0 if explained or not gone else max(_A_LITTLE, shorter)
    had = _lines(old or "")
    names = frozenset(_words(old or "") - _words(_CODE_ALONE.sub("", new)))
    for remark in placeholders(path, new, known, lost, names):
        if old is None or remark not in (old if len(remark) > _SIGNS else had):
            key = "policy.elided" if written else "policy.elided_edit"
            return Elision(path, t(key, path=path, remark=remark[:80]), f"{remark[:200]!r}")
    return None


class _Change:
    """What changed between two trees. What moved to another file is not lost."""

    def __init__(self, before: FileTree, after: FileTree, prompt: str) -> None:
        self.texts = {path: text for path, text in after.items() if isinstance(text, str) and before.get(path) != text}
        self._prompt = prompt
        self._lines: Counter[str] = Counter()
        for text in self.texts.values():
            self._lines.update(_lines(text))
        self._exports: dict[str, frozenset[str]] = {}
        self._imported_before, self._imported = ImportedNames(before), ImportedNames(after)

    def loss(self, path: str, old: str, *, whole: bool) -> Elision | None:
        """What `path`, which was `old`, lost without a reason; `whole`: it was written anew."""
        new, prompt = self.texts[path], self._prompt
        gone = _gone(old, self._lines)
        gave, gives = exports(path, old), self._given(path)
        lost = gave - gives
        explained = bool(prompt) and (asked.anew(prompt) or asked.to_be_taken_out(prompt, lost, gone))
        if not new.strip():
            return None if explained or not gone else Elision(path, t("policy.emptied", path=path), "emptied")
        if not prompt:
            return None  # nothing to explain it with, nor to say that it is not explained
        # As many under other names are no loss.
        missed = sorted(self._missed(path, lost, explained or len(gives) >= len(gave)))
        if missed:
            names = ", ".join(missed[:5])
            return Elision(path, t("policy.exports_lost", path=path, names=names), f"lost {names}")
        had, has = _size(old), _size(new)
        if had[0] >= _FEW and 2 * has[0] < had[0] and 2 * has[1] < had[1] and not explained and 2 * len(gone) > had[0]:
            return Elision(path, t("policy.half_lost", path=path), f"{had} → {has} (lines, characters)")
        return None if asked.anew(prompt) else self._part_lost(path, old, gone, whole=whole, explained=explained)

    def _part_lost(self, path: str, old: str, gone: Sequence[str], *, whole: bool, explained: bool) -> Elision | None:
        """A part that does nothing any more, or that is not there any more, of which the person did not speak."""
        if not gone:
            return None
        new = self.texts[path]
        had, has = parts(path, old), parts(path, new)
        for name, part in had.items():
            idle = name in has and has[name].idle and not part.idle
            if idle and not (explained or asked.switches_off(self._prompt)):
                return Elision(path, t("policy.idle", path=path, name=name[:80]), f"{name} does nothing")
        if not whole or not has:
            return None
        lost = [part for name, part in had.items() if name not in has and not self._found_elsewhere(part)]
        missed = [part for part in lost[:_MOST_LOOKED_FOR] if part.used_in(new)]
        if not (missed or explained or asked.replaces(self._prompt) or asked.takes_out(self._prompt)):
            missed = [part for part in lost if not asked.named(self._prompt, part.name)]
            missed += [part for name, part in had.items() if name in has and _shrunk(part, has[name])]
            lines = Counter[str]()
            for part in missed:
                lines |= Counter(part.lines)
            there = (Counter(gone) & lines).total()
            added = sum(times for line, times in (_lines(new) - _lines(old)).items() if len(line) > 1)
            size = sum(len(line) for line in (Counter(gone) & lines).elements())
            enough = there >= _FEW_OF_A_PART or size >= _LONG_LINES
            missed = missed if enough and added <= max(1, there // 2) else []
        if not missed:
            return None
        names = ", ".join(part.name[:60] for part in missed[:5])
        return Elision(path, t("policy.parts_lost", path=path, names=names), f"lost {names}")

    def _found_elsewhere(self, part: PartOfFile) -> bool:
        """Whether most of its lines stand somewhere in what changed."""
        return 2 * sum(self._lines[line] > 0 for line in part.lines) > len(part.lines)

    def _missed(self, path: str, lost: frozenset[str], explained: bool) -> Iterator[str]:
        """Those of the names that `path` no longer gives that somebody will miss."""
        if not lost:
            return
        used_before, used = self._imported_before.of(path), self._imported.of(path)
        for name in lost:
            if self._all_given[name]:
                continue  # it has moved: this file gives it no more
            meant = explained or asked.named(self._prompt, name) or (name != "default" and name in self.texts[path])
            # Where it is not in use any more, whoever imported it was changed with it.
            if name in used or not (meant or name in used_before):
                yield name

    @cached_property
    def _all_given(self) -> Counter[str]:
        return Counter(name for path in self.texts for name in self._given(path))

    def _given(self, path: str) -> frozenset[str]:
        if path not in self._exports:
            self._exports[path] = exports(path, self.texts[path])
        return self._exports[path]


def _shrunk(old: PartOfFile, new: PartOfFile) -> bool:
    """Whether more than half of a part is gone, and little came instead."""
    gone = (Counter(old.lines) - Counter(new.lines)).total()
    came = (Counter(new.lines) - Counter(old.lines)).total()
    return len(old.lines) >= _FEW and 2 * gone > len(old.lines) and 4 * came < gone


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def _lines(text: str) -> Counter[str]:
    return Counter(map(_plain, text.split("\n")))


def _plain(line: str) -> str:
    """Without what only tells that another comes."""
    return line.strip().rstrip(",")


def _gone(old: str, there: Counter[str]) -> list[str]:
    """The lines of `old` that are no longer there, or not as often."""
    return [line for line, times in _lines(old).items() if len(line) > 1 for _ in range(times - there[line])]


def _size(text: str) -> tuple[int, int]:
    """(lines, characters), without blank ones."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return len(lines), sum(map(len, lines))
