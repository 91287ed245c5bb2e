"""Renames the app: its name in the content, the page's title, the package, the README."""

from __future__ import annotations

import re
from html import escape
from typing import Final

from builder.demo.language import words
from builder.demo.starters import pointer as pointers
from builder.demo.starters.json_text import JsonDocument
from builder.demo.starters.project import AdaptedProject, Cannot, Did, Result
from builder.texts import t

_RENAME: Final = re.compile(
    r"^(?:please )?(?:re-?name|call|name)\s+(?:(?:the |this |my )?(?:app|site|website|page|project|shop|board|quiz|dashboard|store|it|this|everything|title|name)\s*)?(?:to |as |into |it )?(?P<name>.+)$"
    r"|(?:app|site|shop|board|quiz|store|it|project|website)\s+(?:should|shall|must|could|can)\s+be\s+(?:called|named)\s+(?P<name2>.+)$"
    r"|(?:change|set|update|make)\s+(?:the |my |its )?(?:app(?:'s)? |site(?:'s)? |project |shop |page |website )?(?:name|title)\s+(?:to|into|be|as|:)\s+(?P<name3>.+)$"
    r"|^(?:the |its |new )?(?:app(?:'s)? )?(?:name|title)\s*(?:is|should be|:|=)\s*(?P<name4>.+)$",
    re.IGNORECASE,
)


_ENTRY: Final = re.compile(
    r"^(?:please )?(?P<verb>re-?name|change|call)\s+(?:the )?(?P<kind1>(?:task|card|column|list|category|item|product|note|habit|question|section|tag|entry|project|event)\s+)?[\"“«']?(?P<old>.+?)[\"”»']?(?:\s+(?:task|card|column|list|category|item|product|note|habit|tag|entry|event))?\s+(?:to|into|as)\s+[\"“«']?(?P<new>.+?)[\"”»']?$",
    re.IGNORECASE,
)
_APP: Final = frozenset(
    [
        "it",
        "this",
        "app",
        "the app",
        "this app",
        "my app",
        "site",
        "website",
        "page",
        "project",
        "shop",
        "board",
        "quiz",
        "dashboard",
        "store",
        "everything",
        "title",
        "name",
        "the name",
        "the title",
        "app name",
        "list",
        "calendar",
        "game",
        "portfolio",
        "blog",
        "that",
        "my shop",
        "my site",
        "our site",
        "our app",
        "this site",
        "this page",
        "the site",
    ]
)


def rename_entry(clause: str, project: AdaptedProject) -> Result:
    """`rename “Buy milk” to Buy oat milk`, `rename the To do column to Ideas`: one text of the content that is exactly that."""
    match = _ENTRY.search(clause)
    content = project.content
    if (
        not match
        or content is None
        or match["old"].lower().strip() in _APP
        or match["old"].lower() == project.name.lower()
    ):
        return None
    old, new = match["old"].strip(), match["new"].strip(" .")
    places = [
        p
        for p, text in pointers.strings(content)
        if text.lower() == old.lower()
        and p.rpartition("/")[2] not in ("id", "done")
        and p.count("/") > 1
        and not p.startswith("/sections")
    ]
    if not places:
        return Cannot(t("demo.not_found", name=old)) if match["verb"].lower().startswith("re") else None
    for place in places:
        project.set(place, new[:1].upper() + new[1:])
    return Did(t("demo.renamed.entry", old=old, new=new[:1].upper() + new[1:]))


def rename(clause: str, project: AdaptedProject) -> Result:
    """`rename it to Fern`, `call it “Fern & Co”`, `change the title to Fern`."""
    match = _RENAME.search(clause)
    if not match:
        return None
    name = next(g for g in match.groups() if g).strip(" .!\"'“”‘’«»")
    name = words.title(name) if name.islower() else name
    if not name or len(name) > 80:
        return Cannot(t("demo.bad_name"))
    old, content = project.name, project.content
    if content is None:
        return Cannot(t("demo.no_texts", path=project.content_path))
    pattern = next((p for p, _ in project.slots("app_name")), "/app/name")
    if pointers.get(content, pattern) is not None:
        project.set(pattern, name)
    for place, text in pointers.strings(content):
        if old and len(old) > 2 and place != pattern and old in text and text != old:
            project.set(place, text.replace(old, name))
    html = project.text("index.html")
    if html:
        project.write(
            "index.html",
            re.sub(
                r"<title>.*?</title>",
                lambda _: f"<title>{escape(name, quote=False)}</title>",
                html,
                count=1,
                flags=re.DOTALL,
            ),
        )
    package = project.text("package.json")
    if package:
        json_text = JsonDocument(package)
        json_text.put("", "name", words.slug(name))
        project.write("package.json", json_text.text)
    readme = project.text("README.md")
    if readme and old:
        project.write("README.md", readme.replace(old, name))
    return Did(t("demo.renamed", name=name), title=name)
