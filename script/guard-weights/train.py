"""Learns how much each concept of `words.toml` speaks for an attack, and writes `builder/safety/judging/weights.json`.

Usage: pip install scikit-learn, beside Sayso's own requirements; then python script/guard-weights/train.py [--check].
It learns from the labelled cases `attacks`, `held_out_*` and `taught_*` of tests/unit/safety/cases, from the rules' own, from sentences made of
`phrases.toml`, and from what Sayso itself says to people, which is harmless. It never reads the cases `unseen_*`.
`--check` writes nothing and prints what six folds give.
"""

import json
import random
import re
import sys
import tomllib
from collections import Counter
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from builder.safety.judging.features import features, read, sentences_of  # noqa: E402
from builder.safety.judging.folding import fold  # noqa: E402
from builder.safety.judging.rules import rules  # noqa: E402
from builder.safety.judging.words import WORDS, words  # noqa: E402

CASES = ROOT / "tests" / "unit" / "safety" / "cases"
OUT = ROOT / "builder" / "safety" / "judging" / "weights.json"
PASS = "pass"  # noqa: S105  # no password
CATEGORIES = ("injection", "prompt_leak", "credential", "destructive", "privilege")
LANGUAGES = ["en"] * 6 + ["pt"] * 3 + ["es", "de", "fr", "zh", "ja", "ru", "ar", "hi"]
OF_EACH_SHAPE = 10
MADE_COUNTS = 0.2
"""How much a made sentence counts beside one that a person wrote."""
STRENGTH = 1.0  # scikit-learn's C
LEAST_WRITTEN, LEAST_MADE = 4, 8
"""Sentences that a feature has to be in."""
PART = re.compile(r"\[[^\]]*\]|\{[^}]+\}|[^\s\[\]{}]+")


