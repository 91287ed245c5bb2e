"""Every starter is complete, describes itself truly, is readable in both themes and unlike the others."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from builder.demo.starters import pointer
from builder.projects.walks.reading import read_walk
from tests.starters import Starter, starters

KINDS = frozenset(
    [
        "app_name",
        "tagline",
        "headline",
        "description",
        "item",
        "task",
        "note_title",
        "note_body",
        "category",
        "person",
        "question",
        "answer",
        "message",
        "cta",
        "unit",
        "place",
        "quiz",
        "faq",
    ]
)
COLOURS = ("accent", "accent-ink", "page", "surface", "ink", "muted", "line", "header", "header-ink")
# WCAG 2.2: text 4.5:1 (1.4.3), the focus outline 3:1 (1.4.11).
READABLE = (
    ("ink", "page", 4.5),
    ("ink", "surface", 4.5),
    ("muted", "page", 4.5),
    ("muted", "surface", 4.5),
    ("accent-ink", "accent", 4.5),
    ("header-ink", "header", 4.5),
)
# Where the accent outlines what has the focus, it has to stand out from what is around it.
OUTLINED = (("accent", "page", 3.0), ("accent", "surface", 3.0))
each_starter = pytest.mark.parametrize("starter", starters(), ids=lambda starter: starter.name)


def themes(css: str) -> dict[str, dict[str, str]]:
    """The custom properties of the light and the dark theme, and of the one that follows the system where there is one."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    blocks = {
        "light": r":root\s*{",
        "dark": r':root\[data-theme="dark"\]\s*{',
        "auto": r':root\[data-theme="auto"\]\s*{',
    }
    found: dict[str, dict[str, str]] = {}
    for name, opening in blocks.items():
        body = re.search(opening + r"([^}]*)}", css)
        assert body or name == "auto", f"theme.css has no {name} block"
        if body:
            found[name] = dict(re.findall(r"--([\w-]+):\s*([^;]+);", body[1]))
    return found


