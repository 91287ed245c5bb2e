"""A starter made into the app that was asked for: filled content, title, package name, colours, dark mode, sections."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from builder.demo.language import colour, lexicon, words
from builder.demo.language.reading import Reading, content_words
from builder.demo.language.topic import Topic
from builder.demo.language.wording import WORKPLACES, Wording, wording
from builder.demo.starters import pointer as pointers
from builder.demo.starters import theme
from builder.demo.starters.choice import Choice
from builder.demo.starters.filling import Filler
from builder.demo.starters.json_text import JsonDocument
from builder.demo.starters.material import Material, gathered
from builder.demo.starters.starter import StarterFiles

PUBLIC: Final = frozenset({"landing", "shop", "portfolio", "restaurant", "event", "blog", "menu"})
_LABELS: Final = {
    "todo": "List", "kanban": "Board", "quiz": "Quiz", "expenses": "Budget", "notes": "Notes", "pomodoro": "Timer", "dashboard": "Dashboard", "chat": "Chat",
    "weather": "Weather", "habits": "Tracker", "flashcards": "Cards", "calendar": "Calendar", "reading-list": "List", "memory": "Pairs", "tip-calculator": "Calculator",
}  # fmt: skip
# A kind word from the prompt that may close the app's name: "houseplant tracker" → "Houseplant Tracker".
_NAMING: Final = frozenset(
    [
        "tracker",
        "planner",
        "journal",
        "diary",
        "log",
        "logbook",
        "quiz",
        "board",
        "kanban",
        "dashboard",
        "shop",
        "store",
        "notes",
        "notebook",
        "timer",
        "checklist",
        "list",
        "budget",
        "calendar",
        "library",
        "wiki",
        "guide",
        "chat",
        "portfolio",
        "catalogue",
        "catalog",
        "calculator",
        "trivia",
        "flashcards",
        "pomodoro",
        "weather",
        "forecast",
        "blog",
        "collection",
        "gallery",
        "inventory",
        "roadmap",
        "pipeline",
        "crm",
        "organizer",
        "organiser",
        "keeper",
        "splitter",
    ]
)


@dataclass(frozen=True)
class Adapted:
    """The adapted project and what to tell about it. `missing`: wishes the starter has no part for."""

    name: str
    files: dict[str, str]
    stack: tuple[str, ...]
    starter: StarterFiles
    wording: Wording
    topics: tuple[Topic, ...]
    missing: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]


def adapt(reading: Reading, topics: tuple[Topic, ...], choice: Choice) -> Adapted:
    """The files of `choice.starter`, adapted to `reading`."""
    starter = choice.starter
    public = starter.name in PUBLIC
    spoken = wording(reading, topics[0] if topics else None, public=public, definite=starter.name == "quiz")
    name = reading.name or _app_name(reading, spoken, starter)
    material = material_for(reading, topics, spoken, name, starter)
    content = Filler(starter, material).fill()
    added, removed, missing = _sections(content, starter, reading)
    missing = (*missing, *_missing_features(starter, reading))
    files = dict(starter.files)
    ensure_nouns(content, starter, spoken)
    files[starter.content] = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    accent = reading.accent or (topics[0].accent if topics else "")
    if accent:
        files[starter.theme] = theme.with_accent(files[starter.theme], accent, asked=bool(reading.accent))
    for part, value in reading.parts:
        files[starter.theme] = theme.with_part(files[starter.theme], "page" if part == "background" else part, value)
    files["index.html"] = _page(starter.files["index.html"], name, reading.dark)
    files["package.json"] = _package(starter, name, topics, spoken)
    if "README.md" in files:
        files["README.md"] = re.sub(r"\A# .*", lambda _: f"# {name}", files["README.md"])
    return Adapted(name, files, starter.stack, starter, spoken, topics, missing, added, removed)


def material_for(
    reading: Reading, topics: tuple[Topic, ...], spoken: Wording, name: str, starter: StarterFiles
) -> Material:
    """The material for the starter's slots."""
    subject = {words.singular(w.lower()) for w in reading.subject.split()}
    extras = [
        w for w in reading.wants
        if not {words.singular(p) for p in w.split()} & {*subject, *(words.singular(f) for f in lexicon.FEATURES), *(words.singular(k) for k in lexicon.KINDS)}
        and content_words(w) and len(w.split()) <= 3 and not colour.found(w)
    ]  # fmt: skip
    return gathered(
        spoken,
        topics,
        name=name,
        place=reading.place,
        audience=reading.audience,
        extras=extras[:4],
        starter=starter.name,
        bookable=starter.name == "calendar"
        and bool(
            {
                "book",
                "booking",
                "bookings",
                "appointment",
                "appointments",
                "reservation",
                "reservations",
                "class",
                "classes",
            }
            & set(reading.terms)
        ),
    )


