"""Fills the slots of a starter's content from the material. The content keeps its shape, and texts that belong together
stay together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from typing import Any, Final, TypeVar
from zlib import crc32

from builder.demo.language import words
from builder.demo.language.topic import Item, Quiz, Task
from builder.demo.starters import pointer as pointers
from builder.demo.starters.material import Material
from builder.demo.starters.starter import StarterFiles

T = TypeVar("T")
_REVIEWS: Final = re.compile(r"review|testimonial|quote|voice|feedback|kind|praise")
_OPTIONS: Final = ("options", "choices", "answers")
# Fallback groups, for when a starter has more groups than the subject gives.
_SPARE: Final = ("Favourites", "Other", "Later", "New", "Seasonal", "Archive")
_SHORT: Final = 44  # characters: a name that still fits a card's title


class Filler:
    """One filling of one content document. Every list of the material is used from its beginning, and no entry twice if
    avoidable."""

    def __init__(self, starter: StarterFiles, material: Material) -> None:
        self.starter = starter
        self.material = material
        self.content: dict[str, Any] = deepcopy(starter.seed())
        self._used: dict[str, int] = {}
        self._taken: set[str] = set()
        self._categories: tuple[str, ...] = ()
        self._by_id: dict[str, str] = {}  # id of a category's entry → its name

    def fill(self) -> dict[str, Any]:
        """The filled content."""
        groups: dict[str, dict[str, str]] = {}
        for pattern, kind in self.starter.slots.items():
            for place in pointers.matching(self.content, pattern):
                groups.setdefault(self._group(pattern, place), {})[place] = kind
        self._fill_categories(groups)
        for group, slots in groups.items():
            self._fill_group(group, slots)
        self._rename_leftovers()
        return self.content

    def _group(self, pattern: str, place: str) -> str:
        """The innermost list entry that a slot lies in; slots outside lists are on their own."""
        if "*" not in pattern:
            return place
        depth = len(pattern.split("/")) - 1 - pattern.split("/")[::-1].index("*")
        return "/".join(place.split("/")[: depth + 1])

    def next(self, kind: str, values: Sequence[T]) -> T:
        """The next of `values`; starts again at the end."""
        at = self._used.get(kind, 0)
        self._used[kind] = at + 1
        return values[at % len(values)]

    def _fill_categories(self, groups: dict[str, dict[str, str]]) -> None:
        places = [
            (g, p)
            for g, slots in groups.items()
            for p, k in slots.items()
            if (k == "category" and len(slots) == 1 and g != p)
            or (k == "category" and list(slots.values()) == ["category"])
        ]
        lists: dict[str, list[tuple[str, str]]] = {}
        for group, place in places:
            lists.setdefault(group.rpartition("/")[0], []).append((group, place))
        kinds = set(self.starter.slots.values())
        names = list(
            self.material.areas if "task" in kinds and not kinds & {"item", "quiz"} else self.material.categories
        )
        for entries in lists.values():
            short = [n for n in names if len(n) <= _SHORT] or names
            for i, (group, place) in enumerate(entries):
                spare = [n for n in _SPARE if n not in short]
                name = short[i] if i < len(short) else spare[(i - len(short)) % len(spare)]
                pointers.put(self.content, place, name)
                entry = pointers.get(self.content, group)
                if isinstance(entry, dict) and isinstance(entry.get("id"), str):
                    self._by_id[entry["id"]] = name
                groups.pop(group, None)
            self._categories = self._categories or tuple(short[: len(entries)])

    def _fill_group(self, group: str, slots: dict[str, str]) -> None:
        kinds = set(slots.values())
        entry = pointers.get(self.content, group)
        item = (
            self._item()
            if kinds & {"item"} or ({"note_title", "category"} <= kinds and not self.material.notes)
            else None
        )
        note = self.next("note", self.material.notes) if kinds & {"note_title", "note_body"} else None
        task = self._task() if "task" in kinds else None
        faq = self.next("faq", self.material.faqs) if {"question", "answer"} <= kinds or "faq" in kinds else None
        for place, kind in slots.items():
            if kind == "quiz" or (kind == "question" and isinstance(entry, dict) and self._options_key(entry)):
                self._put_quiz(pointers.get(self.content, place) if kind == "quiz" else entry)
            elif kind == "faq" and faq:
                self._put_faq(pointers.get(self.content, place), faq)
            else:
                text = self._text(kind, place, item, note, faq, task)
                old = pointers.get(self.content, place)
                if text and isinstance(old, str):
                    pointers.put(self.content, place, text)
                elif text and isinstance(old, list) and all(isinstance(o, str) for o in old):
                    pointers.put(self.content, place, [self._text(kind, place, None, None, None) or o for o in old])
        if isinstance(entry, dict) and (item or task):
            self._relate(entry, item.category if item else task.area if task else "")

    def _text(
        self,
        kind: str,
        place: str,
        item: Item | None,
        note: tuple[str, str] | None,
        faq: tuple[str, str] | None,
        task: Task | None = None,
    ) -> str:
        m = self.material
        match kind:
            case "app_name":
                return m.name
            case "tagline":
                return self.next(kind, m.taglines)
            case "headline":
                return self.next(kind, m.headlines)
            case "description":
                return item.text if item else self.next(kind, m.descriptions)
            case "item":
                return item.name if item else self._item().name
            case "task":
                return (task or self._task()).title
            case "note_title":
                return note[0] if note else ""
            case "note_body":
                return note[1] if note else item.text if item else ""
            case "category":
                own = item.category if item else task.area if task else ""
                return (
                    own
                    if own and own in (self._categories or (own,))
                    else self.next(kind, self._categories or m.categories)
                )
            case "person":
                return self._person(place)
            case "question":
                return faq[0] if faq else self.next("faq", m.faqs)[0]
            case "answer":
                return faq[1] if faq else ""
            case "message":
                return self.next("review", m.reviews) if _REVIEWS.search(place) else self.next(kind, m.messages)
            case "cta":
                return self.next(kind, m.ctas)
            case "place":
                return self.next(kind, m.places)
            case _:
                return ""

    def _person(self, place: str) -> str:
        """A name of the same shape as the one it replaces; one old name becomes the same person everywhere."""
        old = pointers.get(self.content, place)
        if not isinstance(old, str) or not old:
            return ""
        people = self.material.people
        key = f"person:{old}"
        if key not in self._used:
            self._used[key] = self._used.get("person", 0)
            self._used["person"] = self._used[key] + 1
        name = people[self._used[key] % len(people)]
        first, _, last = name.partition(" ")
        if " " in old.strip():
            return f"{first} {last[0]}." if old.rstrip().endswith(".") else name
        return first if len(old) > 2 or not old.isupper() else first[0] + last[0]

    def _item(self) -> Item:
        """The next item, of the listed categories if there are any; numbered once the material is used up."""
        items = self.material.items
        fits = [i for i in items if i.name not in self._taken and (not self._by_id or i.category in self._categories)]
        left = fits or [i for i in items if i.name not in self._taken]
        if not left:
            # All have been shown once; from here on they repeat, as in a log or in a list of expenses.
            listed = [i for i in items if not self._by_id or i.category in self._categories] or list(items)
            return self.next("again", listed)
        self._taken.add(left[0].name)
        return left[0]

    def _task(self) -> Task:
        """The next task, of the listed areas if there are any."""
        tasks = self.material.tasks
        left = [t for t in tasks if t.title not in self._taken]
        fits = [t for t in left if not self._by_id or t.area in self._categories] or left
        if not fits:
            return self.next("again", tasks)
        self._taken.add(fits[0].title)
        return fits[0]

    def _relate(self, entry: dict[str, Any], category: str) -> None:
        """Points an entry to its category when the starter links entries to categories by id."""
        by_name = {name: key for key, name in self._by_id.items()}
        target = by_name.get(category)
        if not target:
            return
        for key, value in entry.items():
            if key != "id" and isinstance(value, str) and value in self._by_id:
                entry[key] = target
                return
            if isinstance(value, list) and value and all(isinstance(v, str) and v in self._by_id for v in value):
                entry[key] = [target, *[v for v in value[1:] if v != target]]
                return

    @staticmethod
    def _options_key(entry: dict[str, Any]) -> str:
        return next((k for k in _OPTIONS if isinstance(entry.get(k), list)), "")

    def _put_quiz(self, entry: Any) -> None:
        """A whole question: its text, options in a fixed shuffle, the right one's index, why."""
        if not isinstance(entry, dict):
            return
        quiz: Quiz = self.next("quiz", self.material.quizzes)
        key = self._options_key(entry)
        old = entry.get(key, [])
        right = crc32(quiz.question.encode()) % max(1, min(len(quiz.options), len(old) or 4))
        options = list(quiz.options[1 : len(old) or 4])
        options.insert(right, quiz.options[0])
        for name in ("question", "text", "prompt", "title"):
            if isinstance(entry.get(name), str):
                entry[name] = quiz.question
                break
        if old and isinstance(old[0], dict):
            label = next((k for k, v in old[0].items() if isinstance(v, str) and k != "id"), "text")
            flag = next((k for k, v in old[0].items() if isinstance(v, bool)), "correct")
            entry[key] = [
                {**before, label: option, flag: i == right}
                for i, (before, option) in enumerate(zip(old, options, strict=False))
            ]
        else:
            entry[key] = options
        for name in ("answer", "correct", "answer_index", "correct_index", "right"):
            if isinstance(entry.get(name), int):
                entry[name] = right
            elif isinstance(entry.get(name), str):
                entry[name] = quiz.options[0]
        for name in ("why", "explanation", "fact", "note", "hint"):
            if isinstance(entry.get(name), str):
                more = (
                    f" Good to know for anyone who likes {self.material.wording.about}."
                    if self._used["quiz"] % 3 == 1
                    else ""
                )
                entry[name] = quiz.why or (
                    f"The answer is {quiz.options[0]}.{more}"
                    if name != "hint"
                    else f"Think of {self.material.wording.about}."
                )

    @staticmethod
    def _put_faq(entry: Any, faq: tuple[str, str]) -> None:
        if not isinstance(entry, dict):
            return
        keys = [k for k, v in entry.items() if isinstance(v, str) and k != "id"]
        question = "question" if "question" in entry else keys[0]
        answer = "answer" if "answer" in entry else next((k for k in keys if k != question), "answer")
        entry[question], entry[answer] = faq

    def _rename_leftovers(self) -> None:
        """The starter's own name, in every text without a slot that mentions it."""
        old = pointers.get(
            self.starter.seed(), next((p for p, k in self.starter.slots.items() if k == "app_name"), "/app/name")
        )
        if isinstance(old, str) and len(old) > 2:
            for place, text in pointers.strings(self.content):
                if old in text:
                    pointers.put(self.content, place, text.replace(old, self.material.name))


def shortened(text: str, limit: int) -> str:
    """`text` cut at a word where it is longer than `limit` characters."""
    return text if len(text) <= limit else words.sentence(text[: limit - 1].rsplit(" ", 1)[0].rstrip(",;:")) + "…"
