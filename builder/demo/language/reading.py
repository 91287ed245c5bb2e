"""What a prompt asks for: subject, name, kind of app, audience, colours, features. No model, no dependencies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from builder.demo.language import colour, lexicon, words
from builder.demo.language.spelling import mended

MAX_READ: Final = 4_000  # characters; a person's description is at the beginning

_QUOTES: Final = '"“”„«»'
_NAME_CUE: Final = r"(?:called|named|titled|entitled|by the name of|(?:the|its|app) name (?:is|should be)|name it|call it|chamad[oa]|llamad[oa]|appelée?|namens|genannt)"
_QUOTED: Final = re.compile(
    rf"{_NAME_CUE}:?\s+[{_QUOTES}'‘](?P<name>[^{_QUOTES}\n]{{1,60}}?)[{_QUOTES}'’](?!\w)", re.IGNORECASE
)
_NAMED: Final = re.compile(rf"{_NAME_CUE}:?\s+(?P<rest>[^\n]+)", re.IGNORECASE)
_ANY_QUOTED: Final = re.compile(r"[\"“«](?P<name>[^\"”»\n]{2,40})[\"”»]")
_NAME_ENDS: Final = re.compile(
    r"[,;.!?()\n:]|\s[-–—]\s|\s(?:with|that|which|where|for|in|using|and (?:has|make|use|add|include|it|a|the|an)|featuring|including|who|so|because|"
    r"please|it should|com|para|con|avec|pour|mit|für|without)\s",
    re.IGNORECASE,
)
_CLAUSE: Final = re.compile(
    r"[,;:!?()\n]|\.(?=\s|$)|\s[-–—]\s|\b(?:with|without|that|which|where|including|include|featuring|so that|so|who|whose|when|while|and (?:it|make|use|add|show|has|i|let)|"
    r"using|sorted|grouped|but|plus|to help|inspired|because|in order to|as well as)\b",
    re.IGNORECASE,
)
_WITHOUT: Final = re.compile(
    r"\b(?:without|no|not|minus|skip(?: the)?|leave out|don't (?:want|need|include)(?: a| any)?|sem|sans|ohne|sin)\s+(?:a |an |any |the )?(?P<what>[\w' -]{2,30})",
    re.IGNORECASE,
)
_WITH: Final = re.compile(
    r"\b(?:with|including|includes?|featuring|has|have|having|plus|add|shows?|needs?|that can|com|avec|mit|con)\s+(?P<what>.+?)(?=\.(?:\s|$)|[;!?\n]|\bwithout\b|\bthat\b|\bfor\b|$)",
    re.IGNORECASE,
)
_DARK: Final = re.compile(
    r"\bdark(?:[ -]?(?:mode|theme|themed|ui|style|look|background|colou?rs?))|\bin dark\b|\bnight mode\b|\bmodo escuro\b|\bmodo oscuro\b|\bdunkel|\bmode sombre|(?:^|,)\s*dark\s*(?:$|[,.])|\bblack background\b",
    re.IGNORECASE,
)
_LIGHT: Final = re.compile(r"\blight (?:mode|theme)\b|\bmodo claro\b", re.IGNORECASE)
_COLOUR_SAYS: Final = r"(?:theme|themed|accents?|colou?rs?|coloured|colored|colou?r scheme|palette|header|background|buttons?|tones?|shades?|hues?|mode|design|look|style|branding|ui)"
_PLACE: Final = re.compile(
    r"\b(?:in|near|around|from|at|em|à|en)\s+(?P<place>[A-ZÀ-Þ][\w'’À-ÿ-]+(?:\s+(?:[A-ZÀ-Þ][\w'’À-ÿ-]+|de|do|da|of|upon))*)"
)
_TOKEN: Final = re.compile(r"[^\W_]+(?:['’&.+-][^\W_]+)*")
_PHRASES: Final = re.compile(rf"\b(?:{'|'.join(sorted(lexicon.PHRASES, key=len, reverse=True))})\b", re.IGNORECASE)
_SERVERS: Final = frozenset(w for known in lexicon.BACKEND.values() for w in known)


@dataclass(frozen=True)
class Reading:
    """A prompt, understood as far as word lists and word order allow.

    `subject` is the main noun phrase in the person's words ("dog walking business"); `nouns` all subject nouns,
    most important first, lower case; `terms` every word of the prompt (mended, translated, lower case).
    """

    prompt: str
    language: str = "en"
    name: str = ""
    subject: str = ""
    nouns: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    audience: str = ""
    place: str = ""
    accent: str = ""
    parts: tuple[tuple[str, str], ...] = ()  # ("header", "#2e7d32")
    dark: bool | None = None
    wants: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    stack: str = ""
    servers: tuple[str, ...] = ()


_TURNS: Final = (
    (
        re.compile(r"^(?:so,? )?how (?:well|much) do (?:you|i|we|they) (?:really )?know (?:about )?", re.IGNORECASE),
        "quiz about ",
    ),
    (re.compile(r"^(?:test|check) (?:your|my|our) knowledge (?:of|about|on) ", re.IGNORECASE), "quiz about "),
    (
        re.compile(r"\b(memory|matching|pairs|concentration) (?:card )?game (?:with|of)\b", re.IGNORECASE),
        r"\1 game about",
    ),
    (re.compile(r"\bcountdown (?:to|till|until)\b", re.IGNORECASE), "countdown for"),
    (re.compile(r"\btrack(?:ing)? (?:my|our|the) reading\b", re.IGNORECASE), "reading tracker"),
    (re.compile(r"\b\d+[- ](?:year|day|week|month)s?(?:[- ]old)?\b", re.IGNORECASE), ""),
    (
        re.compile(
            r"\b(?:how many|how much|number of|amount of) (?:glasses|cups|hours|minutes|pages|times|steps)(?: of)?\b",
            re.IGNORECASE,
        ),
        "",
    ),
    (re.compile(r"\brecipe box\b", re.IGNORECASE), "recipe collection"),
    (re.compile(r"\bkeep(?:s|ing)? track of\b", re.IGNORECASE), "track"),
    (re.compile(r"\bmap of\b", re.IGNORECASE), "map about"),
)


def read(prompt: str, known: frozenset[str] = frozenset()) -> Reading:
    """Read `prompt`; `known` are further words (those of the topics) to which misspelt words may be corrected."""
    text = _plain(prompt)
    language = _language(text)
    name, rest = _name(text)
    dark = True if _DARK.search(rest) else False if _LIGHT.search(rest) else None
    accent, parts, rest = _colours(rest)
    place = _place(rest)
    english = " ".join(_english(rest, language))
    vocabulary = known | lexicon.KINDS
    tidy = _mend(english, vocabulary)
    without = tuple(_feature(m["what"]) for m in _WITHOUT.finditer(tidy))
    kept = _WITHOUT.sub(" , ", tidy)
    wants = tuple(dict.fromkeys(w for m in _WITH.finditer(kept) for w in _split_features(m["what"])))
    subject, nouns, audience = _subject(kept, place)
    terms = tuple(t.lower() for t in _TOKEN.findall(tidy))
    return Reading(
        prompt=prompt, language=language, name=name, subject=subject, nouns=nouns, terms=terms,
        kinds=tuple(dict.fromkeys(t for t in terms if t in lexicon.KINDS)), audience=audience, place=place, accent=accent, parts=parts, dark=dark,
        wants=wants, without=tuple(w for w in without if w), stack=_stack(terms), servers=_servers(kept),
    )  # fmt: skip


def tokens(text: str) -> list[str]:
    """The words of `text`, as written."""
    return _TOKEN.findall(text)


def content_words(phrase: str) -> list[str]:
    """The words of `phrase` that carry meaning, kinds of app left out."""
    return [
        w
        for w in _TOKEN.findall(phrase)
        if _base(w) not in lexicon.STOP and _base(w) not in lexicon.KINDS and not w.isdigit()
    ]


def _plain(prompt: str) -> str:
    text = prompt[:MAX_READ]
    if text.isupper() and len(text) > 12:
        text = text.lower()
    text = text.replace("’", "'").replace("\t", " ").replace("\r", "\n")
    for sign, word in lexicon.EMOJI.items():
        text = text.replace(sign, f" {word} ")
    text = "".join(c if c.isprintable() or c == "\n" else " " for c in text)
    for pattern, turned in _TURNS:
        text = pattern.sub(turned, text)
    text = re.sub(r"[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F\u200d]", " ", text)
    text = re.sub(r"\bto[- ]do\b", "todo", text, flags=re.IGNORECASE)
    text = re.sub(r"\b(log|sign)(?:ging|ing)?[ -](in|up)\b", r"\1\2", text, flags=re.IGNORECASE)
    return re.sub(r"[ ]+", " ", text).strip()


def _language(text: str) -> str:
    low = [w.lower() for w in _TOKEN.findall(text)]
    english = sum(w in lexicon.STOP for w in low)
    scores = {code: sum(w in known for w in low) for code, known in lexicon.FUNCTION_WORDS.items()}
    foreign = sum(w in lexicon.TRANSLATED for w in low)
    best = max(scores, key=lambda code: scores[code])
    if re.search(r"[ãõ]|ção|lh[oa]s?\b", text.lower()) and scores["pt"]:
        best = "pt"
    return best if scores[best] >= 1 and scores[best] + foreign > english + 1 else "en"


def _english(text: str, language: str) -> list[str]:
    """The text's words, with those of other languages translated into English; punctuation is kept."""
    if language == "en":
        return [text]
    text = _PHRASES.sub(lambda match: lexicon.PHRASES[match[0].lower()], text)
    parts = re.split(r"(\W+)", text)
    return ["".join(lexicon.TRANSLATED.get(p.lower(), p) for p in parts)]


