"""Whether a remark stands for code that was left out.

A remark of that kind is made of few sorts of words: what is left (the rest, existing, other), what a program is made of
(code, imports, cards), what says that it is not written out (unchanged, omitted, as before), dots, and words between.
One that explains something has words of its own. So words are counted by sort, in one pass.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from builder.generation.elision.comments import Remark, is_prose, remarks
from builder.generation.elision.words import CODE, FILLER, LEFT, PHRASES, SURE

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PHRASE: Final = re.compile("|".join(map(re.escape, PHRASES)))
_DOTS: Final = ("...", "…", "[…", "[...", "<...", "(...", "(…", "<…")
_DOTS_END: Final = ("...", "…", "…]", "...]", "...>", "...)", "…)", "…>")
_ONLY_DOTS: Final = re.compile(r"[\[({<]?\s{0,3}(?:\.{3,8}|…|[⋮︙⋯‥]|\. \. \.)\s{0,3}[\])}>]?[,;]?")
_DOTTED_ENTRY: Final = re.compile(r"""^\s{0,40}["'](?:\.\.\.|…)["']\s?:""", re.MULTILINE)
# Among others in a list, or all that an element shows.
_DOTTED_ITEM: Final = re.compile(
    r"""^\s{0,40}(?:["'](?:\.\.\.|…)["']|\{["'`](?:\.\.\.|…)[^"'`\n]{2,60}(?:\.\.\.|…)["'`]\}),?[ \t]*$""", re.MULTILINE
)
_DOTTED_ROW: Final = re.compile(r"^\|(?:[ \t]{0,9}(?:\.\.\.|…)[ \t]{0,9}\|){1,20}[ \t]*$", re.MULTILINE)
# What stands between the parts of a difference.
_HUNK: Final = re.compile(r"^@@(?: [^@\n]{0,80})? @@", re.MULTILINE)
_TO_DO: Final = re.compile(r"^(?:todo|fixme|note|nb)\b[\s:–-]{0,4}")
# Braces with nothing but dots within are no program in any language that writes blocks with braces.
_DOTTED_BODY: Final = re.compile(r"(?:=>|\)|=|\w)\s{0,4}\{\s{0,4}(?:\.\.\.|…)\s{0,4}\}")
# A heading that an editor folds code under: what it names is there unless it says otherwise.
_HEADING: Final = re.compile(r"^(?:mark|region|endregion)\b[\s:–-]{0,4}")
_INSTEAD: Final = re.compile(
    r"[\w(=,]\s?/\*[^*\n]{1,160}\*/\s{0,4}[;)\]},]{1,4}\s{0,4}$"
)  # in the place of the rest of a statement
_SENTENCES: Final = re.compile(r"(?<=[^\W\d_][.!])\s")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)*")
_MUCH: Final = 0.3  # of a file: a remark about the rest then says where it is
_SOME: Final = 0.05
_SHORT: Final = 8  # words
_ASIDE: Final = re.compile(r"[(\[][^()\[\]]{2,40}[)\]]$")
_ORDERS: Final = frozenset(["add", "implement", "insert", "put", "paste", "include", "keep", "copy", "repeat", "adicione", "adicionar", "insira", "mantenha", "añade", "añadir", "agrega", "inserta", "mantén", "hier", "ajoutez", "insérer", "garder"])  # fmt: skip
_STATEMENTS: Final = frozenset(
    {"return", "await", "yield", "raise", "import", "export", "del", "global", "pass", "end"}
)
_HERE: Final = frozenset({"here", "aqui", "aquí", "acá", "hier", "ici", "qui", "tutaj", "здесь"})
_THERE: Final = frozenset({"below", "above", "earlier", "before", "previously", "antes", "vorher", "avant", "prima"})
_NARRATORS: Final = frozenset({"i", "i've", "i’ve", "we", "we've", "we’ve"})
_AND_SO_ON: Final = frozenset({"etc", "on", "usw", "etcétera"})
_GOES_ON: Final = frozenset({"and", "or", "but", "so", "then", "otherwise", "e", "ou", "mas", "y", "o", "pero", "und", "oder", "aber", "et", "mais"})  # fmt: skip
_SPREAD: Final = re.compile(r"\.\.\.[\w$(\[{]\S*[,)\]}]*")
_STATED: Final = frozenset({"when", "if", "because", "since", "until", "while", "must", "should", "so", "that", "which", "whether", "otherwise", "than", "after", "across", "between", "wenn", "weil", "damit", "quando", "se", "porque", "cuando", "si", "für"})  # fmt: skip