def cases(name):
    return [json.loads(line) for line in (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def seen(text):
    return [features(read(sentence, words())) for sentence in sentences_of(fold(text))] or [set()]


def written():
    attacks = [
        (category, seen(text))
        for name in ("attacks", "held_out_attacks", "taught_attacks")
        for category, text in cases(name)
        if category in CATEGORIES
    ]
    harmless = [
        (PASS, seen(text)) for name in ("harmless", "held_out_harmless", "taught_harmless") for text in cases(name)
    ]
    # A rule's own cases are cases too.
    attacks += [(rule.category.value, seen(text)) for rule in rules().all for text in rule.catches]
    harmless += [(PASS, seen(text)) for rule in rules().all for text in rule.passes]
    return attacks + harmless


def own_texts():
    """The sentences of the catalogues, without those that say what the guard refuses."""
    for path in sorted((ROOT / "builder" / "texts").glob("*.en.json")):
        if "safety" not in path.name:
            yield from strings(json.loads(path.read_text(encoding="utf-8")))


def strings(value):
    if isinstance(value, str):
        yield re.sub(r"\{[^}]*\}", "X", value)
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings(one)


def made(shape, concepts, rng):
    language = rng.choice(LANGUAGES)
    shape = re.sub(r"\[([^\]]*)\]", lambda part: part[1] if rng.random() < 0.5 else "", shape)
    parts = []
    for part in PART.findall(shape):
        if part.startswith("{"):
            by_language = concepts[part[1:-1]]
            part = rng.choice((by_language.get(language) or by_language["en"]).split())
        parts.append(part.rstrip("*").replace("_", " "))
    if language in ("ja", "hi") and rng.random() < 0.6:
        parts.reverse()
    return fold(("" if language in ("zh", "ja") else " ").join(parts))


def made_of_shapes():
    rng, concepts = random.Random(0), tomllib.loads(WORDS.read_text(encoding="utf-8"))  # noqa: S311  # repeatable
    shapes = tomllib.loads(Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8"))
    sentences = [
        (category, features(read(made(shape, concepts, rng), words())))
        for category, kept in shapes.items()
        for shape in kept["shapes"].strip().splitlines()
        for _ in range(OF_EACH_SHAPE)
    ]
    # Words without a concept are learnt from people alone.
    sentences = [(category, {one for one in found if not one.startswith("=")}) for category, found in sentences]
    return sentences + [(PASS, found) for text in own_texts() for found in seen(text)]


class Learnt:
    def __init__(self, people, made_up):
        kept = Counter(one for _, sentences in people for found in sentences for one in found)
        often = Counter(one for _, found in made_up for one in found)
        keep = {one for one, count in kept.items() if count >= LEAST_WRITTEN}
        keep |= {one for one, count in often.items() if count >= LEAST_MADE}
        attacks = [(label, sentences) for label, sentences in people if label != PASS]
        fixed = [(PASS, found, 1.0) for label, sentences in people if label == PASS for found in sentences]
        fixed += [(label, found, MADE_COUNTS) for label, found in made_up]
        # Which sentence of a text is the attack is learnt as well: at first the longest, then the likeliest.
        chosen = [max(sentences, key=len) for _, sentences in attacks]
        self.vector = DictVectorizer().fit([dict.fromkeys(keep, 1)])
        for _ in range(2):
            rows = fixed + [(label, found, 1.0) for (label, _), found in zip(attacks, chosen, strict=True)]
            self.model = LogisticRegression(C=STRENGTH, max_iter=3000)
            self.model.fit(
                self._rows([found for _, found, _ in rows]), [label for label, _, _ in rows], [w for *_, w in rows]
            )
            chosen = [sentences[int(np.argmax(self.likely(sentences)))] for _, sentences in attacks]

    def _rows(self, sentences):
        return self.vector.transform([dict.fromkeys(found, 1) for found in sentences])

    def likely(self, sentences):
        return 1 - self.model.predict_proba(self._rows(sentences))[:, list(self.model.classes_).index(PASS)]

    def weights(self):
        """By feature: what it adds to each category beside passing, in hundredths."""
        classes = list(self.model.classes_)
        passing = self.model.coef_[classes.index(PASS)]
        rows = np.rint(100 * np.array([self.model.coef_[classes.index(one)] - passing for one in CATEGORIES])).astype(
            int
        )
        begin = self.model.intercept_ - self.model.intercept_[classes.index(PASS)]
        return {
            "categories": CATEGORIES,
            "begin": [round(100 * begin[classes.index(one)]) for one in CATEGORIES],
            "features": {
                name: rows[:, at].tolist()
                for at, name in enumerate(self.vector.get_feature_names_out())
                if rows[:, at].any()
            },
        }


def check(people, made_up):
    attack = np.array([label != PASS for label, _ in people])
    found = np.zeros(len(people))
    for learn, test in StratifiedKFold(6, shuffle=True, random_state=2).split(found, attack):
        model = Learnt([people[at] for at in learn], made_up)
        for at in test:
            found[at] = model.likely(people[at][1]).max()
    for least in (0.35, 0.5, 0.7, 0.8, 0.9, 0.95):
        print(
            f"{least}: {(found[attack] > least).mean():.3f} caught, {(found[~attack] > least).mean():.4f} false alarms"
        )


if __name__ == "__main__":
    people, made_up = written(), made_of_shapes()
    if "--check" in sys.argv:
        check(people, made_up)
    else:
        # A feature a line, so that two versions can be compared.
        kept = Learnt(people, made_up).weights()
        lines = ",\n".join(
            f"{json.dumps(name, ensure_ascii=False)}:{json.dumps(row, separators=(',', ':'))}"
            for name, row in kept["features"].items()
        )
        head = json.dumps({"categories": kept["categories"], "begin": kept["begin"]})[1:-1]
        OUT.write_text(f'{{{head}, "features": {{\n{lines}\n}}}}\n', encoding="utf-8")
        print(len(kept["features"]), "features,", OUT.stat().st_size, "bytes")
