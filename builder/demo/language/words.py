"""English words: plural, singular, articles and titles, as far as a prompt's nouns need them."""

from __future__ import annotations

import re
from typing import Final

_IRREGULAR: Final = {
    "person": "people", "child": "children", "man": "men", "woman": "women", "foot": "feet", "tooth": "teeth",
    "goose": "geese", "mouse": "mice", "ox": "oxen", "leaf": "leaves", "loaf": "loaves", "knife": "knives",
    "life": "lives", "wife": "wives", "half": "halves", "shelf": "shelves", "wolf": "wolves", "calf": "calves",
    "scarf": "scarves", "thief": "thieves", "potato": "potatoes", "tomato": "tomatoes", "hero": "heroes",
    "echo": "echoes", "mango": "mangoes", "cactus": "cacti", "fungus": "fungi", "criterion": "criteria",
    "quiz": "quizzes", "bus": "buses", "gas": "gases", "analysis": "analyses", "dwarf": "dwarves", "bonsai": "bonsai",
}  # fmt: skip
_SINGULAR_IRREGULAR: Final = {v: k for k, v in _IRREGULAR.items() if v != k} | {
    "movies": "movie", "cookies": "cookie", "pies": "pie", "ties": "tie", "selfies": "selfie", "zombies": "zombie",
    "brownies": "brownie", "smoothies": "smoothie", "shoes": "shoe", "houses": "house", "horses": "horse",
    "courses": "course", "nurses": "nurse", "vases": "vase", "cases": "case", "bases": "base", "leases": "lease",
    "purchases": "purchase", "expenses": "expense", "exercises": "exercise", "cheeses": "cheese", "noses": "nose",
    "roses": "rose", "phrases": "phrase", "releases": "release", "licenses": "license", "responses": "response",
    "promises": "promise", "prizes": "prize", "sizes": "size", "mazes": "maze", "axes": "axe", "caches": "cache",
    "headaches": "headache", "moustaches": "moustache", "toes": "toe", "canoes": "canoe", "octopuses": "octopus",
    "calories": "calorie", "genies": "genie", "hoodies": "hoodie", "indies": "indie", "eyes": "eye", "caves": "cave",
    "olives": "olive", "gloves": "glove", "stoves": "stove", "waves": "wave", "archives": "archive",
}  # fmt: skip
_SAME: Final = frozenset(
    [
        "fish",
        "sheep",
        "deer",
        "salmon",
        "trout",
        "series",
        "species",
        "aircraft",
        "software",
        "hardware",
        "music",
        "equipment",
        "furniture",
        "jewellery",
        "jewelry",
        "pottery",
        "luggage",
        "homework",
        "laundry",
        "news",
        "weather",
        "advice",
        "money",
        "water",
        "rice",
        "tea",
        "coffee",
        "bread",
        "sushi",
        "information",
        "knitting",
        "origami",
        "yoga",
        "chess",
        "football",
        "tennis",
        "basketball",
        "golf",
        "rugby",
        "cricket",
        "hockey",
        "mathematics",
        "maths",
        "physics",
        "ethics",
        "politics",
        "economics",
        "athletics",
        "gymnastics",
        "ceramics",
        "genetics",
        "electronics",
        "linguistics",
        "statistics",
        "robotics",
        "logistics",
        "mechanics",
        "research",
        "traffic",
        "fitness",
        "health",
        "wellness",
        "kindness",
        "happiness",
        "business-class",
        "sports-news",
        "math",
        "history",
        "geography",
        "art",
        "poetry",
        "literature",
        "space",
        "photography",
        "astronomy",
        "biology",
        "chemistry",
        "algebra",
        "geometry",
        "calculus",
        "philosophy",
        "psychology",
        "cycling",
        "running",
        "hiking",
        "camping",
        "climbing",
        "swimming",
        "gardening",
        "farming",
        "baking",
        "cooking",
        "sewing",
        "crochet",
        "surfing",
        "sailing",
        "skiing",
        "snowboarding",
        "fishing",
        "beekeeping",
        "birdwatching",
        "woodworking",
        "calligraphy",
        "embroidery",
        "meditation",
        "sleep",
        "energy",
        "climate",
        "recycling",
        "volunteering",
        "parking",
        "cleaning",
        "catering",
        "babysitting",
        "tutoring",
        "marketing",
        "accounting",
        "insurance",
        "real-estate",
        "honey",
        "soap",
        "cheese-making",
        "wine",
        "beer",
        "chocolate",
        "trivia",
        "karaoke",
        "jazz",
        "opera",
        "theatre",
        "dance",
        "ballet",
        "crypto",
        "bitcoin",
        "stuff",
        "legos",
        "lego",
        "clothing",
        "merchandise",
        "feedback",
        "support",
        "travel",
        "grammar",
        "spelling",
        "vocabulary",
        "tableware",
        "cutlery",
        "content",
        "pricing",
        "status",
        "maintenance",
        "usage",
        "estate",
        "bmi",
        "okr",
        "markdown",
        "regex",
        "json",
        "medicine",
        "attendance",
        "seo",
        "hr",
        "care",
        "inventory",
        "pizza",
        "tetris",
        "pong",
        "hangman",
        "2048",
        "wordle",
        "minesweeper",
        "solitaire",
        "blackjack",
        "poker",
        "bingo",
        "soup",
        "sugar",
        "fabric",
        "yarn",
        "wood",
        "leather",
        "art-therapy",
    ]
)
_SINGULAR_IN_S: Final = ("ss", "us", "is", "ics", "ous")
_AN_EXCEPTIONS: Final = re.compile(
    r"(?:uni(?!n|m)|use|usual|user|util|euro|one\b|once|ufo|u\b|ukulele|ewe)", re.IGNORECASE
)
_AN_SILENT: Final = re.compile(r"(?:hour|honest|honou?r|heir|rsvp|mp\d|nft|rpg|sms|fm\b|hr\b|lgbt|x-)", re.IGNORECASE)
_SMALL: Final = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "but",
        "by",
        "de",
        "da",
        "do",
        "dos",
        "das",
        "e",
        "for",
        "from",
        "in",
        "of",
        "on",
        "or",
        "the",
        "to",
        "vs",
        "with",
    ]
)
_UPPER: Final = frozenset(
    ["ai", "api", "bbq", "bmx", "cd", "cpr", "crm", "css", "cv", "d&d", "dj", "diy", "dna", "dnd", "dvd", "eu", "faq", "fbi", "fifa", "f1", "gdp", "gps", "hiv", "hr", "html", "ibm", "ios", "it", "jazz-fm", "kpi", "led", "lgbt", "mit", "mma", "mri", "nasa", "nba", "nfl", "nft", "nhl", "ngo", "ok", "pc", "pdf", "phd", "pr", "pta", "qa", "rna", "rpg", "rsvp", "saas", "seo", "sms", "sql", "tv", "ufo", "uk", "un", "us", "usa", "ux", "ui", "vip", "vr", "wwi", "wwii", "ww1", "ww2", "xml", "yoga-fm"]
) - {"it", "us"}  # fmt: skip


