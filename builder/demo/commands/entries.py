"""Adds and removes entries of the app's lists: tasks, items, cards, questions, cities."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from builder.demo.commands.new_entry import material_of, move_into, new_entry
from builder.demo.language import words
from builder.demo.language.lexicon import BACKEND, FEATURES, KINDS
from builder.demo.language.telling import quoted
from builder.demo.language.topic import bank
from builder.demo.starters import pointer as pointers
from builder.demo.starters.adapting import section_for
from builder.demo.starters.filling import Filler
from builder.demo.starters.project import AdaptedProject, Cannot, Did, Result
from builder.texts import t

_ADD: Final = re.compile(
    r"^(?:please |also |and )*(?:add|insert|include|put|create|write|append|give me|i need|show)\s+(?P<what>.+)$",
    re.IGNORECASE,
)
_REMOVE: Final = re.compile(
    r"^(?:please |also |and )*(?:remove|delete|drop|take out|get rid of|cross out|clear|take|hide)\s+(?P<what>.+)$",
    re.IGNORECASE,
)
_NUMBERS: Final = {"a": 1, "an": 1, "one": 1, "another": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "some": 3, "a few": 3, "few": 3, "several": 4, "a couple of": 2, "couple of": 2, "more": 3}  # fmt: skip
_MORE: Final = re.compile(
    r"^(?:(?P<count>\d+|a few|a couple of|couple of|one|two|three|four|five|six|seven|eight|nine|ten|some|several|another)\s{1,2})?(?:more|extra|additional|other|new|another)?\s{0,2}(?P<noun>[\w'-]++(?: [\w'-]++)*?)(?:\s{1,2}about (?P<about>.+))?$",
    re.IGNORECASE,
)
_TARGET: Final = re.compile(
    r"\s{1,2}(?:to|into|in|on|from|under)\s{1,2}(?:the |my |our |this )?(?P<list>[\w' -]{1,80}?)(?:\s{1,2}(?:list|column|section|page|board|tab))?$",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(
    r"^(?:(?:a|an|one|another|the|new)\s+)*(?P<noun>[\w-]+(?: [\w-]+)?)\s*(?:called|named|titled|saying|:|to\b(?= \w))\s*(?P<name>.+)$",
    re.IGNORECASE,
)
_ENTRY_KINDS: Final = (
    "item",
    "task",
    "note_title",
    "quiz",
    "question",
    "place",
    "faq",
    "message",
    "person",
    "category",
)
_ORDINALS: Final = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
# Other words for what a list holds, beside its own key.
_SAME: Final = {
    "task": "task todo to-do habit event appointment booking job chore step card thing", "item": "item entry thing pair product article recipe plant book film movie project feature service expense note one", "note_title": "note page entry recipe article",
    "quiz": "question quiz", "question": "question", "faq": "question faq", "place": "city place town location", "person": "person member colleague teammate owner team crew staff", "category": "category tag label list group", "message": "message testimonial review quote",
}  # fmt: skip


def add(clause: str, project: AdaptedProject) -> Result:
    """`add Monstera to the list`, `add a task: buy milk`, `add three more recipes`, `add Lisbon and Porto`."""
    match = _ADD.search(clause)
    content = project.content
    if not match or content is None or not project.starter:
        return None
    what = match["what"].strip(" .!")
    lists = _lists(project, content)
    if not lists:
        return None
    named = _NAMED.match(what)
    if named and (found := _list_for(named["noun"], lists)):
        name = _TARGET.sub("", named["name"]) if re.search(r"\b(?:called|named|titled)\b", what) else named["name"]
        one = re.match(r"(?:a|an|another)\b", what, re.IGNORECASE) and not _quoted(name)
        return _put(found, [name.strip(" .")] if one else _split(name, whole=True), project, lists)
    target = _TARGET.search(what)
    chosen = (_main(lists) if target["list"].lower() == "list" else _list_for(target["list"], lists)) if target else ""
    if target:
        what = what[: target.start()].strip()
    if re.search(r"\b(?:to|on|for|in) (?:each|every|all)\b", match["what"], re.IGNORECASE):
        return None  # "add a due date to each task" is a feature, not an entry
    group = re.match(
        r"^(?:a |an |the )?(?:new )?(?:[\"“«](?P<a>[^\"”»]+)[\"”»] (?P<noun>section|list|category|column|tag)|(?P<noun2>section|list|category|column|tag) [\"“«]?(?P<b>[A-Z][^\"”»]*)[\"”»]?)$",
        match["what"].strip(" .!"),
    )
    if group:
        return _put_group(group["noun"] or group["noun2"], group["a"] or group["b"], project, lists)
    alone = re.fullmatch(
        r"(?:(\d+|a few|a couple|one|two|three|four|five|six|seven|eight|nine|ten|some|several) )?(?:more|extra)|(\d+)",
        what,
        re.IGNORECASE,
    )
    if alone:
        said = (alone[1] or alone[2] or "more").lower()
        return _grow(
            chosen or _main(lists),
            min(_NUMBERS.get(said, 0) or (int(said) if said.isdigit() else 2), 20),
            project,
            lists,
        )
    more = _MORE.match(what)
    if more and (more["count"] or re.search(r"\b(?:more|extra|additional|another)\b", what, re.IGNORECASE)):
        found = _list_for(more["noun"], lists) or (chosen if not _quoted(what) else "")
        noun = words.singular(re.sub(r"^(?:more|extra|additional|other|new)\s+", "", more["noun"].lower()))
        if not found and (
            noun in words.singular(project.subject.lower()).split()
            or any(noun in t.words for k in project.topic_keys if (t := bank().get(k)))
        ):
            found = _main(lists)
        if found:
            count = _NUMBERS.get((more["count"] or "more").lower(), 0) or int(more["count"])
            return _grow(found, min(count, 20), project, lists)
    noun = re.sub(r"^(?:a|an|the|new|another)\s+", "", what, flags=re.IGNORECASE)
    single = _list_for(noun, lists) if not target and len(noun.split()) <= 2 else ""
    if single and not _quoted(what):
        return _grow(single, 1, project, lists)
    if not (target or _quoted(what) or named or _looks_like_entry(what, project)):
        return None
    return _put(chosen or _main(lists), _split(what), project, lists, target["list"] if target else "")


def remove(clause: str, project: AdaptedProject) -> Result:
    """`remove Monstera`, `delete the last task`, `remove all done tasks`."""
    match = _REMOVE.search(clause)
    content = project.content
    if not match or content is None or not project.starter:
        return None
    what = match["what"].strip(" .!")
    target = _TARGET.search(what)
    phrase = (what[: target.start()] if target else what).strip(" \"'“”‘’«»")
    lists = _lists(project, content)
    ordinal = re.match(
        r"(?:the )?(first|second|third|fourth|fifth|last)(?: (two|three|four|five))? ([\w -]+)$", phrase, re.IGNORECASE
    )
    if ordinal and (found := _list_for(ordinal[3], lists) or (_main(lists) if lists else "")):
        entries = pointers.get(content, found)
        count = _NUMBERS.get((ordinal[2] or "one").lower(), 1)
        at = _ORDINALS[ordinal[1].lower()] % max(1, len(entries))
        span = (
            range(len(entries) - count, len(entries))
            if ordinal[1].lower() == "last"
            else range(at, min(at + count, len(entries)))
        )
        return _take(found, [i for i in span if i >= 0], project, lists)
    numbered = re.match(r"(?:the )?([\w -]+?) (?:number |no\.? ?|#)?(\d+)$", phrase, re.IGNORECASE)
    if (
        numbered
        and (found := _list_for(numbered[1], lists))
        and 0 < int(numbered[2]) <= len(pointers.get(content, found))
    ):
        return _take(found, [int(numbered[2]) - 1], project, lists)
    dear = re.match(
        r"(?:the )?(most expensive|dearest|priciest|cheapest|least expensive|biggest|smallest)\b", phrase, re.IGNORECASE
    )
    if dear and lists:
        entries = pointers.get(content, _main(lists))
        costs = [
            next((e[k] for k in ("price", "amount", "cost") if isinstance(e.get(k), int | float)), None)
            if isinstance(e, dict)
            else None
            for e in entries
        ]
        known = [c for c in costs if c is not None]
        if not known:
            return Cannot(t("demo.no_price"))
        least = dear[1].lower() in ("cheapest", "least expensive", "smallest")
        return _take(_main(lists), [costs.index(min(known) if least else max(known))], project, lists)
    every = re.match(
        r"(?:all|every)(?: of)?(?: the| my)? ?(?:(done|finished|completed|sold out|open)\s+)?([\w -]+)$",
        phrase,
        re.IGNORECASE,
    )
    if every and (found := _list_for(every[2], lists)):
        entries = pointers.get(content, found)
        indexes = [
            i
            for i, e in enumerate(entries)
            if not every[1] or (isinstance(e, dict) and e.get("done") is (every[1].lower() not in ("open",)))
        ]
        return _take(found, indexes, project, lists)
    gone: list[str] = []
    for name in _split(phrase):
        hit = _find(
            re.sub(
                r"^(?:the|a|an)\s{1,2}|\s{1,2}(?:task|item|card|product|entry|note|question|city)$",
                "",
                name,
                flags=re.IGNORECASE,
            ),
            project,
        )
        if hit:
            gone.append(_title(pointers.get(project.content, hit[0]), hit[1]))
            project.remove(hit[0])
    return Did(t("demo.removed", what=quoted(gone))) if gone else None


_MARK: Final = re.compile(
    r"^(?:mark|check|tick|cross|set)\s{1,2}(?:off )?(?:the )?(?P<what>.+?)\s{0,2}(?:(?:as |to )?(?P<un>un|not )?(?:done|complete|completed|finished|checked|off))$",
    re.IGNORECASE,
)


def mark(clause: str, project: AdaptedProject) -> Result:
    """`mark the first task as done`, `tick off Buy paint`."""
    match = _MARK.search(clause)
    content = project.content
    if not match or content is None or not project.starter or not (lists := _lists(project, content)):
        return None
    head, what = _main(lists), match["what"].strip(" \"“”'")
    entries = pointers.get(content, head)
    ordinal = re.match(r"(first|second|third|fourth|fifth|last)\b", what, re.IGNORECASE)
    every = re.match(r"(?:all|every)\b|everything", what, re.IGNORECASE)
    if every:
        places = [f"{head}/{i}" for i in range(len(entries))]
    elif ordinal:
        places = [f"{head}/{_ORDINALS[ordinal[1].lower()] % max(1, len(entries))}"]
    else:
        places = [hit[0]] if (hit := _find(what, project)) else []
    places = [p for p in places if isinstance(e := pointers.get(content, p), dict) and isinstance(e.get("done"), bool)]
    if not places:
        return Cannot(t("demo.no_tick"))
    for place in places:
        project.set(f"{place}/done", not match["un"])
    return Did(
        t("demo.ticked", what=_title(pointers.get(content, places[0]), lists[head][0]))
        if len(places) == 1
        else t("demo.ticked.many", number=len(places))
    )


def _lists(project: AdaptedProject, content: Any) -> dict[str, tuple[str, str]]:
    """List pointer → (path of the entry's title within an entry, "" for plain texts; slot kind), the main list first."""
    found: dict[str, tuple[str, str]] = {}
    for kind in _ENTRY_KINDS:
        for pattern, _ in project.slots(kind):
            if pattern.count("*") != 1:
                continue
            head, _, tail = pattern.partition("/*")
            if isinstance(pointers.get(content, head), list) and head not in found:
                found[head] = (tail, kind)
    for key, value in content.items() if isinstance(content, dict) else ():
        head = f"/{key}"
        if (
            head not in found
            and isinstance(value, list)
            and len(value) > 1
            and all(isinstance(e, dict) and isinstance(e.get("id"), str) for e in value)
        ):
            name = next((n for n in ("name", "title") if all(isinstance(e.get(n), str) for e in value)), "")
            if name:
                found[head] = (f"/{name}", "other")
    return found


def _main(lists: dict[str, tuple[str, str]]) -> str:
    return next(iter(lists))


def _list_for(noun: str, lists: dict[str, tuple[str, str]]) -> str:
    """The list that `noun` names, by its key or by what it holds."""
    single = words.singular(noun.lower().strip())
    if not single:
        return ""
    last = single.split()[-1]
    for head in lists:
        keys = [words.singular(k.lower()) for k in head.split("/") if k not in ("items", "entries")]
        if last in keys or single in keys:
            return head
    if single == "list":
        return _main(lists)
    return next((head for head, (_, kind) in lists.items() if last in _SAME.get(kind, "").split()), "")


_PRICE: Final = re.compile(
    r"(?:\s{1,2}(?:for|at|costing|costs|of|worth)|,|:)?\s{1,2}[$€£]?(?P<sum>\d+(?:[.,]\d{1,2})?)\s{0,2}(?:€|\$|£|euros?|dollars?|pounds?|bucks|reais)?$",
    re.IGNORECASE,
)


def _put_group(noun: str, name: str, project: AdaptedProject, lists: dict[str, tuple[str, str]]) -> Result:
    """A new category, column or list; "section" counts as one only when the app has such groups."""
    head = (
        _list_for(noun, lists)
        if noun not in ("section", "list")
        else next((h for h, (_, kind) in lists.items() if kind == "category"), "")
    )
    if not head:
        return Cannot(t("demo.no_entry", name=name, noun=noun))
    return _put(head, [name], project, lists)


def _put(
    head: str, names: list[str], project: AdaptedProject, lists: dict[str, tuple[str, str]], group: str = ""
) -> Result:
    material = material_of(project)
    titles = []
    for name in names[:20]:
        known = next((i for i in material.items if i.name.lower() == name.lower()), None)
        title = known.name if known else name[:1].upper() + name[1:]
        price = _PRICE.search(title)
        money = next((k for k in ("price", "amount", "cost") if price and _has_number(project, head, k)), "")
        if price and money:
            title = title[: price.start()]
        entry = new_entry(head, lists[head], title, known, project, material)
        if entry is None:
            return Cannot(t("demo.empty_list"))
        if price and money:
            value = float(price["sum"].replace(",", "."))
            entry[money] = int(value) if value == int(value) else value
        if group and isinstance(entry, dict):
            move_into(entry, group, project)
        project.add(head, entry)
        titles.append(title)
    return Did(t("demo.added", what=quoted(titles))) if titles else None


def _has_number(project: AdaptedProject, head: str, key: str) -> bool:
    entries = pointers.get(project.content, head)
    return bool(entries) and isinstance(entries[-1], dict) and isinstance(entries[-1].get(key), int | float)


def _grow(head: str, count: int, project: AdaptedProject, lists: dict[str, tuple[str, str]]) -> Result:
    """`count` more entries made of the topic's material that is not shown yet."""
    assert project.starter is not None
    material = material_of(project)
    filler = Filler(project.starter, material)
    shown = json.dumps(project.content, ensure_ascii=False)
    tail, kind = lists[head]
    titles = []
    pool = {
        "item": [i.name for i in material.items], "task": [t.title for t in material.tasks], "note_title": [n[0] for n in material.notes], "quiz": [q.question for q in material.quizzes],
        "question": [q.question for q in material.quizzes] if "quiz" in project.starter.slots.values() else [q for q, _ in material.faqs], "faq": [q for q, _ in material.faqs],
        "place": list(material.places), "person": list(material.people), "category": list(material.categories), "message": list(material.reviews), "other": [],
    }[kind]  # fmt: skip
    for title in [p for p in pool if json.dumps(p, ensure_ascii=False)[1:-1] not in shown][:count]:
        known = next((i for i in material.items if i.name == title), None)
        entry = new_entry(head, (tail, kind), title, known, project, material, filler)
        if entry is not None:
            project.add(head, entry)
            titles.append(title)
    if not titles:
        return Cannot(t("demo.no_samples"))
    return Did(t("demo.added", what=quoted(titles)))


def _take(head: str, indexes: list[int], project: AdaptedProject, lists: dict[str, tuple[str, str]]) -> Result:
    entries = pointers.get(project.content, head)
    names = [_title(entries[i], lists[head][0]) for i in indexes]
    for i in sorted(indexes, reverse=True):
        project.remove(f"{head}/{i}")
    if not names:
        return Cannot(t("demo.nothing_removed"))
    return Did(t("demo.removed", what=quoted(names)) if len(names) <= 4 else t("demo.removed.many", number=len(names)))


def _find(name: str, project: AdaptedProject) -> tuple[str, str] | None:
    """(pointer of the entry, tail of its title) whose title is `name`, or the only one that contains it."""
    content = project.content
    near: list[tuple[str, str]] = []
    low = name.lower().strip(" \"'“”‘’")
    if len(low) < 3:
        return None
    for head, (tail, _) in _lists(project, content).items():
        for i, entry in enumerate(pointers.get(content, head)):
            title = _title(entry, tail).lower()
            if title == low or words.singular(title) == words.singular(low):
                return f"{head}/{i}", tail
            if re.search(rf"(?<!\w){re.escape(low)}(?!\w)", title):
                near.append((f"{head}/{i}", tail))
    return near[0] if near else None


def _title(entry: Any, tail: str) -> str:
    value = pointers.get({"e": entry}, f"/e{tail}")
    if isinstance(value, dict):
        value = next((v for k, v in value.items() if isinstance(v, str) and k != "id"), "")
    return value if isinstance(value, str) else ""


def _split(what: str, *, whole: bool = False) -> list[str]:
    """The names in `a, b and c`; quoted ones, or a sentence after a colon, stay whole."""
    quoted = re.findall(r"[\"“«]([^\"“”«»]+)[\"”»]", what)
    if quoted:
        return [q.strip() for q in quoted]
    text = re.sub(r"^(?:the |a |an |some )", "", what.strip(" .'‘’"), flags=re.IGNORECASE)
    if whole and not re.search(r",", text):
        return [text]
    return [
        p.strip(" .")
        for p in re.split(r",\s{0,2}(?:and\s{1,2})?|\s{1,2}and\s{1,2}|\s{0,2}&\s{0,2}", text)
        if p.strip(" .")
    ]


def _quoted(what: str) -> bool:
    return bool(re.search(r"[\"“«][^\"“«\n]*[^\"“«\n][\"”»]", what))


_LISTING: Final = frozenset(
    {
        "todo",
        "habits",
        "kanban",
        "expenses",
        "reading-list",
        "notes",
        "recipes",
        "weather",
        "calendar",
        "pomodoro",
        "memory",
    }
)
_NO_ENTRY: Final = re.compile(
    r"^(?:a|an|some|the|more|my|our)\b|\b(?:about|for|with|that|so|when|to|by|it|them|everywhere)\b|\d", re.IGNORECASE
)


def _looks_like_entry(what: str, project: AdaptedProject) -> bool:
    """Whether a bare name (`add Monstera`, `add milk`) is a thing of the app's topic, a proper name or a thing to list."""
    names = _split(what)
    plain = project.starter is not None and project.starter.name in _LISTING and not _NO_ENTRY.search(what)
    reserved = FEATURES | KINDS | frozenset(w for known in BACKEND.values() for w in known)
    if (
        plain
        and names
        and all(
            len(n.split()) <= 3
            and not {words.singular(w) for w in n.lower().split()} & reserved
            and not {*n.lower().split()} & reserved
            for n in names
        )
    ):
        return project.starter is not None and not any(section_for(n, project.starter) for n in names)
    items = {i.name.lower() for k in project.topic_keys if (t := bank().get(k)) for i in t.items}
    kinds = set(project.starter.slots.values()) if project.starter else set()
    return (
        bool(names)
        and all((n[:1].isupper() and len(n.split()) <= 4) or n.lower() in items for n in names)
        and bool(kinds & {"item", "task", "place", "note_title", "category"})
    )
