"""Edits whose text is not quite what is in the file, over the starters' own files: right, or refused, never wrong."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from builder.generation.edits import EditFailed, place

STARTERS = Path(__file__).resolve().parents[3] / "templates" / "starters"


def scaled(fill: str, step: int) -> Callable[[str, int], str]:
    """Indentation by `fill` for each `step` spaces there are."""

    def other(text: str, _: int) -> str:
        return re.sub(
            r"(?m)^( +)", lambda spaces: fill * (len(spaces[1]) // step) + " " * (len(spaces[1]) % step), text
        )

    return other


def dedented(text: str, margin: int) -> str:
    return re.sub(rf"(?m)^ {{{margin}}}", "", text)


def from_the_middle(text: str, _: int) -> str:
    return text.lstrip(" ")


def spaced(text: str, _: int) -> str:
    return re.sub(r"([({,]) ?(?=\S)", r"\1  ", text)


WAYS: dict[str, Callable[[str, int], str]] = {
    "exact": lambda text, _: text,
    "crlf": lambda text, _: text.replace("\n", "\r\n"),
    "trailing": lambda text, _: text.replace("\n", "  \n"),
    "dedented": dedented,
    "dedented and trailing": lambda text, margin: dedented(text, margin).replace("\n", " \n"),
    "tabs": scaled("\t", 2),
    "four": scaled("    ", 2),
    "middle": lambda text, margin: from_the_middle(text, margin).replace("\n", " \n"),
    "spaced": spaced,
}


def test_a_line_changes_and_nothing_else() -> None:
    dice = random.Random(7)
    paths = sorted(path for path in STARTERS.rglob("*") if path.suffix in {".tsx", ".ts", ".css", ".html"})
    outcomes: dict[str, Counter[str]] = {way: Counter() for way in WAYS}
    for path in dice.sample(paths, 150):
        text = path.read_text(encoding="utf-8")
        lines = text.split("\n")
        if "\t" in text or "\r" in text or len(lines) < 12:
            continue
        for way, other in WAYS.items():
            start = dice.randrange(len(lines) - 8)
            block = lines[start : start + dice.randrange(2, 8)]
            if not block[0].strip() or not block[-1].strip():
                continue
            margin = min(len(line) - len(line.lstrip()) for line in block if line.strip())
            changed = dice.choice([place for place, line in enumerate(block) if line.strip()])
            indent = block[changed][: len(block[changed]) - len(block[changed].lstrip())]
            fresh = [*block[:changed], f"{indent}changed", f"{indent}  inner", *block[changed + 1 :]]
            expected = "\n".join([*lines[:start], *fresh, *lines[start + len(block) :]])
            crlf = dice.random() < 0.3
            there, wanted = (one.replace("\n", "\r\n") if crlf else one for one in (text, expected))
            find, replace = other("\n".join(block), margin), other("\n".join(fresh), margin)
            plain = find.replace("\r\n", "\n")
            if text.count(plain) == 1:  # it is there as it is, so that what comes instead is taken as it is
                wanted = text.replace(plain, replace.replace("\r\n", "\n"))
                wanted = wanted.replace("\n", "\r\n") if crlf else wanted
            try:
                made = place(there, find, replace).over(there)
            except EditFailed as fault:
                outcomes[way][fault.code] += 1
                continue
            # Spaces at the end of lines, and within the lines that were given anew, are as they were given.
            same = [re.sub(r"[ \t]+(?=\r?\n|$)", "", one) for one in (made, wanted)]
            if way == "spaced":
                same = [re.sub(r"([({,]) *", r"\1", one) for one in same]
            outcomes[way]["right" if same[0] == same[1] else "wrong"] += 1
    assert all(outcome["wrong"] == 0 for outcome in outcomes.values()), outcomes
    assert sum(outcome["right"] for outcome in outcomes.values()) > 600, outcomes