def placeholders(
    path: str, text: str, known: Collection[str] = (), lost: float | None = None, gone: Collection[str] = frozenset()
) -> Iterator[str]:
    """The remarks in `text` that stand for code left out. `known`: bodies that were there before and say nothing; `gone`:
    words that the code has no more, which a remark that says where they are speaks of.

    `lost`: the share by which the file became shorter though nobody asked for it, from 0 (no line is gone) to 1; None
    where there was no file before.
    """
    lines = text.split("\n")
    prose = is_prose(path)
    for remark in remarks(path, text):
        if remark.body not in known and _stands_for_code(remark, lines, path, prose, lost, gone):
            yield lines[remark.line].strip()
    if lost:
        for match in _DOTTED_ROW.finditer(text):
            yield match[0].strip()
    if not prose:
        for match in _DOTTED_BODY.finditer(text):
            start = text.rfind("\n", max(0, match.start() - 300), match.start()) + 1
            before = text[start : match.start()]
            quoted = any(before.count(quote) % 2 for quote in "\"'`")
            if not quoted and not any(sign in before for sign in ("//", "/*", "*", "#")) and match[0] not in known:
                yield match[0]
        for match in _DOTTED_ENTRY.finditer(text):
            yield match[0].strip()
        if lost:
            for match in _DOTTED_ITEM.finditer(text):
                yield match[0].strip()
        for match in _HUNK.finditer(text):
            yield match[0].strip()


def bodies(path: str, text: str) -> frozenset[str]:
    """The remarks of a file, to be told from those that came with a change."""
    return frozenset(remark.body for remark in remarks(path, text))


def _stands_for_code(
    remark: Remark, lines: list[str], path: str, prose: bool, lost: float | None, gone_words: Collection[str] = ()
) -> bool:
    body = remark.body
    whole = body.lower().strip()
    lower = _TO_DO.sub("", whole)
    to_do = len(lower) < len(whole)
    heading = _HEADING.match(lower)
    if heading:
        lower = lower[heading.end() :].removesuffix("#endregion").strip()
    if _ONLY_DOTS.fullmatch(lower):
        return not prose and ((lost or 0) >= _SOME or _dots_alone(remark, lines, path))
    if _SPREAD.fullmatch(lower) and remark.form == "bare":
        return False
    starts, ends = lower.startswith(_DOTS), lower.endswith(_DOTS_END)
    words = _WORD.findall(lower)
    if not words or len(words) > 24:
        return False
    if len(words) == 1 and remark.form == "bare" and _in_a_tag(remark, lines):
        return False  # “(unchanged)” is what a page shows
    left = sum(word in LEFT for word in words)
    code = sum(word in CODE for word in words)
    sure = sum(word in SURE for word in words)
    phrase = lower.endswith(" as is") or _PHRASE.search(lower) is not None
    odd_words = [word for word in words if not (word in LEFT or word in CODE or word in SURE or word in FILLER)]
    missing = [
        word for word in odd_words if lost and all(part in gone_words for part in re.findall(r"[^\W\d_]{3,}", word))
    ]
    odd, code = len(odd_words) - len(missing), code + len(missing)
    odd += len(_NUMBER.findall(lower)) if not ("line" in words or "lines" in words or starts) else 0
    if heading and not (sure or phrase or starts or ends):
        return False
    explains = any(word in _STATED for word in _WORD.findall(lower.replace("and so on", "")))
    explains = explains and words[0] not in _NARRATORS  # “I left out …, because …” gives its own reason
    # Scripts without the lists of words above: the turn of phrase alone has to say it.
    foreign = phrase and any(sign >= "\u0370" and sign.isalpha() for sign in lower)
    bare = remark.form == "bare"
    if prose:
        # Only what nobody writes to a reader: "… rest of the file unchanged".
        says = bool(left and code and (phrase or sure) and odd == 0 and words[0] not in _GOES_ON)
        return says and (bool(sure and not bare) or starts or (bare and (ends or _bracketed(lower))))
    if bare and not (starts or ends or _bracketed(lower)):
        # A line of words may be what a page shows.
        says = (
            (phrase or sure > 0 or _here(words))
            and len(words) > 2
            and words[0] not in _STATEMENTS
            and not _in_a_tag(remark, lines)
        )
        return says and left + code + sure >= 2 and odd == 0 and bool(code or left) and lost != 0
    if starts and ends:
        return (
            not (bare and odd and not phrase)
            and odd <= 3
            and (left + code + sure > 0 or phrase or words[-1] in _AND_SO_ON or (len(words) <= 2 and not bare))
        )
    if to_do and phrase and odd <= 1 and lost:
        return True
    if (lost or 0) >= _SOME and not bare and not explains and len(words) <= _SHORT:
        # In the place of what is gone, and next to nothing else.
        alone = remark.form == "comment" and _alone(remark, lines)
        if (sure and odd <= (2 if alone else 1 if code else 0)) or (ends and code and alone and odd <= 1):
            return True
    if starts or _bracketed(lower):
        if phrase and (lost or 0) >= _SOME and odd <= 1 and not bare:
            return True
        if foreign or sure or phrase:
            return odd <= (3 if starts or _alone(remark, lines) else 0)
        if words[-1] in _AND_SO_ON and not odd:
            return not bare
        if words[0] in _GOES_ON and not code:
            return False  # the sentence of the line before
        if left and not starts and odd and not _alone(remark, lines):
            return False  # an aside on the code that follows
        if left:
            return odd <= (1 if bare or not code else 2) and not explains and (not bare or bool(code) or not odd)
        return not bare and code > 0 and odd == 0 and _alone(remark, lines)
    if ends:
        if foreign or ((sure or phrase) and odd <= 2 and not explains):
            return True
        if bare or explains:
            return False
        several = len(words) > 1 or _alone(remark, lines)
        return bool(left and (code or not odd)) and odd <= 1 and several and words[0] not in ("loading", "showing")
    if foreign:
        return len(lower) <= 40
    if explains and not (phrase and odd == 0):
        return False
    if remark.form == "behind" and not (sure or code):
        return False  # “limit = 3  # the rest by default”: it is about its line
    alone = _alone(remark, lines, lost)
    if alone and not explains and words[-1] in _AND_SO_ON and len(words) <= 3:
        return remark.form != "behind"
    # In a language without its words here: where much is gone, what stands alone in its place and is not ASCII.
    gone = alone and not bare and (lost or 0) >= _MUCH and len(words) <= _SHORT
    if gone and (not lower.isascii() or ((phrase or sure) and not explains)):
        return True
    if sure and left and code and remark.form == "comment" and (odd == 0 or (alone and _says_at_its_end(lower))):
        return lost != 0
    if (aside := _ASIDE.search(lower)) and SURE.intersection(_WORD.findall(aside[0])):
        return alone and lost != 0  # “addTask, removeTask (unchanged)”
    if phrase and (left or code or sure):
        if remark.form == "behind":
            return odd == 0 and ((lost or 0) >= _MUCH or len(words) <= 4)
        return odd <= 2 and (odd == 0 or alone)
    if phrase and len(words) <= 4:
        return odd <= 1 and alone and remark.form != "behind"
    if sure:
        return odd <= (0 if remark.form == "behind" else 2 if code or left else 1) and alone and lost != 0
    if left and code and odd <= 1 and (to_do or (words[0] in _ORDERS and alone)):
        return True
    if (lost or 0) >= _MUCH and (left or phrase) and len(words) <= _SHORT and remark.form == "comment":
        return odd == 0 or (odd == 1 and alone)
    if words[-1] in _AND_SO_ON or (code and not left and _here(words)):
        return not odd and alone and remark.form != "behind"
    if left > 1 and odd == 0 and alone and remark.form != "behind":
        return lost != 0
    if left and code and odd == 0:
        return lost != 0 and (alone or _here(words) or words[-1] in _THERE)
    return False


