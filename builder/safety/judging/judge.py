"""What the guard makes of a text: a pure function of it, in time linear in its length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from builder.safety.judging.addressed import order_to_reader
from builder.safety.judging.flood import flood
from builder.safety.judging.folding import decoded, fold
from builder.safety.judging.recogniser import CLEAR, LONG, NONE, Recognised, recognised
from builder.safety.judging.rules import GuardRule, WordPattern, rules
from builder.safety.judging.sentences import Sentence
from builder.safety.judging.slash_commands import is_slash_command
from builder.safety.judging.spellings import respelled
from builder.safety.judging.suspects import Suspects, suspects
from builder.safety.judging.tricks import hidden_wish
from builder.safety.sanitising.secrets import hides_something
from builder.safety.verdicts import PASSED, Category, GuardVerdict, Judgement, Origin

DOUBTED: Final = 0.3
"""Below this likelihood what a rule of words finds does not count by itself; in a long text below the next."""
AGREED: Final = 0.6
"""From here on nobody else needs to be asked about what such a rule finds."""
_ORDER: Final = [GuardVerdict.PASS, GuardVerdict.NOTE, GuardVerdict.ASK, GuardVerdict.REFUSE]
_STOPS: Final = (GuardVerdict.ASK, GuardVerdict.REFUSE)
_PASTED: Final = Judgement(GuardVerdict.NOTE, Category.CREDENTIAL, "credential.pasted")
_NAMES_ONLY: Final = frozenset({"prompt_leak.named"})
"""What finds no more than a name: programs have system prompts of their own."""
_OF_DATA: Final = frozenset({Category.INJECTION, Category.PROMPT_LEAK, Category.CREDENTIAL, Category.PRIVILEGE})
"""What a text that is only read can try: to delete is nothing it could ask for."""


def judge(text: str, origin: Origin = Origin.PERSON) -> Judgement:
    """The gravest finding. Of data nothing is refused: what reads like an order, or might, is a note, and is marked as data."""
    if origin is Origin.DATA:
        if order := order_to_reader(fold(text)):
            return order
        found = _of_text(text)
        if found.rule in _NAMES_ONLY:
            return PASSED
        noted = (found.verdict in _STOPS or not found.sure) and found.category in _OF_DATA
        return Judgement(GuardVerdict.NOTE, found.category, found.rule) if noted else PASSED
    if rule := flood(text):
        return Judgement(GuardVerdict.REFUSE, Category.FLOOD, rule)
    if is_slash_command(text):
        return Judgement(GuardVerdict.REFUSE, Category.SLASH_COMMAND, "slash_command.console")
    found = _of_text(text)
    if found.verdict is GuardVerdict.PASS and found.sure and hides_something("", text):
        return _PASTED
    return found


def _of_text(text: str) -> Judgement:
    """What rules and what was learnt say together; not `sure` where they do not agree."""
    marks: list[Judgement] = []
    worded: list[Judgement] = []
    likely = NONE
    for reading, as_written in _readings(text):
        there = suspects(reading)
        likely = max(likely, recognised(there), key=lambda one: one.likely)
        if as_written:
            worded.extend(_worded(there))
            marks.extend(_marks(reading))
            if wish := hidden_wish(reading):
                marks.append(wish)
    by_rule, by_mark = _gravest(worded), _gravest(marks)
    if by_mark.verdict in _STOPS and _gravity(by_mark) >= _gravity(by_rule):
        return by_mark
    if by_rule.verdict in _STOPS:
        if likely.likely >= (AGREED if likely.sentences > LONG else DOUBTED):
            return replace(by_rule, sure=likely.likely >= AGREED)
        return Judgement(GuardVerdict.PASS, by_rule.category, by_rule.rule, sure=False)
    return _learnt(likely)


def _learnt(likely: Recognised) -> Judgement:
    rule = f"learnt.{likely.category}"
    if likely.certain:
        asks = likely.category is Category.DESTRUCTIVE and not likely.outside
        verdict = GuardVerdict.ASK if asks else GuardVerdict.REFUSE
        return Judgement(verdict, likely.category, rule, sure=likely.likely > CLEAR)
    if likely.possible:
        return Judgement(GuardVerdict.PASS, likely.category, rule, sure=False)
    return PASSED


def _readings(text: str) -> Iterator[tuple[str, bool]]:
    """The folded text, what it says to whoever decodes it, and other ways to read it, for which rules are not meant."""
    yield fold(text), True
    for inner in decoded(text):
        yield fold(inner), True
    for other in respelled(text):
        yield other, False


def _gravity(judgement: Judgement) -> int:
    return _ORDER.index(judgement.verdict)


def _gravest(found: list[Judgement]) -> Judgement:
    return max(found, key=_gravity, default=PASSED)


def _worded(there: Suspects) -> Iterator[Judgement]:
    """What rules of words find."""
    known = rules()
    for sentence in there.sentences:
        fitting = known.fitting(known.classes(sentence))
        if fitting:
            read = Sentence.read(sentence, known)
            for rule, pattern in fitting:
                if _asks(rule, pattern, read):
                    yield Judgement(rule.verdict, rule.category, rule.id)


def _marks(text: str) -> Iterator[Judgement]:
    """What rules of expressions find, such as a command."""
    for rule in rules().all:
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