_INITIALS: Final = frozenset(["bmi", "json", "url", "okr", "rsvp", "roi", "gpa", "qr", "csv", "http", "api"])
_MASS_ENDING: Final = re.compile(r"(?:ology|graphy|nomy|dermy|onry|istry|ism|ness|ity|ics|esis|osis|pause|ying|doku)$")


def is_mass(word: str) -> bool:
    """Whether the word is used without a plural ("music", "yoga", "falconry")."""
    low = word.lower()
    return low in _SAME or (len(low) > 5 and bool(_MASS_ENDING.search(low)))


def plural(phrase: str) -> str:
    """The plural of the last word of `phrase`; a word that is plural already, or has no plural, stays as it is."""
    head, _, word = phrase.rpartition(" ")
    low = word.lower()
    if not word or is_mass(low) or is_plural(low):
        return phrase
    if low in _IRREGULAR:
        made = _IRREGULAR[low]
    elif re.search(r"(?:s|x|z|ch|sh)$", low):
        made = low + "es"
    elif re.search(r"[^aeiou]y$", low):
        made = low[:-1] + "ies"
    else:
        made = low + "s"
    return f"{head} {_cased(word, made)}".strip()


def singular(phrase: str) -> str:
    """The singular of the last word of `phrase`."""
    head, _, word = phrase.rpartition(" ")
    low = word.lower()
    if low in _SINGULAR_IRREGULAR:
        made = _SINGULAR_IRREGULAR[low]
    elif is_mass(low) or not low.endswith("s") or low.endswith(_SINGULAR_IN_S) or len(low) < 4:
        return phrase
    elif low.endswith("ies"):
        made = low[:-3] + "y"
    elif re.search(r"(?:ss|x|z|ch|sh)es$", low):
        made = low[:-2]
    elif low.endswith("ves") and low[:-3] + "f" in _IRREGULAR:
        made = low[:-3] + "f"
    elif low.endswith("oes"):
        made = low[:-2]
    else:
        made = low[:-1]
    return f"{head} {_cased(word, made)}".strip()


