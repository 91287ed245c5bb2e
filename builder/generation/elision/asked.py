"""Whether what a person asked for explains that something is gone."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_ALL_ANEW: Final = re.compile(
    r"\b(?:simplif\w*|rewrit\w*|re-?writ\w*|redesign\w*|refactor\w*|restructur\w*|reorgani[sz]\w*|rebuil[dt]\w*|redo|rework\w*|start (?:over|again|fresh)"
    r"|from scratch|split\w*|extract\w*|separat\w*|modulari[sz]\w*|move[ds]?|merge[ds]?|combin\w*|consolidat\w*|dedup\w*|minimal\w*|shorte[rn]\w*|smaller|reduc\w*|convert\w*|migrat\w*"
    r"|port(?:ed)? (?:it |this |to )|clean(?:ed|er)?|strip\w*|turn (?:it|this|the \w+) into|reset|clear|empty|wipe|revert\w*|undo|roll back|rename[ds]?"
    r"|instead of|swap\w*|tailwind|typescript|data-driven|generic|bare\w*|skeleton|only (?:a|one|the|show)|just (?:a|one|the|show)|nothing but|everything|completely|whole"
    r"|simplifi\w*|reescrev\w*|refaz\w*|refaça|refator\w*|do zero|divid\w*|separe|extrai\w*|mov[ae]\w*|junt[ae]\w*|mínim\w*|encurt\w*|reduz\w*|convert\w*|migr[ae]\w*|limp[ae]\w*|zerar|esvazi\w*|revert\w*|desfa\w*|renome\w*|tudo"
    r"|reescrib\w*|rehaz\w*|rediseñ\w*|refactori\w*|desde cero|separ[ae]\w*|mueve\w*|une|acort\w*|reduc\w*|convier\w*|limpi\w*|vací\w*|deshaz\w*|renombr\w*|todo"
    r"|vereinfach\w*|umschreib\w*|neu schreib\w*|schreib\w* \w+ neu|überarbeit\w*|von vorn\w*|von grund\w*|aufteil\w*|teile?|auslager\w*|verschieb\w*|zusammen\w*|kürz\w*|verklein\w*|umbau\w*|aufräum\w*|leere?n?|zurücksetz\w*|rückgängig|umbenenn\w*|alles"
    r"|réécri\w*|refai\w*|découp\w*|déplac\w*|fusionn\w*|raccourc\w*|rédui\w*|convertis\w*|nettoi\w*|vide[rz]?|annul\w*|renomm\w*|tout)\b",
    re.IGNORECASE,
)
_TAKE_OUT: Final = re.compile(
    r"\b(?:remov\w*|delet\w*|drop|get rid|rid of|without|take (?:out|away)|no longer|don'?t (?:need|want)|cut|kill|eliminat\w*|discard\w*|unused|dead code|throw (?:out|away)|no more|lose)\b",
    re.IGNORECASE,
)
_TAKE_OUT_ELSEWHERE: Final = re.compile(
    r"\b(?:remova\w*|retir\w*|tir[ae]\w*|apag\w*|exclu[ai]\w*|elimin\w*|delet[ae]\w*|sem|quit[ae]\w*|borr[ae]\w*|suprim\w*|sin|entfern\w*|lösch\w*|ohne|weg|streich\w*|raus"
    r"|supprim\w*|enlèv\w*|enlev\w*|retire\w*|sans|rimuov\w*|togli\w*|senza|verwijder\w*|zonder|usuń\w*|kaldır\w*|удал\w*|убер\w*|без)\b|删除|去掉|移除|削除|삭제|제거",
    re.IGNORECASE,
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
        return 2 * sum(bool(_stems(_CAMEL.sub(" ", name)) & objects) for name in about) >= len(about)
    said = sum(bool(_stems(_CAMEL.sub(" ", line)) & objects) for line in lines)
    return said >= max(1, _SHARE * len(lines))


def named(prompt: str, name: str) -> bool:
    """Whether the person spoke of what `name` names."""
    return bool(_stems(_CAMEL.sub(" ", name)) & _stems(prompt))


def _stems(text: str) -> set[str]:
    words = {word.lower() for word in _WORD.findall(text)}
    return {word.removesuffix("s") for word in words if len(word) > 2 and word not in _PLAIN}