def _mend(text: str, vocabulary: frozenset[str]) -> str:
    fixed = vocabulary | lexicon.STOP | lexicon.PEOPLE | lexicon.FEATURES

    def repaired(match: re.Match[str]) -> str:
        word = match[0]
        low = word.lower()
        if low in lexicon.SLIPS:
            return lexicon.SLIPS[low]
        if word[:1].isupper() or low in fixed or words.singular(low) in fixed or words.plural(low) in fixed:
            return word
        return mended(word, vocabulary)

    return re.sub(r"[A-Za-z]{5,}", repaired, text)


def _name(text: str) -> tuple[str, str]:
    """(proper name, text without it)."""
    match = _QUOTED.search(text)
    if match:
        return _tidy_name(match["name"]), text[: match.start()] + " , " + text[match.end() :]
    match = _NAMED.search(text)
    if match:
        rest = match["rest"]
        end = _NAME_ENDS.search(rest)
        name = rest[: end.start()] if end else rest
        if 0 < len(name.split()) <= 6:
            return _tidy_name(name), text[: match.start()] + " , " + rest[len(name) :]
    match = _ANY_QUOTED.search(text)
    if match and len(match["name"].split()) <= 4:
        return _tidy_name(match["name"]), text[: match.start()] + match["name"] + text[match.end() :]
    match = re.match(r"^([A-Z][\w'&-]*(?: [A-Z&][\w'&-]*){0,3})\s?[:–—]\s+\w", text)
    if match and match[1].lower() not in lexicon.KINDS and match[1].lower() not in lexicon.STOP:
        return match[1], text[match.end(1) + 1 :]
    return "", text


