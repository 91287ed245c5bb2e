"""What the guard makes of a text: a pure function of it, in time linear in its length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from builder.safety.judging.flood import flood
from builder.safety.judging.folding import decoded, fold
from builder.safety.judging.rules import GuardRule, WordPattern, rules
from builder.safety.judging.sentences import Sentence, sentences
from builder.safety.judging.slash_commands import is_slash_command
from builder.safety.judging.tricks import hidden_wish
from builder.safety.sanitising.secrets import hides_something
from builder.safety.verdicts import PASSED, Category, GuardVerdict, Judgement, Origin

_ORDER: Final = [GuardVerdict.PASS, GuardVerdict.NOTE, GuardVerdict.ASK, GuardVerdict.REFUSE]
_PASTED: Final = Judgement(GuardVerdict.NOTE, Category.CREDENTIAL, "credential.pasted")


def judge(text: str, origin: Origin = Origin.PERSON) -> Judgement:
    """The gravest finding. Of data nothing is refused: it is marked as data, and what it says is a note."""
    findings = _of_data(text) if origin is Origin.DATA else _of_person(text)
    gravest = max(findings, key=lambda one: _ORDER.index(one.verdict), default=PASSED)
    if origin is Origin.DATA and gravest.verdict is not GuardVerdict.PASS:
        return Judgement(GuardVerdict.NOTE, gravest.category, gravest.rule)
    return gravest


def _of_person(text: str) -> Iterator[Judgement]:
    if rule := flood(text):
        yield Judgement(GuardVerdict.REFUSE, Category.FLOOD, rule)
        return
    if is_slash_command(text):
        yield Judgement(GuardVerdict.REFUSE, Category.SLASH_COMMAND, "slash_command.console")
    if hides_something("", text):
        yield _PASTED
    yield from _of_data(text)


def _of_data(text: str) -> Iterator[Judgement]:
    yield from _wishes(fold(text))
    if wish := hidden_wish(fold(text)):
        yield wish
    for inner in decoded(text):
        folded = fold(inner)
        yield from _wishes(folded)
        if wish := hidden_wish(folded):
            yield wish


def _wishes(text: str) -> Iterator[Judgement]:
    known = rules()
    for present, sentence in sentences(text, known):
        fitting = known.fitting(present)
        if fitting:
            read = Sentence.read(sentence, known)
            for rule, pattern in fitting:
                if _asks(rule, pattern, read):
                    yield Judgement(rule.verdict, rule.category, rule.id)
    for rule in known.all:
        if _stands(rule, text):
            yield Judgement(rule.verdict, rule.category, rule.id)


def _asks(rule: GuardRule, pattern: WordPattern, sentence: Sentence) -> bool:
    return any(not sentence.excuses(first, last, rule.unless, whole=False) for first, last in sentence.matches(pattern))


_SENTENCE_END: Final = re.compile(r"[.!?;](?=\s)|\n(?=\s?\n)")
AROUND: Final = 300
"""Characters before and behind a place in which its sentence is looked for."""
MOST_PLACES: Final = 20


def _stands(rule: GuardRule, text: str) -> bool:
    """Whether one of the rule's expressions stands in the text as a wish."""
    for needle, pattern in rule.where:
        if needle not in text:
            continue
        for found, _ in zip(pattern.finditer(text), range(MOST_PLACES), strict=False):
            begin = max(0, found.start() - AROUND)
            ends = [*_SENTENCE_END.finditer(text, begin, found.start())]
            begin = ends[-1].end() if ends else begin
            end = _SENTENCE_END.search(text, found.end(), found.end() + AROUND)
            sentence = Sentence.read(text[begin : end.start() if end else found.end() + AROUND], rules())
            first, last = sentence.word_at(found.start() - begin), sentence.word_at(found.end() - begin - 1)
            wished = not rule.needed or any(bits & rule.needed for bits in sentence.classes[: max(first, 1)])
            if wished and not sentence.excuses(first, last, rule.unless, whole=True):
                return True
    return False
