"""The supply of texts for slots: the person's words first, then the topics' knowledge."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Final, TypeVar
from zlib import crc32

from builder.demo.language import invention, words
from builder.demo.language.topic import Item, Quiz, Task, Topic
from builder.demo.language.wording import FEASTS, WORKPLACES, Wording

T = TypeVar("T")
# Topics whose items themselves are things that people spend money on.
_PRICED: Final = frozenset(
    {
        "budget",
        "groceries",
        "wedding",
        "birthday",
        "restaurant",
        "camping",
        "repair",
        "dentist",
        "beauty",
        "cleaning",
        "property",
        "fashion",
        "shoes",
        "cars",
        "bikes",
        "coffee",
        "climate",
    }
)
PEOPLE: Final = (
    "Maya Okafor", "Tom Lindqvist", "Inês Carvalho", "Daniel Reyes", "Priya Nair", "Jonas Weber", "Aisha Rahman", "Lucas Moreau", "Hana Sato", "Olivia Grant",
    "Mateus Silva", "Elena Petrova", "Samuel Adeyemi", "Clara Fischer", "Noah Bennett", "Leila Haddad",
)  # fmt: skip


@dataclass(frozen=True)
class Material:
    """Everything one app may show, in the order of use. Lists never run out: `take` continues with varied generic
    entries."""

    wording: Wording
    topics: tuple[Topic, ...]
    name: str
    place: str
    audience: str
    extras: tuple[str, ...]
    goods: bool
    taglines: tuple[str, ...]
    headlines: tuple[str, ...]
    descriptions: tuple[str, ...]
    items: tuple[Item, ...]
    tasks: tuple[Task, ...]
    notes: tuple[tuple[str, str], ...]
    quizzes: tuple[Quiz, ...]
    faqs: tuple[tuple[str, str], ...]
    messages: tuple[str, ...]
    reviews: tuple[str, ...]
    categories: tuple[str, ...]
    areas: tuple[str, ...]
    places: tuple[str, ...]
    people: tuple[str, ...]
    ctas: tuple[str, ...]


def gathered(
    wording: Wording,
    topics: Sequence[Topic],
    *,
    name: str,
    place: str = "",
    audience: str = "",
    extras: Sequence[str] = (),
    starter: str = "",
    bookable: bool = False,
) -> Material:
    """Material for `wording` out of `topics` (best first; none: invented from the words alone)."""
    goods, costs = starter in ("shop", "dashboard", "menu", "inventory"), starter == "expenses"
    made = invention.invented(wording, goods=goods)
    if starter == "dashboard":
        made = replace(made, items=invention.rows_of(wording))
    if starter == "habits":
        made = replace(made, tasks=invention.habits_of(wording))
    if (
        starter == "reading-list"
        and words.is_plural(wording.phrase)
        and words.singular(wording.phrase).split()[-1].lower() in WORKPLACES
    ):
        topics, made = (), replace(made, items=invention.addresses_of(wording))
    if starter == "memory":
        made = replace(made, items=invention.pairs_of(wording))
    if starter == "memory" and not (topics and _named(wording, topics[0])):
        topics = ()
    if starter in ("landing", "portfolio"):
        feast = starter == "landing" and wording.phrase.split()[-1] in FEASTS
        made = replace(made, items=invention.programme_of(wording) if feast else invention.offers_of(wording))
        # A piano teacher does not sell sheets of homework: only a topic about a trade supplies items for an offer.
        if topics and starter == "landing" and (feast or (not _owned(wording, topics) and not topics[0].ctas)):
            topics = (replace(topics[0], items=made.items, headlines=(), taglines=()),)
    if any(p in wording.phrase.lower().split() for p in ("vegan", "vegetarian", "plant-based")):
        topics = tuple(
            replace(
                t,
                items=tuple(i for i in t.items if not _MEAT.search(f"{i.name} {i.text}")),
                notes=(),
                headlines=t.headlines,
            )
            for t in topics
        )
        topics = tuple(t for t in topics if len(t.items) >= 3)
    # A ramen shop sells no roast chicken: only a topic that is exactly what the person named fills its shelves.
    if starter in ("shop", "menu", "inventory") and topics and not _named(wording, topics[0]):
        topics = ()
    used = tuple(topics) or (made,)
    if starter == "dashboard" and topics:
        used = (
            replace(
                used[0],
                items=(
                    used[0].items[0],
                    replace(made.items[4], category=used[0].categories[0]),
                    *used[0].items[1:3],
                    replace(made.items[2], category=used[0].categories[-1]),
                    *used[0].items[3:],
                ),
            ),
            *used[1:],
        )
    extra_items = tuple(_extra(e, used[0], wording) for e in extras)
    seed = crc32(wording.phrase.encode())
    people = PEOPLE[seed % len(PEOPLE) :] + PEOPLE[: seed % len(PEOPLE)]
    known = bool(topics)
    if costs:
        spent = [i for t in used if t.key in _PRICED for i in t.items]
        made = replace(
            made, items=(*mixed([spent, invention.costs_of(wording)]),) if spent else invention.costs_of(wording)
        )
        used = tuple(replace(t, items=made.items) for t in used)
    own = _owned(wording, used)
    if bookable:
        visits = (
            tuple(Task(i.name, i.category) for t in used for i in t.items)
            if own_services(used)
            else invention.bookings_of(wording, people)
        )
        used, made = (replace(used[0], tasks=visits, items=()),), replace(made, tasks=visits)
    return Material(
        wording=wording, topics=used, name=name, place=place, audience=audience, extras=tuple(extras), goods=goods,
        taglines=_unique([*_taglines(wording, audience, place, starter), *(t for topic in used for t in topic.taglines)]),
        headlines=_unique([*([] if own else _headlines(wording)), *(h for topic in used for h in topic.headlines), *_headlines(wording)]),
        descriptions=_unique(_descriptions(wording, used, audience, place, starter)),
        items=_unique([*extra_items, *mixed([t.items for t in used]), *(made.items if not known or goods or costs or starter == "memory" else ())]) if known else _unique([*extra_items, *made.items]),
        tasks=_unique([*(Task(f"Sort out the {e}", (used[0].areas or ("",))[0]) for e in extras[:3]), *_tasks(used, made, own)]),
        notes=_unique([*(made.notes[:1] if not own else ()), *mixed([t.notes for t in used]), *made.notes]),
        quizzes=_unique([*mixed([t.quizzes for t in used]), *_item_quizzes(used), *_thinking(wording)]),
        faqs=_unique([*mixed([t.faqs for t in used]), *_faqs(wording, name, goods=goods)]),
        messages=_unique([*(made.messages[:2] if known else ()), *mixed([t.messages for t in used]), *made.messages[(2 if known else 0) :]]),
        reviews=_reviews(wording),
        categories=_unique([*mixed([t.categories for t in used]), *made.categories]),
        areas=_unique([*mixed([t.areas for t in used]), *made.areas]),
        places=_unique([*(["Corner Table", "Harbour Café", "Lantern Noodles", "Old Mill Pizza"] if starter == "tip-calculator" else []), *([place] if place else []), *mixed([t.places for t in used]), "Lisbon", "Oslo", "Nairobi", "Kyoto", "Montreal", "Wellington"]),
        people=people,
        ctas=_unique([*(c for t in used for c in t.ctas), "Get started", "See how it works", "Get in touch", "Find out more"]),
    )  # fmt: skip


_MEAT: Final = re.compile(
    r"\b(?:octopus|bass|fish|salmon|tuna|beef|ribs?|lamb|pork|chicken|duck|turkey|ham|bacon|sausage|prawns?|shrimps?|carpaccio|meat|burger|cheese|egg|eggs|butter|cream|milk|panna|honey|ricotta|parmesan|mozzarella|shakshuka|croissant)\b",
    re.IGNORECASE,
)
# Topics whose items are dishes, books or similar: nobody books an hour of those.
_NO_SERVICES: Final = frozenset(
    {
        "restaurant",
        "coffee",
        "bakery",
        "recipes",
        "wine",
        "pizza",
        "school",
        "books",
        "team",
        "property",
        "groceries",
        "films",
        "travel",
        "cars",
        "doctor",
        "baby",
    }
)


def own_services(topics: Sequence[Topic]) -> bool:
    """Whether the best topic's items can be booked: a haircut can, an octopus cannot."""
    return not topics[0].generic and topics[0].key not in _NO_SERVICES


