"""Reads and changes the custom properties of a starter's theme.css, leaving everything else as it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from builder.demo.language import colour

# Begins only at the start of the text or behind a brace; otherwise a long run of selectors would be scanned again from
# each of them.
_BLOCK: Final = re.compile(
    r"(?:\A|(?<=[{}]))(?P<before>(?:(?!:root)[^{}])*+)(?P<selector>:root[^{}]*+)\{(?P<body>[^{}]*+)\}"
)
# How one declaration begins.
_PROPERTY: Final = re.compile(r"(?<![\w-])--(?P<name>[\w-]++)\s*+:\s*+")
_HEX: Final = re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?$")
Change = Callable[[dict[str, str], bool], dict[str, str]]


def properties(css: str, *, dark: bool = False) -> dict[str, str]:
    """Custom properties (without `--`) of the light or the dark block."""
    for match in _BLOCK.finditer(css):
        if _is_dark_block(match["selector"]) == dark:
            return {name: value for name, _, value, _ in _declarations(match["body"]) if name}
    return {}


def changed(css: str, change: Change) -> str:
    """`css` with other values: `change(properties, is_dark_block)` returns, for each block, the values that differ."""

    def block(match: re.Match[str]) -> str:
        declarations = _declarations(match["body"])
        values = {name: value for name, _, value, _ in declarations if name}
        wanted = change(values, _is_dark_block(match["selector"]))
        made = (before + wanted.get(name, value) + after for name, before, value, after in declarations)
        return f"{match['before']}{match['selector']}{{{';'.join(made)}}}"

    return _BLOCK.sub(block, css)


def _declarations(body: str) -> list[tuple[str, str, str, str]]:
    """(name, text before the value, value, text after it) of each declaration that ends with a semicolon, and of the
    last one; the name is "" when it is no custom property."""
    *ended, last = body.split(";")
    found = []
    for text in ended:
        head = _PROPERTY.search(text)
        value = text[head.end() :].rstrip() if head else ""
        if head and value:
            found.append((head["name"], text[: head.end()], value, text[head.end() + len(value) :]))
        else:
            found.append(("", text, "", ""))
    return [*found, ("", last, "", "")]


def with_accent(css: str, accent: str, *, asked: bool, whole: bool = True) -> str:
    """The theme around `accent`. Colours that the person asked for stay as close to that as UI contrast (3:1, WCAG
    1.4.11) allows; `whole`: a coloured header follows the accent."""

    def change(values: dict[str, str], dark: bool) -> dict[str, str]:
        page = _hex(values.get("page", "")) or ("#14161a" if dark else "#ffffff")
        ratio = 3.0 if asked and not dark else colour.AA
        made = colour.readable_on(accent, page, ratio)
        wanted = {"accent": made, "accent-ink": colour.ink_on(made)}
        header = _hex(values.get("header", ""))
        if (
            whole
            and header
            and _hex(values.get("accent", ""))
            and not _near(header, page)
            and not _near(header, _hex(values.get("surface", "")) or page)
        ):
            tone = (
                made
                if _near(header, _hex(values["accent"]))
                else colour.mixed(accent, "#000000", 0.55 if not dark else 0.7)
            )
            wanted |= {"header": tone, "header-ink": colour.ink_on(tone)}
        return wanted

    return changed(css, change)


def with_part(css: str, part: str, value: str, only: bool | None = None) -> str:
    """The theme with `part` (`header`, `page`, `surface`, `ink`) in exactly this colour, and readable text on it.
    `only`: the dark (true) or the light theme alone."""

    def change(values: dict[str, str], dark: bool) -> dict[str, str]:
        if only is not None and dark is not only:
            return {}
        if part == "header":
            return {"header": value, "header-ink": colour.ink_on(value)}
        if part == "page":
            return page_colours(values, value)
        if part == "ink":
            page = _hex(values.get("page", "")) or "#ffffff"
            return {"ink": colour.readable_on(value, page)}
        return {part: value}

    return changed(css, change)


def page_colours(values: dict[str, str], value: str) -> dict[str, str]:
    """A page of another colour: surface, ink, muted and line follow, so that all text stays readable."""
    ink = colour.ink_on(value)
    towards = "#ffffff"
    surface = colour.mixed(value, towards, 0.1 if ink == "#ffffff" else 0.55)
    ink_both = ink if colour.contrast(ink, surface) >= colour.AA else colour.readable_on(ink, surface)
    accent = _hex(values.get("accent", "")) or "#1f5fd0"
    made = colour.readable_on(accent, value, 3.0)
    header = _hex(values.get("header", ""))
    wanted = {
        "page": value, "surface": surface, "ink": ink_both, "muted": colour.readable_on(colour.mixed(ink_both, value, 0.35), surface, colour.AA),
        "line": colour.mixed(value, ink, 0.16), "accent": made, "accent-ink": colour.ink_on(made),
    }  # fmt: skip
    if header and _near(header, _hex(values.get("page", "")) or header):
        wanted |= {"header": value, "header-ink": ink_both}
    return wanted


def _is_dark_block(selector: str) -> bool:
    return "dark" in selector or "auto" in selector


def _hex(value: str) -> str:
    return colour.long_hex(value) if _HEX.match(value) else ""


def _near(a: str, b: str) -> bool:
    return bool(a) and bool(b) and colour.contrast(a, b) < 1.25
