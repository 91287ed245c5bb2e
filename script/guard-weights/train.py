"""Learns how much each concept of `words.toml` speaks for an attack, and writes `builder/safety/judging/weights.json`.

Usage: pip install scikit-learn, beside Sayso's own requirements; then python script/guard-weights/train.py [--check].
It learns from the labelled cases `attacks`, `held_out_*` and `taught_*` of tests/unit/safety/cases, from the rules' own, from `families/`, from
sentences made of `phrases.toml`, and from what Sayso itself says to people, which is harmless. It never reads the cases `unseen_*`, `fresh_*` and `later_*`.
`--check` writes nothing and prints what five folds give, each of which leaves whole families out.
"""

import base64
import json
import random
import re
import sys
import tomllib
from collections import Counter
from importlib import metadata
from pathlib import Path
from zlib import crc32

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from families import variants  # noqa: E402

from builder.safety.judging.features import NEAR, features, read, sentences_of  # noqa: E402
from builder.safety.judging.folding import fold  # noqa: E402
from builder.safety.judging.letters import BUCKETS, groups  # noqa: E402
from builder.safety.judging.recogniser import SURE  # noqa: E402
from builder.safety.judging.rules import rules  # noqa: E402
from builder.safety.judging.suspects import made_of  # noqa: E402
from builder.safety.judging.words import WORDS, words  # noqa: E402

CASES = ROOT / "tests" / "unit" / "safety" / "cases"
OUT = ROOT / "builder" / "safety" / "judging" / "weights.json"
PASS = "pass"  # noqa: S105  # no password
CATEGORIES = ("injection", "prompt_leak", "credential", "destructive", "privilege")
LABELS = (PASS, *CATEGORIES)
LANGUAGES = ["en"] * 6 + ["pt"] * 3 + ["es", "de", "fr", "zh", "ja", "ru", "ar", "hi"]
OF_EACH_SHAPE = 10
OF_EACH_LINE = 12
MADE_COUNTS, OWN_COUNTS, VARIANT_COUNTS = 0.2, 0.08, 0.35
"""How much a made sentence, one of Sayso's own, and a variant of a phrasing, count beside a text that a person wrote."""
STRENGTH, STRENGTH_OF_LETTERS = 1.0, 30.0  # scikit-learn's C
LEAST_WRITTEN, LEAST_MADE = 4, 8
"""Sentences that a feature has to be in."""
MOST_PIECES = 1_500
LEAST_WEIGHT = 4
"""Hundredths under which a feature is left out."""
PART = re.compile(r"\[[^\]]*\]|\{[^}]+\}|[^\s\[\]{}]+")