def _named(wording: Wording, topic: Topic) -> bool:
    """Whether the topic itself is what the person named, and not only something in it."""
    asked = {words.singular(wording.one.lower()), words.singular(wording.phrase.lower()), wording.about}
    return bool(asked & {topic.one, topic.key, topic.subject, words.singular(topic.subject)})


def _owned(wording: Wording, topics: Sequence[Topic]) -> bool:
    """Whether the best topic matches exactly what the person named."""
    known = {words.singular(p) for w in topics[0].words for p in w.split()}
    return not topics[0].generic and all(words.singular(p.lower()) in known for p in wording.one.split())


def mixed(lists: Sequence[Sequence[T]]) -> list[T]:
    """Interleaves the lists: one entry of each in turn."""
    return [x for row in zip_longest(*lists) for x in row if x is not None]


def _unique(values: Sequence[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))


def _extra(phrase: str, topic: Topic, wording: Wording) -> Item:
    return Item(
        words.sentence(phrase),
        topic.categories[0] if topic.categories else "",
        f"{words.sentence(phrase)}, with everything around {wording.about}.",
    )


_TAGLINES: Final = {
    "kanban": "{About}: what is next, and who has it", "todo": "{About}, one line at a time", "quiz": "How well do you know {about}?", "chat": "The place to talk about {about}",
    "expenses": "What {about} cost, to the cent", "dashboard": "{About} at a glance", "pomodoro": "Focused time for {about}", "weather": "The weather for {about}", "notes": "Notes on {about}",
    "recipes": "{About} worth keeping", "shop": "{About}, chosen with care", "landing": "{About} you can rely on", "habits": "{About}, ticked off day by day", "reading-list": "{About} to come back to",
    "tip-calculator": "A first step towards {about}: for now it splits bills", "memory": "{About}, two of each: find the pairs", "calendar": "{About}, day by day", "flashcards": "{About}, card by card", "portfolio": "{Phrase}",
}  # fmt: skip


