"""How likely a change needs each file: by the request's words, by what the person looks at, and by who is beside whom."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from builder.generation.context.outlines import Outline, stems
from builder.generation.context.project_map import ProjectMap

_QUOTED: Final = re.compile(r"\"([^\"\n]{2,80})\"|'([^'\n]{2,80})'|“([^”\n]{2,80})”|`([^`\n]{2,80})`")
_IDENTIFIER: Final = re.compile(r"[A-Za-z_$][\w$]{3,}")
_ENTRY: Final = re.compile(
    r"^(package\.json|index\.html|(?:src/)?(?:main|index|App|app|theme|style|styles|router|routes)\.(?:tsx?|jsx?|vue|svelte|css|py|js))$"
)
_LOOKS: Final = frozenset(stems("color colour theme dark light font style spacing rounded background palette contrast"))
# What a hit in each field counts; a word in the body of a file counts 1 at most.
_IN_PATH, _IN_EXPORTS, _IN_TEXTS, _IN_ROUTES = 2.5, 2.0, 2.0, 1.5
_NAMED, _SYMBOL, _QUOTE, _LABEL = 30.0, 14.0, 12.0, 8.0
_MENTIONED: Final = 300.0  # named on purpose: before all that is only likely
_FAULT, _OPEN, _CHANGED, _START = 25.0, 12.0, 5.0, 3.0
_SEEDS: Final = 16
_STEPS: Final = ((1.0, 0.45), (0.45, 0.4))
"""Of a seed's score, what its neighbours get, and what theirs do."""


@dataclass(frozen=True, slots=True)
class Pointers:
    """What beside its words a request points to: the file that is open, paths changed last (newest first), the text of a
    fault."""

    open_file: str = ""
    changed: tuple[str, ...] = ()
    fault: str = ""


def mentions(prompt: str, path: str) -> bool:
    """Whether the person names the file with an @ before it."""
    if f"@{path}" not in prompt:
        return False
    return re.search(rf"(?<!\S)@{re.escape(path)}(?![\w/-]|\.\w)", prompt) is not None


def ranked(project: ProjectMap, texts: Mapping[str, str], prompt: str, pointers: Pointers) -> dict[str, float]:
    """Path → score, the likeliest first; files without any sign are left out. `texts`: the files that may be shown."""
    scores = _own(project, texts, prompt, pointers)
    seeds = dict(sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:_SEEDS])
    given: dict[str, float] = {}
    for weight, share in _STEPS:
        spread = _spread(project, seeds, share)
        for path, score in spread.items():
            if path in texts:
                given[path] = max(given.get(path, 0.0), score)
        seeds = {path: score * weight for path, score in spread.items() if path not in seeds}
    total = {path: scores.get(path, 0.0) + given.get(path, 0.0) for path in {*scores, *given}}
    return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))


def _own(project: ProjectMap, texts: Mapping[str, str], prompt: str, pointers: Pointers) -> dict[str, float]:
    asked = prompt if not pointers.fault else f"{prompt}\n{pointers.fault[:4_000]}"
    words = _Words(project, prompt)
    lower, identifiers = prompt.lower(), set(_IDENTIFIER.findall(asked))
    quotes = [next(filter(None, match.groups())) for match in _QUOTED.finditer(prompt)]
    looks = bool(_LOOKS & stems(prompt).keys())
    scores: dict[str, float] = {}
    for path, text in texts.items():
        seen = project.outlines[path]
        score = words.score(path, seen)
        name = path.rpartition("/")[2]
        score += _NAMED * (path in asked or (len(name) > 4 and name.lower() in lower))
        score += _MENTIONED * mentions(prompt, path)
        score += _SYMBOL * bool(identifiers.intersection(name for name in seen.exports if not name.islower()))
        score += _QUOTE * any(quote in text for quote in quotes)
        score += _LABEL * any(" " in label and len(label) > 5 and label.lower() in lower for label in seen.texts)
        score += _FAULT * (path in pointers.fault) + _OPEN * (path == pointers.open_file)
        score += _START * bool(_ENTRY.match(path)) + _CHANGED * (looks and path.endswith(".css"))
        if score > 0:
            scores[path] = score
    for age, path in enumerate(pointers.changed[:20]):
        if path in texts:
            scores[path] = scores.get(path, 0.0) + _CHANGED * 0.85**age
    return scores


class _Words:
    """The request's words against a file's, rare ones first (BM25: Robertson and Zaragoza 2009, k 1.2, b 0.75)."""

    def __init__(self, project: ProjectMap, prompt: str) -> None:
        outlines = project.outlines.values()
        asked = set(stems(prompt))
        found: Counter[str] = Counter()
        for seen in outlines:
            found.update(asked & seen.words.keys())
        files = max(1, len(project.outlines))
        self._worth = {
            word: math.log(1 + (files - found[word] + 0.5) / (found[word] + 0.5))
            for word in asked
            if found[word] and len(word) > 1
        }
        self._usual = sum(seen.characters for seen in outlines) / files or 1.0

    def score(self, path: str, seen: Outline) -> float:
        asked = self._worth.keys()
        in_path = asked & stems(path).keys()
        hits = (asked & seen.words.keys()) | in_path
        if not hits:
            return 0.0
        in_exports = hits & stems(" ".join(seen.exports)).keys()
        in_texts = hits & stems(" ".join(seen.texts)).keys()
        in_routes = hits & stems(" ".join(seen.routes)).keys()
        longer = 1.2 * (0.25 + 0.75 * seen.characters / self._usual)
        total = 0.0
        for word in hits:
            times = seen.words.get(word, 0)
            weight = times / (times + longer)
            weight += _IN_PATH * (word in in_path) + _IN_EXPORTS * (word in in_exports)
            weight += _IN_TEXTS * (word in in_texts) + _IN_ROUTES * (word in in_routes)
            total += self._worth[word] * weight
        return total


def _spread(project: ProjectMap, seeds: Mapping[str, float], share: float) -> dict[str, float]:
    """What the seeds give to their neighbours: what they import and call whole, who imports them the less the more there
    are of those."""
    given: dict[str, float] = {}
    for seed, score in seeds.items():
        near = [*project.imports.get(seed, ()), *project.answered_by.get(seed, ())]
        back = [*project.importers.get(seed, ()), *project.called_by.get(seed, ())]
        for path, part in [
            *((path, share) for path in near),
            *((path, share / max(1.0, math.sqrt(len(back) / 2))) for path in back),
        ]:
            given[path] = max(given.get(path, 0.0), score * part)
    return given
