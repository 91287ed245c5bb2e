"""Gives the app another subject: its texts and sample entries are made anew, its colours and sections stay."""

from __future__ import annotations

import json
import re
from typing import Final

from builder.demo.language.reading import read
from builder.demo.language.topic import vocabulary
from builder.demo.language.topics_of import topics_of
from builder.demo.starters.adapting import adapt
from builder.demo.starters.choice import Choice
from builder.demo.starters.project import AdaptedProject, Cannot, Did, Result
from builder.texts import t

_ABOUT: Final = re.compile(
    r"^(?:make|turn|change|let|switch)\b(?P<thing>.{0,40}?)\b(?:be |to be |into (?:one |something )?)?(?:about|on the subject of)\s+(?P<subject>.+?)(?:\s+instead)?$"
    r"|^(?:change|set|switch)\s+(?:the |its )?(?:topic|subject|theme)\s+(?:to|into)\s+(?P<subject2>.+?)(?:\s+instead)?$"
    r"|^(?:it|this|the (?:app|site|shop|quiz|board|page)) (?:should|must) be about\s+(?P<subject3>.+?)(?:\s+instead)?$",
    re.IGNORECASE,
)
_PART: Final = re.compile(
    r"\b(?:headline|tagline|title|section|question|task|note|card|button|text|entry|item|description)s?\b",
    re.IGNORECASE,
)


def about(clause: str, project: AdaptedProject) -> Result:
    """`make it about dinosaurs`, `change the topic to tea`."""
    match = _ABOUT.search(clause)
    if not match or project.content is None or not project.starter or (match["thing"] and _PART.search(match["thing"])):
        return None
    subject = next(g for g in (match["subject"], match["subject2"], match["subject3"]) if g).strip(" .!\"'“”")
    if re.match(r"(?:dark|light)\b", subject, re.IGNORECASE):
        return None
    starter = project.starter
    reading = read(f"app about {subject}", vocabulary())
    if not reading.subject:
        return Cannot(t("demo.no_subject"))
    made = adapt(reading, topics_of(reading), Choice(starter, ""))
    content = json.loads(made.files[starter.content])
    if "sections" in project.content:
        content["sections"] = project.content["sections"]
    project.write(project.content_path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    project.write("package.json", made.files["package.json"])
    html, title = project.text("index.html"), re.search(r"<title>.*?</title>", made.files["index.html"], re.DOTALL)
    if html and title:
        project.write("index.html", re.sub(r"<title>.*?</title>", lambda _: title[0], html, count=1, flags=re.DOTALL))
    return Did(t("demo.about", about=made.wording.about, name=made.name))