_FAMILY: Final = frozenset(["mom", "mum", "dad", "grandma", "everyone"])


def _people(audience: str) -> str:
    """The audience of an app, with its article: "freelancers", "the marketing team"."""
    last = audience.split()[-1].lower()
    plural = words.is_plural(last) or last in ("children", "people", "staff", "kids")
    return audience if plural or last in _FAMILY or audience[:1].isupper() else f"the {audience}"


def _taglines(w: Wording, audience: str, place: str, starter: str) -> list[str]:
    about = words.sentence(w.about)
    where = f" in {place}" if place else ""
    who = (
        f" for {_people(audience)}"
        if audience and audience not in w.about and words.singular(audience) not in w.about
        else ""
    )
    own = (
        "Work out the tip and split the bill"
        if starter == "tip-calculator" and words.singular(w.one.split()[-1]) in ("tip", "bill", "check", "rent")
        else "{About}: come and join us"
        if starter == "landing" and w.phrase.split()[-1] in FEASTS
        else "{About}, open for orders"
        if starter == "shop" and w.about.startswith(("our ", "the "))
        else _TAGLINES.get(starter)
        if not w.about.startswith(("our ", "the ")) or starter != "landing" or w.phrase.split()[-1] in FEASTS
        else "{About}, open for you"
    )
    first = (
        own.format(About=about, about=w.about, Phrase=words.sentence(w.phrase)) if own else f"{about}, all in one place"
    )
    if own and not first.endswith("?") and starter not in ("tip-calculator", "portfolio") and (where or who):
        full = f"{about}{where}{who}"
        return [
            own.format(About=full, about=full[:1].lower() + full[1:] if w.about[:1].islower() else full, Phrase=full),
            f"A calm home for {w.about}",
            f"{about}, one step at a time",
            f"Made for people who care about {w.about}",
        ]
    if starter == "tip-calculator":
        return [first, "The bill, the tip, and who pays what"]
    first = (
        f"{first[:-1]}{where}{who}?"
        if first.endswith("?")
        else f"{about}{where}{who}, all in one place"
        if (where or who) and starter != "portfolio"
        else f"{first}{where}"
    )
    return [
        first,
        f"A calm home for {w.about}",
        f"{about}, one step at a time",
        f"Made for people who care about {w.about}",
    ]


