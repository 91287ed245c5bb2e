"""Changes texts: `change the headline to …`, `replace X with Y`."""

from __future__ import annotations

import re
from html import escape
from typing import Any, Final

from builder.demo.starters import pointer as pointers
from builder.demo.starters.project import AdaptedProject, Cannot, Did, Result
from builder.texts import t

_SET: Final = re.compile(
    r"^(?:please )?(?:change|set|update|make|edit|let|turn)\s{1,2}(?:the |my |our |its )?(?P<field>[\w' -]{2,40}?)(?: text| copy| line)?(?:\s{1,2}(?:to say|say|saying|to read|read|to be|to|into)\b|\s{0,2}[:=])\s{0,2}[\"“'‘«]?(?P<text>.+?)[\"”'’»]?$"
    r"|^(?:the |my )(?P<field2>[\w' -]{2,30}?)\s{1,2}(?:should|must|shall)\s{1,2}(?:say|read|be)\s{0,2}:?\s{0,2}[\"“'‘«]?(?P<text2>.+?)[\"”'’»]?$",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(
    r"^(?:please )?(?:change|set|update|make|let)\s{1,2}(?:the |my |our |its )?(?P<field>[\w' -]{2,40}?)(?: text)?\s{1,2}[\"“«](?P<text>[^\"”»]+)[\"”»]$(?P<field2>)?(?P<text2>)?",
    re.IGNORECASE,
)
_REPLACE: Final = re.compile(
    r"^(?:please )?(?:replace|substitute|swap|change|exchange)\s{1,2}(?:the (?:word|words|text|phrase)\s{1,2}|all |every |the )?[\"“'‘«]?(?P<old>.+?)[\"”'’»]?\s{1,2}(?:with|by|for|to|into)\s{1,2}[\"“'‘«]?(?P<new>.+?)[\"”'’»]?$",
    re.IGNORECASE,
)
# What people call a text → slot kinds, then keys of the content.
_FIELDS: Final = {
    "headline": (("headline",), ("headline", "title")), "heading": (("headline",), ("headline", "title")), "hero": (("headline",), ("headline", "title")), "main title": (("headline",), ("headline",)),
    "tagline": (("tagline",), ("tagline",)), "slogan": (("tagline",), ("tagline",)), "subtitle": (("tagline",), ("tagline", "subtitle")), "subheading": (("tagline",), ("tagline", "subtitle")), "motto": (("tagline",), ("tagline",)),
    "description": (("description",), ("description", "text")), "intro": (("description",), ("description", "text")), "introduction": (("description",), ("description",)), "paragraph": (("description",), ("text",)),
    "button": (("cta",), ("cta", "button")), "cta": (("cta",), ("cta",)), "call to action": (("cta",), ("cta",)), "footer": ((), ("footer",)), "title": (("app_name",), ("title",)),
}  # fmt: skip


def set_text(clause: str, project: AdaptedProject) -> Result:
    """`change the headline to “Walks with heart”`."""
    match = _SET.search(clause) or _QUOTED.search(clause)
    content = project.content
    if not match or content is None:
        return None
    field, text = (match["field"] or match["field2"]).strip().lower(), (match["text"] or match["text2"]).strip()
    place = _place(field, content, project)
    if not place or not text:
        return None
    old = pointers.get(content, place)
    if not isinstance(old, str):
        return None
    project.set(place, text)
    return Did(t("demo.text", field=field, text=text))


def replace(clause: str, project: AdaptedProject) -> Result:
    """`replace “gentle” with “brisk”`: in every text of the content, else in the page's own files when it is unique
    enough."""
    match = _REPLACE.search(clause)
    content = project.content
    if not match or content is None:
        return None
    old, new = match["old"].strip(), match["new"].strip().rstrip(".")
    pattern = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)", re.IGNORECASE)
    hits = [
        (place, text)
        for place, text in pointers.strings(content)
        if pattern.search(text) and place.rpartition("/")[2] != "id"
    ]
    for place, text in hits:
        project.set(place, pattern.sub(lambda m: _cased(m[0], new), text))
    html = project.text("index.html") or ""
    if pattern.search(project.name or "") or (old.lower() in html.lower() and f"<title>{old}" in html):
        project.write(
            "index.html",
            re.sub(
                r"(?<=<title>).*?(?=</title>)",
                lambda m: pattern.sub(lambda _: escape(new, quote=False), m[0]),
                html,
                flags=re.DOTALL,
            ),
        )
    if hits:
        return Did(t("demo.replaced", old=old, new=new, count=len(hits)))
    return (
        Cannot(t("demo.no_text", text=old))
        if clause.lower().startswith(("replace", "substitute", "please replace")) or "“" in clause or '"' in clause
        else None
    )


def _place(field: str, content: Any, project: AdaptedProject) -> str:
    """Pointer of the text that `field` names."""
    words = field.split()
    for name, (kinds, keys) in _FIELDS.items():
        if field == name or (name in words or (" " in name and name in field)):
            scoped = [
                w
                for w in words
                if w not in name.split() and w not in ("the", "main", "big", "page", "app", "text", "section", "hero")
            ]
            candidates = (
                [p for pattern, _ in project.slots(*kinds) for p in pointers.matching(content, pattern)]
                if kinds
                else []
            )
            candidates += [p for p, _ in pointers.strings(content) if p.rpartition("/")[2] in keys]
            best = (
                next((p for p in candidates if scoped and all(w in p.lower() for w in scoped)), "")
                if scoped
                else next(iter(candidates), "")
            )
            return best or (candidates[0] if candidates and not scoped else "")
    key = field.replace(" ", "_")
    return next((p for p, _ in pointers.strings(content) if p.rpartition("/")[2] == key and p.count("/") <= 3), "")


def _cased(old: str, new: str) -> str:
    """`new` with the capital that `old` had, unless the person wrote capitals."""
    return new[:1].upper() + new[1:] if old[:1].isupper() and new.islower() else new
