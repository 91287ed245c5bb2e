"""Finds where a document begins in an answer that is text: after words, in a fence, past what the model thought aloud."""

from __future__ import annotations

import re
from typing import Final

_TAGS: Final = (
    "(?:seed:|ant)?(?:think|thinking|thought|thoughts|reasoning|reasoning_process|reflection|scratchpad|analysis|planning"
    "|thought_process|chain_of_thought|inner_monologue|deliberation)"
)
_MARK: Final = re.compile(r'[{\["<◁]')
_THOUGHT: Final = re.compile(
    rf"<(?P<end>/?){_TAGS}(?:\s[^<>]{{0,200}})?>|\[(?P<closing>/?)THINK\]|◁(?P<over>/?)think▷"
    r"|<\|(?:begin_of_thought|channel\|>(?:analysis|commentary)|(?P<last>end_of_thought|end|channel\|>final))(?=[\s|<])(?:\|>)?",
    re.IGNORECASE,
)
_THOUGHT_MAY_COME: Final = re.compile(
    r"(?:</?(?:[a-z_:]{0,22}|[a-z_:]{5,22}\s[^<>]{0,200})|\[/?[a-z]{0,5}|◁/?[a-z]{0,5}|<\|[a-z_]{0,16}(?:\|(?:>[a-z]{0,10})?)?)\Z",
    re.IGNORECASE,
)
# What a bracket or quote has to be followed by, to be a document's among other words.
_NEXT: Final = {
    "{": re.compile(r"\{\s{0,200}[\"']"),
    "[": re.compile(r"\[\s{0,200}\{"),
    '"': re.compile(r'"\s{0,200}[{\[]'),
}
_NEXT_MAY_COME: Final = re.compile(r'[{\["]\s{0,200}\Z')
# What stands before a document that is all of the answer.
_LEAD: Final = re.compile(r"\s*(?:[`~]{3,}\s*)?(?:json[5c]?\s*)?", re.IGNORECASE)
_LONGEST_LEAD: Final = 100
# How the rest of a JSON text begins or goes on, and what stands before a value in one.
_GOES_ON: Final = re.compile(r"\s{0,100}[,:\]}]")
_GOES_ON_WITH: Final = re.compile(r'"\s{0,100}(?::\s{0,100}["{\[]|,\s{0,100}"|[}\]]\s{0,100}[,}\]])')
_MEMBER: Final = re.compile(r'(?:"\s{0,100}:\s{0,100}\[?|[}\]]\s{0,100},|\[)\s{0,100}\Z')

_BEFORE_ANOTHER: Final = re.compile(r"[ \t]*(?:[`~]{3,9}[ \t]*(?:json[5c]?)?[ \t]*)?\Z")


class Talk:
    """`feed` what stands before, between and after documents.

    `certain`: the document that begins is all of the answer, as nothing but a fence or thoughts came before it.
    `after_thoughts`: a thought ended that had not begun, so that whatever came before was thought.
    """

    def __init__(self, *, onward: bool = False) -> None:
        self.certain = self.after_thoughts = False
        self._onward = onward
        self._tail = ""
        self._held = ""
        self._lead = ""
        self._thinking = False

    def feed(self, chunk: str) -> str:
        """What of it, and of what waits, is a document's beginning, and all that follows; "" where none begins."""
        text, self._held = self._held + chunk, ""
        at = 0
        while (found := _MARK.search(text, at)) is not None:
            self._say(text[at : found.start()])
            at = found.start()
            if _THOUGHT_MAY_COME.match(text, at):
                break
            if thought := _THOUGHT.match(text, at):
                self.after_thoughts = self.after_thoughts or (_ends(thought) and not self._thinking)
                self._thinking, self._lead = not _ends(thought), ""
                at = thought.end()
                continue
            if text[at] in _NEXT and not self._thinking:
                alone, follows = _LEAD.fullmatch(self._lead) is not None, _NEXT[text[at]].match(text, at)
                # "```{.rust" tells of a fence and begins no document.
                in_fence = self._lead.endswith(("`", "~")) and not follows
                self.certain = alone and not in_fence and (text[at] == "{" or (text[at] == "[" and follows is not None))
                if self._onward and self._within_json():
                    pass
                elif self.certain or (follows and (alone or text[at] != '"')):
                    self._lead = ""
                    return text[at:]
                if _NEXT_MAY_COME.match(text, at):
                    break
            self._say(text[at])
            at += 1
        if found:
            self._held = text[at:]
        else:
            self._say(text[at:])
        return ""

    def goes_on(self) -> None:
        """What was taken for a document was part of the talk."""
        self._lead = "…"

    def _within_json(self) -> bool:
        """Whether what came before is the rest of a document, so that this is a part of it."""
        return bool(_GOES_ON.match(self._lead) or _GOES_ON_WITH.search(self._lead) or _MEMBER.search(self._tail))

    def _say(self, text: str) -> None:
        self._tail = (self._tail + text)[-_LONGEST_LEAD:]
        self._lead = (self._lead + text)[:_LONGEST_LEAD]


def begins_a_line(text: str, at: int) -> bool:
    """Whether nothing but a fence stands in the line before a document at `at` that comes after other words: those within
    a sentence are examples."""
    return _BEFORE_ANOTHER.match(text[text.rfind("\n", 0, at) + 1 : at]) is not None


def without_thoughts(text: str) -> str:
    """`text` without what the model thought aloud, even where the beginning of that is missing."""
    said: list[str] = []
    at, thinking = 0, False
    for tag in _THOUGHT.finditer(text):
        if _ends(tag) and not thinking:
            said.clear()
        elif not thinking:
            said.append(text[at : tag.start()])
        at, thinking = tag.end(), not _ends(tag)
    return "".join(said if thinking else [*said, text[at:]])


def _ends(tag: re.Match[str]) -> bool:
    return any(tag.groups())
