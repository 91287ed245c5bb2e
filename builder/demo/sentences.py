"""The demo's sentences in the chat: friendly, short, and plain about being the offline demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.demo.language import words
from builder.demo.language.asked import NEAREST, loose
from builder.demo.language.reading import Reading
from builder.demo.starters.adapting import Adapted
from builder.demo.starters.choice import Choice

if TYPE_CHECKING:
    from builder.demo.followup import Outcome
    from builder.demo.servers import ServerStarter

_FULL = "With a Claude key you get the full builder."
_CAN = (
    "rename the app, change colours, switch dark mode, show or hide sections, change texts, and add or remove entries"
)


def made(adapted: Adapted, reading: Reading, choice: Choice) -> str:
    """One to four sentences about a new app."""
    parts = [
        f"Here is {adapted.name}, made by the offline demo: it adapted the “{adapted.starter.title}” starter, because {choice.reason}."
    ]
    away = loose(reading, adapted.starter.name)
    if away:
        parts = [
            f"Here is {adapted.name}, made by the offline demo. None of its finished apps is {away}; the nearest is {NEAREST.get(adapted.starter.name, adapted.starter.title)}, so it became that."
        ]
    elif choice.reason.endswith("nearest"):
        parts = [
            f"Here is {adapted.name}, made by the offline demo. None of its finished apps is made for that; the nearest is {NEAREST.get(adapted.starter.name, adapted.starter.title)}, so it became that."
        ]
    if reading.servers:
        parts.append(
            f"It is a front end with sample data: {words.listed(reading.servers)} would need the full builder and a server."
        )
    if reading.stack and reading.stack != adapted.starter.framework:
        parts.append(
            f"The nearest starter is written in {adapted.starter.framework.capitalize()}, not {reading.stack.capitalize()}."
        )
    if adapted.starter.name == "quiz" and not any(t.quizzes for t in adapted.topics):
        parts.append(
            f"The demo knows no facts about {adapted.wording.about}, so the questions are about learning it: replace them with your own."
        )
    if adapted.missing:
        parts.append(
            f"It does not have {words.listed([f'“{m}”' for m in adapted.missing[:4]])} yet: that is beyond the demo."
        )
    if reading.language != "en":
        parts.append("The demo writes in English only.")
    parts.append(_FULL)
    return " ".join(parts)


def served(starter: ServerStarter, name: str, reading: Reading) -> str:
    """Two to four sentences about a new app with a server."""
    why = words.listed([label for label in reading.servers if label in ("a server", "a database")])
    parts = [
        f"Here is {name}, made by the offline demo: you asked for {why}, and of its finished apps “{starter.title}” came nearest.",
        "It runs in a container and keeps what people enter.",
        f"The demo changes {'only the name' if name != starter.app else 'nothing in it'}. {_FULL}",
    ]
    if reading.language != "en":
        parts.append("The demo writes in English only.")
    return " ".join(parts)


def changed(outcome: Outcome) -> str:
    """What a follow-up did and what it could not do."""
    parts = [words.sentence(words.listed(outcome.done)) + "."] if outcome.done else []
    parts += outcome.notes
    if outcome.thanked and not outcome.done:
        return "You are welcome. (offline demo; with a Claude key you get the full builder.)"
    if not outcome.done:
        if not outcome.notes:
            parts.append("That is more than the offline demo can do, so nothing was changed.")
        parts.append(f"It can {_CAN}. Add a Claude key for the full builder, which can change anything.")
    else:
        parts.append("(offline demo)")
    return " ".join(parts)
