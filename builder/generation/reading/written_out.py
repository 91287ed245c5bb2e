"""The changes in an answer that is no document but text: files in fences or tags with their names, patches, blocks of what
is looked for and what comes instead.

Only what says of which file it is, in a place of its own, is taken: a name in a sentence may be an example's. Each is found
in one pass. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from builder.generation.reading.changes import Change, Deletion, Replacement, Unread, WholeFile, edits_changes
from builder.generation.reading.patches import apply_patch_changes, is_diff, unified_changes
from builder.generation.reading.paths import inside, names_a_file, undecorated

# One of these begins whatever is not talk.
_BEGINS: Final = re.compile(
    r"^[ \t]{0,12}(?P<fence>`{3,12}|~{3,12})(?P<info>[^\n`]{0,300})$"
    r"|^(?P<patch>\*\*\* Begin Patch)[ \t]*$"
    r"|^(?P<diff>diff --git [^\n]+|--- [^\n]+\n\+\+\+ [^\n]+)$"
    r"|^(?P<block><{7,9}[ ]?[A-Za-z]*)[ \t]*$"
    r"|<(?P<tag>[A-Za-z][\w:.-]{0,40})(?P<attributes>\s[^<>]{1,600})>"
    r"|<(?P<named>path|file_?path|file_?name|target_file)>(?P<path>[^<>\n]{1,300})</(?P=named)>\s{0,100}"
    r"<(?P<text>content|contents|code|text|file_text|source|new_content|diff)>",
    re.MULTILINE | re.IGNORECASE,
)
_ATTRIBUTE: Final = re.compile(
    r"(?<![\w-])(?:file_?path|path|file|file_?name|name|target)\s{0,3}=\s{0,3}[\"']([^\"'<>\n]{1,300})[\"']",
    re.IGNORECASE,
)
_KIND: Final = re.compile(
    r"(?<![\w-])(?:type|action|mode|operation)\s{0,3}=\s{0,3}[\"']([\w -]{1,40})[\"']", re.IGNORECASE
)
_OF_PAGES: Final = frozenset({
    "a", "audio", "button", "embed", "form", "iframe", "img", "input", "link", "meta", "object", "script", "section", "slot",
    "source", "style", "template", "textarea", "use", "video",
})  # fmt: skip
_CDATA: Final = re.compile(r"\s*<!\[CDATA\[(.*)\]\]>\s*", re.DOTALL)
_PAIR: Final = re.compile(
    r"<(?P<a>search|find|old|old_string|old_text|original)>(?P<find>[^\x00]{0,20000}?)</(?P=a)>\s{0,100}"
    r"<(?P<b>replace|replacement|new|new_string|new_text|updated)>(?P<replace>[^\x00]{0,20000}?)</(?P=b)>",
    re.IGNORECASE,
)
# The line above a fence that is nothing but a name: "### 1. `src/a.ts` (new):", "**File: a.ts**".
_NAMING: Final = re.compile(
    r"(?:[=\-#*>]{1,40} ?|\d{1,3}[.)] |// ?)?(?:\d{1,3}[.)] )?\*{0,3}"
    r"(?:(?:file ?name|file ?path|new file|file|path|create|update|edit|modify|write|arquivo|crie|atualize|datei|fichier|archivo)"
    r"(?![\w./-]) ?:?\*{0,3} ?)?[`\"'\[]?(?P<path>[^\s`\"'\[\]()*:=]{1,300})[`\"'\]]?(?:\([^()\s]{1,300}\))?"
    r"(?: ?[(\[][^()\[\]\n]{2,40}[)\]])? ?:?\*{0,3}:? ?[=\-#*]{0,40}",
    re.IGNORECASE,
)
_IN_INFO: Final = re.compile(
    r"(?:title|file_?name|file_?path|file|path|name)\s{0,2}[=:]\s{0,2}[\"']?([^\s\"'{}]{1,300})", re.IGNORECASE
)
_FIRST: Final = re.compile(
    r"(?://|#|<!--|/\*|--|;|\{/\*)[ \t]*(?:(?:file|filename|path|filepath)[ \t]*:[ \t]*)?(?P<path>[^\s:*]{1,300})[ \t]*(?:-->|\*/\}?)?"
)
_QUOTES_LINES: Final = re.compile(r"\d+:\d+:")  # "12:15:src/a.ts": lines that are there already
_OF_SHELLS: Final = frozenset(
    ["sh", "bash", "shell", "zsh", "console", "terminal", "powershell", "ps1", "cmd", "bat", "shellsession"]
)
_OF_APPS: Final = frozenset([
    "tsx", "jsx", "ts", "js", "mjs", "typescript", "javascript", "python", "py", "html", "css", "scss", "vue", "svelte", "go", "rust",
    "java", "php", "ruby", "sql",
])  # fmt: skip
_MOST_SIGNS: Final = 200  # in a text that may be pairs of tags: each of them is looked for in all that follows
_OF_WORDS: Final = (".md", ".mdx", ".markdown")


def written_out(text: str) -> str:
    """What `text` changes as a Draft's JSON, "" for nothing; where the last file breaks off, as far as that goes."""
    changes = _Reading(text).changes()
    if all(isinstance(change, Unread) for change in changes):
        return ""
    files = {change.path: change.text for change in changes if isinstance(change, WholeFile)}
    edits: list[dict[str, str]] = []
    for change in changes:
        if isinstance(change, Replacement):
            edits.append({"path": change.path, "find": change.find, "replace": change.replace})
        elif isinstance(change, Unread):
            edits.append({"path": change.what})  # it is refused by this name
    deleted = [change.path for change in changes if isinstance(change, Deletion)]
    document: dict[str, object] = {"delete": deleted, "edits": edits, "files": files}
    written = json.dumps({name: value for name, value in document.items() if value}, ensure_ascii=False)
    last = changes[-1]
    return written.removesuffix('"}}') if isinstance(last, _Cut) else written