def ensure_nouns(content: dict[str, Any], starter: StarterFiles, spoken: Wording) -> None:
    """When the person's main nouns occur fewer than three times in the content, descriptions and tasks include them."""
    agent = (
        spoken.phrase != spoken.about and spoken.mass and not spoken.business and spoken.about != f"the {spoken.phrase}"
    )
    subject = [w for w in content_words(spoken.phrase if agent else spoken.about) if len(w) > 2]
    if not subject:
        return
    text = json.dumps(content, ensure_ascii=False).lower()
    stem = words.singular(subject[-1].lower())
    if text.count(stem) >= 3 and all(words.singular(w.lower()) in text for w in subject):
        return
    phrases = {
        "description": "{old} Good to know for {about}.", "note_body": "{old} It is part of {about}.", "answer": "{old} That goes for {about} as well.", "message": "{old} That is what I like about {about}.",
        "task": "{About}: {low}",
    }  # fmt: skip
    if agent:
        phrases = dict.fromkeys(("description", "answer"), f"{{old}} Ask your {spoken.phrase}.")
    left = max(1, 3 - text.count(stem))
    for pattern, kind in starter.slots.items():
        for place in pointers.matching(content, pattern)[1:] if "*" in pattern else pointers.matching(content, pattern):
            old = pointers.get(content, place)
            if (
                left
                and kind in phrases
                and isinstance(old, str)
                and spoken.about.lower() not in old.lower()
                and len(old) < 110
            ):
                pointers.put(
                    content,
                    place,
                    phrases[kind].format(
                        old=old,
                        low=old if old[:2].isupper() else old[:1].lower() + old[1:],
                        about=spoken.about,
                        About=words.sentence(spoken.about),
                    ),
                )
                left -= 1


def _app_name(reading: Reading, spoken: Wording, starter: StarterFiles) -> str:
    if not reading.subject and not reading.audience:
        if reading.audience:
            return words.title(f"{words.singular(reading.audience)} {_LABELS.get(starter.name, starter.title)}")
        pair = re.search(
            rf"\b(?!(?:a|an|the|my|our|new|simple|this|your|me|to|for|in|of)\b)([a-z]{{3,14}}) ({'|'.join(sorted(_NAMING))})\b",
            " ".join(reading.terms),
        )
        if pair and pair[1] in (
            "reading",
            "shopping",
            "packing",
            "grocery",
            "reading",
            "study",
            "daily",
            "weekly",
            "work",
            "party",
            "bucket",
            "wish",
            "todo",
            "expense",
            "habit",
            "invoice",
            "weather",
        ):
            return words.title(f"{pair[1]} {pair[2]}")
        kinds = [k for k in reading.kinds if k in _NAMING or k in lexicon.SOFT_KINDS]
        return words.title(f"My {kinds[0]}") if kinds else words.title(f"My {_LABELS.get(starter.name, 'App')}")
    base = (
        spoken.phrase
        if (spoken.business and starter.name == "shop") or starter.name in ("landing", "portfolio")
        else spoken.one
    )
    base = " ".join(base.split()[-4:])
    if starter.name in ("landing", "portfolio", "shop"):
        return words.title(
            words.plural(base)
            if starter.name == "shop" and not spoken.mass and base.split()[-1].lower() not in WORKPLACES
            else base
        )
    closing = next((k for k in reading.kinds if k in _NAMING), "")
    closing = (
        _LABELS.get(starter.name, "")
        if not closing or (closing in ("catalog", "list", "store", "crm", "kanban", "log") and starter.name in _LABELS)
        else closing
    )
    if starter.name == "memory":
        closing = "Memory" if "memory" in reading.terms else "Pairs"
    if closing and base.lower().endswith(closing.lower()):
        closing = ""
    if words.singular(closing.lower()) in {words.singular(w.lower()) for w in base.split()}:
        closing = ""
    return words.title(f"{base} {closing}".strip() if closing else words.plural(base) if not spoken.mass else base)


