"""What people say, written down as families of phrasings: `families/*.txt`, one file for each category and `pass_*`.

A line is one phrasing with its variants, "(a|b|)" is one of these, "\\n" a line break. Lines that stand together are one
family: the same said otherwise or in another language. Learning and checking never share a family.
"""

import random
import re
from pathlib import Path

FOLDER = Path(__file__).with_name("families")
CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")


def families():
    """(category, lines) of each family."""
    for path in sorted(FOLDER.glob("*.txt")):
        category = "pass" if path.stem.startswith("pass") else path.stem
        for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8").strip()):
            yield category, block.splitlines()


def said(line, count, rng):
    """Up to `count` different texts of a line."""
    texts = {CHOICE.sub(lambda part: rng.choice(part[1].split("|")), line) for _ in range(count)}
    return sorted(text.replace("\\n", "\n").replace("BAR", "|") for text in texts)


def variants(count):
    """(family, category, text) of all, the same in each run."""
    rng = random.Random(0)  # noqa: S311 - nobody gains from guessing it
    for number, (category, lines) in enumerate(families()):
        for line in lines:
            for text in said(line, count, rng):
                yield number, category, text
