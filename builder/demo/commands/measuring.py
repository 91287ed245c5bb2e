"""Sizes, corners, fonts, currency and numbers."""

from __future__ import annotations

import re
from typing import Any, Final

from builder.demo.language import words
from builder.demo.starters import pointer as pointers
from builder.demo.starters import theme
from builder.demo.starters.project import AdaptedProject, Cannot, Did, Result
from builder.texts import t

_CURRENCIES: Final = {
    "eur": ("EUR", "€"), "euro": ("EUR", "€"), "€": ("EUR", "€"), "usd": ("USD", "$"), "dollar": ("USD", "$"), "$": ("USD", "$"), "gbp": ("GBP", "£"), "pound": ("GBP", "£"), "sterling": ("GBP", "£"), "£": ("GBP", "£"),
    "brl": ("BRL", "R$"), "real": ("BRL", "R$"), "reai": ("BRL", "R$"), "reais": ("BRL", "R$"), "r$": ("BRL", "R$"), "jpy": ("JPY", "¥"), "yen": ("JPY", "¥"), "¥": ("JPY", "¥"), "chf": ("CHF", "CHF "), "franc": ("CHF", "CHF "), "inr": ("INR", "₹"), "rupee": ("INR", "₹"),
    "cad": ("CAD", "C$"), "aud": ("AUD", "A$"), "sek": ("SEK", "kr "), "krona": ("SEK", "kr "), "kronor": ("SEK", "kr "), "pln": ("PLN", "zł "), "zloty": ("PLN", "zł "), "peso": ("MXN", "MX$"), "mxn": ("MXN", "MX$"), "won": ("KRW", "₩"), "krw": ("KRW", "₩"),
}  # fmt: skip
_SYMBOL: Final = re.compile(r"(?<![\w])(?:R\$|C\$|A\$|MX\$|[$€£¥₹₩])(?=\s?\d)")
_WORDS_TO_NUMBERS: Final = {
    w: i
    for i, w in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
} | {"fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90, "hundred": 100}


# Fonts by name, each with its fallbacks for when it is not installed.
_FAMILIES: Final = {
    "comic sans": '"Comic Sans MS", "Comic Neue", "Chalkboard SE", cursive', "arial": "Arial, Helvetica, sans-serif", "helvetica": '"Helvetica Neue", Helvetica, Arial, sans-serif', "times(?: new roman)?": '"Times New Roman", Times, serif',
    "georgia": "Georgia, Cambria, serif", "courier": '"Courier New", Courier, monospace', "verdana": "Verdana, Geneva, sans-serif", "roboto": "Roboto, system-ui, sans-serif", "inter font|font inter": "Inter, system-ui, sans-serif", "garamond": '"EB Garamond", Garamond, Georgia, serif', "futura": 'Futura, "Century Gothic", sans-serif',
}  # fmt: skip


def size(clause: str, project: AdaptedProject) -> Result:
    """`bigger text`, `make the font smaller`, `rounder corners`, `sharp corners`, `a serif font`."""
    css = project.text(project.theme_path)
    if css is None:
        return None
    low = clause.lower()
    if re.search(r"\b(?:corners?|rounded|rounder|edges|radius|square[dr]?|boxy|sharper)\b", low):
        now = theme.properties(css).get("radius", "8px")
        number = float(m[0]) * (16 if "rem" in now else 1) if (m := re.search(r"[\d.]+", now)) else 8.0
        said = re.search(r"(?<!\d)(\d++)\s{0,2}(?:px|pixels?)", low)
        sharp = re.search(r"sharp|square|boxy|no round|less round|not round|straight|hard", low)
        value = f"{said[1]}px" if said else "0px" if sharp else f"{max(16, round(number * 2))}px"
        project.write(
            project.theme_path,
            theme.changed(css, lambda values, _dark: {"radius": value} if "radius" in values else {}),
        )
        return Did(
            t("demo.corners", size=value) if said else t("demo.corners.sharp") if sharp else t("demo.corners.rounder")
        )
    named = next((family for name, family in _FAMILIES.items() if re.search(rf"\b{name}\b", low)), "")
    if not named and re.search(
        r"\b(?:change|another|different|new|other|nicer|better)\b.{0,200}\b(?:font|typeface)\b$", low
    ):
        named = (
            'ui-rounded, "Trebuchet MS", "Segoe UI", sans-serif'
            if "font-family: Georgia" in css
            else "Georgia, Cambria, serif"
        )
    if named:
        project.write(
            project.theme_path,
            _rule(css, "html body, html body :is(h1, h2, h3, button, input)", f"font-family: {named};"),
        )
        return Did(t("demo.font"))
    font = re.search(
        r"\b(sans|serif|mono(?:space)?|typewriter|handwritten|handwriting|classic|modern)\b.*?\b(?:font|typeface|type|letters)?|\b(?:font|typeface)\b.*\b(serif|sans|mono)",
        low,
    )
    if font and re.search(r"font|typeface|serif|letters", low):
        said_font = next(g for g in font.groups() if g)
        family = (
            "ui-monospace, Menlo, Consolas, monospace" if said_font.startswith(("mono", "typewriter")) else '"Segoe Print", "Bradley Hand", cursive' if said_font.startswith("hand")
            else "ui-sans-serif, system-ui, sans-serif" if "sans" in low or said_font == "modern" else "Georgia, Cambria, serif"
        )  # fmt: skip
        project.write(
            project.theme_path,
            _rule(css, "html body, html body :is(h1, h2, h3, button, input)", f"font-family: {family};"),
        )
        return Did(t("demo.font"))
    if re.search(
        r"\b(?:text|font|letters|writing|type|everything|it|size|words|headlines?|titles?|headings?)\b", low
    ) and (m2 := re.search(r"\b(bigger|larger|big|large|huge|smaller|small|tiny|increase|decrease|reduce)\b", low)):
        scale = float(m3[1]) if (m3 := re.search(r"html \{\s*font-size: ([\d.]+)%", css)) else 100.0
        grow = m2[1] in ("bigger", "larger", "big", "large", "huge", "increase")
        percent = min(160.0, scale * (1.25 if m2[1] == "huge" else 1.125)) if grow else max(70.0, scale / 1.125)
        project.write(project.theme_path, _rule(css, "html", f"font-size: {percent:g}%;"))
        return Did(t("demo.text.bigger" if grow else "demo.text.smaller"))
    return None


def currency(clause: str, project: AdaptedProject) -> Result:
    """`use euros`, `change the currency to GBP`, `prices in reais`."""
    low = clause.lower()
    heard = [w if w in _CURRENCIES else words.singular(w) for w in re.findall(r"r\$|[€£$¥]|[a-z]+", low)]
    said = [_CURRENCIES[w] for w in heard if w in _CURRENCIES]
    content = project.content
    if not said or content is None or not re.search(r"currenc|price|use|in |to |show|switch|make", low):
        return None
    code, symbol = said[0] if "instead" in low or "rather" in low else said[-1]
    changed = 0
    for place, text in pointers.strings(content):
        key = place.rpartition("/")[2].lower()
        new = (
            (code if re.fullmatch(r"[A-Z]{3}", text) else symbol.strip())
            if "currency" in key
            else _SYMBOL.sub(symbol, text)
        )
        if new != text:
            project.set(place, new)
            changed += 1
    if not changed:
        return Cannot(t("demo.no_money"))
    return Did(t("demo.currency", currency=code))


def number(clause: str, project: AdaptedProject) -> Result:
    """`set the price of Morning cup to 30`, `make the focus time 50 minutes`, `change the goal to 12`."""
    content = project.content
    match = re.match(
        r"^(?:please )?(?:change|set|make|update|increase|decrease|raise|lower|put|let)\s{1,2}(?:the |my |our )?(?P<what>.+?)\s{1,2}(?:to |at |last |be )?[$€£]?(?P<value>\d+(?:[.,]\d+)?|" + "|".join(_WORDS_TO_NUMBERS) + r")\s{0,2}(?:%|€|minutes?|mins?|seconds?|hours?|days?|euros?|dollars?|pounds?|times?|pieces?|items?)?$",
        clause, re.IGNORECASE,
    )  # fmt: skip
    if not match or content is None:
        return None
    raw = match["value"].lower()
    value: float = float(_WORDS_TO_NUMBERS[raw]) if raw in _WORDS_TO_NUMBERS else float(raw.replace(",", "."))
    places = [(p, v) for p, v in numbers(content)]
    every = re.match(r"(?:all|every)\b(?: the)? (?P<key>\w+)", match["what"], re.IGNORECASE)
    if every:
        key = words.singular(every["key"].lower())
        hits = [p for p, _ in places if words.singular(p.rpartition("/")[2].lower()) == key] + [
            p for p, t in pointers.strings(content) if p.rpartition("/")[2].lower() == key and re.search(r"\d", t)
        ]
        for place in hits:
            _put_number(place, value, project)
        return Did(t("demo.number", what=f"{len(hits)} {words.plural(key)}", value=f"{value:g}")) if hits else None
    asked = {words.singular(w) for w in re.findall(r"[a-z]+", match["what"].lower())} - {
        "the",
        "of",
        "for",
        "a",
        "an",
        "to",
        "time",
        "length",
        "number",
        "it",
        "timer",
        "session",
    }
    entry = next(
        (p for p, text in pointers.strings(content) if len(text) > 2 and text.lower() in match["what"].lower()), ""
    )
    if entry:
        base = entry.rpartition("/")[0]
        near = [(p, v) for p, v in places if p.startswith(base + "/")]
        key = next(
            (p for p, _ in near if words.singular(p.rpartition("/")[2].lower()) in asked),
            near[0][0] if len(near) == 1 else "",
        )
        text_price = next(
            (
                p
                for p, t in pointers.strings(content)
                if p.startswith(base + "/") and p.rpartition("/")[2] in asked and re.search(r"\d", t)
            ),
            "",
        )
        if key or text_price:
            _put_number(key or text_price, value, project)
            return Did(t("demo.number", what=match["what"], value=f"{value:g}"))
    for place, old in sorted(places, key=lambda p: p[0].count("/")):
        parts = {words.singular(w) for w in re.findall(r"[a-z]+", place.rpartition("/")[2].lower())} | {
            words.singular(w) for w in place.split("/")[-2].lower().split("_")
        }
        if asked and asked & parts:
            del old
            _put_number(place, value, project)
            return Did(t("demo.number", what=match["what"], value=f"{value:g}"))
    return None


def numbers(document: Any, pointer: str = "") -> list[tuple[str, float]]:
    """(pointer, value) of every number in `document`."""
    if isinstance(document, bool):
        return []
    if isinstance(document, int | float):
        return [(pointer, document)]
    entries = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    return [hit for key, value in entries for hit in numbers(value, f"{pointer}{pointers.joined([str(key)])}")]


def _put_number(place: str, value: float, project: AdaptedProject) -> None:
    old = pointers.get(project.content, place)
    shown = int(value) if value == int(value) else value
    project.set(place, re.sub(r"\d+(?:[.,]\d+)?", str(shown), old, count=1) if isinstance(old, str) else shown)


def _rule(css: str, selector: str, body: str) -> str:
    """`css` with this rule, replacing the same rule if it is there."""
    made = f"{selector} {{\n  {body}\n}}\n"
    pattern = re.compile(rf"^{re.escape(selector)} \{{[^}}]*\}}\n?", re.MULTILINE)
    return pattern.sub(lambda _: made, css, count=1) if pattern.search(css) else css.rstrip("\n") + "\n\n" + made