def _sections(
    content: dict[str, Any], starter: StarterFiles, reading: Reading
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Switches the sections that were asked for or ruled out; (added, removed, ruled out but not optional)."""
    shown = content.get("sections")
    if not isinstance(shown, list):
        return (), (), ()
    added, removed = [], []
    for wish in reading.wants:
        section = section_for(wish, starter)
        if section and section not in shown:
            shown.insert(place_for(section, shown, starter), section)
            added.append(section)
    for wish in reading.without:
        section = section_for(wish, starter)
        if section and section in shown:
            shown.remove(section)
            removed.append(section)
    return tuple(added), tuple(removed), ()


def section_for(phrase: str, starter: StarterFiles) -> str:
    """The starter's section that `phrase` names, or "". Longer names are tried first."""
    flat = " " + " ".join(words.singular(w) for w in re.findall(r"[\w&'-]+", phrase.lower().replace("-", " "))) + " "
    names = sorted(
        ((n, section) for section, synonyms in starter.sections.items() for n in (section, *synonyms)),
        key=lambda n: -len(n[0]),
    )
    for known, section in names:
        single = " ".join(words.singular(w) for w in known.lower().replace("-", " ").replace("_", " ").split())
        if f" {single} " in flat:
            return section
    return ""


def place_for(section: str, shown: list[str], starter: StarterFiles) -> int:
    """The place of a section: before the first visible section that follows it in the starter's own order."""
    order = list(starter.sections)
    later = order[order.index(section) + 1 :]
    return next((i for i, s in enumerate(shown) if s in later), len(shown))


def _missing_features(starter: StarterFiles, reading: Reading) -> tuple[str, ...]:
    """Wished features of which the starter shows no sign."""
    code = " ".join(
        [
            starter.description,
            *starter.keywords,
            *starter.sections,
            *(s for n in starter.sections.values() for s in n),
            *starter.files,
        ]
    ).lower()
    code += (
        " "
        + " ".join(
            text for path, text in starter.files.items() if path.endswith((".tsx", ".vue", ".svelte", ".json"))
        ).lower()
    )
    servers = {w for known in lexicon.BACKEND.values() for w in known}
    missing = []
    for wish in reading.wants:
        singles = [words.singular(w) for w in re.findall(r"[\w-]+", wish)]
        features = [w for w in singles if w in lexicon.FEATURES or words.plural(w) in lexicon.FEATURES]
        asked_of_server = any(w in servers or words.plural(w) in servers for w in singles)
        generic = {"dark", "light", "mode", "page", "section", "button", "header", "footer"}
        if (
            features
            and not asked_of_server
            and not set(features) <= generic
            and not any(re.search(rf"\b{re.escape(w)}", code) for w in features if w not in generic)
        ):
            missing.append(wish)
    return tuple(dict.fromkeys(missing))


def _page(html: str, name: str, dark: bool | None) -> str:
    html = re.sub(
        r"<title>.*?</title>", lambda _: f"<title>{escape(name, quote=False)}</title>", html, count=1, flags=re.DOTALL
    )
    return html if dark is None else with_mode(html, "dark" if dark else "light")


def with_mode(html: str, mode: str) -> str:
    """`html` with `data-theme` set on its root element."""
    if re.search(r"<html[^<>]*\bdata-theme=", html):
        return re.sub(r'(<html[^<>]*\bdata-theme=")[^"<>]*(")', rf"\g<1>{mode}\g<2>", html, count=1)
    return re.sub(r"<html\b", f'<html data-theme="{mode}"', html, count=1)


def _package(starter: StarterFiles, name: str, topics: tuple[Topic, ...], spoken: Wording) -> str:
    text = JsonDocument(starter.files["package.json"])
    text.set("/name", words.slug(name))
    text.put("", "sayso", {"starter": starter.name, "subject": spoken.phrase, "topics": [t.key for t in topics]})
    return text.text
