"""Colours: names people use, hex, mixing, and contrast as WCAG 2.2 defines it."""

from __future__ import annotations

import re
from typing import Final

AA: Final = 4.5
NAMES: Final = {
    "red": "#c62828", "crimson": "#b0122f", "scarlet": "#c9241d", "ruby": "#9b111e", "maroon": "#7b1e2b", "burgundy": "#6d1a36",
    "wine": "#722f37", "brick": "#9c3d2e", "rose": "#c2385f", "pink": "#d6336c", "hot pink": "#d81b78", "magenta": "#b5179e",
    "fuchsia": "#b0139b", "coral": "#d9573f", "salmon": "#d9695a", "peach": "#e58a62", "orange": "#d9600a", "tangerine": "#d9600a",
    "rust": "#a4460f", "terracotta": "#b6532f", "amber": "#b87400", "gold": "#a67c00", "golden": "#a67c00", "mustard": "#a3820b",
    "yellow": "#e0b400", "lemon": "#e3c21a", "lime": "#5c8a00", "olive": "#667016", "green": "#2e7d32", "emerald": "#0b7a55",
    "forest": "#1f5c38", "mint": "#2f8f74", "sage": "#5e7f62", "moss": "#566b2d", "jade": "#0f7a5f", "teal": "#0f766e",
    "turquoise": "#0e7f8a", "aqua": "#0e7f8a", "cyan": "#0b7a93", "sky": "#1a7fc1", "sky blue": "#1a7fc1", "blue": "#1f5fd0",
    "royal blue": "#2747c7", "cobalt": "#1d44a8", "navy": "#1c2f5e", "navy blue": "#1c2f5e", "indigo": "#3f3fb5", "violet": "#6b3fc4",
    "purple": "#7a35b8", "lavender": "#7a68b8", "lilac": "#8a6bb5", "plum": "#74345f", "aubergine": "#4f2447", "brown": "#7a4b2a",
    "chocolate": "#5f3820", "coffee": "#664229", "caramel": "#a2622b", "tan": "#9a7547", "beige": "#d9c7a7", "sand": "#cdb287",
    "cream": "#f6eeda", "ivory": "#f7f3e3", "white": "#ffffff", "grey": "#5f6672", "gray": "#5f6672", "silver": "#9aa3ad",
    "slate": "#46566b", "charcoal": "#33383f", "black": "#16181b", "midnight": "#151d38", "copper": "#a35a2a", "bronze": "#8a5a22",
    # Portuguese, so that a prompt in it keeps its colour
    "vermelho": "#c62828", "vermelha": "#c62828", "azul": "#1f5fd0", "verde": "#2e7d32", "amarelo": "#e0b400", "amarela": "#e0b400",
    "laranja": "#d9600a", "roxo": "#7a35b8", "roxa": "#7a35b8", "rosa": "#d6336c", "preto": "#16181b", "preta": "#16181b",
    "branco": "#ffffff", "branca": "#ffffff", "cinza": "#5f6672", "cinzento": "#5f6672", "castanho": "#7a4b2a", "marrom": "#7a4b2a",
    # Spanish, French and German basics
    "rojo": "#c62828", "amarillo": "#e0b400", "naranja": "#d9600a", "morado": "#7a35b8", "negro": "#16181b", "rouge": "#c62828",
    "bleu": "#1f5fd0", "vert": "#2e7d32", "jaune": "#e0b400", "noir": "#16181b", "rot": "#c62828", "blau": "#1f5fd0", "grün": "#2e7d32",
    "gelb": "#e0b400", "schwarz": "#16181b",
}  # fmt: skip
# Words that name things at least as often as colours: they count as colours only when the sentence says so.
AMBIGUOUS: Final = frozenset(
    [
        "rose",
        "wine",
        "coffee",
        "chocolate",
        "caramel",
        "peach",
        "plum",
        "lemon",
        "lime",
        "olive",
        "mint",
        "sage",
        "moss",
        "gold",
        "golden",
        "silver",
        "copper",
        "bronze",
        "sand",
        "sky",
        "ruby",
        "coral",
        "salmon",
        "orange",
        "tangerine",
        "amber",
        "forest",
        "cream",
        "ivory",
        "slate",
        "brick",
        "tan",
        "jade",
        "mustard",
        "emerald",
        "midnight",
        "rust",
        "rosa",
        "vert",
        "rot",
        "laranja",
        "naranja",
        "lavender",
        "charcoal",
        "violet",
        "aubergine",
        "black",
        "white",
        "negro",
    ]
)
_MODIFIERS: Final = {
    "dark": ("#000000", 0.32), "deep": ("#000000", 0.28), "darker": ("#000000", 0.32), "light": ("#ffffff", 0.45), "lighter": ("#ffffff", 0.4),
    "pale": ("#ffffff", 0.62), "pastel": ("#ffffff", 0.55), "soft": ("#ffffff", 0.35), "bright": ("", 0.0), "vivid": ("", 0.0),
    "neon": ("", 0.0), "escuro": ("#000000", 0.32), "claro": ("#ffffff", 0.45), "escura": ("#000000", 0.32), "clara": ("#ffffff", 0.45),
}  # fmt: skip
_NAME: Final = "|".join(re.escape(n) for n in sorted(NAMES, key=len, reverse=True))
_WORD: Final = re.compile(
    rf"(?<![\w#])(?:(?P<hex>#[0-9a-f]{{6}}\b|#[0-9a-f]{{3}}\b)|(?:(?P<mod>{'|'.join(_MODIFIERS)})[ -])?(?P<name>{_NAME})(?:ish)?(?:[ -](?P<after>escur[oa]|clar[oa]))?)(?!\w)",
    re.IGNORECASE,
)