def luminance(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb (WCAG 2.2)."""
    digits = colour.lstrip("#")
    digits = "".join(2 * d for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_there_are_at_least_fourteen() -> None:
    assert len(starters()) >= 14


def test_vue_and_svelte_are_among_them() -> None:
    stacks = {tool for starter in starters() for tool in starter.spec["stack"]}
    assert {"react", "vue", "svelte", "typescript", "tailwind"} <= stacks


@each_starter
def test_it_says_what_it_is(starter: Starter) -> None:
    spec = starter.spec
    assert set(spec) == {
        "title", "description", "stack", "prompt", "keywords", "order", "sections", "slots", "content", "theme",
    }  # fmt: skip
    assert spec["title"]
    assert len(spec["description"]) < 90, "the gallery shows one line"
    assert spec["prompt"]
    assert len(spec["keywords"]) >= 5
    assert spec["keywords"] == [word.lower() for word in spec["keywords"]]


@each_starter
def test_the_order_names_every_file_once(starter: Starter) -> None:
    order = starter.spec["order"]
    assert sorted(order) == starter.files()
    assert order[:2] == ["package.json", "index.html"]


@each_starter
def test_what_the_first_paint_needs_comes_before_the_configuration(starter: Starter) -> None:
    order = starter.spec["order"]
    entry = re.search(r'<script type="module" src="/([^"]+)"', starter.text("index.html"))
    assert entry
    assert order.index(entry[1]) < order.index("vite.config.ts")
    assert order.index(starter.spec["content"]) < order.index(entry[1])
    assert order.index(starter.spec["theme"]) < order.index(entry[1])
    assert order[-1] == "README.md"


@each_starter
def test_every_slot_leads_to_a_text(starter: Starter) -> None:
    for pattern, kind in starter.spec["slots"].items():
        assert kind in KINDS, f"{pattern} holds an unknown kind: {kind}"
        places = pointer.matching(starter.content, pattern)
        assert places, f"{pattern} leads nowhere"
        for place in places:
            value = pointer.get(starter.content, place)
            wanted: type | tuple[type, ...] = dict if kind in ("quiz", "faq") else (str, list)
            assert isinstance(value, wanted), f"{place} does not hold a {kind}"


@each_starter
def test_its_name_and_tagline_can_be_changed(starter: Starter) -> None:
    kinds = set(starter.spec["slots"].values())
    assert {"app_name", "tagline"} <= kinds
    assert len(kinds) >= 3


@each_starter
def test_its_sections_exist_and_have_words_to_call_them_by(starter: Starter) -> None:
    sections = starter.spec["sections"]
    assert len(sections) >= 2
    assert set(starter.content["sections"]) <= set(sections)
    assert all(words for words in sections.values())
    code = "\n".join(starter.text(path) for path in starter.files() if re.search(r"\.(tsx?|vue|svelte)$", path))
    for name in sections:
        assert re.search(rf"\b{re.escape(name)}\b", code), f"no component speaks of the section {name}"


@each_starter
def test_the_app_name_stands_nowhere_but_in_the_content(starter: Starter) -> None:
    """The name is replaced in the content: it must not stay behind elsewhere."""
    place = next(p for p, kind in starter.spec["slots"].items() if kind == "app_name")
    name = pointer.get(starter.content, place)
    for path in starter.files():
        if path.startswith("src/") and path != starter.spec["content"]:
            assert name not in starter.text(path), f"{path} names the app"


@each_starter
def test_its_themes_are_whole(starter: Starter) -> None:
    for theme, values in themes(starter.text(starter.spec["theme"])).items():
        assert not {*COLOURS, "radius"} - set(values), f"missing in the {theme} theme"
        for name in COLOURS:
            assert re.fullmatch(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?", values[name]), f"{theme}: --{name}"


@each_starter
def test_it_is_readable_in_both_themes(starter: Starter) -> None:
    found = themes(starter.text(starter.spec["theme"]))
    assert found.get("auto", found["dark"]) == found["dark"]
    outlines = re.search(r"outline[^;]*var\(--accent\)", starter.text("src/index.css"))
    for theme in ("light", "dark"):
        for front, back, least in READABLE + (OUTLINED if outlines else ()):
            ratio = contrast(found[theme][front], found[theme][back])
            assert ratio >= least, f"{theme}: --{front} on --{back} is {ratio:.2f}:1"


@each_starter
def test_its_page_says_its_language_and_theme(starter: Starter) -> None:
    html = starter.text("index.html")
    assert '<html lang="en" data-theme="light">' in html
    assert 'name="viewport"' in html
    assert "<title>" in html


@each_starter
def test_its_packages_are_pinned_and_come_from_the_registry(starter: Starter) -> None:
    for name, version in starter.dependencies.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} is {version}"
    assert set(starter.package["scripts"]) >= {"dev", "build"}
    assert not {path.rpartition("/")[2] for path in starter.files()} & {
        ".npmrc", "bunfig.toml", "package-lock.json", "node_modules",
    }  # fmt: skip


@each_starter
def test_it_loads_nothing_from_elsewhere(starter: Starter) -> None:
    for path in starter.files():
        text = starter.text(path)
        if re.search(r"\.(html|css|tsx?|vue|svelte)$", path):
            outside = [a for a in re.findall(r"https?://[^\s\"'`)<]+", text) if not a.startswith("http://www.w3.org/")]
            assert not outside, f"{path} points at {outside}"


@each_starter
def test_every_package_is_used(starter: Starter) -> None:
    code = "\n".join(starter.text(path) for path in starter.files() if re.search(r"\.(tsx?|vue|svelte)$", path))
    for name in starter.package["dependencies"]:
        assert re.search(rf"from \"{re.escape(name)}(/[^\"]*)?\"", code) or name == "svelte", f"{name} is not imported"


def components(starter: Starter) -> list[set[str]]:
    """The lines of each component, without those that any file may have (imports, closing brackets)."""
    found = []
    for path in starter.files():
        if re.search(r"\.(tsx|vue|svelte)$", path) and not path.endswith(("main.tsx", "main.ts")):
            lines = {line.strip() for line in starter.text(path).splitlines()}
            found.append({line for line in lines if len(line) > 12 and not line.startswith("import ")})
    return [lines for lines in found if lines]


def test_no_two_share_most_of_their_components() -> None:
    parts = {starter.name: components(starter) for starter in starters()}
    for first, second in itertools.combinations(parts, 2):
        shared = sum(
            any(len(mine & theirs) / len(mine | theirs) > 0.5 for theirs in parts[second]) for mine in parts[first]
        )
        assert shared / len(parts[first]) < 0.34, f"{first} and {second} share {shared} components"


@each_starter
def test_its_walks_name_no_text_that_somebody_elses_app_would_not_have(starter: Starter) -> None:
    walks = [path for path in starter.files() if path.startswith("walks/")]
    assert 1 <= len(walks) <= 6
    for path in walks:
        read_walk(path, starter.text(path))
    said = " ".join(text for path in walks for text in texts(json.loads(starter.text(path)))).lower()
    for pattern, kind in starter.spec["slots"].items():
        for place in pointer.matching(starter.content, pattern):
            value = pointer.get(starter.content, place)
            if kind not in ("quiz", "faq") and isinstance(value, str) and len(value) > 4:
                assert value.lower() not in said, f"{value} is the text of a slot"


def texts(value: Any) -> Iterator[str]:
    """Every text in a walk, its title aside."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name != "title":
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value