def _tidy_name(name: str) -> str:
    name = name.strip(" \"'“”‘’.-")
    return words.title(name) if name.islower() else name


def _colours(text: str) -> tuple[str, tuple[tuple[str, str], ...], str]:
    """(accent, colours of named parts, text without the colour words)."""
    accent, parts, spans = "", [], []
    for shown, value, (start, end) in colour.found(text):
        low, after, before = shown.lower(), text[end : end + 24].lower(), text[max(0, start - 26) : start].lower()
        said = (
            re.match(rf"[ -]*(?:and \w+ )?{_COLOUR_SAYS}\b", after)
            or re.search(rf"{_COLOUR_SAYS}[ :]*+(?:in|is|of|should be|=)?\s*+$", before)
            or (
                re.search(r"\b(?:in|em|en|make it|everything|use|with)\s+$", before)
                and re.match(r"\s*(?:$|[,.;!]|and\b)", after)
            )
        )
        listed = (
            re.search(r"(?:^|,|;|\band|\.)\s*$", before)
            and re.match(r"\s*(?:$|[,.;!])", after)
            and bool(before.strip())
        )
        if not (said or listed or low.startswith("#")) or (low == "light" or low == "dark"):
            continue
        if low in colour.AMBIGUOUS and not said and not (listed and re.match(r"\s*+[.!]?\s*+$", after)):
            continue
        spans.append((start, end))
        part = re.match(r"[ -]*(header|background|buttons?)\b", after) or re.search(
            r"(header|background|buttons?)\W+(?:\w+\W+)?$", before
        )
        if part and part[1] in ("header", "background"):
            parts.append((part[1], value))
        elif not accent and value not in ("#ffffff",):
            accent = value
    for start, end in reversed(spans):
        text = text[:start] + " " + text[end:]
    text = re.sub(
        r"\b(?:in|with)?\s?(?:a|an)?\s?(?:dark|light|night)[ -](?:mode|theme|themed)\b|\bmodo (?:escuro|claro)\b|,\s?dark\s?(?=$|,|\.)",
        " , ",
        text,
        flags=re.IGNORECASE,
    )
    return accent, tuple(parts), text