def found(text: str) -> list[tuple[str, str, tuple[int, int]]]:
    """Every colour in `text` as (the words, hex, where), ambiguous words included."""
    hits = []
    for match in _WORD.finditer(text):
        if match["hex"]:
            hits.append((match[0], long_hex(match["hex"]), match.span()))
            continue
        value = NAMES[match["name"].lower()]
        for modifier in (match["mod"], match["after"]):
            if modifier:
                other, share = _MODIFIERS[modifier.lower()]
                value = mixed(value, other, share) if other else value
        hits.append((match[0], value, match.span()))
    return hits


def long_hex(value: str) -> str:
    """`#abc` as `#aabbcc`, in lower case."""
    digits = value.lstrip("#").lower()
    return "#" + ("".join(c * 2 for c in digits) if len(digits) == 3 else digits)


def luminance(value: str) -> float:
    """Relative luminance, 0 (black) to 1 (white): WCAG 2.2, “relative luminance”."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in _rgb(value))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    """Contrast ratio between two colours, 1 to 21."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink_on(value: str) -> str:
    """White or near-black, whichever can be read on `value`: one of them always reaches AA."""
    return (
        "#ffffff" if contrast("#ffffff", value) >= AA else "#15171a" if contrast("#15171a", value) >= AA else "#000000"
    )


def mixed(value: str, other: str, share: float) -> str:
    """`value` with `share` (0 to 1) of `other` in it."""
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(_rgb(value), _rgb(other), strict=True))


def readable_on(value: str, page: str, ratio: float = AA) -> str:
    """`value`, moved towards black or white until it can be read on `page`."""
    towards = "#000000" if luminance(page) > 0.18 else "#ffffff"
    for step in range(0, 20):
        made = mixed(value, towards, step / 20)
        if contrast(made, page) >= ratio:
            return made
    return towards


def is_dark(value: str) -> bool:
    return luminance(value) < 0.18


def _rgb(value: str) -> tuple[int, int, int]:
    digits = long_hex(value)[1:]
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
