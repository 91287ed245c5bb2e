"""Wishes whose words are pulled apart, run together or spelled with digits, so that no word of a rule stands there."""

from __future__ import annotations

import re
from typing import Final

from builder.safety.verdicts import Category, GuardVerdict, Judgement

MOST_SQUEEZED: Final = 20_000
"""Characters up to which a text is looked at without its spaces."""
_LEET: Final = str.maketrans("013457@$!|+", "oieastasiit")
_WORDS: Final = re.compile(r"[a-z]+")
_GAP: Final = "[a-z]{0,14}?"
_NEAR: Final = "[a-z]{0,8}?"
_DROP: Final = (
    "(ignore|ignora|ignorar|disregard|forget|bypass|override|overwrite|desconsidere|desconsiderar|esqueca|esquecer)"
)
_EARLIER: Final = "(previous|prior|above|earlier|all|your|system|anteriores|anterior|todas|suas|seu|sistema|every|any)"
_ORDERS: Final = (
    "(instructions?|rules|guidelines|directives|prompts?|restrictions|instrucoes|instrucao|regras|diretrizes|filters)"
)
_SAY: Final = "(print|reveal|show|repeat|output|display|tellme|giveme|mostre|imprima|revele|repita)"
_HIDDEN: Final = "(system|hidden|initial|secret|sistema)"
_KEYS: Final = "(anthropicapikey|openaiapikey|apikeys?|secretkeys?|environmentvariables)"
_HIDDEN_WISHES: Final = (
    (re.compile(_DROP + _GAP + _EARLIER + _NEAR + _ORDERS), Category.INJECTION, "injection.hidden"),
    (re.compile(_DROP + _NEAR + _ORDERS + _NEAR + _EARLIER), Category.INJECTION, "injection.hidden"),
    (re.compile(_SAY + _NEAR + _HIDDEN + _NEAR + _ORDERS), Category.PROMPT_LEAK, "prompt_leak.hidden_words"),
    (re.compile(_SAY + "[a-z]{0,8}?your" + _NEAR + _KEYS), Category.CREDENTIAL, "credential.hidden_words"),
)


def hidden_wish(text: str) -> Judgement | None:
    """What the folded `text` wishes once its spaces are taken out; None where it is written as people write."""
    if len(text) > MOST_SQUEEZED:
        return None
    spelled = text.translate(_LEET)
    places = [place for word in _WORDS.finditer(spelled) for place in range(*word.span())]
    squeezed = "".join(_WORDS.findall(spelled))
    for pattern, category, rule in _HIDDEN_WISHES:
        for found in pattern.finditer(squeezed):
            written = text[places[found.start()] : places[found.end() - 1] + 1]
            if _hides(written, [part for part in found.groups() if part]):
                return Judgement(GuardVerdict.REFUSE, category, rule)
    return None


def _hides(written: str, words: list[str]) -> bool:
    """Whether a word is not written as one, or every word is a sentence of its own."""
    there = re.findall(r"[a-z]+", written)
    return any(word not in there for word in words) or written.count(".") >= len(words) - 1 > 1
