"""Shows, hides and moves the sections a starter has."""

from __future__ import annotations

import re
from typing import Final

from builder.demo.language.telling import listed
from builder.demo.language.telling import section as say
from builder.demo.starters.adapting import place_for, section_for
from builder.demo.starters.project import AdaptedProject, Cannot, Did, Result
from builder.texts import t

_ADD: Final = re.compile(
    r"\b(?:add|show|include|insert|bring back|restore|enable|want|need|put in|turn on|display)\b", re.IGNORECASE
)
_REMOVE: Final = re.compile(
    r"\b(?:remove|hide|delete|drop|get rid of|take out|take away|without|disable|turn off|no more|lose|kill|don't (?:want|need)|no)\b",
    re.IGNORECASE,
)
_MOVE: Final = re.compile(r"\b(?:move|put|place|bring|shift|reorder|swap)\b", re.IGNORECASE)
_WHERE: Final = re.compile(
    r"\b(?P<where>above|before|below|under|after|beneath|over)\b(?P<other>.*)|\b(?:to |at |on )?(?:the )?(?P<end>top|start|beginning|front|bottom|end|first|last)\b|\b(?P<step>up|down|higher|lower)\b",
    re.IGNORECASE,
)


def move(clause: str, project: AdaptedProject) -> Result:
    """`move the FAQ above pricing`, `put testimonials first`, `swap pricing and faq`."""
    shown = _shown(project)
    if shown is None or not project.starter or not _MOVE.search(clause):
        return None
    swap = re.search(r"\bswap\b(?P<a>.{1,80}?)\b(?:and|with)\b(?P<b>.+)", clause, re.IGNORECASE)
    if swap:
        a, b = section_for(swap["a"], project.starter), section_for(swap["b"], project.starter)
        if a in shown and b in shown:
            order = [b if s == a else a if s == b else s for s in shown]
            project.set("/sections", order)
            return Did(t("demo.section_swapped", one=say(a), other=say(b)))
        return None
    where = _WHERE.search(clause)
    if not where:
        return None
    section = section_for(clause[: where.start()], project.starter)
    if not section:
        return None
    if section not in shown:
        return Cannot(t("demo.section_hidden", section=say(section)))
    order = [s for s in shown if s != section]
    if where["where"]:
        other = section_for(where["other"], project.starter)
        if other not in order:
            return Cannot(t("demo.section_where"))
        at = order.index(other) + (where["where"].lower() in ("below", "under", "after", "beneath"))
    elif where["end"]:
        at = 0 if where["end"].lower() in ("top", "start", "beginning", "front", "first") else len(order)
    else:
        at = max(0, shown.index(section) + (-1 if (where["step"] or "").lower() in ("up", "higher") else 1))
    order.insert(at, section)
    project.set("/sections", order)
    return Did(t("demo.section_moved", section=say(section)))


def add(clause: str, project: AdaptedProject) -> Result:
    """`add a pricing section`, `show the stats`."""
    shown = _shown(project)
    if shown is None or not project.starter or not _ADD.search(clause) or _is_entry(clause):
        return None
    if (
        re.search(r"\d{3}|\b(?:phone|address|logo|photo|picture|image|opening hours)\b", clause, re.IGNORECASE)
        and "section" not in clause.lower()
    ):
        return None
    section = section_for(clause, project.starter)
    if section and section not in shown:
        order = list(shown)
        order.insert(place_for(section, shown, project.starter), section)
        project.set("/sections", order)
        return Did(t("demo.section_added", section=say(section)))
    named = re.search(
        r"\b(?:an?|the|another)?\s{0,2}([\w' &-]{1,80}?)\s{1,2}(?:section|block|area|widget|panel)\b",
        clause,
        re.IGNORECASE,
    )
    if section and (named or len(clause.split()) <= 4):
        return Cannot(t("demo.section_there", section=say(section)))
    if named:
        have = listed([say(s) for s in project.starter.sections])
        thing = re.sub(r"^.*?\b(?:add|show|include|insert|want|need|an?|the)\s+", "", named[1], flags=re.IGNORECASE)
        return Cannot(t("demo.section_none", section=thing, have=have))
    return None


def remove(clause: str, project: AdaptedProject) -> Result:
    """`remove the FAQ`, `hide stats`, `no pricing`."""
    shown = _shown(project)
    if shown is None or not project.starter or not _REMOVE.search(clause):
        return None
    rest = re.sub(_REMOVE, " ", clause, count=1)
    if re.search(r"\b(?:most|least|cheapest|dearest|biggest|smallest|oldest|newest)\b", rest, re.IGNORECASE):
        return None
    several = list(
        dict.fromkeys(s for piece in re.split(r",|\band\b|&", rest) if (s := section_for(piece, project.starter)))
    )
    gone = [s for s in several if s in shown]
    if len(gone) > 1 and not _is_entry(clause):
        project.set("/sections", [s for s in shown if s not in gone])
        return Did(t("demo.sections_removed", sections=listed([say(s) for s in gone])))
    section = section_for(rest, project.starter)
    if not section:
        return None
    if _is_entry(clause) and "section" not in clause.lower():
        return None
    if section not in shown:
        return Cannot(t("demo.section_not_shown", section=say(section)))
    project.set("/sections", [s for s in shown if s != section])
    return Did(t("demo.section_removed", section=say(section)))


def _shown(project: AdaptedProject) -> list[str] | None:
    found = (project.content or {}).get("sections")
    return [str(s) for s in found] if isinstance(found, list) else None


def _is_entry(clause: str) -> bool:
    """`add a question: …`, `add "Fern" to the list`: an entry in a list, not a section."""
    return bool(
        re.search(
            r":\s*\S|\b(?:to|from|in|into) (?:the|my|our)\b(?! (?:page|app|site))|[\"“«]|\b(?:last|first|second|third|all|every)\b|\b(?:called|named|about)\b",
            clause,
            re.IGNORECASE,
        )
    )
