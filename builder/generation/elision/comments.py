"""The remarks in a file: its comments in any language's syntax, and lines that are words instead of code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

# At the start of a line each of these begins a comment somewhere; the order is that of length.
_OPENERS: Final = (
    "{% comment %}", "{{!--", "<%--", "{{/*", "{/*", "<!--", "--[[", '"""', "'''", "///", "/**", "//", "/*", "(*", "{-", "{#", "@*", "#=", "--", "##", "#region", "#pragma", "#",
    "%%", "%", ";;", ";", "*", "! ", "REM ", "rem ",
)  # fmt: skip
_CLOSERS: Final = (
    "{% endcomment %}",
    "--}}",
    "--%>",
    "*/}}",
    "*/}",
    "-->",
    "]]",
    '"""',
    "'''",
    "*/",
    "*)",
    "-}",
    "#}",
    "*@",
    "=#",
)
# Within a line, after code: none of these is an operator or a part of an address when white space stands before it.
_BEHIND: Final = re.compile(r"(?<=[\s;,{}()])(?://(?!/)|/\*|#(?=\s|\.\.\.|…)|--(?=\s))|(?<=[\s;,{}()>])(?:\{/\*|<!--)")
# Where "#", ";" or "%" at the start of a line is no comment.
_HASH_IS_TEXT: Final = frozenset({"md", "mdx", "markdown", "css", "scss", "less", "txt", "csv", "html", "htm", "svg", "json", "js", "jsx", "ts", "tsx", "mjs", "cjs", "java", "kt", "swift", "go", "rs", "c", "h", "cpp", "hpp", "cs", "dart", "scala"})  # fmt: skip
_HASHES: Final = frozenset({"##", "#", "%%", "%", ";;", ";"})
_PROSE: Final = frozenset(
    {"md", "mdx", "markdown", "txt", "csv", "tsv", "rst", "adoc", "svg", "po", "srt", "vtt", "log"}
)
# What a remark is drawn with: “@@ … @@”, “=== existing code ===”.
_DRAWN: Final = re.compile(r"^([@=~_+])\1+(?=\s)|(?<=\s)([@=~_+])\2+$")
_LONGEST: Final = 160  # characters: a longer one explains something
_CODE_SIGNS: Final = re.compile(r"[=;{}$@\\|^~&+]|=>|\w\(|\w\.\w|\w\[|['\"`]\s*[:,]|</")

# A text of which the words stand in brackets: "<existing variables>".
_IN_QUOTES: Final = re.compile(r"[\"'`]([<\[(][^\"'`<>\n]{4,80}[>\])])[\"'`]\s{0,3}(?::|,|$)")

Form = Literal["comment", "behind", "bare"]


@dataclass(frozen=True, slots=True)
class Remark:
    """`body`: its words, without the signs of a comment. `form`: a comment on lines of its own, one behind or within
    code, or words that stand where code should. `line` is its number, from 0."""

    body: str
    form: Form
    line: int


def is_prose(path: str) -> bool:
    """Whether a file is text for people: dots and words about the rest are usual there."""
    return _extension(path) in _PROSE


def remarks(path: str, text: str) -> Iterator[Remark]:
    """What may stand for something left out. Linear in the length of `text`."""
    hash_is_text = _extension(path) in _HASH_IS_TEXT
    for number, line in enumerate(text.split("\n")):
        stripped = line.strip()
        if not stripped or len(stripped) > 4_000:
            continue
        opener = next((sign for sign in _OPENERS if stripped.startswith(sign)), "")
        if (opener and not (hash_is_text and opener in _HASHES) and opener != "*") or (
            opener == "*" and not _is_rule(stripped)
        ):
            yield from _remark(stripped[len(opener) :], "comment", number)
            continue
        found = False
        for match in _BEHIND.finditer(line):
            if not (match[0].startswith("#") and hash_is_text) and _outside_quotes(line[: match.start()]):
                yield from _remark(line[match.end() :], "behind", number)
                found = True
                break
        if not found and (quoted := _IN_QUOTES.match(stripped)):
            yield from _remark(quoted[1], "bare", number)
            found = True
        if not found and len(stripped) <= _LONGEST and not _CODE_SIGNS.search(stripped):
            yield from _remark(stripped, "bare", number)


def _extension(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[2].lower()


def _is_rule(stripped: str) -> bool:
    """`* { margin: 0 }` of a style sheet, and `*args`, are no lines of a comment."""
    return not stripped.startswith(("* ", "*\t", "*.", "*…")) or "{" in stripped


def _outside_quotes(before: str) -> bool:
    return all(before.count(quote) % 2 == 0 for quote in "\"'`") and not before.endswith(":")


def _remark(rest: str, form: Form, line: int) -> Iterator[Remark]:
    body = rest
    for closer in _CLOSERS:
        at = body.find(closer)
        if at >= 0:
            body = body[:at]
    body = body.strip().lstrip("/*#-;!% \t").rstrip("*/#-; \t").strip()
    body = _DRAWN.sub("", body).strip()
    if body and len(body) <= _LONGEST:
        yield Remark(body, form, line)