def _place(text: str) -> str:
    for match in _PLACE.finditer(text):
        if match["place"].split()[0].lower() not in lexicon.NOT_PLACES:
            return match["place"].removesuffix("'s").strip()
    return ""


def _stack(terms: tuple[str, ...]) -> str:
    for stack, names in (
        ("vue", {"vue", "vuejs", "vue.js", "nuxt", "vue3"}),
        ("svelte", {"svelte", "sveltekit"}),
        ("react", {"react", "reactjs", "react.js", "next.js", "nextjs"}),
    ):
        if names & set(terms):
            return stack
    return ""


def _servers(text: str) -> tuple[str, ...]:
    terms = {t.lower() for t in _TOKEN.findall(text)}
    singulars = {words.singular(t) for t in terms}
    return tuple(label for label, known in lexicon.BACKEND.items() if known & (terms | singulars))


def _feature(text: str) -> str:
    cut = re.split(r"\s(?:and|or|but|with|in|for|that|e|et|und|y)\s", text.strip(), maxsplit=1)[0]
    return " ".join(w.lower() for w in _TOKEN.findall(cut)[:4])


def _split_features(text: str) -> list[str]:
    pieces = re.split(r",|\band\b|\bor\b|&|\bplus\b|\be\b", text)
    found = []
    for piece in pieces:
        kept = [w.lower() for w in _TOKEN.findall(piece)]
        while kept and kept[0] in ("a", "an", "the", "some", "my", "our", "its", "also"):
            kept.pop(0)
        if 0 < len(kept) <= 5:
            found.append(" ".join(kept))
    return found


def _base(word: str) -> str:
    return word.lower().removesuffix("'s").removesuffix("'")


def _chunks(clause: str) -> list[tuple[str, str]]:
    """(word before the chunk that decides its role, chunk of content words) in the clause's order."""
    found: list[tuple[str, str]] = []
    role = ""
    held: list[str] = []
    for word in re.findall(r"[Rr]eal [Ee]state|[^\W_]+(?:['’&.+-][^\W_]+)*'?", clause):
        low = _base(word)
        bare = word.rstrip("'")
        if low in (
            "for",
            "about",
            "of",
            "on",
            "to",
            "in",
            "at",
            "from",
            "by",
            "near",
            "around",
            "into",
            "em",
            "no",
            "na",
            "au",
            "en",
            "im",
            "against",
            "before",
            "after",
            "during",
        ):
            if held:
                found.append((role, " ".join(held)))
            role, held = (
                ("of" if low == "of" else "for" if low == "for" else "about" if low in ("about", "on") else "other"),
                [],
            )
        elif low == "and" and held and held[-1].lower() not in lexicon.KINDS:
            held.append("and")  # "coffee and cake" is one subject
        elif low == "and" or low in lexicon.STOP:
            if held:
                found.append((role, " ".join(held)))
                held = []
        elif bare and not bare.isdigit():
            held.append(bare)
            if word.endswith("s'"):  # "my houseplants' watering": the owner is the subject
                found.append((role, " ".join(held)))
                role, held = "other", []
    if held:
        found.append((role, " ".join(held)))
    return found


