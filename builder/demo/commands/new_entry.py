"""A new entry for one of the app's lists, shaped like those that are there."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import replace
from typing import Any

from builder.demo.language import words
from builder.demo.language.reading import read
from builder.demo.language.topic import Item, bank, matching
from builder.demo.language.wording import wording
from builder.demo.starters import pointer as pointers
from builder.demo.starters.filling import Filler
from builder.demo.starters.material import Material, gathered
from builder.demo.starters.project import AdaptedProject


def new_entry(
    head: str,
    place: tuple[str, str],
    title: str,
    known: Item | None,
    project: AdaptedProject,
    material: Material,
    filler: Filler | None = None,
) -> Any:
    """A new entry shaped like the list's last one."""
    entries = pointers.get(project.content, head)
    if not isinstance(entries, list) or not entries:
        return title if isinstance(entries, list) and not place[0] else None
    tail, kind = place
    entry = deepcopy(entries[-1])
    if isinstance(entry, str):
        return title
    if not isinstance(entry, dict):
        return None
    if isinstance(entry.get("id"), str):
        taken = {e.get("id") for e in entries if isinstance(e, dict)}
        stem = re.sub(r"(?<!\d)\d++$", "", entry["id"]) or "n"
        entry["id"] = next(
            f"{stem}{n}" for n in range(len(entries) + 1, len(entries) + 500) if f"{stem}{n}" not in taken
        )
    elif isinstance(entry.get("id"), int):
        entry["id"] = (
            max((e["id"] for e in entries if isinstance(e, dict) and isinstance(e.get("id"), int)), default=0) + 1
        )
    for key in ("done", "completed", "checked", "featured", "pinned"):
        if isinstance(entry.get(key), bool):
            entry[key] = False
    if isinstance(entry.get("days_ago"), list):
        entry["days_ago"] = []
    if isinstance(entry.get("in_days"), int):
        entry["in_days"] = 0
    if isinstance(entry.get("stock"), int) and entry["stock"] == 0:
        entry["stock"] = 8
    wrapped = {"e": entry}
    if tail:
        pointers.put(wrapped, f"/e{tail}", title)
    slots = {
        p.removeprefix(f"{head}/*"): k
        for p, k in (project.starter.slots.items() if project.starter else ())
        if p.startswith(f"{head}/*")
    }
    about = material.wording.about
    note = next((b for t, b in material.notes if t == title), "")
    for at, slot in slots.items():
        if at == tail or pointers.get(wrapped, f"/e{at}") is None:
            continue
        if slot == "description" or slot == "note_body":
            pointers.put(wrapped, f"/e{at}", known.text if known else note or f"{title}: new, and part of {about}.")
    if (kind in ("quiz", "question") and "options" in entry) or kind == "faq":
        quiz = next((q for q in material.quizzes if q.question == title), None)
        faq = next((f for f in material.faqs if f[0] == title), None)
        if quiz and filler:
            filler.material = _with_first(material, quiz)
            filler._put_quiz(entry)
        elif "options" in entry:
            return None
        else:
            Filler._put_faq(
                entry,
                faq
                or (
                    title if title.endswith("?") else f"{title}?",
                    f"Good question. Ask us, and we will tell you all about {about}.",
                ),
            )
    return entry


def _with_first(material: Material, quiz: Any) -> Material:
    return replace(material, quizzes=(quiz, *material.quizzes))


def material_of(project: AdaptedProject) -> Material:
    """The source of the texts of a new entry."""
    topics = tuple(t for k in project.topic_keys if (t := bank().get(k)))
    subject = project.subject or project.name or "everyday things"
    reading = read(subject)
    topics = topics or tuple(t for _, t in matching(subject)[:1])
    return gathered(
        wording(reading, topics[0] if topics else None),
        topics,
        name=project.name,
        starter=project.starter.name if project.starter else "",
    )


def move_into(entry: dict[str, Any], group: str, project: AdaptedProject) -> None:
    """Moves a new entry into the column, list or category that is called `group`."""
    low = words.singular(group.lower().strip())
    for listed in (project.content or {}).values():
        if not isinstance(listed, list) or not all(
            isinstance(e, dict) and isinstance(e.get("id"), str) for e in listed
        ):
            continue
        ids = {e["id"] for e in listed}
        hit = next(
            (
                e["id"]
                for e in listed
                if low in (words.singular(str(e.get("name", e.get("title", ""))).lower()), e["id"].lower())
            ),
            None,
        )
        if hit:
            entry.update(
                {key: hit for key, value in entry.items() if key != "id" and isinstance(value, str) and value in ids}
            )