def _says_at_its_end(lower: str) -> bool:
    """Whether the last of several sentences says by itself that code was left out."""
    sentences = _SENTENCES.split(lower)
    words = _WORD.findall(sentences[-1])
    kinds = [kind for word in words for kind in (LEFT, CODE, SURE) if word in kind]
    plain = all(word in LEFT or word in CODE or word in SURE or word in FILLER for word in words)
    return len(sentences) > 1 and plain and all(kind in kinds for kind in (LEFT, CODE, SURE))


def _bracketed(lower: str) -> bool:
    return len(lower) > 2 and (lower[0], lower[-1]) in {("[", "]"), ("(", ")"), ("<", ">")}


def _here(words: list[str]) -> bool:
    """“… here”, in any of the languages."""
    return words[-1] in _HERE


def _alone(remark: Remark, lines: list[str], lost: float | None = None) -> bool:
    """Whether no code follows at once that it could be about."""
    if remark.form == "behind":
        return (lost or 0) >= _MUCH or _INSTEAD.search(lines[remark.line]) is not None
    after = lines[remark.line + 1].strip() if remark.line + 1 < len(lines) else ""
    if after.startswith("<"):
        return (lost or 0) >= _MUCH or after.startswith(("</", "<!--"))
    return not after or after[0] in "})]" or after.startswith(("//", "/*", "{/*", "#", "*/", "end", "--"))


def _in_a_tag(remark: Remark, lines: list[str]) -> bool:
    """Whether a line is what an element shows."""
    before = next((line.strip() for line in reversed(lines[max(0, remark.line - 5) : remark.line]) if line.strip()), "")
    return before.endswith(">")


def _dots_alone(remark: Remark, lines: list[str], path: str) -> bool:
    if remark.form != "bare":
        return True
    if path.endswith((".py", ".pyi", ".html", ".htm", ".vue", ".svelte", ".yaml", ".yml", ".json")):
        return False  # a statement of Python, and what a page shows
    return not _in_a_tag(remark, lines)
