"""Every text a person sees is in the catalogues, every text of a catalogue is used, and all it names is given."""

from __future__ import annotations

import ast
import json
import re
import string
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest

from builder.base.settings import ROOT
from builder.projects.starters import STARTERS, list_starters
from builder.texts import catalogue, languages, speaking, t
from builder.texts.catalogues import FOLDER, PLURAL
from builder.texts.language import DEFAULT

OTHERS = [language for language in languages() if language != DEFAULT]
# What is the same in other languages: names, and words that they took over.
_THE_SAME = {
    "API", "Chat", "CPU {percent} %", "CPU …", "Ctrl+C", "Editor", "Esc", "Git", "Landing page", "Link", "Logs", "Normal", "PostgreSQL",
    "Python", "Quiz", "Sayso", "Tab", "Tablet", "Terminal", "Terminal {number}", "Token", "WebContainer", "Webhooks", "Webhooks · Sayso",
    "commit {commit}", "e-mail", "module federation", "{size} bytes", "{tokens} tokens", "{tokens} tokens · {cost}",
    "{width} × {height} pixels",
}  # fmt: skip
# The demo knows these words in English alone.
_SAID_IN_ENGLISH_ALONE = {
    "demo.loose": {("asked", "")},
    "demo.reason.mention": {("word", "")},
}
ENGINES = ROOT / "preview_runtime" / "browser" / "src"
TEXTS = catalogue(DEFAULT).texts
_KEY = re.compile(r"""["'`]([a-z_]+\.[a-z0-9_.]+)["'`]""")
_CALL = re.compile(r"""\bt\(\s*["']([a-z_]+\.[a-z0-9_.]+)["']""")
_PHRASE = re.compile(r"""\bphrase\(\s*'([a-z_]+\.[a-z0-9_.]+)'""")
_TEXT = re.compile(r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`[^`]*`""")
# Keys that are put together (`t(f"area.{name}")`) count by the part before the value.
_BUILT = re.compile(r"""["'`]([a-z_]+\.[a-z0-9_.]*)(?:\{|\$\{|["'`]\s*\+)""")
# What only whoever runs the server reads, in a terminal; and programs that run apart from ours.
_IN_A_TERMINAL = (
    "containers/images/",
    "containers/isolation/firewall.py",
    "containers/agents/",
    "containers/__main__.py",
)
_APART = (
    "containers/beside/egress_proxy.py",
    "containers/data/volume_copy.py",
    "preview_runtime/node.py",
)
# Calls that name what goes on for the log.
_NAMES_WORK = ("begin", "forever", "create_task", "cut")
# What has several words and is told to nobody, by its file and its beginning.
_UNTOLD = {
    ("containers/isolation/host_probe.py", "import errno"): "a program",
    ("containers/packages/layer_scripts.py", "set -eu"): "a program",
    ("containers/packages/image_contents.py", "\nimport importlib"): "a program",
    ("containers/packages/image_contents.py", "\nconst fs"): "a program",
    ("routes/preview_pages.py", "<noscript>"): "a page's script",
    ("containers/beside/database.py", "The data are of PostgreSQL"): "what PostgreSQL writes",
    ("compiling/compiler.py", "the compiler ended early"): "for the log",
    ("compiling/compiler.py", "the fault is not an object"): "for the log",
    ("routes/proxy.py", "a header of its answer is none"): "for the log",
}
# The browser formats values with its own means: these catalogues name values and nothing more.
_IN_THE_BROWSER = (
    "attaching",
    "budget",
    "client",
    "engine",
    "home",
    "keys",
    "planning",
    "recording",
    "scan",
    "sent",
    "servers",
    "terminal",
    "walked",
    "workbench",
)


@cache
def sources() -> dict[Path, str]:
    found = [
        p for p in (ROOT / "builder").rglob("*") if p.suffix in (".py", ".ts", ".tsx") and "testing" not in p.parts
    ]
    found += ENGINES.rglob("*.ts")
    found += [*(ROOT / "preview_runtime").rglob("*.py"), *(ROOT / "templates" / "pages").rglob("*.jinja")]
    return {path: path.read_text(encoding="utf-8") for path in found if "node_modules" not in path.parts}


def values_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def fields_of(text: str) -> set[tuple[str, str]]:
    return {(name, spec or "") for _, name, spec, _ in string.Formatter().parse(text) if name is not None}


def keys_in(path: Path) -> dict[str, str]:
    """The texts of one file, of a plural one form."""
    texts: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {key.partition(PLURAL)[0]: text for key, text in texts.items()}


def texts_of(key: str) -> list[str]:
    """The text of a key, or all its plural forms; none where there is no such key."""
    return [text for name, text in TEXTS.items() if name.partition(PLURAL)[0] == key]


def calls() -> Iterator[tuple[str, str, set[str] | None]]:
    """Each `t("key", …)` and `Phrase("key", {…})` in Python: where, the key, the values it is given (None: cannot be seen)."""
    for path, source in sources().items():
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(source)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
                continue
            key = node.args[0]
            if node.func.id not in ("t", "Phrase") or not (
                isinstance(key, ast.Constant) and isinstance(key.value, str)
            ):
                continue
            given: set[str] | None = {word.arg for word in node.keywords if word.arg}
            if any(word.arg is None for word in node.keywords):
                given = None
            if node.func.id == "Phrase" and len(node.args) > 1:
                known = isinstance(node.args[1], ast.Dict)
                given = {name.value for name in node.args[1].keys if isinstance(name, ast.Constant)} if known else None
            yield f"{path.name}:{node.lineno}", key.value, given


def _given(source: str, at: int) -> set[str] | None:
    """The names of the values in a call of TypeScript that goes on at `at`, after its key; None where they cannot be seen."""
    if source[at] == ")":
        return set()
    opened = re.compile(r",\s*\{").match(source, at)
    if opened is None:
        return None
    parts, depth, place = [""], 0, opened.end()
    while depth or source[place] != "}":
        if (text := _TEXT.match(source, place)) is not None:
            place = text.end()
            continue
        depth += (source[place] in "([{") - (source[place] in ")]}")
        if source[place] == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += source[place]
        place += 1
    names = [re.match(r"\s*(\w+)\s*(?::|$)", part) for part in parts if part.strip()]
    return None if None in names else {name.group(1) for name in names if name}


def phrases_of_engines() -> Iterator[tuple[str, str, set[str] | None]]:
    """Each `phrase('key', {…})` in TypeScript, as `calls` tells it."""
    for path, source in sources().items():
        if ENGINES not in path.parents:
            continue
        for found in _PHRASE.finditer(source):
            line = source.count("\n", 0, found.start()) + 1
            yield f"{path.name}:{line}", found.group(1), _given(source, found.end())


def test_every_key_that_is_asked_for_exists() -> None:
    asked = {(key, path.name) for path, source in sources().items() for key in _CALL.findall(source)}
    asked |= {(key, where) for where, key, _ in (*calls(), *phrases_of_engines())}
    assert len(asked) > 500
    assert sorted(f"{key} in {where}" for key, where in asked if not texts_of(key)) == []


def test_every_text_is_used() -> None:
    everything = "\n".join(sources().values())
    named, built = set(_KEY.findall(everything)), {prefix for prefix in _BUILT.findall(everything) if prefix}
    keys = {key.partition(PLURAL)[0] for key in TEXTS}
    assert sorted(key for key in keys if key not in named and not any(key.startswith(one) for one in built)) == []


def test_every_text_gets_the_values_that_it_names_and_no_others() -> None:
    wrong = [
        f"{key} in {where}: {sorted(given)}"
        for where, key, given in (*calls(), *phrases_of_engines())
        if given is not None
        for text in texts_of(key)
        # The number that chooses a form need not be said: “1 file” may be “one file”.
        if values_of(text) - {"count"} != given - {"count"} or ("count" in values_of(text) and "count" not in given)
    ]
    assert wrong == []
    engines = list(phrases_of_engines())
    assert len(engines) > 50
    assert [f"{key} in {where}" for where, key, given in engines if given is None] == []


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_a_text_is_one_that_can_be_shown(key: str) -> None:
    text = TEXTS[key]
    assert text.strip()
    assert all(re.fullmatch(r"[a-z_]+", name) for name in values_of(text))
    assert all(spec in ("", "number", "bytes") for _, _, spec, _ in string.Formatter().parse(text) if spec is not None)
    assert not re.search(r"\b(?:oops|something went wrong|whoops)\b", text, re.IGNORECASE)


@pytest.mark.parametrize("language", OTHERS)
def test_each_catalogue_is_there_in_every_language_with_the_same_texts(language: str) -> None:
    """Says by file and key what is to be translated, and what may go."""
    found: list[str] = []
    for path in sorted(FOLDER.glob(f"*.{DEFAULT}.json")):
        other = path.with_name(path.name.replace(f".{DEFAULT}.", f".{language}."))
        ours, theirs = keys_in(path), keys_in(other)
        found += [f"{other.name}: translate {key}: {ours[key]!r}" for key in ours if key not in theirs]
        found += [f"{other.name}: remove {key}" for key in theirs if key not in ours]
    assert found == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translated_text_has_the_values_of_the_english_one(language: str) -> None:
    texts = catalogue(language).texts
    ours = {key.partition(PLURAL)[0]: fields_of(text) for key, text in TEXTS.items()}
    counted = {("count", ""), ("count", "number")}
    wrong = [
        f"{key}: {sorted(fields_of(text))} for {sorted(ours[key.partition(PLURAL)[0]])}"
        for key, text in texts.items()
        # “One file” need not say the number.
        if fields_of(text) - counted
        != ours[key.partition(PLURAL)[0]] - counted - _SAID_IN_ENGLISH_ALONE.get(key, set())
    ]
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_is_left_in_english(language: str) -> None:
    texts = catalogue(language).texts
    same = {
        key
        for key, text in texts.items()
        if text == TEXTS.get(key) and re.search(r"[^\W\d_]{3}", re.sub(r"\{[^}]*\}", "", text))
    }
    wrong = sorted(f"{key}: {texts[key]!r}" for key in same if texts[key] not in _THE_SAME)
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_starter_is_described_in_every_language(language: str) -> None:
    with speaking(DEFAULT):
        ours = {starter.name: starter for starter in list_starters()}
    with speaking(language):
        theirs = {starter.name: starter for starter in list_starters()}
    for field in ("title", "description", "prompt"):
        same = [name for name, one in theirs.items() if getattr(one, field) == getattr(ours[name], field)]
        assert [name for name in same if getattr(ours[name], field) not in _THE_SAME] == [], field
    written = json.loads((STARTERS / f"texts.{language}.json").read_text(encoding="utf-8"))
    assert set(written) == set(ours)


@pytest.mark.parametrize("language", languages())
def test_a_text_that_counts_has_all_forms_of_its_language(language: str) -> None:
    spoken = catalogue(language)
    forms = {"other", *spoken.locale.plural_form.tags}
    counting = sorted(key for key in spoken.texts if PLURAL in key)
    assert counting
    for key, found in groupby(counting, lambda name: name.partition(PLURAL)[0]):
        assert {name.partition(PLURAL)[2] for name in found} == forms, key
        assert key not in spoken.texts


def test_the_browser_is_given_no_text_that_asks_for_more_than_a_value() -> None:
    for name in _IN_THE_BROWSER:
        text = (ROOT / "builder" / "texts" / f"{name}.{DEFAULT}.json").read_text(encoding="utf-8")
        assert not re.search(r"\{\w+:", text), name


def _docstrings(tree: ast.AST) -> set[int]:
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def _for_the_log(tree: ast.AST) -> set[int]:
    logged = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "log"
    ]
    return {id(part) for call in logged for part in ast.walk(call)}


def _untold(tree: ast.AST) -> set[int]:
    """What errors say to the log, the names of tasks, and patterns."""
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise)
        or (
            isinstance(node, ast.Call)
            and (
                ast.unparse(node.func) in ("super().__init__", "re.compile", "begun", "beside", "race")
                or (isinstance(node.func, ast.Attribute) and node.func.attr in _NAMES_WORK)
            )
        )
    ]
    return {id(part) for node in found for part in ast.walk(node)}