class _Cut(WholeFile):
    """A file whose end is not there."""


class _Reading:
    """`at`: up to where `text` is read; `above`: where the talk begins that stands before what comes."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = self._above = 0
        self._path = ""

    def changes(self) -> list[Change]:
        """In the order of the text. A piece of a program without a name counts where others have one: it may be a file."""
        found: list[Change] = []
        while begin := _BEGINS.search(self._text, self._at):
            named = self._named(begin.start())
            self._at = begin.end()
            found += self._read(begin, named)
            self._above = self._at
        seen: dict[str, Change] = {}
        for change in found:
            if isinstance(change, WholeFile) and seen.setdefault(change.path, change) != change:
                return [Unread(change.path)]  # two texts of one file
        return found

    def _named(self, end: int) -> str:
        """The file that the line above `end` names."""
        talk = self._text[max(self._above, end - 600) : end]
        line = talk.rstrip().rpartition("\n")[2]
        if talk[len(talk.rstrip()) :].count("\n") > 2:
            return ""
        return _path_of(_NAMING.fullmatch(" ".join(line.split())))

    def _read(self, begin: re.Match[str], named: str) -> Iterator[Change]:
        if begin["fence"]:
            yield from self._fenced(begin["fence"], begin["info"].strip(), named)
        elif begin["patch"]:
            yield from apply_patch_changes(self._until("\n*** End Patch"))
        elif begin["diff"]:
            at = self._at = begin.start()
            end = re.compile(
                r"^(?![ +\-@\\]|diff |index |new |deleted |old |similarity |rename |$)", re.MULTILINE
            ).search(self._text, at)
            self._at = end.start() if end else len(self._text)
            yield from unified_changes(self._text[at : self._at], named)
        elif begin["block"]:
            body = begin[0] + self._until("\n>>>>>>>")
            self._path = named or self._path
            yield from edits_changes(f"{body}\n>>>>>>>", self._path)
        elif begin["tag"]:
            path = _path_in(begin["tag"], begin["attributes"])
            if path:
                closed, body = self._within(begin["tag"])
                kinds = " ".join((begin["tag"], *_KIND.findall(begin["attributes"]))).lower()
                yield from _tagged(path, body, kinds, closed=closed)
        elif names_a_file(path := undecorated(begin["path"])):
            closed, body = self._within(begin["text"])
            yield from _tagged(path, body, begin["text"].lower(), closed=closed)

    def _until(self, sign: str) -> str:
        begin = self._at
        end = self._text.find(sign, begin)
        self._at = len(self._text) if end < 0 else end + len(sign)
        return self._text[begin : len(self._text) if end < 0 else end]

    def _within(self, tag: str) -> tuple[bool, str]:
        """Whether the tag is closed, and what stands in it."""
        begin = self._at
        body = self._until(f"</{tag}>")
        closed = self._at - begin > len(body)
        return closed, body

    def _fenced(self, fence: str, info: str, named: str) -> Iterator[Change]:
        opened = self._text.rfind("\n", 0, self._at) + 1
        indent = len(self._text[opened : self._at]) - len(self._text[opened : self._at].lstrip())
        language = info.split(maxsplit=1)[0].partition(":")[0].lower() if info else ""
        path = _path_in_info(info) or named
        of_words = path.lower().endswith(_OF_WORDS)
        depth, at, end = 0, self._at + 1, -1
        closing = re.compile(rf"^[ \t]{{0,12}}{re.escape(fence[0])}{{{len(fence)},}}(?P<info>[^\n]*)$", re.MULTILINE)
        for line in closing.finditer(self._text, min(at, len(self._text))):
            if line["info"].strip():
                depth += of_words  # a fence within
            elif depth:
                depth -= 1
            else:
                end = line.start()
                self._at = line.end()
                break
        body = self._text[at : end if end >= 0 else len(self._text)]
        if end < 0:
            self._at = len(self._text)
        if indent:
            body = re.sub(rf"^[ \t]{{1,{indent}}}", "", body, flags=re.MULTILINE)
        yield from self._block(language, info, path, body, closed=end >= 0)

    def _block(self, language: str, info: str, path: str, body: str, *, closed: bool) -> Iterator[Change]:
        if _QUOTES_LINES.match(info):
            return
        if "*** Begin Patch" in body[:200]:
            yield from apply_patch_changes(body)
        elif language in ("diff", "patch", "udiff") or is_diff(body):
            yield from unified_changes(body, path)
        elif re.search(r"^<{7,9} ?[A-Za-z]*[ \t]*$", body, re.MULTILINE):
            self._path = path or self._path
            yield from edits_changes(body, self._path)
        elif path:
            if language not in _OF_SHELLS or path.endswith((".sh", ".bash", ".zsh", ".ps1", ".bat", ".cmd")):
                yield (WholeFile if closed else _Cut)(inside(path), body)
        elif body:
            first, _, rest = body.partition("\n")
            path = "" if language in (*_OF_SHELLS, "markdown", "md") else _path_of(_FIRST.fullmatch(first.strip()))
            if path:
                yield (WholeFile if closed else _Cut)(inside(path), rest)
            elif language in _OF_APPS and body.count("\n") > 1:
                yield Unread(f"{language} without a name")


def _path_of(found: re.Match[str] | None) -> str:
    path = undecorated(found["path"]) if found else ""
    return path if names_a_file(path) and ("." in path or "/" in path or path[:1].isupper()) else ""


def _path_in_info(info: str) -> str:
    if found := _IN_INFO.search(info):
        return undecorated(found[1]) if names_a_file(undecorated(found[1])) else ""
    for part in (*info.split(), info.partition(":")[2].strip()):
        bare = undecorated(part.strip("{}()[],"))
        bare = bare.partition(":")[2] if ":" in bare else bare
        if names_a_file(bare) and ("." in bare or "/" in bare):
            return bare
    return ""


def _path_in(tag: str, attributes: str) -> str:
    if tag.lower() in _OF_PAGES:
        return ""
    return next((path for path in _ATTRIBUTE.findall(attributes) if names_a_file(path)), "")


def _tagged(path: str, body: str, kinds: str, *, closed: bool) -> Iterator[Change]:
    """What a tag means that names a file. `kinds`: what it says that it does."""
    if re.search(r"delete|remove", kinds) and not body.strip():
        yield Deletion(inside(path))
        return
    if re.search(r"rename|move|delete|remove|insert|append|prepend|read|view", kinds):
        yield Unread(path)
        return
    if data := _CDATA.fullmatch(body):
        body = data[1]
    pairs = [*_PAIR.finditer(body)] if body.count("<") < _MOST_SIGNS else []
    if pairs and _PAIR.sub("", body).strip() == "":
        for pair in pairs:
            yield Replacement(inside(path), *(_lines(pair[part]).removesuffix("\n") for part in ("find", "replace")))
    elif "<<<<<<<" in body:
        yield from edits_changes(_lines(body), path)
    elif is_diff(body.lstrip("\n")):
        yield from unified_changes(body.lstrip("\n"), path)
    elif re.search(r"edit|patch|diff|replace|snippet", kinds):
        yield Unread(path)
    elif closed:
        yield WholeFile(inside(path), _lines(body))
    else:
        yield _Cut(inside(path), body.removeprefix("\n"))


def _lines(body: str) -> str:
    """What stands in a tag, in lines of its own where it does."""
    body = body.removeprefix("\r").removeprefix("\n")
    last = body.rpartition("\n")[2]
    return body.removesuffix(last) if last and not last.strip() else body
