"""The demo's sentences in the chat: friendly, short, and plain about being the offline demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.demo.language import words
from builder.demo.language.asked import NEAREST, loose
from builder.demo.language.reading import Reading
from builder.demo.language.telling import listed, needs
from builder.demo.servers import ServerStarter, better_elsewhere
from builder.demo.starters.adapting import Adapted
from builder.demo.starters.choice import Choice
from builder.demo.starters.starter import StarterFiles
from builder.projects.starters import list_starters
from builder.texts import spoken, t
from builder.texts.language import DEFAULT

if TYPE_CHECKING:
    from builder.demo.followup import Outcome


def made(adapted: Adapted, reading: Reading, choice: Choice) -> str:
    """One to six sentences about a new app."""
    starter, title = adapted.starter.name, _title(adapted.starter)
    # The demo's own names for its starters are English.
    near = NEAREST.get(starter, title) if spoken() == DEFAULT else f"“{title}”"
    if away := loose(reading, starter):
        parts = [t("demo.loose", name=adapted.name, asked=away, nearest=near)]
    elif not choice.reason:
        parts = [t("demo.nearest", name=adapted.name, nearest=near)]
    else:
        parts = [t("demo.made", name=adapted.name, starter=title, reason=choice.reason)]
    if reading.servers:
        parts.append(t("demo.front_end", needs=listed(needs(reading.servers))))
        if better := better_elsewhere(reading):
            parts.append(t("demo.better", starter=_titles().get(better.name, better.title)))
    parts.append(t("demo.samples"))
    if reading.stack and reading.stack != adapted.starter.framework:
        framework, stack = adapted.starter.framework.capitalize(), reading.stack.capitalize()
        parts.append(t("demo.framework", framework=framework, stack=stack))
    if starter == "quiz" and not any(topic.quizzes for topic in adapted.topics):
        parts.append(t("demo.no_facts", about=adapted.wording.about))
    if adapted.missing:
        parts.append(t("demo.missing", what=listed([f"“{wish}”" for wish in adapted.missing[:4]])))
    return " ".join([*parts, *_in_english(reading), t("demo.full")])


def served(starter: ServerStarter, name: str, reading: Reading) -> str:
    """Two to four sentences about a new app with a server."""
    why = listed(needs([label for label in reading.servers if label in ("a server", "a database")]))
    changes = t("demo.served.name") if name != starter.app else t("demo.served.nothing")
    said = t("demo.served", name=name, needs=why, starter=_titles().get(starter.name, starter.title))
    return " ".join([said, t("demo.served.keeps"), changes, t("demo.full"), *_in_english(reading)])


def changed(outcome: Outcome) -> str:
    """What a follow-up did and what it could not do."""
    parts = [words.sentence(listed(outcome.done)) + "."] if outcome.done else []
    parts += outcome.notes
    if outcome.thanked and not outcome.done:
        return t("demo.welcome")
    if not outcome.done:
        if not outcome.notes:
            parts.append(t("demo.beyond"))
        parts.append(t("demo.can"))
    else:
        parts.append(t("demo.sign"))
    return " ".join(parts)


def _in_english(reading: Reading) -> list[str]:
    return [t("demo.english")] if reading.language != "en" else []


def _titles() -> dict[str, str]:
    return {starter.name: starter.title for starter in list_starters()}


def _title(starter: StarterFiles) -> str:
    return _titles().get(starter.name, starter.title)