def _headlines(w: Wording) -> list[str]:
    about = words.sentence(w.about)
    if w.phrase.split()[-1] in FEASTS and w.mass:
        return [
            "Save the date",
            f"We would love to see you at {w.about}",
            f"{about} is coming",
            "Come as you are, stay as long as you like",
        ]
    return [
        f"{about}, made simple",
        f"More time for {w.about}",
        f"{about}, done with care",
        f"What we love about {w.about}",
        f"Start with {w.about} today",
    ]


def _descriptions(w: Wording, topics: Sequence[Topic], audience: str, place: str, starter: str) -> list[str]:
    where = f" in {place}" if place else ""
    names = [i.name for i in mixed([t.items for t in topics])[:3]] if not topics[0].generic else []
    example = f", from {names[0]} to {names[-1]}" if len(names) > 1 else ""
    who = f"Made for {_people(audience)}: " if audience and audience not in w.about else ""
    begin = "everything" if who else "Everything"
    picks = (
        f" such as {words.listed([n[:1].lower() + n[1:] if n[1:].islower() else n for n in names[:2]])}"
        if len(names) > 1
        else ""
    )
    feast = w.phrase.split()[-1] in FEASTS and w.mass
    first = {
        "landing": f"{words.sentence(w.about)}{where}: when it begins, what happens, how to get there. Tell us that you are coming, and we keep a place for you." if feast else f"{words.sentence(w.about)}{where}, done with care{f', with offers{picks}' if picks else ''}. Tell us what you need, and we take care of the rest.",
        "shop": f"{words.sentence(w.about)}{where}, made in small batches by people who use them. New pieces every month{f', and favourites{picks}' if picks else ''}.",
        "portfolio": f"I spend my days with {w.about}{where}. Here is a selection of recent work{picks and ', with pieces' + picks}.",
    }.get(starter)  # fmt: skip
    return [
        *([first] if first else []),
        f"{who}{begin} about {w.about}{where}, gathered in one place{example}.",
        f"A clear view of {w.about}, so that nothing gets lost and there is time left for the good parts.",
        f"Ask us anything about {w.about}. We answer in plain words and within a day.",
        f"No fuss and no small print: just {w.about}, done properly.",
        f"We began with {w.about} because we could not find a place that did it well.",
        f"See what is coming up, what is done, and what {w.about} still {'need' if words.is_plural(w.about) else 'needs'}.",
        f"Pick what fits, leave what does not, and come back to {w.about} whenever you like.",
        f"Small steps, clear lists, and {w.about} at the centre.",
    ]


