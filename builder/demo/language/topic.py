"""Topics: what the demo knows about a subject, read once from `topics/*.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from builder.demo.language import words

# Words that say little about the subject when they stand beside a more specific word.
_WEAK: Final = frozenset(
    [
        "place",
        "launch",
        "room",
        "campaign",
        "writing",
        "handmade",
        "project",
        "work",
        "office",
        "night",
        "class",
        "order",
        "support",
        "house",
        "home",
        "company",
        "community",
        "holiday",
        "design",
        "game",
        "club",
        "collection",
        "goal",
        "record",
        "tool",
        "building",
        "number",
        "word",
        "person",
        "customer",
        "patient",
        "account",
        "event",
        "workshop",
        "gold",
        "silver",
        "child",
        "kid",
        "present",
        "test",
        "student",
        "staff",
        "sale",
        "track",
        "room",
        "job",
        "night",
        "study",
        "reading",
    ]
)
FOLDER: Final = Path(__file__).parent / "topics"


@dataclass(frozen=True)
class Item:
    """One concrete thing of a topic: `Monstera`, of the `Foliage`, and a sentence about it."""

    name: str
    category: str
    text: str


@dataclass(frozen=True)
class Task:
    """Something to do, and the area of the undertaking it belongs to: `Order the cake`, `Food`."""

    title: str
    area: str = ""


@dataclass(frozen=True)
class Quiz:
    """A question with its right answer first."""

    question: str
    options: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True)
class Topic:
    """A subject's words and material. `one`/`many` name its thing ("plant", "plants"); `subject` is the name of the
    field."""

    key: str
    subject: str
    one: str
    many: str
    words: frozenset[str]
    accent: str
    items: tuple[Item, ...]
    tasks: tuple[Task, ...]
    headlines: tuple[str, ...] = ()
    taglines: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    quizzes: tuple[Quiz, ...] = ()
    faqs: tuple[tuple[str, str], ...] = ()
    messages: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    ctas: tuple[str, ...] = ()
    generic: bool = field(default=False)

    @property
    def areas(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(task.area for task in self.tasks if task.area))

    @property
    def categories(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(item.category for item in self.items if item.category))


class BadTopic(ValueError):
    """A topic file contains something unusable; the message names file, topic and field."""


@lru_cache(maxsize=1)
def bank() -> dict[str, Topic]:
    """All topics by key, in the files' order."""
    topics: dict[str, Topic] = {}
    for path in sorted(FOLDER.glob("*.json")):
        for key, raw in json.loads(path.read_text("utf-8")).items():
            if key in topics:
                raise BadTopic(f"{path.name}: {key} is there twice")
            topics[key] = _topic(f"{path.name}: {key}", key, raw)
    return topics


@lru_cache(maxsize=1)
def vocabulary() -> frozenset[str]:
    """Every single word that a topic is found by, in singular and plural."""
    return frozenset(
        form
        for topic in bank().values()
        for w in topic.words
        if " " not in w
        for form in (w, words.singular(w), words.plural(w))
    )


def matching(phrase: str, nouns: tuple[str, ...] = (), terms: tuple[str, ...] = ()) -> list[tuple[float, Topic]]:
    """Topics that fit, best first. The subject phrase weighs most, then the other nouns, then the rest of the prompt."""
    weights: dict[str, float] = {}
    head = words.singular(phrase.lower()).rpartition(" ")[2]
    for weight, source in (
        (0.6, terms),
        (1.5, nouns if len(terms) <= 25 else ()),
        (4.0, tuple(phrase.lower().split())),
    ):
        for i, word in enumerate(source):
            # The last word of an English noun phrase is its head, yet "dog walking business" is about its beginning: small bonus only.
            single = words.singular(word)
            trade = (
                1.0
                if weight == 4.0 and single == head and head.endswith(("grapher", "illustrator", "artist", "designer"))
                else 0.0
            )  # a dog photographer takes photographs
            weights[single] = max(
                weights.get(single, 0),
                trade
                + (0.3 if single in _WEAK and len(phrase.split()) > 1 else 1.0) * weight
                + (0.4 if weight == 4.0 and single not in _WEAK and i == len(source) - 1 else 0),
            )
    spans = " " + " ".join(words.singular(w) for w in (*phrase.lower().split(), "|", *terms)) + " "
    hits = []
    for topic in bank().values():
        score = 0.0
        for word in topic.words:
            parts = [words.singular(p) for p in word.split()]
            if len(parts) == 1:
                score = max(score, weights.get(parts[0], 0)) if score else weights.get(parts[0], 0)
            elif f" {' '.join(parts)} " in spans:
                score = max(score, 2.5 * len(parts) + max(weights.get(p, 0) for p in parts) / 2)
        if score:
            named = {words.singular(p) for n in (topic.one, topic.key) for p in n.split()}
            hits.append((score + (0.5 if (named - _WEAK) & set(weights) else 0.0), topic))
    return sorted(hits, key=lambda hit: -hit[0])


def _topic(where: str, key: str, raw: dict[str, object]) -> Topic:
    def lines(name: str, parts: int = 1) -> list[list[str]]:
        value = raw.get(name, [])
        if not isinstance(value, list):
            raise BadTopic(f"{where}: {name} is not a list")
        split = [[p.strip() for p in str(line).split(" | ")] for line in value]
        for line in split:
            if len(line) < parts or not all(line):
                raise BadTopic(f"{where}: {name}: “{' | '.join(line)}” has fewer than {parts} parts")
        return split

    def text(name: str, default: str = "") -> str:
        value = raw.get(name, default)
        if not isinstance(value, str) or not value:
            raise BadTopic(f"{where}: {name} is missing")
        return value

    one = text("one")
    many = text("many", words.plural(one))
    return Topic(
        key=key, subject=text("subject", key), one=one, many=many, accent=text("accent"),
        words=frozenset(" ".join(w).lower() for w in lines("words")) | {one.lower(), key.lower()},
        items=tuple(Item(n, c, t) for n, c, t in lines("items", 3)), tasks=tuple(Task(t, a) for t, a in lines("tasks", 2)),
        headlines=tuple(t[0] for t in lines("headlines")), taglines=tuple(t[0] for t in lines("taglines")),
        notes=tuple((t[0], t[1]) for t in lines("notes", 2)), quizzes=tuple(Quiz(q[0], tuple(q[1:5])) for q in lines("quiz", 5)),
        faqs=tuple((q[0], q[1]) for q in lines("faq", 2)), messages=tuple(t[0] for t in lines("messages")),
        places=tuple(t[0] for t in lines("places")), ctas=tuple(t[0] for t in lines("ctas")),
    )  # fmt: skip
