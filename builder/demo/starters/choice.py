"""Which starter is nearest to a prompt, and why in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from builder.demo.language import words
from builder.demo.language.asked import asks
from builder.demo.language.lexicon import KINDS
from builder.demo.language.reading import Reading
from builder.demo.language.topic import Topic
from builder.demo.language.wording import WORKPLACES
from builder.demo.starters.starter import StarterFiles
from builder.texts import t

# Words of a prompt that hint at a kind of app: (starter, weight). Starters that do not exist are skipped.
INTENTS: Final[dict[str, tuple[tuple[str, int], ...]]] = {
    "kanban": (("kanban", 12),), "board": (("kanban", 8),), "sprint": (("kanban", 7),), "backlog": (("kanban", 7),), "pipeline": (("kanban", 6),), "crm": (("kanban", 6),),
    "roadmap": (("kanban", 6),), "scrum": (("kanban", 8),), "swimlane": (("kanban", 7),), "hiring": (("kanban", 1),), "ticket": (("kanban", 3),), "bug": (("kanban", 4),), "project": (("kanban", 2),),
    "column": (("kanban", 3),), "trello": (("kanban", 10),), "todo": (("todo", 10),), "checklist": (("todo", 9),), "task": (("todo", 5),), "chore": (("todo", 7), ("habits", 1)), "errand": (("todo", 7),), "packing": (("todo", 6),),
    "shopping": (("todo", 3),), "grocery": (("todo", 6),), "groceries": (("todo", 6),), "reminder": (("todo", 5),), "list": (("todo", 4),), "planner": (("todo", 5), ("calendar", 3)), "planning": (("todo", 2), ("kanban", 1)), "plan": (("todo", 4), ("calendar", 2)),
    "organise": (("todo", 2), ("notes", 2)), "organize": (("todo", 2), ("notes", 2)), "organizer": (("todo", 4),), "organiser": (("todo", 4),), "agenda": (("calendar", 5), ("todo", 4)), "bucket": (("todo", 3),),
    "habit": (("habits", 10), ("todo", 6)), "streak": (("habits", 6), ("todo", 3)), "routine": (("habits", 5), ("todo", 4)), "tracker": (("habits", 3), ("todo", 2)), "track": (("habits", 3), ("todo", 2)), "tracking": (("habits", 2), ("todo", 2)),
    "dashboard": (("dashboard", 12),), "analytics": (("dashboard", 8),), "metric": (("dashboard", 8),), "kpi": (("dashboard", 9),), "chart": (("dashboard", 5),), "graph": (("dashboard", 4),), "statistics": (("dashboard", 5),), "stat": (("dashboard", 5),),
    "usage": (("dashboard", 4),), "monitor": (("dashboard", 5),), "admin": (("dashboard", 5),), "report": (("dashboard", 4),), "sale": (("shop", 1),), "fitness": (("habits", 4),), "delivery": (("shop", 4),), "takeaway": (("shop", 4),), "ticketing": (("kanban", 6),), "revenue": (("dashboard", 4),), "visualize": (("dashboard", 5),), "visualise": (("dashboard", 5),),
    "expense": (("expenses", 12),), "budget": (("expenses", 8),), "spending": (("expenses", 9),), "spend": (("expenses", 6),), "invoice": (("expenses", 6),), "bill": (("expenses", 5),), "finance": (("expenses", 6),), "money": (("expenses", 5),), "cost": (("expenses", 4),),
    "saving": (("expenses", 4),), "splitter": (("expenses", 5),), "income": (("expenses", 5),), "invoicing": (("expenses", 7),), "debt": (("expenses", 9),), "salary": (("expenses", 4),),
    "note": (("notes", 9),), "notebook": (("notes", 9),), "journal": (("notes", 8),), "diary": (("notes", 8),), "wiki": (("notes", 7),), "memo": (("notes", 7),), "log": (("notes", 5),), "logbook": (("notes", 7),), "blog": (("blog", 12), ("notes", 6), ("landing", 3)),
    "recipe": (("recipes", 9), ("notes", 4)), "cookbook": (("recipes", 9), ("notes", 5)), "collection": (("gallery", 2), ("reading-list", 4), ("notes", 5)), "catalogue": (("reading-list", 4), ("notes", 5)), "catalog": (("reading-list", 4), ("notes", 5)), "archive": (("notes", 4),), "encyclopedia": (("notes", 6),),
    "guide": (("notes", 4), ("landing", 1)), "directory": (("reading-list", 4), ("notes", 4)), "library": (("reading-list", 3), ("notes", 2)), "document": (("notes", 4),), "write": (("notes", 2),), "writing": (("notes", 2),), "tag": (("notes", 2),), "snippet": (("notes", 6),),
    "bookmark": (("reading-list", 6), ("notes", 5)), "watchlist": (("reading-list", 9), ("notes", 5)), "wishlist": (("reading-list", 6), ("todo", 4)), "reading": (("reading-list", 3),),
    "pomodoro": (("pomodoro", 14),), "timer": (("pomodoro", 10),), "focus": (("pomodoro", 6),), "stopwatch": (("pomodoro", 8),), "countdown": (("pomodoro", 2),), "interval": (("pomodoro", 5),), "concentrate": (("pomodoro", 6),), "study": (("pomodoro", 2), ("quiz", 1)),
    "quiz": (("quiz", 14),), "trivia": (("quiz", 12),), "flashcard": (("flashcards", 12),), "exam": (("quiz", 6),), "test": (("quiz", 5),), "question": (("quiz", 4),), "guess": (("quiz", 5),), "game": (("quiz", 2),), "learn": (("quiz", 4),), "learning": (("quiz", 4),), "vocabulary": (("flashcards", 6), ("quiz", 5)),
    "teach": (("quiz", 4),), "practise": (("quiz", 3),), "practice": (("quiz", 2),), "portfolio": (("portfolio", 14),), "photographer": (("portfolio", 7),), "designer": (("portfolio", 6),), "illustrator": (("portfolio", 7),), "artist": (("portfolio", 5),), "architect": (("portfolio", 5),),
    "cv": (("portfolio", 8),), "resume": (("portfolio", 8),), "gallery": (("gallery", 9), ("portfolio", 6)), "showcase": (("portfolio", 5),), "freelancer": (("portfolio", 3),), "freelance": (("portfolio", 3),), "photo": (("gallery", 3), ("portfolio", 3)), "exhibition": (("portfolio", 4),),
    "shop": (("shop", 10),), "store": (("shop", 9),), "storefront": (("shop", 10),), "ecommerce": (("shop", 11),), "e-commerce": (("shop", 11),), "sell": (("shop", 6),), "selling": (("shop", 6),), "buy": (("shop", 5),), "cart": (("shop", 6),), "checkout": (("shop", 6),), "boutique": (("shop", 6),), "merch": (("shop", 7),), "marketplace": (("shop", 7),),
    "webshop": (("shop", 11),), "order": (("shop", 3),), "product": (("shop", 3),),
    "chat": (("chat", 12),), "messenger": (("chat", 11),), "messaging": (("chat", 9),), "chatbot": (("chat", 9),), "conversation": (("chat", 6),), "message": (("chat", 4),), "dm": (("chat", 5),), "slack": (("chat", 8),), "whatsapp": (("chat", 9),), "discord": (("chat", 8),), "inbox": (("chat", 5),), "forum": (("chat", 5),), "helpdesk": (("chat", 4), ("kanban", 3)),
    "weather": (("weather", 12),), "forecast": (("weather", 8),), "temperature": (("weather", 6),), "rain": (("weather", 4),),
    "landing": (("landing", 12),), "website": (("landing", 6),), "site": (("landing", 3),), "homepage": (("landing", 8),), "page": (("landing", 4),), "business": (("landing", 6),), "company": (("landing", 5),), "startup": (("landing", 5),), "agency": (("landing", 6),), "service": (("landing", 4),), "clinic": (("landing", 6),), "firm": (("landing", 4),),
    "tour": (("landing", 4),), "rental": (("landing", 5),), "memorial": (("landing", 6),), "barbershop": (("landing", 6),), "plumbing": (("landing", 5),),
    "waitlist": (("landing", 7),), "studio": (("landing", 4),), "restaurant": (("landing", 4),), "hotel": (("landing", 5),), "salon": (("landing", 5),), "practice-firm": (("landing", 4),), "newsletter": (("landing", 4),), "charity": (("landing", 5),), "conference": (("landing", 4), ("event", 6)), "event": (("event", 5), ("landing", 3)), "wedding": (("event", 1),), "campaign": (("landing", 1),),
    "church": (("landing", 5),), "school": (("landing", 2),), "café": (("landing", 4),), "cafe": (("landing", 4),), "gym": (("landing", 4),), "bakery": (("landing", 3), ("shop", 1)), "plumber": (("landing", 6),), "electrician": (("landing", 6),), "dentist": (("landing", 6),), "lawyer": (("landing", 6),), "barber": (("landing", 6),), "cleaning": (("landing", 3),), "brand": (("landing", 4),),
     "workout": (("habits", 2), ("todo", 1), ("pomodoro", 1)),
    "invitation": (("event", 7), ("landing", 5)), "invite": (("event", 6), ("landing", 4)), "rsvp": (("event", 7), ("landing", 5)), "menu": (("landing", 2),),
}  # fmt: skip
# Keywords of single starters that prove too little alone.
_VAGUE: Final = frozenset(
    [
        "track",
        "tracker",
        "tracking",
        "calculator",
        "calculate",
        "converter",
        "game",
        "planner",
        "cards",
        "team",
        "data",
        "pipeline",
        "countdown",
        "clock",
        "match",
        "sales",
        "dates",
        "talk",
    ]
)
_COLLECTING: Final = ("notes", "reading-list", "todo")


@dataclass(frozen=True)
class Choice:
    """The starter and one sentence why."""

    starter: StarterFiles
    reason: str
    scores: tuple[tuple[str, float], ...] = ()


def choose(reading: Reading, topics: tuple[Topic, ...], starters: Mapping[str, StarterFiles]) -> Choice:
    """The nearest of `starters` (at least one). The same prompt always gives the same starter."""
    singles = [words.singular(t) for t in reading.terms]
    flat = " " + " ".join(singles) + " "
    scores: dict[str, float] = dict.fromkeys(starters, 0.0)
    because: dict[str, list[tuple[float, str]]] = {name: [] for name in starters}

    def add(name: str, weight: float, word: str) -> None:
        if name in scores and weight > 0:
            scores[name] += weight
            because[name].append((weight, word))

    unwanted = {words.singular(w) for phrase in reading.without for w in phrase.split()}
    wanted = {words.singular(w) for phrase in reading.wants for w in phrase.split()}
    for ask in asks(reading):
        for name, weight in ask.pulls:
            add(name, weight, ask.said)
    # After "for" a kind of app is mostly a trade: "dashboard for a coffee shop".
    told = singles[: singles.index("for")] if "for" in singles else []
    trades = set(singles[len(told) :]) if any(single in INTENTS for single in told) or asks(reading) else set()
    seen: set[str] = set()
    for single in singles:
        if single in seen or single in unwanted:
            continue
        seen.add(single)
        first = 0.35 if single in wanted else 0.4 if single in trades and single not in told else 1.0
        for name, weight in INTENTS.get(single, ()):
            add(name, weight * first, single)
    for name, starter in starters.items():
        for keyword in starter.keywords:
            single = " ".join(words.singular(p) for p in keyword.replace("to-do", "todo").split())
            if f" {single} " in flat and single not in unwanted and keyword not in _VAGUE:
                strength = (
                    3.0 * len(single.split())
                    if " " in single
                    else 2.5
                    if keyword in KINDS or words.plural(keyword) in KINDS
                    else 1.5
                )
                add(
                    name,
                    strength * (0.35 if single in wanted else 0.4 if single in trades and single not in told else 1.0),
                    single,
                )
        if reading.stack and starter.framework == reading.stack:
            scores[name] += 4.5 if reading.stack != "react" else 0.5
        elif not reading.stack and starter.framework != "react":
            scores[name] -= 0.3
    best = max(scores, key=lambda name: (scores[name], -list(scores).index(name)))
    last = words.singular(reading.subject.lower()).rpartition(" ")[2]
    if (
        scores[best] < 3.5
        and not asks(reading)
        and "landing" in starters
        and (
            last in WORKPLACES
            or last.endswith(("shop", "tour", "rental", "service", "grapher", "smith"))
            or (
                topics and topics[0].ctas and last in topics[0].words and scores[best] < 1.5 and len(reading.terms) <= 3
            )
        )
    ):
        return Choice(starters["landing"], t("demo.reason.business", word=last), tuple(scores.items()))
    if scores[best] < 1.5:
        best = next((n for n in _COLLECTING if n in starters), best)
        return Choice(starters[best], "", tuple(scores.items()))
    why = max(because[best], default=(0.0, ""))[1]
    reason = t("demo.reason.mention", word=why) if why else t("demo.reason.stack", stack=reading.stack.capitalize())
    return Choice(starters[best], reason, tuple(sorted(scores.items(), key=lambda s: -s[1])))