def _subject(text: str, place: str) -> tuple[str, tuple[str, ...], str]:
    """(main noun phrase, all subject nouns, audience)."""
    clauses = [c for c in _CLAUSE.split(text) if c and c.strip()]
    scored: list[tuple[int, int, str]] = []
    audience = ""
    order = 0
    for position, clause in enumerate(clauses[:12]):
        chunks = _chunks(clause)
        for at, (role, chunk) in enumerate(chunks):
            chunk_words = [w for w in chunk.split() if len(w) <= 30]
            kept = _strip_kinds(chunk_words, whole=role == "")
            order += 1
            if not kept:
                continue
            phrase = " ".join(kept)
            if place and phrase.lower() in place.lower():
                continue
            if role == "for" and kept[-1].lower() in lexicon.PEOPLE and (len(kept) == 1 or scored):
                audience = audience or phrase
                continue
            if kept == ["class"] and role == "":
                continue  # "class schedule for the university"
            if len(kept) == 1 and kept[0].lower() in lexicon.PEOPLE:
                audience = audience or phrase
                continue
            weight = 40 - position * 9 + {"about": 6, "for": 5, "of": 4, "": 5, "other": 0}[role]
            goes_on = any(
                r in ("for", "about", "of") for r, c in chunks[at + 1 :] if c.split()[-1].lower() not in lexicon.PEOPLE
            )
            if all(w.lower() in _SERVERS for w in kept) and role == "" and len(clauses) + len(chunks) > 2:
                continue  # "an API with a database for invoices"
            if goes_on and role == "" and all(w.lower() in lexicon.DESCRIBING for w in kept):
                weight -= 8
            if (
                len(kept) == 1
                and kept[0].endswith("ing")
                and at + 1 < len(chunks)
                and chunks[at + 1][0] == role
                and role in ("for", "about", "of")
            ):
                weight -= 8  # "for planting a vegetable garden"
            if role == "" and len(kept) < len(chunk_words):
                weight += 2  # "recipe site": the words before the kind of app
            scored.append((-weight, order, phrase))
    if not scored:
        soft = [
            w
            for c in clauses[:3]
            for w in _TOKEN.findall(c)
            if w.lower() in lexicon.SOFT_KINDS and (not audience or w.lower() in lexicon.THINGS)
        ]
        return ("", (), audience) if not soft else (soft[0].lower(), (), audience)
    ranked = [phrase for _, _, phrase in sorted(scored)]
    main = ranked[0]
    if audience and not main:
        main = audience
    nouns = tuple(
        dict.fromkeys(
            low
            for phrase in ranked[:6]
            for low in (w.lower().removesuffix("'s") for w in phrase.split())
            if len(low) > 2 and low != "and" and (phrase == main or low not in lexicon.FEATURES)
        )
    )
    return main.removesuffix("'s"), nouns, audience


def _is_game(chunk: list[str], at: int) -> bool:
    """Whether the word is part of "board game" or "video games": a thing, not a kind of app."""
    pair = [w.lower() for w in (chunk[at : at + 2] if chunk[at].lower() == "board" else chunk[max(0, at - 1) : at + 1])]
    return (
        len(pair) == 2 and pair[0] in ("board", "video", "card", "computer", "arcade") and pair[1] in ("game", "games")
    )


def _strip_kinds(chunk: list[str], *, whole: bool) -> list[str]:
    """The chunk without its kind words ("recipe site" → "recipe"), unless nothing else is in it."""
    chunk = [w for i, w in enumerate(chunk) if w == "and" or w not in chunk[:i]]
    kept = (
        [w for i, w in enumerate(chunk) if _base(w) not in lexicon.KINDS or _is_game(chunk, i)]
        if whole
        else list(chunk)
    )
    while kept and _base(kept[-1]) in lexicon.KINDS and not _is_game(kept, len(kept) - 1):
        kept.pop()  # after "for" and "about" only at the end: "for my vinyl collection", yet "for a game jam"
    while kept and kept[-1] == "and":
        kept.pop()
    while kept and kept[0] == "and":
        kept.pop(0)
    if kept and kept[-1].endswith("'s"):
        kept[-1] = kept[-1].removesuffix("'s")
    return kept
