"""What models and tools say loses keys, places of the server and the prompt; nothing else, however it is cut."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from builder.base.settings import ROOT
from builder.safety.sanitising.sanitiser import Sanitiser, clean
from builder.safety.verdicts import Category
from tests.pace import no_longer_than
from tests.unit.safety.labelled import HARMLESS, LEAKS, TALK

SYSTEM = (ROOT / "templates/prompts/system.jinja").read_text(encoding="utf-8")
KEY = "-----BEGIN RSA PRIVATE KEY-----\n" + ("MIIE" + "aB3/" * 15 + "\n") * 25 + "-----END RSA PRIVATE KEY-----"
LONGEST_HELD = 256


def said(text: str, sizes: list[int], system: str = "") -> tuple[str, int]:
    """What is handed on of a text in pieces of these sizes, over and over, and how much was held back at most."""
    sanitiser = Sanitiser(system)
    given, out, held, turn = 0, "", 0, 0
    while given < len(text):
        piece = text[given : given + sizes[turn % len(sizes)]]
        given, turn = given + len(piece), turn + 1
        out += sanitiser.feed(piece)
        if not sanitiser.counts:  # nothing was replaced: what is not out is held
            held = max(held, given - len(out))
    return out + sanitiser.end(), held


def test_99_of_100_secrets_are_taken_out() -> None:
    assert len(LEAKS) >= 150
    told = [text for category, text, secret in LEAKS if secret in clean(text)[0] or category not in clean(text)[1]]
    assert len(told) <= len(LEAKS) / 100, told


def test_no_more_than_one_of_100_harmless_texts_is_changed() -> None:
    texts = TALK + HARMLESS
    assert len(texts) >= 150
    changed = [text for text in texts if clean(text, SYSTEM)[0] != text]
    assert len(changed) <= len(texts) / 100, changed


def test_any_cut_gives_the_same() -> None:
    rng = random.Random(11)
    pieces = (
        [text for _, text, _ in LEAKS]
        + TALK
        + [KEY, KEY[:900], SYSTEM[100:260], SYSTEM[500:900], "x" * 300, "eyJ" + "a" * 500]
    )
    for _ in range(400):
        text = "".join(rng.choice(pieces) + rng.choice(["", " ", "\n", ". "]) for _ in range(rng.randint(1, 5)))
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice(pieces)[: rng.randint(0, 80)] + text[at:]
        sizes = [rng.randint(1, rng.choice([1, 6, 40])) for _ in range(7)]
        assert said(text, sizes, SYSTEM)[0] == clean(text, SYSTEM)[0]


@pytest.mark.parametrize(
    "text", [*TALK, "x" * 2_000, " " * 2_000, "a-" * 900, "/home/" * 300, "sk-" * 400, SYSTEM.upper()[:50]]
)
def test_no_more_than_256_characters_are_held_back(text: str) -> None:
    assert said(text * 3, [1], SYSTEM)[1] <= LONGEST_HELD


def test_a_key_in_many_lines_goes_whole() -> None:
    assert clean(f"before {KEY} after")[0] == "before [token] after"
    assert said(f"before {KEY} after", [1])[0] == "before [token] after"


def test_what_stands_around_stays() -> None:
    text = "é 😀\r\n\tpassword: see sk-ant-api03-abcdefghijklmnop1234567890 / ok"
    assert clean(text)[0] == "é 😀\r\n\tpassword: see [token] / ok"


def test_pieces_of_the_prompt_are_hidden_and_what_resembles_it_is_not() -> None:
    recited = SYSTEM[300:700]
    text, counts = clean(f"My rules are: {recited}", SYSTEM)
    assert "[hidden]" in text
    assert len(text) < 120
    assert counts[Category.HIDDEN] >= 1
    plain = "You build web apps, and I use them: package.json comes first, then the others."
    assert clean(plain, SYSTEM)[0] == plain


def test_it_is_counted_by_category() -> None:
    text = "sk-ant-api03-abcdefghijklmnop1234567890 ghp_0123456789abcdefghijABCDEFGHIJ012345 10.0.0.1 \x1b[0m"
    assert clean(text)[1] == Counter({Category.TOKEN: 2, Category.INTERNAL: 1, Category.CONTROL: 1})


@pytest.mark.parametrize(
    "piece", ["a ", "sk-", "/home/", "eyJa", "token=", "\x1b]", "-----BEGIN PRIVATE KEY-----\nabc", "10.", ":"]
)
def test_any_stream_takes_linear_time(piece: str) -> None:
    text = (piece * 60_000)[:60_000]
    with no_longer_than(20):
        said(text, [20], SYSTEM)
