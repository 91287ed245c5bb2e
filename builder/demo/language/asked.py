"""Kinds of app that no single word names: games, calculators, bookings, trackers. Also kinds that no starter really
is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from builder.demo.language import words
from builder.demo.language.reading import Reading


@dataclass(frozen=True)
class Ask:
    """A kind of app somebody asked for.

    `what` names it with its article; `fits` are the starters of exactly this kind, possibly none; `pulls` adds to the
    starters' scores; `said` is the wording in the prompt.
    """

    what: str
    fits: frozenset[str]
    pulls: tuple[tuple[str, float], ...]
    said: str


# Pattern, the kind ("{}" is the text found), the starters of that kind, pulls.
_KINDS: Final[tuple[tuple[str, str, str, tuple[tuple[str, float], ...]], ...]] = (
    (r"\b(?:tetris|pong|2048|hangman|sudoku|wordle|tic tac toe|minesweeper|pac ?man|flappy bird|space invaders|solitaire|blackjack|connect four|rock paper scissors|battleship|breakout game|checkers)\b", "{}", "", (("memory", 9),)),
    (r"\b(?:crossword|word search|maze|text adventure|sudoku solver)\b", "a {}", "", (("memory", 9),)),
    (r"\b(?:memory|matching|pairs|concentration) (?:card )?(?:game|cards)|\bgame of pairs\b|\bmatch(?:ing)? pairs\b", "a memory game", "memory", (("memory", 16),)),
    (r"\b(?:quiz|trivia|guessing|learning) game\b", "a quiz", "quiz memory", (("quiz", 6),)),
    (r"\b(?:(?:small|little|simple|fun|cute|browser|web|casual|mini|kids|party) ){0,4}game\b(?= (?:for|about|with|where|to)\b|$)(?<!board game)(?<!video game)", "a game like that", "memory quiz", (("memory", 7),)),
    (r"\b(?!(?:a|an|the|small|little|simple|fun|cute|browser|web|casual|mini|party|memory|matching|quiz|trivia|guessing|learning|board|video|computer|kids|card|make|this|my|our)\b)[a-z]+ game\b(?= (?:for|about|with|where|to|in)\b|$)", "a {}", "", (("memory", 4),)),
    (r"\b(?:unit |currency |temperature |time ?zone |measurement )?convert(?:er|ers|or)\b", "a {}", "", (("tip-calculator", 9),)),
    (r"\btips?\b.{0,200}\bcalculat|\bcalculat.{0,200}\btips?\b|\btip calculator\b|\bsplit\w*\b.{0,200}\b(?:bill|bills|rent|check|tab)\b|\bbill split", "a tip calculator", "tip-calculator expenses", (("tip-calculator", 16),)),
    (r"\b(?:(?!(?:a|an|the|my|me|make|build|create|want|need|simple|online|small|little)\b)[a-z]+ ){0,2}calculator\b", "a {}", "", (("tip-calculator", 9),)),
    (r"\b(?:calendar|schedule|scheduler|scheduling|booking|bookings|appointments?|reservations?|to book|book online|timetable|rota|shifts|itinerary|availability)\b", "a calendar", "calendar", (("calendar", 10),)),
    (r"\bcountdown timer\b", "a countdown timer", "pomodoro", (("pomodoro", 12),)),
    (r"\bcountdown\b|\bdays (?:until|till|left)\b|\bhow many days\b|\bremember birthdays\b|\bbirthdays\b", "a countdown", "calendar", (("calendar", 12),)),
    (r"\b(?:stopwatch|world clock|alarm clock)\b", "a {}", "", (("pomodoro", 9),)),
    (r"\b(?:polls?|voting|surveys?|ballot)\b", "a poll", "", (("todo", 8),)),
    (r"\b(?:markdown|text|rich text) editor\b", "an editor", "notes", (("notes", 9),)),
    (r"\b(?:(?!(?:a|an|the|my|me|make|build|create|want|need|simple|online|small|little|for|of|with)\b)[a-z]+ ){0,2}(?:generator|picker|roller|randomi[sz]er|tester|formatter|validator|editor|translator|scanner|shortener|recorder|player|simulator|spinner|whiteboard|visuali[sz]er|minifier|encoder|decoder|soundboard|synthesi[sz]er)\b", "a {}", "", (("notes", 5),)),
    (r"\btyping (?:speed )?test\b|\bspeed test\b|\breaction test\b", "a {}", "", (("pomodoro", 8),)),
    (r"^(?:\w+ ){0,4}maps?\b(?! of (?:ideas|thoughts))", "a map", "", (("reading-list", 6),)),
    (r"\bblog\b", "a blog", "", (("notes", 8),)),
    (r"\b(?:directory|listings?|classifieds|job board|lost and found|yellow pages|alumni network)\b", "a {}", "", (("reading-list", 12),)),
    (r"\b(?:playlists?|setlists?|line ?up|watchlist)\b", "a list to come back to", "reading-list", (("reading-list", 7),)),
    (r"\b(?:stocks?|crypto|shares|investments?) (?:portfolio|watchlist|tracker|market)\b", "a live market watch", "", (("dashboard", 20),)),
    (r"^(?:\w+ ){0,5}(?:rate|review|compare|discover) ", "a directory", "", (("reading-list", 11),)),
    (r"\bcrm\b|\bsales leads\b", "a CRM", "kanban", (("kanban", 10),)),
    (r"\b(?:bugs?|issues?|orders?|applications?|tickets?|features?|requests?) (?:tracker|tracking)\b", "a board", "kanban", (("kanban", 12),)),
    (r"\b(?:homework|assignments?|tasks?|deadlines?) (?:tracker|tracking|planner)\b", "a list", "todo", (("todo", 10),)),
    (r"\b(?:books?|movies?|films?|shows?|series|albums?|wines?|beers?|anime|manga|reading|life) (?:tracker|log|list)\b|\bcollection\b", "a list of things", "reading-list notes", (("reading-list", 8),)),
    (r"\binventory\b|\bstock list\b|\bstock keeping\b|\bwarehouse\b", "an inventory", "", (("dashboard", 11),)),
    (r"\b(?:twitter|instagram|facebook|tiktok|reddit|linkedin|tinder|social network|social media app|dating app)\b", "a social network", "", (("chat", 9),)),
    (r"\b(?:airbnb|uber|ebay|amazon|etsy) clone\b", "a marketplace with real sellers", "", (("shop", 9),)),
    (r"\b(?:(?:spotify|netflix|youtube) (?:clone|app|copy)|music player|video player)\b", "a player", "", (("reading-list", 7),)),
    (r"\bflash ?cards?\b", "a set of flashcards", "", (("quiz", 12),)),
    (r"\bstatus page\b", "a live status page", "", (("landing", 9),)),
    (r"\b(?:pricing|faq|donation|donations|waitlist|waiting list|coming soon|membership|launch|rsvp|invitation|fundraising) (?:land\w+ )?page\b|\brsvp\b|\bsave the date\b|\bwaitlist\b", "a page", "landing", (("landing", 9),)),
    (r"\bchangelog\b|\brelease notes\b", "a changelog", "notes", (("notes", 9),)),
    (r"\bmenu\b(?! bar)", "a menu", "", (("shop", 7),)),
    (r"\bsignup\b(?! page)|\bsignup sheet\b", "a sign-up sheet", "", (("todo", 8),)),
    (r"\b(?:track|tracker|tracking|counter|intake)\b", "a tracker", "habits todo notes expenses kanban", (("habits", 5),)),
)  # fmt: skip
_COMPILED: Final = tuple((re.compile(pattern), what, fits, pulls) for pattern, what, fits, pulls in _KINDS)
_MONEY: Final = re.compile(
    r"\b(?:expens\w*|spend\w*|budgets?|budgeting|money|costs?|bills?|invoices?|saving|savings|incomes?|debts?|owes?|salary|loans?|rent|subscriptions?|donations?|receipts?|pay\w*|mileage)\b"
)
# The name of a starter when it stands in for another kind of app.
NEAREST: Final = {
    "memory": "a memory game", "quiz": "a quiz", "tip-calculator": "a calculator that splits bills", "notes": "a notes app", "reading-list": "a list with tags and search", "shop": "a shop with prices and a cart",
    "dashboard": "a dashboard with sample figures", "chat": "a chat", "todo": "a list to tick off", "pomodoro": "a focus timer", "landing": "a landing page", "kanban": "a board with cards", "habits": "a habit tracker", "calendar": "a calendar", "expenses": "an expense tracker",
    "recipes": "a recipe collection", "portfolio": "a portfolio", "weather": "a weather page",
}  # fmt: skip


def asks(reading: Reading) -> tuple[Ask, ...]:
    """The kinds of app that the prompt names, the most specific first."""
    wished = " ".join(reading.wants)
    text = " ".join(reading.terms)
    found = []
    for pattern, what, fits, pulls in _COMPILED:
        match = pattern.search(text)
        if not match or (wished and pattern.search(wished) and match.start() > len(text) // 3):
            continue
        name = words.shown(match[0] + re.split(r"\W", text[match.end() :], maxsplit=1)[0])
        said = words.with_article(name) if what == "a {}" else what.format(name)
        said = "a directory" if name.startswith("listing") else said
        found.append(Ask(said, frozenset(fits.split()), pulls, " ".join(name.split()[-3:])))
    if _MONEY.search(text) and re.search(r"\btrack|owes?\b|\bsaving", text):
        found.append(Ask("an expense tracker", frozenset({"expenses"}), (("expenses", 9),), "track"))
    return tuple(found)


def loose(reading: Reading, starter: str) -> str:
    """The kind that was asked for when neither `starter` nor any other starter is of that kind; empty when `starter`
    fits."""
    found = asks(reading)
    if any(starter in ask.fits for ask in found if ask.what not in ("a tracker", "a game like that")):
        return ""
    return next((ask.what for ask in found if not ask.fits), "")