def _tasks(topics: Sequence[Topic], made: Topic, own: bool) -> Iterator[Task]:
    if topics[0].generic:
        yield from made.tasks
        return
    known = mixed([t.tasks for t in topics])
    # The person's own name for the subject appears among the topic's own tasks.
    mine = list(made.tasks[:1] if own else made.tasks[:4])
    for i, task in enumerate(known):
        if i % 2 == 1 and mine:
            yield mine.pop(0)
        yield task
    yield from mine
    yield from made.tasks


def _item_quizzes(topics: Sequence[Topic]) -> Iterator[Quiz]:
    """Questions that the topics' items answer by themselves: which of these belongs to that group."""
    for topic in topics:
        if topic.generic:
            continue
        for item in topic.items:
            others = [i.name for i in topic.items if i.name != item.name and i.category != item.category]
            if len(others) >= 3:
                start = crc32(item.name.encode()) % len(others)
                wrong = [*others[start:], *others[:start]][:3]
                clue = item.text.rstrip(".")
                if item.name.lower() not in clue.lower():
                    yield Quiz(f"Which of these fits: “{clue}”?", (item.name, *wrong))


def _thinking(w: Wording) -> Iterator[Quiz]:
    """For subjects without facts in the demo: honest questions on how to learn, made of the person's words."""
    a = w.about
    yield Quiz(
        f"You are new to {a}. What helps most in the first week?",
        (
            "A little practice every day",
            "Buying everything at once",
            "Waiting for the perfect moment",
            "Skipping the basics",
        ),
    )
    yield Quiz(
        f"Two sources disagree about {a}. What is the best next step?",
        ("Look for the original source", "Believe the longer text", "Believe the newer text", "Stop reading"),
    )
    yield Quiz(
        f"How do you best remember what you learn about {a}?",
        ("Test yourself after a few days", "Read it once, quickly", "Highlight every line", "Listen while asleep"),
    )
    yield Quiz(
        f"You explain {a} to a friend and get stuck. What does that show?",
        ("A gap worth filling", "That the friend is slow", "That you should change the subject", "Nothing at all"),
    )
    yield Quiz(
        f"Which plan for {a} is most likely to last?",
        ("Fifteen minutes, four times a week", "Ten hours, once", "Only when inspired", "Only in January"),
    )
    yield Quiz(
        f"What makes a good question about {a}?",
        ("It can be checked", "It is very long", "It has no answer", "It repeats the title"),
    )


def _faqs(w: Wording, name: str, *, goods: bool) -> list[tuple[str, str]]:
    a = w.about
    first = [
        ("How long does delivery take?", "Two to four working days. You get a message as soon as your parcel is on its way."),
        ("Can I send something back?", "Yes, within 30 days and without giving a reason."),
        (f"Where do the {w.many} come from?" if not w.mass else f"What makes your {a} different?", "From people we know by name. Each product page says who made it and how."),
    ] if goods else [
        (f"How do I get started with {a}?", "Write to us or pick a time that suits you. The first conversation is free and takes twenty minutes."),
        (f"Do I need to know anything about {a} before?", f"No. We explain {a} from the beginning, at your pace."),
        ("What does it cost?", "There are three plans, all listed on this page. There are no extra fees."),
    ]  # fmt: skip
    return [
        *first,
        (f"Who is behind {name}?", f"A small team that has cared about {a} for years."),
        ("Can I change my mind later?", "At any time. Tell us, and we will find what fits better."),
        (
            f"How can I reach you with a question about {a}?",
            "By e-mail or phone from Monday to Saturday. We answer within a day.",
        ),
    ]


def _reviews(w: Wording) -> tuple[str, ...]:
    a = w.about
    return (
        f"Friendly, careful and always on time. I would not go anywhere else for {a}.", f"They know {a} inside out and explain it without showing off.",
        "I came because a friend insisted, and now I am the friend who insists.", f"Exactly what I hoped for. {words.sentence(a)}, without the usual hassle.",
        f"Honest advice, fair prices, and a real love of {a}.", "Small things done well, every single time.",
    )  # fmt: skip
