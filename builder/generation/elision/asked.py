"""Whether what a person asked for explains that something is gone."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

# What moves to another file needs no words: it is found there. Verbs that may be about one button are not among them.
_ALL_ANEW: Final = re.compile(
    r"\b(?:simplif\w*|re-?writ\w*|re-?design\w*|refactor\w*|restructur\w*|reorgani[sz]\w*|re-?build\w*|rebuilt|redo|rework\w*|start(?:ing)? (?:over|again|fresh|anew)"
    r"|from scratch|split\w*|extract\w*|modulari[sz]\w*|merge[ds]?|combin\w*|consolidat\w*|de-?dup\w*|minimal\w*|minimi[sz]\w*|boil \w+ down|condens\w*|slim\w*|trim\w*|cut down|migrat\w*|tidy|clean(?:ed|er|ing)?(?: it| this| that| the \w+)? ?up|cleaner"
    r"|(?<!\w )(?:reset|wipe|undo|empty|clear out)|(?:and|then|please|now) (?:reset|wipe|undo|empty|clear out)|revert\w*|roll(?:ed)? back|go back|tailwind|typescript|data-driven|skeleton|bare(?:-bones)?|nothing (?:but|else)|replace everything|completely (?:different|new)|turn (?:it|this|the (?:app|page|site|project)) into"
    r"|(?:shorten|shrink|reduce|abridg)\w* (?:the |this |that |my |our )?(?:code|file|page|component|styles?|module|script|readme|document\w*|docs?|texts?|descriptions?)|shorter (?:code|file|page|component)|(?:keep|show|leave) (?:only|just)|(?:only|just) (?:keep|show|leave)|make it a|throw\w* (?:it|this|that|everything|all(?: of (?:it|this|that))?)(?: all)? (?:away|out)|(?:only|just) need"
    r"|simplifi\w*|reescrev\w*|refaz\w*|refaça|refator\w*|reorgani[sz]\w*|do zero|divid\w*|extrai\w*|junt[ae]\w*|enxug\w*|migr[ae]\w*|limp[ae]\w* o|revert\w*|desfa\w*|volt[ae]\w*|esvazi\w*|deix\w* (?:só|apenas|somente)"
    r"|reescrib\w*|rehaz\w*|rediseñ\w*|refactori\w*|desde cero|une|limpi\w*|deshaz\w*|vuelve|vací\w*|dej[ae]\w* (?:solo|sólo)"
    r"|vereinfach\w*|umschreib\w*|schreib\w* .{0,20}\bneu|überarbeit\w*|von vorn\w*|von grund\w*|aufteil\w*|teile? .{0,20}\bauf|auslager\w*|zusammen(?:fass|leg|führ)\w*|umbau\w*|räum\w*|aufräum\w*|zurücksetz\w*|rückgängig|leere?n?|nur noch"
    r"|réécri\w*|refai\w*|découp\w*|fusionn\w*|nettoi\w*|annul\w*|vide[rz]?|ne gard\w*)\b",
    re.IGNORECASE,
)
_TAKE_OUT: Final = re.compile(
    r"\b(?:remov\w*|delet\w*|drop|get rid|rid of|without|tak\w+ (?:[\w'’]+ ){0,5}(?:out|away)|no \w+ any ?more|no longer|don'?t (?:need|want)|cut|kill|eliminat\w*|discard\w*|unused|dead code|throw (?:out|away)|no more|lose)\b",
    re.IGNORECASE,
)
_TAKE_OUT_ELSEWHERE: Final = re.compile(
    r"\b(?:remova\w*|retir\w*|tir[ae]\w*|apag\w*|exclu[ai]\w*|elimin\w*|delet[ae]\w*|sem|quit[ae]\w*|borr[ae]\w*|suprim\w*|sin|entfern\w*|lösch\w*|ohne|weg|streich\w*|raus"
    r"|supprim\w*|enlèv\w*|enlev\w*|retire\w*|sans|rimuov\w*|togli\w*|senza|verwijder\w*|zonder|usuń\w*|kaldır\w*|удал\w*|убер\w*|без)\b|删除|去掉|移除|削除|삭제|제거",
    re.IGNORECASE,
)
_SWITCH_OFF: Final = re.compile(
    r"\b(?:disabl\w*|deactivat\w*|(?:turn|switch)\w* \w* ?off|no-?op|stub\w*|mock\w*|do(?:es)? nothing|stop\w*|hid(?:e|es|ing|den)|never|placeholder|abstract|interface|override|desativ\w*|deslig\w*|escond\w*|pare|desactiv\w*|apag\w*|deaktivier\w*|ausschalt\w*|verberg\w*|désactiv\w*|cache[rz]?)\b",
    re.IGNORECASE,
)
_REPLACE: Final = re.compile(
    r"\b(?:replac\w*|swap\w*|switch\w*|convert\w*|hid(?:e|es|ing|den)|disabl\w*|turn\w* off|stop\w*|don'?t|inline\w*|mov(?:e|es|ed|ing)|one (?:file|function|component)|(?:own|separate|another|new) (?:file|component|module)|put\b.{1,60}\binto [\w/-]{1,60}\.\w{1,6}|shorter|fewer|dedicated|reuse|generic|substitu\w*|troqu?\w*|converte\w*|mov[ae]\w*|cambi\w* por|ersetz\w*|umwandel\w*|remplac\w*)\b",
    re.IGNORECASE,
)
_PART: Final = re.compile(
    r"\b(?:component|function|helper|hook|method|class|section|page|view|route)s?\b", re.IGNORECASE
)
_PLAIN: Final = frozenset(
    [
        "the",
        "and",
        "from",
        "with",
        "that",
        "this",
        "for",
        "all",
        "any",
        "its",
        "into",
        "out",
        "our",
        "your",
        "please",
        "page",
        "app",
        "code",
        "file",
        "remove",
        "delete",
        "drop",
        "rid",
        "get",
        "without",
        "make",
        "can",
        "you",
        "could",
        "would",
        "want",
        "need",
        "longer",
        "component",
        "section",
        "feature",
        "button",
    ]
)
_SHARE: Final = 0.06  # of the lost lines that speak of what was to go


def anew(prompt: str) -> bool:
    """Whether the person asked for something that changes a file as a whole."""
    return _ALL_ANEW.search(prompt) is not None


def to_be_taken_out(prompt: str, names: Collection[str], lines: Sequence[str]) -> bool:
    """Whether the person asked to take out what `names` and `lines` are about."""
    if _TAKE_OUT_ELSEWHERE.search(prompt):
        return True  # the code speaks another language
    if not _TAKE_OUT.search(prompt):
        return False
    objects = _stems(prompt)
    if not objects:
        return True
    about = [name for name in names if name != "default"]
    if about:
        one = len(about) == 1 and _PART.search(prompt) is not None  # of which they say what it shows
        return one or 2 * sum(bool(_stems(name) & objects) for name in about) >= len(about)
    said = sum(bool(_stems(line) & objects) for line in lines)
    return said >= max(1, _SHARE * len(lines))


def switches_off(prompt: str) -> bool:
    """Whether the person asked that something does nothing any more."""
    return _SWITCH_OFF.search(prompt) is not None


def takes_out(prompt: str) -> bool:
    """Whether the person asked to take anything out."""
    return _TAKE_OUT.search(prompt) is not None or _TAKE_OUT_ELSEWHERE.search(prompt) is not None


def replaces(prompt: str) -> bool:
    """Whether the person asked for something instead of, or less of, what is there."""
    return _REPLACE.search(prompt) is not None


def named(prompt: str, name: str) -> bool:
    """Whether the person spoke of what `name` names."""
    words = _stems(name)
    return bool(words) and words <= _stems(prompt)


def _stems(text: str) -> set[str]:
    words = {word.lower() for word in _WORD.findall(_CAMEL.sub(" ", text))}
    return {word.removesuffix("s") for word in words if len(word) > 2 and word not in _PLAIN}
