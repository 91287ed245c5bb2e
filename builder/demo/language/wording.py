"""How sentences speak of a subject: "houseplants", "the wedding", "dog walking"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from builder.demo.language import words
from builder.demo.language.reading import Reading
from builder.demo.language.topic import Topic

_TRADE: Final = frozenset(
    [
        "business",
        "company",
        "service",
        "services",
        "startup",
        "agency",
        "brand",
        "firm",
        "enterprise",
        "organisation",
        "organization",
    ]
)
WORKPLACES: Final = frozenset(
    [
        "shop",
        "store",
        "studio",
        "salon",
        "clinic",
        "practice",
        "stand",
        "school",
        "club",
        "bar",
        "cafe",
        "café",
        "bakery",
        "restaurant",
        "hotel",
        "farm",
        "gym",
        "museum",
        "library",
        "church",
        "charity",
        "office",
        "lab",
        "brewery",
        "winery",
        "gallery",
        "garage",
        "workshop",
        "hospital",
        "pharmacy",
        "band",
        "team",
        "festival",
        "conference",
        "event",
        "party",
        "wedding",
        "trip",
        "holiday",
        "house",
        "home",
        "kitchen",
        "garden",
        "campaign",
        "degree",
        "exam",
        "course",
        "thesis",
        "novel",
        "podcast",
        "youtube",
        "channel",
        "channelling",
        "newsletter",
        "magazine",
        "university",
        "college",
        "nursery",
        "shelter",
        "daycare",
        "preschool",
        "laundromat",
        "cart",
        "spa",
        "kindergarten",
        "food",
        "truck",
        "truck",
        "pizzeria",
        "bistro",
        "diner",
        "pub",
        "hostel",
        "orchestra",
        "choir",
        "theatre",
        "theater",
        "cinema",
        "stable",
        "zoo",
        "vineyard",
        "boutique",
        "barbershop",
        "dealership",
        "airline",
        "parlour",
        "parlor",
        "roastery",
        "taproom",
        "winery",
        "life",
        "place",
        "center",
        "centre",
        "day",
        "week",
        "month",
        "year",
        "desk",
        "book",
        "tour",
        "market",
        "league",
    ]
)
_DEFINITE: Final = frozenset({"our", "my", "the", "your", "their", "his", "her"})


@dataclass(frozen=True)
class Wording:
    """Forms of one subject. `phrase`: as the person wrote it; `about`: in the middle of a sentence; `one`, `many`: countable forms."""

    phrase: str
    about: str
    one: str
    many: str
    mass: bool
    business: bool

    @property
    def label(self) -> str:
        """The word before "List" or "Board" in a name: "Houseplant", "Dog Walking"."""
        return words.title(self.one)


FEASTS: Final = frozenset(
    [
        "wedding",
        "birthday",
        "party",
        "festival",
        "reunion",
        "anniversary",
        "shower",
        "gala",
        "graduation",
        "run",
        "race",
        "fair",
        "fundraiser",
        "marathon",
        "tournament",
        "retreat",
        "hackathon",
        "meetup",
    ]
)
_TEACHES: Final = {
    "teacher": "lessons",
    "tutor": "lessons",
    "instructor": "lessons",
    "coach": "coaching",
    "trainer": "training",
}
_ERA: Final = re.compile(
    r"^(?:Revolution|War|Empire|Renaissance|Enlightenment|Reformation|Republic|Crusades|Depression)$"
)
# Words that end like a trade and are none.
_WARES: Final = frozenset(
    [
        "shelter",
        "flower",
        "paper",
        "leather",
        "silver",
        "copper",
        "pepper",
        "butter",
        "water",
        "burger",
        "beer",
        "computer",
        "sticker",
        "poster",
        "sneaker",
        "diner",
        "player",
        "lager",
        "cider",
        "letter",
        "folder",
        "planter",
        "skincare",
        "number",
        "dinner",
        "quilter",
        "motor",
        "colour",
        "color",
        "monitor",
        "river",
        "winter",
        "summer",
        "weather",
        "paper",
        "cooler",
        "toner",
        "scooter",
        "roller",
    ]
)
_COUNTED: Final = frozenset(
    [
        "nail",
        "dog",
        "cat",
        "bike",
        "book",
        "car",
        "phone",
        "shoe",
        "toy",
        "plant",
        "flower",
        "candle",
        "cake",
        "burger",
        "tattoo",
        "record",
        "guitar",
        "wig",
        "tyre",
        "key",
    ]
)
_TRADES: Final = frozenset(
    [
        "shop",
        "store",
        "studio",
        "salon",
        "clinic",
        "practice",
        "school",
        "club",
        "agency",
        "office",
        "garage",
        "workshop",
        "cafe",
        "café",
        "bar",
        "stand",
        "truck",
        "cart",
        "place",
    ]
)


def wording(reading: Reading, topic: Topic | None, *, public: bool = False, definite: bool = False) -> Wording:
    """The forms for a prompt; `public` apps (a shop, a landing page) speak of the trade, not of "our wedding"."""
    phrase = _lower(reading.subject)
    if not phrase:
        phrase = _lower(reading.audience or (topic.many if topic else "everyday things"))
        if reading.audience:
            return Wording(phrase, f"the {words.singular(phrase)}", words.singular(phrase), phrase, True, False)
    parts = phrase.split()
    business = parts[-1].lower() in _TRADE
    if business and len(parts) > 1:
        bare = " ".join(parts[:-1])
        last = bare.split()[-1]
        mass = words.is_mass(last) or last.endswith("ing") or not words.is_plural(last)
        return Wording(phrase, bare, bare, bare if mass else words.plural(bare), mass, True)
    last = parts[-1]
    if public and len(parts) > 1 and last.lower() in _TEACHES:
        taught = f"{' '.join(parts[:-1])} {_TEACHES[last.lower()]}"
        return Wording(phrase, taught, taught, taught, True, False)
    if public and last.lower() in FEASTS:
        return Wording(phrase, f"the {phrase}", phrase, words.plural(phrase), True, False)
    if (
        public
        and topic
        and last.lower() not in _WARES
        and last.lower() in topic.words
        and re.search(r"(?:er|or|ist|ian|ect)$", last.lower())
    ):
        return Wording(phrase, topic.subject, phrase, words.plural(phrase), True, False)
    if public and len(parts) > 1 and last.lower() in _TRADES:
        bare = " ".join(parts[:-1])
        bare = (
            words.plural(bare)
            if (last.lower() in ("truck", "stand", "cart") or bare in _COUNTED) and not words.is_mass(bare.split()[-1])
            else bare
            if words.is_mass(bare.split()[-1]) or topic
            else words.plural(bare)
            if bare.islower() and not bare.endswith(("y", "ing", "l", "c"))
            else bare
        )
        return Wording(phrase, bare, phrase, words.plural(phrase), True, True)
    if public and len(parts) == 1 and topic and last.lower() in WORKPLACES and topic.subject != phrase:
        return Wording(phrase, f"our {phrase}", phrase, words.plural(phrase), False, False)
    if reading.language != "en" and topic is None:
        return Wording(phrase, phrase, phrase, phrase, True, False)
    if (
        public
        and last.lower() not in _WARES
        and re.search(
            r"(?:grapher|signer|strator|chitect|tist|cian|smith|maker|keeper|lawyer|tor|cher|neer|per|ner|ter|wer)$",
            last.lower(),
        )
        and not words.is_plural(last)
    ):
        about = (
            " ".join([*parts[:-1], topic.subject])
            if topic
            and not {words.singular(p) for p in parts[:-1]} & {words.singular(p) for p in topic.subject.split()}
            else topic.subject
            if topic
            else f"the work of {words.with_article(phrase)}"
        )
        return Wording(phrase, about, phrase, words.plural(phrase), True, False)
    found = (
        re.search(rf"\b(\w+)\s+{re.escape(reading.subject)}", reading.prompt, re.IGNORECASE)
        if reading.subject
        else None
    )
    determiner = found[1].lower() if found else ""
    if _ERA.search(last) or (determiner == "the" and _proper(last)):
        return Wording(phrase, f"the {phrase}", phrase, phrase, True, False)
    if topic and phrase.lower() in (topic.subject, topic.key) and phrase.lower() not in (topic.one, topic.many):
        return Wording(phrase, phrase, phrase, phrase, True, False)
    if _proper(last):
        about = f"the {phrase}" if determiner == "the" else phrase
        return Wording(phrase, about, phrase, phrase, True, False)
    if words.is_plural(last):
        return Wording(phrase, phrase, words.singular(phrase), phrase, False, False)
    if words.is_mass(last) or (
        last.endswith("ing")
        and last not in ("wedding", "painting", "drawing", "building", "ring", "recording", "meeting", "earring")
    ):
        return Wording(phrase, phrase, phrase, phrase, True, False)
    if parts[0].endswith("ing") and len(parts) > 1 and determiner in ("for", "about", "of", "on", ""):
        return Wording(phrase, phrase, phrase, phrase, True, False)  # "moving house": an activity
    if last.lower() in WORKPLACES:
        about = phrase if public and len(parts) == 1 else f"the {phrase}"
        return Wording(phrase, about, phrase, words.plural(phrase), False, public)
    if definite and topic is None and determiner not in _DEFINITE and not public:
        name = words.title(phrase)  # "harry potter", "solar system": names more often than things
        return Wording(name, name, name, name, True, False)
    if (determiner in _DEFINITE or definite) and not public:
        return Wording(phrase, f"the {phrase}", phrase, words.plural(phrase), False, False)
    return Wording(phrase, words.plural(phrase), phrase, words.plural(phrase), False, False)


def _proper(word: str) -> bool:
    return word[:1].isupper()


def _lower(phrase: str) -> str:
    """The phrase in lower case, except proper names (a capital that does not merely start the prompt or shout)."""
    parts = phrase.split()
    if all(p.isupper() for p in parts) and len(phrase) > 5:
        return phrase.lower()
    return " ".join(p if any(c.isupper() for c in p) and not (p.isupper() and len(p) > 6) else p.lower() for p in parts)
