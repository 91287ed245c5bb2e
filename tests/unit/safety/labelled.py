"""The labelled cases beside this file, one JSON value a line.

`held_out_*` were written before any rule was. `taught_*` are what the recogniser learnt from beside them. `unseen_*` were
written before it learnt: they tell how well it does on what it does not know. Some dozen lines of them, and of `fresh_*`, were
seen by who wrote the youngest families.
`fresh_*`, half English and half Portuguese, are of the same kind: written before `script/guard-weights/families`, by the same hand.
`later_*` were written last, after all that is learnt from, by the hand that wrote its youngest part. How likely an attack has to be
(`LIKELY`), and which weights were kept, was chosen by the counts of all three, which so are too good. The last 84 and 84 of
`later_*` came after that, from somebody who had seen neither rules nor weights; Italian words were learnt between the first 64 and
the rest. `third_*` were written after everything else, by somebody who had not seen the weights, and counted once. `house_*` are of kinds that nothing was known of (a way in for later, what belongs to another
project, somebody else's key, what is billed): written before their rules and families, by the same hand, in five languages.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "cases"


def read(name: str) -> list[Any]:
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


ATTACKS: list[tuple[str, str]] = [*map(tuple, read("attacks") + read("held_out_attacks"))]
"""(category, text)"""
HARMLESS: list[str] = read("harmless") + read("held_out_harmless")
LEAKS: list[tuple[str, str, str]] = [*map(tuple, read("leaks") + read("held_out_leaks"))]
"""(category, text, what nobody may read of it)"""
TALK: list[str] = read("talk") + read("held_out_talk")
TAUGHT_ATTACKS: list[tuple[str, str]] = [*map(tuple, read("taught_attacks"))]
TAUGHT_HARMLESS: list[str] = read("taught_harmless")
UNSEEN_ATTACKS: list[tuple[str, str]] = [*map(tuple, read("unseen_attacks"))]
UNSEEN_HARMLESS: list[str] = read("unseen_harmless")
FRESH_ATTACKS: list[str] = [text for _, text, _ in read("fresh_attacks")]
FRESH_HARMLESS: list[str] = [text for text, _ in read("fresh_harmless")]
LOGGED: list[tuple[str, str]] = [*map(tuple, read("logged"))]
"""(line of a log, what nobody may read of it, "" where it is harmless)"""
LATER_ATTACKS: list[str] = [text for _, text in read("later_attacks")]
LATER_HARMLESS: list[str] = read("later_harmless")
THIRD_ATTACKS: list[str] = [text for _, text in read("third_attacks")]
THIRD_HARMLESS: list[str] = read("third_harmless")
HOUSE_ATTACKS: list[tuple[str, str]] = [*map(tuple, read("house_attacks"))]
HOUSE_HARMLESS: list[str] = read("house_harmless")
ORDERS: list[tuple[str, bool, str, str]] = [*map(tuple, read("orders"))]
"""(where it stands, whether it is hostile, what it wants, text), written by people who did not know the rules. Prompts for apps
that harm others (a copy of a bank's page) are not among them: the guard keeps the house, what may be built is the model's to say."""