def cases(name):
    return [json.loads(line) for line in (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def sentences(text):
    folded = fold(text)
    return [*sentences_of(folded, together=len(folded) <= NEAR)] or [""]


class Seen(set):
    """The features of a sentence, with its `groups` of letters."""


def seen(text):
    found = []
    for sentence in sentences(text):
        one = Seen(features(read(sentence, words())))
        one.groups = groups(sentence)
        found.append(one)
    return found


def one_by_one():
    """(category, text) of what stands alone."""
    texts = [
        (category, text)
        for name in ("attacks", "held_out_attacks", "taught_attacks")
        for category, text in cases(name)
        if category in CATEGORIES
    ]
    texts += [(PASS, text) for name in ("harmless", "held_out_harmless", "taught_harmless") for text in cases(name)]
    # A rule's own cases are cases too.
    texts += [(rule.category.value, text) for rule in rules().all for text in rule.catches]
    texts += [(PASS, text) for rule in rules().all for text in rule.passes]
    return texts


def written():
    """(family, category, sentences, weight) of each text."""
    texts = one_by_one()
    rows = [(f"case {number}", category, seen(text), 1.0) for number, (category, text) in enumerate(texts)]
    return rows + [
        (f"family {n}", category, seen(text), VARIANT_COUNTS) for n, category, text in variants(OF_EACH_LINE)
    ]


def own_texts():
    """What Sayso says, without what the guard refuses: the catalogues, and as much of documents and code."""
    for path in sorted((ROOT / "builder" / "texts").glob("*.en.json")):
        if "safety" not in path.name:
            yield from strings(json.loads(path.read_text(encoding="utf-8")))
    rng = random.Random(0)  # noqa: S311  # repeatable
    pieces = []
    for path in (*ROOT.glob("docs/*.md"), *ROOT.glob("templates/starters/**/*.*"), *ROOT.glob("builder/p*/**/*.py")):
        if path.name != "security.md" and path.suffix in (".md", ".py", ".tsx", ".ts", ".css", ".json"):
            text = path.read_text(encoding="utf-8")
            pieces += [text[at : at + 400] for at in range(0, len(text), 400)]
    yield from rng.sample(sorted(pieces), min(len(pieces), MOST_PIECES))
    pieces = [one for name, text in documents() if learns_from(name) for one in paragraphs(text)]
    yield from rng.sample(sorted(pieces), min(len(pieces), 2 * MOST_PIECES))


def documents():
    """(name, text) of what the installed packages say of themselves."""
    for one in metadata.distributions():
        yield one.metadata["Name"], one.metadata.get_payload() or one.metadata.get("Description") or ""
    for path in ROOT.glob("preview_runtime/browser/node_modules/**/README.md"):
        yield path.parent.name, path.read_text(encoding="utf-8", errors="ignore")


def learns_from(name):
    """Half of the documents; the others are for measuring."""
    return crc32(name.lower().encode()) % 2 == 0


def paragraphs(text):
    return [one[:800] for one in re.split(r"\n\s*\n", text) if len(one) > 40]


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
    """(category, features, weight) of made sentences."""
    rng, concepts = random.Random(0), tomllib.loads(WORDS.read_text(encoding="utf-8"))  # noqa: S311  # repeatable
    shapes = tomllib.loads(Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8"))
    sentences = [
        (category, features(read(made(shape, concepts, rng), words())))
        for category, kept in shapes.items()
        for shape in kept["shapes"].strip().splitlines()
        for _ in range(OF_EACH_SHAPE)
    ]
    # Words are learnt from people alone.
    rows = [(label, {one for one in found if one[0] not in "=~!"}, MADE_COUNTS) for label, found in sentences]
    return rows + [(PASS, found, OWN_COUNTS) for text in own_texts() for found in seen(text)]


def first_look(learnt, texts):
    """What single words say, and how little an attack may come to: one of 100 is let go, which are the encoded ones."""
    single = [at for name, at in learnt.places.items() if name.isalpha() or name[0] == "="]
    names = [name for name, at in learnt.places.items() if name.isalpha() or name[0] == "="]
    model = LogisticRegression(C=STRENGTH, max_iter=400, tol=1e-3)
    model.fit(learnt.rows[:, single], [label != PASS for label in learnt.labels], learnt.counts)
    weights = {name: round(100 * weight) for name, weight in zip(names, model.coef_[0], strict=True)}
    weights = {name: weight for name, weight in weights.items() if abs(weight) >= LEAST_WEIGHT}
    look = made_of(weights, words(), 0)
    most = sorted(max(look.most(one) for one in sentences(text)) for text in texts)
    print("attacks come to", [most[len(most) * part // 1000] for part in (0, 3, 5, 10, 20, 50, 100, 500)])
    return {"least": most[len(most) // 100], "features": weights}


def spelling(sentences):
    ends = np.cumsum([0, *(len(one.groups) for one in sentences)])
    shares = np.fromiter((share for one in sentences for share in one.groups.values()), float, ends[-1])
    places = np.fromiter((place for one in sentences for place in one.groups), np.int32, ends[-1])
    return csr_matrix((shares, places, ends), shape=(len(sentences), BUCKETS))


class Learnt:
    def __init__(self, people, made_up):
        kept = Counter(one for *_, sentences, _ in people for found in sentences for one in found)
        often = Counter(one for _, found, _ in made_up for one in found)
        keep = {one for one, count in kept.items() if count >= LEAST_WRITTEN}
        keep |= {one for one, count in often.items() if count >= LEAST_MADE}
        self.places = {one: at for at, one in enumerate(sorted(keep))}
        attacks = [row for row in people if row[1] != PASS]
        fixed = [
            *made_up,
            *((PASS, found, w) for _, label, sentences, w in people if label == PASS for found in sentences),
        ]
        # Which sentence of a text is the attack is learnt as well: at first the longest, then the likeliest.
        chosen = [max(sentences, key=len) for *_, sentences, _ in attacks]
        for _ in range(2):
            rows = fixed + [(label, found, w) for (_, label, _, w), found in zip(attacks, chosen, strict=True)]
            self.model = LogisticRegression(C=STRENGTH, max_iter=400, tol=1e-3)
            labels, found, weights = zip(*rows, strict=True)
            self.rows, self.labels, self.counts = self._rows(found), labels, weights
            self.model.fit(self.rows, [LABELS.index(one) for one in labels], weights)
            likely = iter(self.by_meaning([one for *_, sentences, _ in attacks for one in sentences]))
            chosen = [max((next(likely), at, one) for at, one in enumerate(row[2]))[2] for row in attacks]
        spelled = [(label, found, w) for label, found, w in rows if isinstance(found, Seen)]
        self.letters = LogisticRegression(C=STRENGTH_OF_LETTERS, max_iter=300, solver="liblinear")
        self.letters.fit(
            spelling([found for _, found, _ in spelled]),
            [label != PASS for label, *_ in spelled],
            [w for *_, w in spelled],
        )

    def _rows(self, sentences):
        places = [sorted(self.places[one] for one in found if one in self.places) for found in sentences]
        ends = np.cumsum([0, *map(len, places)])
        flat = np.fromiter((at for row in places for at in row), dtype=np.int32, count=ends[-1])
        return csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(places), len(self.places)))

    def by_meaning(self, sentences):
        return 1 - self.model.predict_proba(self._rows(sentences))[:, 0]

    def likely(self, sentences):
        meaning = np.clip(self.by_meaning(sentences), 1e-9, 1 - 1e-9)
        both = np.log(meaning / (1 - meaning)) + self.letters.decision_function(spelling(sentences))
        return 1 / (1 + np.exp(-SURE * both))

    def weights(self):
        """By feature: what it adds to each category beside passing, in hundredths."""
        rows = np.rint(100 * (self.model.coef_[1:] - self.model.coef_[0])).astype(int)
        begin = np.rint(100 * (self.model.intercept_[1:] - self.model.intercept_[0])).astype(int)
        features = {
            name: rows[:, at].tolist() for name, at in self.places.items() if abs(rows[:, at]).max() >= LEAST_WEIGHT
        }
        eighths = np.clip(np.rint(8 * self.letters.coef_[0]), -127, 127).astype(np.int8)
        return {
            "categories": CATEGORIES,
            "begin": begin.tolist(),
            "spelling": round(100 * self.letters.intercept_[0]),
            "letters": base64.b64encode(eighths.tobytes()).decode(),
            "features": features,
        }


def check(people, made_up, folds=5):
    attack = np.array([label != PASS for _, label, *_ in people])
    family = np.array([row[0] for row in people])
    found = np.zeros(len(people))
    for learn, test in StratifiedGroupKFold(folds, shuffle=True, random_state=2).split(found, attack, family):
        model = Learnt([people[at] for at in learn], made_up)
        for at in test:
            found[at] = model.likely(people[at][2]).max()
    for least in (0.2, 0.35, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95):
        said = [f"{least}:"]
        for kind in ("case", "family"):
            of = np.array([one.startswith(kind) for one in family])
            said.append(
                f"{kind}: {(found[attack & of] > least).mean():.3f} caught, {(found[~attack & of] > least).mean():.4f} false"
            )
        print(*said)
    return found


if __name__ == "__main__":
    people, made_up = written(), made_of_shapes()
    if "--check" in sys.argv:
        check(people, made_up)
    else:
        # A feature a line, so that two versions can be compared.
        learnt = Learnt(people, made_up)
        attacks = [text for category, text in one_by_one() if category != PASS]
        attacks += [text for _, category, text in variants(2) if category != PASS]
        kept = learnt.weights()
        lines = ",\n".join(
            f"{json.dumps(name, ensure_ascii=False)}:{json.dumps(row, separators=(',', ':'))}"
            for name, row in kept["features"].items()
        )
        first = first_look(learnt, attacks)
        head = json.dumps({**kept, "features": None, "first": first}, ensure_ascii=False).replace(
            '"features": null, ', ""
        )[1:-1]
        OUT.write_text(f'{{{head}, "features": {{\n{lines}\n}}}}\n', encoding="utf-8")
        print(len(kept["features"]), "features,", OUT.stat().st_size, "bytes")