def _written(tree: ast.AST) -> Iterator[tuple[ast.Constant | ast.JoinedStr, str]]:
    """Each literal with its text; a value that is filled in is `{}`."""
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield node, node.value
        elif isinstance(node, ast.JoinedStr):
            yield node, "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def test_what_runs_previews_speaks_no_language() -> None:
    """No literal of `preview_runtime` is a sentence (a capital letter, words, a full stop), and none that may be told to
    somebody has four words in a row."""
    found: list[str] = []
    named: set[tuple[str, str]] = set()
    for path, source in sources().items():
        place = path.relative_to(ROOT).as_posix()
        if (
            path.suffix != ".py"
            or not place.startswith("preview_runtime/")
            or any(part in place for part in (*_IN_A_TERMINAL, *_APART))
        ):
            continue
        tree = ast.parse(source)
        left_out, untold = _docstrings(tree) | _for_the_log(tree), _untold(tree)
        for node, text in _written(tree):
            if id(node) in left_out:
                continue
            exception = {(file, start) for file, start in _UNTOLD if place.endswith(file) and text.startswith(start)}
            named |= exception
            sentence = re.search(r"(?:^|[.:] )[A-Z“][\w’'”]*(?: [^\s]+){3,}[.?]$", text.strip()) and "\n" not in text
            words = re.search(r"(?:^|[^\w'/.-])[A-Za-z“][\w’'”]*(?: [a-z’'“”{}]+,?){3,}", text)
            if sentence or (words and id(node) not in untold and not exception):
                found.append(f"{place}:{node.lineno}: {text[:60]}")
    assert found == []
    assert named == set(_UNTOLD), "an exception is for nothing"


def test_the_engines_of_the_browser_speak_no_language() -> None:
    """No literal of several words ends like a sentence, and what is told is given a phrase."""
    found: list[str] = []
    for path, source in sources().items():
        if ENGINES not in path.parents:
            continue
        for number, line in enumerate(source.splitlines(), 1):
            code = re.sub(r"(?:^|\s)(?://|/?\*).*$", "", line)
            sentence = re.search(r"""(['"`])[^'"`]*(?: [a-z]{2,}[^'"`]*){2}[.?]\1""", code)
            if sentence or re.search(r"""\b(?:message|label|says): *['"`]|\btext: *(?:cut\()?['"`][A-Z]""", code):
                found.append(f"{path.name}:{number}: {line.strip()[:80]}")
    assert found == []


def test_values_are_filled_in() -> None:
    assert "Recipes" in t("home.deleted", title="Recipes")
    with pytest.raises(KeyError):
        t("home.no_such_text")