def is_plural(word: str) -> bool:
    """Whether a single word looks plural."""
    low = word.rpartition(" ")[2].lower()
    return not is_mass(low) and (low in _SINGULAR_IRREGULAR or (low.endswith("s") and singular(low) != low))


def article(phrase: str) -> str:
    """`a` or `an`, depending on the first sound of the phrase."""
    if _AN_SILENT.match(phrase):
        return "an"
    return "an" if re.match(r"[aeiou]", phrase, re.IGNORECASE) and not _AN_EXCEPTIONS.match(phrase) else "a"


def with_article(phrase: str) -> str:
    """`a plant`, `an invoice`; plurals and mass nouns stand alone."""
    last = phrase.rpartition(" ")[2]
    return phrase if is_plural(last) or is_mass(last) else f"{article(phrase)} {phrase}"


def title(phrase: str) -> str:
    """Title case: small words stay small, known initials get capitals, words with capitals stay as they are."""
    parts = phrase.split()
    return " ".join(_titled(word, first=i == 0) for i, word in enumerate(parts))


def sentence(phrase: str) -> str:
    """The phrase with its first letter in upper case."""
    text = " ".join(_titled(w, first=False) if w.lower() in _UPPER else w for w in phrase.split(" "))
    return text[:1].upper() + text[1:]


def listed(words: list[str] | tuple[str, ...], last: str = "and") -> str:
    """`a, b and c`."""
    parts = list(words)
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}" if parts else ""


def shown(phrase: str) -> str:
    """The phrase in lower case with known initials in capitals: `BMI calculator`."""
    return " ".join(w.upper() if w.lower() in _UPPER | _INITIALS else w for w in phrase.split(" "))


def slug(text: str) -> str:
    """A package name made of the text's letters: `happy-tails`; `app` where nothing is left."""
    plain = text.lower().translate(_PLAIN)
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "app"


def _titled(word: str, *, first: bool) -> str:
    low = word.lower()
    if low in _UPPER:
        return word.upper() if low not in ("ios", "saas") else {"ios": "iOS", "saas": "SaaS"}[low]
    if any(c.isupper() for c in word[1:]) or (low in _SMALL and not first):
        return word
    return re.sub(r"(^|-)([^\W\d_])", lambda m: m[1] + m[2].upper(), word)


def _cased(pattern: str, word: str) -> str:
    return word.capitalize() if pattern[:1].isupper() and not pattern.isupper() else word


_PLAIN: Final = str.maketrans("àáâãäåçèéêëìíîïñòóôõöùúûüýß", "aaaaaaceeeeiiiinooooouuuuys")
